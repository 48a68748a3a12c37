"""JavaRosa itself: the one that comes inside the converter's package, driven by the programs in ``java/``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.conformance.cases import ROOT, ZONE

SOURCES = Path(__file__).parent / "java"
CLASSES = ROOT / "build" / "java"
HEAP = "-Xmx1g"


class NoJava(Exception):
    """There is no Java compiler on this machine."""


def jar() -> Path:
    """The archive with the classes of JavaRosa."""
    found = find_spec("pyxform")
    if found is None or found.origin is None:
        raise NoJava("pyxform is not installed")
    return Path(found.origin).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"


def walk(seed: int, walks: int, forms: Sequence[Path], told: Path) -> Iterator[dict[str, Any]]:
    """Walks through each form so many times and yields what was written down of each walk.

    Raises:
        NoJava: There is no Java.
        CalledProcessError: The driver cannot be compiled, or broke.
    """
    _run([*_words("Walk"), str(seed), str(walks), str(told), *map(str, forms)])
    with told.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


class Program:
    """A running program of ours that answers each line with a line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, line: str) -> str:
        """Sends a line and waits for the answer.

        Raises:
            RuntimeError: The program has ended; what it complained of stands in the terminal.
        """
        told, heard = self._process.stdin, self._process.stdout
        if told is None or heard is None:
            raise RuntimeError("the program has no ears or no mouth")
        told.write(f"{line}\n")
        told.flush()
        answer = heard.readline()
        if not answer:
            raise RuntimeError(f"the program ended at: {line}")
        return answer.rstrip("\n")


@contextmanager
def running(name: str) -> Iterator[Program]:
    """Runs a program of ours, named by its class, until the block ends.

    Raises:
        NoJava: There is no Java.
        CalledProcessError: It cannot be compiled.
    """
    pipe = subprocess.PIPE
    with subprocess.Popen(_words(name), stdin=pipe, stdout=pipe, text=True, encoding="utf-8") as process:
        try:
            yield Program(process)
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.wait(timeout=30)


def _words(name: str) -> list[str]:
    """What starts a program of ours."""
    _compiled()
    places = os.pathsep.join((str(jar()), str(CLASSES)))
    return ["java", HEAP, "-Duser.language=en", "-Duser.country=US", "-cp", places, name]


def _compiled() -> None:
    if shutil.which("javac") is None:
        raise NoJava("there is no javac: `make conformance` installs it, or apt-get install default-jdk-headless")
    sources = sorted(SOURCES.glob("*.java"))
    done = CLASSES / "Walk.class"
    if done.exists() and done.stat().st_mtime > max(source.stat().st_mtime for source in sources):
        return
    CLASSES.mkdir(parents=True, exist_ok=True)
    _run(["javac", "-nowarn", "-Xlint:none", "-cp", str(jar()), "-d", str(CLASSES), *map(str, sources)])


def _run(words: list[str]) -> None:
    environment = {**os.environ, "TZ": ZONE}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)  # our own
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, words, done.stdout, done.stderr[-2000:])
