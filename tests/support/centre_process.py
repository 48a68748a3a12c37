"""The real centre as a process of its own that may be killed at any moment and started again on the same port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def centre_process(folder: Path) -> Iterator[str]:
    """Serve the centre in a folder (``centre.db``, ``blobs``) until the block ends; yields its address."""
    command = [sys.executable, "-m", "sync.server", "serve", *arguments(folder)]
    with (
        (folder / "centre.log").open("ab") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("listening on "), (folder / "centre.log").read_text()
            yield line.split()[-1]
        finally:
            os.kill(process.pid, signal.SIGTERM)


def arguments(folder: Path, port: int = 0) -> list[str]:
    """What ``serve`` is told."""
    return ["--db", f"sqlite:///{folder / 'centre.db'}", "--blobs", str(folder / "blobs"), "--port", str(port)]
