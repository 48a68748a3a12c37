"""The sample server of ``make run``: the real central server, as a process of its own, on loopback."""

from __future__ import annotations

import queue
import re
import subprocess
import sys
import threading
from pathlib import Path

_READY = re.compile(r"listening on (http://\S+)")
_START_S = 60.0
_STOP_S = 10.0


class ServerDidNotStart(Exception):
    """The server ended, or said nothing, before it was ready; the message has its last words."""


class ServerProcess:
    """A central server with the sample season; use it as a context manager."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        """Where it keeps its database and evidence; port 0 takes a free one."""
        self._folder = folder
        self._port = port
        self._process: subprocess.Popen[str] | None = None
        self.address = ""

    def __enter__(self) -> ServerProcess:
        """Start it and wait until it listens.

        Raises:
            ServerDidNotStart: It does not come up.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        command = self._command("serve", "--sample", "--host", "127.0.0.1", "--port", str(self._port))
        with (self._folder / "server.log").open("a") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
                command, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self.address = self._wait_until_ready(self._process)
        return self

    def __exit__(self, *_: object) -> None:
        """Ask it to stop, and make it."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def administer(self, *words: str) -> str:
        """Do what an administrator does at the server's command line; returns what it says.

        Raises:
            CalledProcessError: The command failed.
        """
        done = subprocess.run(self._command(*words), capture_output=True, text=True, check=True)  # noqa: S603 - as above
        return done.stdout

    def _command(self, *words: str) -> list[str]:
        where = ["--db", f"sqlite:///{self._folder / 'server.db'}", "--blobs", str(self._folder / "blobs")]
        return [sys.executable, "-m", "sync.server", *words, *where]

    def _wait_until_ready(self, process: subprocess.Popen[str]) -> str:
        lines: queue.Queue[str] = queue.Queue()

        def read() -> None:
            for line in process.stdout or ():
                lines.put(line)
            lines.put("")

        threading.Thread(target=read, name="sample-server-output", daemon=True).start()
        try:
            while line := lines.get(timeout=_START_S):
                if found := _READY.search(line):
                    return found[1]
        except queue.Empty:
            pass
        self.__exit__()
        log = (self._folder / "server.log").read_text(errors="replace")
        raise ServerDidNotStart(log[-2000:])
