"""Processes forked from one that has imported everything: a new life takes milliseconds, and any may be killed."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn


class Process:
    """A forked process that is heard line by line."""

    def __init__(self, name: str, run: Callable[[int], None], log: Path) -> None:
        self.name = name
        ours, theirs = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(ours)
            _be(run, theirs, log)
        os.close(theirs)
        os.set_blocking(ours, False)
        self._ours, self._rest, self._reaped = ours, b"", False

    def lines(self) -> list[bytes]:
        """Whole lines that it has said since."""
        while True:
            try:
                piece = os.read(self._ours, 1 << 16)
            except BlockingIOError:
                break
            if not piece:
                break
            self._rest += piece
        *whole, self._rest = self._rest.split(b"\n")
        return whole

    def wait_for(self, line: bytes, patience_s: float) -> list[bytes]:
        """Lines up to one that begins so.

        Raises:
            AssertionError: It never came.
        """
        heard: list[bytes] = []
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            heard += self.lines()
            if any(one.startswith(line) for one in heard):
                return heard
            select.select([self._ours], [], [], 0.05)
        raise AssertionError(f"{self.name} said {heard[-3:]} and never {line!r}")

    def kill(self) -> list[bytes]:
        """SIGKILL; returns its last words."""
        if not self.ended:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        words = self.lines()
        os.close(self._ours)
        return words

    @property
    def ended(self) -> bool:
        """Whether it has ended by itself, which nobody asked of it."""
        if not self._reaped:
            self._reaped = os.waitpid(self.pid, os.WNOHANG)[0] != 0
        return self._reaped


def _be(run: Callable[[int], None], pipe: int, log: Path) -> NoReturn:
    """Be the new process: its words into the pipe, its troubles into the log, and never back into what made it."""
    try:
        os.dup2(pipe, 1)
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
        sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
        sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
        run(1)
    except BaseException:  # noqa: BLE001  # whatever it is, it must not unwind into what this process was forked from
        traceback.print_exc()
    os._exit(1)
