"""The first centre that went out, run as a process from its own files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

_ARCHIVE: Final = Path(__file__).resolve().parents[1] / "fixtures" / "server_1" / "centre.tar.xz"
_LISTENING: Final = re.compile(r"listening on (http://\S+)")


def unpack(folder: Path) -> Path:
    """Put its program into a folder; returns the folder."""
    with tarfile.open(_ARCHIVE) as archive:
        # Debian 12's Python 3.11.2 has no filters yet; the archive is our own.
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        archive.extractall(folder)  # noqa: S202
    return folder


@contextmanager
def serving(program: Path, data: Path) -> Iterator[str]:
    """Serve with the sample season until the block ends; gives the address.

    Args:
        program: Where ``unpack`` put it.
        data: Where its database and evidence are kept.
    """
    data.mkdir(exist_ok=True)
    log = data / "log"
    with log.open("a") as written:
        process = _started(program, data, written)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if said := _LISTENING.search(line):
                yield said[1]
                return
        raise AssertionError(log.read_text()[-2000:])
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _started(program: Path, data: Path, log: TextIO) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", "sync.server", "serve", "--sample", "--host", "127.0.0.1", "--port", "0"),
            *("--db", str(data / "centre.db"), "--blobs", str(data / "blobs")),
        ],
        env={**os.environ, "PYTHONPATH": str(program)},
        cwd=program,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
