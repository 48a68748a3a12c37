"""The threads that send evidence beside the engine: held back while something else goes first, and never polling."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from inspector_app.services.link.http import HttpTransport
from sync.domain.errors import DomainError
from sync.engine.engine import Engine, Link, Phase, Report
from sync.engine.uploading import Uploader

_log = logging.getLogger(__name__)

UPLOADERS = 3
_TROUBLE_WAIT_S = 30.0
_STOP_WAIT_S = 5.0


class UploadCrew:
    """Sends evidence on a few threads, each with a connection of its own; the driver opens and closes the gate.

    The threads begin with the first piece of evidence. They wait for the gate, never for a clock, but after a failure.
    """

    def __init__(
        self,
        engine: Engine,
        connect: Callable[[], HttpTransport],
        reported: Callable[[Report], None],
        wake: Callable[[], None],
    ) -> None:
        """Nothing runs yet.

        Args:
            engine: Whose session and pieces the uploaders share.
            connect: Makes a connection.
            reported: Called on an uploader's thread after every step.
            wake: Called where the engine should look: all is sent, or the link is gone.
        """
        self._engine = engine
        self._reported = reported
        self._wake = wake
        self._transports = [connect() for _ in range(UPLOADERS)]
        self._uploaders = [engine.uploader(transport) for transport in self._transports]
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        self._open = self._stopping = False
        self._round = 0
        self._urge = 0
        self._told = 0

    def open(self, *, more: bool) -> None:
        """Nothing goes before evidence now; ``more``: some waits that nobody is sending."""
        with self._changed:
            if self._stopping:
                return
            self._open = True
            self._round += more
            if more and not self._threads:
                self._begin()
            self._changed.notify_all()

    def hold(self) -> None:
        """Something goes before evidence: what is under way is finished, and no further request is made."""
        with self._changed:
            self._open = False

    def hurry(self) -> None:
        """Try again now what failed."""
        with self._changed:
            self._urge += 1
            self._changed.notify_all()

    def abort(self) -> None:
        """Give up what is under way, at once."""
        self.hold()
        for transport in self._transports:
            transport.abort()

    def resume(self) -> None:
        """Allow requests again."""
        for transport in self._transports:
            transport.resume()
        self.hurry()

    def stop(self) -> None:
        """End the threads."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for transport in self._transports:
            transport.abort()
        for thread in self._threads:
            thread.join(_STOP_WAIT_S)
        for transport in self._transports:
            transport.close()

    def _begin(self) -> None:
        for number, uploader in enumerate(self._uploaders, start=1):
            name = f"midan-upload-{number}"
            self._threads.append(threading.Thread(target=self._run, args=(uploader,), name=name, daemon=True))
        for thread in self._threads:
            thread.start()

    def _run(self, uploader: Uploader) -> None:
        done = 0
        while (found := self._wait_for_gate(done)) is not None:
            report = self._step(uploader)
            if report.phase is Phase.REST:
                done = found
                self._all_sent(found)
                continue
            if report.link is not Link.OFFLINE:
                self._reported(report)
            elif self._open:
                self._wake()
            if report.wait_s:
                self._pause(report.wait_s)

    def _step(self, uploader: Uploader) -> Report:
        try:
            return uploader.step()
        except DomainError as error:  # the device's own store says no: the disk is full, a file is damaged
            return Report(Phase.EVIDENCE, Link.UNKNOWN, wait_s=_TROUBLE_WAIT_S, problem=error.code)
        except Exception:  # noqa: BLE001  # ours: it is reported, and the thread must live to send the rest
            _log.exception("a step of an uploader failed")
            return Report(Phase.EVIDENCE, Link.UNKNOWN, wait_s=_TROUBLE_WAIT_S, problem="internal")

    def _wait_for_gate(self, done: int) -> int | None:
        """Wait until the gate is open and something came after the round that found nothing; None when stopping."""
        with self._changed:
            while not self._stopping and not (self._open and self._round > done):
                self._changed.wait()
                self._engine.session.meter.count(wakeups=1)
            return None if self._stopping else self._round

    def _pause(self, seconds: float) -> None:
        with self._changed:
            urge = self._urge
            self._changed.wait_for(lambda: self._stopping or self._urge != urge, seconds)
            self._engine.session.meter.count(wakeups=1)

    def _all_sent(self, found: int) -> None:
        """The last one who finds nothing lets the engine look, once a round."""
        with self._changed:
            last = not self._engine.uploads.busy and self._told < found
            if last:
                self._told = found
        if last:
            self._wake()
