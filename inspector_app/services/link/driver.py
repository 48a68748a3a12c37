"""The thread that turns the engine: takes its steps, waits between them, notices the link, and can be stopped."""

from __future__ import annotations

import contextlib
import logging
import random
import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from inspector_app.services.link.http import HttpTransport
from sync.domain.errors import DomainError
from sync.engine.engine import Engine, Link, Phase, Report
from sync.engine.ports import Store

_log = logging.getLogger(__name__)

_PROBE_EVERY_S = 3.0
_PROBE_TIMEOUT_S = 1.0
_STOP_WAIT_S = 5.0


class SystemClock:
    """The machine's own clocks."""

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()


class SyncDriver:
    """Runs one engine against one centre on a thread of its own.

    While there is no link, the driver looks every few seconds whether the centre's port can be opened, so that the
    link is noticed by itself and no waiting time of the engine keeps a report back.
    """

    def __init__(self, store: Store, transport: HttpTransport, reported: Callable[[Report], None]) -> None:
        """Nothing runs before ``start``.

        Args:
            store: What the device keeps.
            transport: The connection; the driver's own from now on.
            reported: Called on the driver's thread after every step.
        """
        self._store = store
        self._transport = transport
        self._reported = reported
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._working = threading.Event()
        self._thread = threading.Thread(target=self._run, name="midan-sync", daemon=True)

    def start(self, *, working: bool = True) -> None:
        """Begin; with ``working`` False the thread waits until ``work`` is called."""
        if working:
            self._working.set()
        self._thread.start()

    def work(self, on: bool) -> None:
        """Work with the link, or leave it alone until told otherwise; what is under way is given up."""
        if on:
            self._transport.resume()
            self._working.set()
        else:
            self._working.clear()
            self._transport.abort()
        self._wake.set()

    @property
    def is_working(self) -> bool:
        """Whether the driver may use the link."""
        return self._working.is_set()

    def sync_now(self) -> None:
        """Begin a round at once, whatever the engine was waiting for."""
        self._wake.set()

    def stop(self) -> None:
        """End the thread; a request that will not end is left behind with its timeouts."""
        self._stopping.set()
        self._transport.abort()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_WAIT_S)
        self._transport.close()

    def _run(self) -> None:
        engine = Engine(self._store, self._transport, SystemClock(), random.SystemRandom())
        while not self._stopping.is_set():
            if not self._working.is_set():
                self._reported(Report(Phase.REST, Link.UNKNOWN))
                self._wait(None)
                engine.wake()
                continue
            try:
                report = engine.step()
            except DomainError as error:  # the device's own store says no: the disk is full, a file is damaged
                report = Report(Phase.REST, Link.UNKNOWN, wait_s=_PROBE_EVERY_S * 10, problem=error.code)
            except Exception:  # noqa: BLE001  # ours: it is reported, and the thread must live to send the rest
                _log.exception("a step of the sync engine failed")
                report = Report(Phase.REST, Link.UNKNOWN, wait_s=_PROBE_EVERY_S * 10, problem="internal")
            if self._stopping.is_set():
                return
            self._reported(report)
            if self._pause(report):
                engine.wake()

    def _pause(self, report: Report) -> bool:
        """Wait as long as the engine asks; True where something made it worth beginning again earlier."""
        if report.link is not Link.OFFLINE or not report.wait_s:
            return self._wait(report.wait_s)
        until = time.monotonic() + report.wait_s
        while (left := until - time.monotonic()) > 0:
            if self._wait(min(left, _PROBE_EVERY_S)):
                return True
            if left > _PROBE_EVERY_S and self._reachable():
                return True
        return False

    def _wait(self, seconds: float | None) -> bool:
        woken = self._wake.wait(seconds)
        self._wake.clear()
        return woken

    def _reachable(self) -> bool:
        parts = urlsplit(self._transport.address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with contextlib.suppress(OSError):
            socket.create_connection((parts.hostname or "", port), _PROBE_TIMEOUT_S).close()
            return True
        return False
