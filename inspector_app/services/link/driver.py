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
from inspector_app.services.link.uploads import UploadCrew
from sync.domain.errors import DomainError
from sync.engine.engine import Engine, Link, Phase, Report
from sync.engine.ports import Store
from sync.engine.traffic import Traffic

_log = logging.getLogger(__name__)

_PROBE_FIRST_S, _PROBE_MOST_S = 3.0, 15.0
_PROBE_TIMEOUT_S = 1.0
_STOP_WAIT_S = 5.0
_TROUBLE_WAIT_S = 30.0
_CANCELLED_WAIT_S = 60.0


class SystemClock:
    """The machine's own clocks."""

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()


class SyncDriver:
    """Runs one engine against one centre on a thread of its own, and its uploaders on a few more.

    While there is no link, the driver looks every few seconds whether the centre's port can be opened, so that the
    link is noticed by itself and no waiting time of the engine keeps a report back.
    """

    def __init__(
        self, store: Store, transport: HttpTransport, reported: Callable[[Report], None], *, client: str = ""
    ) -> None:
        """Nothing runs before ``start``.

        Args:
            store: What the device keeps.
            transport: The connection; the driver's own from now on.
            reported: Called on a thread of the driver after every step, and for each frame of a first sync.
            client: Name and version of this program, for the centre's overview.
        """
        self._store = store
        self._transport = transport
        self._reported = reported
        self._client = client
        self._engine: Engine | None = None
        self._crew: UploadCrew | None = None
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._working = threading.Event()
        self._cancelled = threading.Event()
        self._probe_s = _PROBE_FIRST_S
        self._thread = threading.Thread(target=self._run, name="midan-sync", daemon=True)

    def start(self, *, working: bool = True) -> None:
        """Begin; with ``working`` False the thread waits until ``work`` is called."""
        if working:
            self._working.set()
        self._thread.start()

    def work(self, on: bool) -> None:
        """Work with the link, or leave it alone until told otherwise; what is under way is given up."""
        if on:
            self._resume()
            self._working.set()
        else:
            self._working.clear()
            self._abort()
        self._wake.set()

    @property
    def is_working(self) -> bool:
        """Whether the driver may use the link."""
        return self._working.is_set()

    @property
    def traffic(self) -> Traffic:
        """What the link has cost since the start; readable from any thread."""
        return self._engine.traffic if self._engine is not None else Traffic()

    def sync_now(self) -> None:
        """Begin a round at once, whatever the engine was waiting for."""
        if self._crew is not None:
            self._crew.hurry()
        self._wake.set()

    def cancel(self) -> None:
        """Give up what is under way, at once; the next round begins when it is asked for, or with the next look."""
        self._cancelled.set()
        self._abort()
        self._wake.set()

    def stop(self) -> None:
        """End the threads; a look-up of the centre's name that will not end is left behind."""
        self._stopping.set()
        self._abort()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_WAIT_S)
        if self._crew is not None:
            self._crew.stop()
        self._transport.close()

    def _abort(self) -> None:
        self._transport.abort()
        if self._crew is not None:
            self._crew.abort()

    def _resume(self) -> None:
        self._transport.resume()
        if self._crew is not None:
            self._crew.resume()

    def _run(self) -> None:
        engine = Engine(self._store, self._transport, SystemClock(), random.SystemRandom(), client=self._client)
        engine.progress = self._reported
        address = self._transport.address
        crew = UploadCrew(engine, lambda: HttpTransport(address), self._reported, self._wake.set)
        self._engine, self._crew = engine, crew
        while not self._stopping.is_set():
            if not self._working.is_set():
                self._reported(Report(Phase.REST, Link.UNKNOWN, traffic=engine.traffic))
                self._wait(None)
                engine.wake()
                continue
            crew.hold()
            report = self._calm(engine) if self._cancelled.is_set() else self._step(engine)
            if self._stopping.is_set():
                return
            if self._cancelled.is_set():
                continue
            if report.phase is Phase.REST and (report.evidence or engine.uploads.busy):
                crew.open(more=report.evidence)
            self._reported(report)
            if self._pause(report):
                engine.wake()

    def _calm(self, engine: Engine) -> Report:
        """What was under way is given up: rest, as after a round that came to no end."""
        self._cancelled.clear()
        self._wake.clear()
        if self._working.is_set():
            self._resume()
        engine.wake()
        return Report(Phase.REST, Link.UNKNOWN, wait_s=_CANCELLED_WAIT_S, traffic=engine.traffic)

    def _step(self, engine: Engine) -> Report:
        try:
            return engine.step()
        except DomainError as error:  # the device's own store says no: the disk is full, a file is damaged
            return Report(Phase.REST, Link.UNKNOWN, wait_s=_TROUBLE_WAIT_S, problem=error.code)
        except Exception:  # noqa: BLE001  # ours: it is reported, and the thread must live to send the rest
            _log.exception("a step of the sync engine failed")
            return Report(Phase.REST, Link.UNKNOWN, wait_s=_TROUBLE_WAIT_S, problem="internal")

    def _pause(self, report: Report) -> bool:
        """Wait as long as the engine asks; True where something made it worth beginning again earlier."""
        if report.link is not Link.OFFLINE or not report.wait_s:
            self._probe_s = _PROBE_FIRST_S
            return self._wait(report.wait_s)
        until = time.monotonic() + report.wait_s
        while (left := until - time.monotonic()) > 0:
            probe = self._probe_s
            if self._wait(min(left, probe)):
                return True
            if left > probe:
                self._probe_s = min(_PROBE_MOST_S, probe * 1.5)
                if self._reachable():
                    return True
        return False

    def _wait(self, seconds: float | None) -> bool:
        if seconds == 0 and not self._wake.is_set():
            return False
        woken = self._wake.wait(seconds)
        self._wake.clear()
        if self._engine is not None:
            self._engine.session.meter.count(wakeups=1)
        return woken

    def _reachable(self) -> bool:
        parts = urlsplit(self._transport.address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with contextlib.suppress(OSError):
            socket.create_connection((parts.hostname or "", port), _PROBE_TIMEOUT_S).close()
            return True
        return False
