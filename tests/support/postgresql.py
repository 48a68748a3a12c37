"""A PostgreSQL of one's own for tests: a throw-away cluster on a Unix socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DEBIAN = Path("/usr/lib/postgresql/15/bin")


def program(name: str) -> str | None:
    """The path of one of PostgreSQL's programs; None where it is not installed."""
    return shutil.which(name) or shutil.which(name, path=str(_DEBIAN))


@contextmanager
def cluster() -> Iterator[str]:
    """A running cluster, gone with the block.

    Yields:
        The URL of its empty database.
    """
    # A socket's path may have 107 bytes, less than a test's own folder takes.
    folder = Path(tempfile.mkdtemp(prefix="midan-pg-"))
    data = folder / "data"
    try:
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(folder, "postgres", "postgres")
        _run("initdb", "-D", str(data), "--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        _run("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-w", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            _run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _run(name: str, *arguments: str) -> None:
    command = [str(program(name)), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    # The server keeps the output it was started with: a pipe would never end.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(command, stdout=said, stderr=said, cwd="/", check=False, timeout=50)
        said.seek(0)
        assert done.returncode == 0, said.read().decode()
