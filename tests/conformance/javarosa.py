"""JavaRosa beside this engine: where it is, and programs of ours (``java/``) that run in it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyxform

from tests.conformance.cases import ROOT

SOURCES = Path(__file__).parent / "java"
JAR = Path(pyxform.__file__).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
"""JavaRosa as the converter of workbooks brings it along."""


def missing() -> str:
    """What is missing to run it; ``""`` where nothing is."""
    return "" if shutil.which("javac") and shutil.which("java") else "there is no Java development kit"


def compiled() -> str:
    """The class path with the programs of ours; they are compiled when their sources have changed."""
    sources = sorted(SOURCES.glob("*.java"))
    state = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    target = ROOT / "build" / "java" / state
    if not target.is_dir():
        made = target.with_suffix(f".{os.getpid()}")
        command = ["javac", "-nowarn", "-encoding", "UTF-8", "-cp", str(JAR), "-d", str(made), *map(str, sources)]
        subprocess.run(command, check=True)
        made.rename(target)
    return os.pathsep.join((str(JAR), str(target)))


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
def running(name: str, environment: Mapping[str, str] | None = None) -> Iterator[Program]:
    """Runs a program of ours until the block ends.

    Args:
        name: Its class: ``Bench``.
        environment: What differs from ours, such as ``TZ``.
    """
    command = ["java", "-Duser.language=en", "-Duser.country=US", "-Dfile.encoding=UTF-8", "-cp", compiled(), name]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8", env={**os.environ, **(environment or {})}
    ) as process:
        try:
            yield Program(process)
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.wait(timeout=30)
