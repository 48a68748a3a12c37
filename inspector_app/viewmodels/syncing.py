"""The sync driver as a window sees it: one frozen status, signals on the GUI thread, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from PySide6.QtCore import QObject, Qt, Signal

from sync.engine.engine import Link, Phase, Report
from sync.engine.traffic import Traffic

LinkWord = Literal["connecting", "online", "offline", "working offline", "refused"]
Standing = Literal["good", "released", "withdrawn", "wiped"]
"""How device and person stand with the centre: ``released`` is the person who may not use it any more, ``withdrawn`` a
device that has still to deliver, ``wiped`` one whose keys are destroyed."""


def in_good_standing() -> Standing:
    """A device that nobody has withdrawn."""
    return "good"


class Driver(Protocol):
    """What turns the engine (``inspector_app.services.link.driver.SyncDriver``)."""

    def start(self, *, working: bool = True) -> None:
        """Begin."""
        ...

    def work(self, on: bool) -> None:
        """Use the link, or leave it alone."""
        ...

    def sync_now(self) -> None:
        """Begin a round at once."""
        ...

    def cancel(self) -> None:
        """Give up what is under way, at once."""
        ...

    def stop(self) -> None:
        """End."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncStatus:
    """How things stand with the centre, now.

    Attributes:
        link: In one word; ``working offline`` is the user's own wish.
        running: Whether a round is under way.
        phase: What is worked at (``sync.engine.engine.Phase``).
        last_sync: When a round last ended well, RFC 3339, or None.
        waiting: Unsent events.
        events: Events settled in this round.
        rows: Rows received in this round.
        done_bytes: Of the first sync, here; or of the pieces of evidence under way, at the centre.
        total_bytes: Of the first sync, or of the pieces of evidence under way, in all.
        pieces: Bytes at the centre of each piece of evidence under way, by SHA-256.
        problem: A problem code where the last step failed, or empty.
        last_problem: The last problem code there was, or empty.
        traffic: What the link has cost so far.
        done_rows: Rows of the first sync that are in.
        total_rows: Rows of the first sync, while it is under way.
        standing: How device and person stand with the centre.
        clock_ahead_s: Seconds by which this device's clock is ahead of the centre's, to the minute.
    """

    link: LinkWord = "connecting"
    running: bool = False
    phase: str = "rest"
    last_sync: str | None = None
    waiting: int = 0
    events: int = 0
    rows: int = 0
    done_bytes: int = 0
    total_bytes: int = 0
    problem: str = ""
    last_problem: str = ""
    traffic: Traffic = Traffic()  # noqa: RUF009 - a tuple never changes
    pieces: Mapping[str, int] = field(default_factory=dict)
    done_rows: int = 0
    total_rows: int = 0
    standing: Standing = "good"
    clock_ahead_s: float = 0.0


class SyncHandle(QObject):
    """Asks the driver and tells the window.

    Signals:
        status_changed: The status, whenever anything in it changed.
        progress_changed: The status, for every step of a round.
        finished: The status, when a round ended well.
        rows_arrived: What screens show may be out of date: events were settled or rows received.
        standing_changed: The centre withdrew the device or released the person; the new ``Standing``.
    """

    status_changed = Signal(object)
    progress_changed = Signal(object)
    finished = Signal(object)
    rows_arrived = Signal()
    standing_changed = Signal(str)
    _reported = Signal(object, str)

    def __init__(
        self,
        now: Callable[[], str],
        parent: QObject | None = None,
        standing: Callable[[], Standing] = in_good_standing,
    ) -> None:
        """Nothing is attached yet.

        Args:
            now: The moment to write down for a round that ended well.
            parent: The owner.
            standing: How device and person stand; asked on the driver's thread.
        """
        super().__init__(parent)
        self._now = now
        self._standing = standing
        self._driver: Driver | None = None
        self._wanted = True
        self._turning = False
        self._pieces: dict[str, tuple[int, int]] = {}
        self.status = SyncStatus()
        self._reported.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def attach(self, driver: Driver, *, last_sync: str | None, waiting: int, online: bool = True) -> None:
        """Take a driver over and start it."""
        self._driver = driver
        self._wanted = online
        link: LinkWord = "connecting" if online else "working offline"
        self._set(replace(self.status, link=link, last_sync=last_sync, waiting=waiting))
        driver.start(working=online)

    def hear(self, report: Report) -> None:
        """The driver's callback, on its own thread."""
        self._reported.emit(report, self._standing())

    def sync_now(self) -> None:
        """Try at once, whatever the waiting time."""
        if self._driver is not None and self._wanted:
            self._driver.sync_now()

    def cancel(self) -> None:
        """Give up what is under way; the next round begins when something wakes it."""
        if self._driver is not None and self._wanted:
            self._driver.cancel()

    def set_online(self, wanted: bool) -> None:
        """Use the link, or work offline until told otherwise."""
        self._wanted = wanted
        if self._driver is not None:
            self._driver.work(wanted)
        self._turning = False
        self._pieces.clear()
        link: LinkWord = "connecting" if wanted else "working offline"
        self._set(replace(self.status, link=link, running=False, problem="", pieces={}))

    @property
    def online_wanted(self) -> bool:
        """Whether the link may be used."""
        return self._wanted

    def waiting_counted(self, waiting: int) -> None:
        """The number of unsent events, as the cache has it."""
        if waiting > self.status.waiting:
            self.sync_now()
        self._set(replace(self.status, waiting=waiting))

    def detach(self) -> Driver | None:
        """Let the driver go; whoever takes it stops it. Nothing is heard of it any more."""
        driver, self._driver = self._driver, None
        return driver

    def _take(self, report: Report, standing: Standing) -> None:
        if not self._wanted or self._driver is None:
            return
        before = self.status
        if report.phase is Phase.EVIDENCE:
            status = self._with_evidence(before, report)
        else:
            status = self._with_step(before, report)
        status = replace(
            status,
            last_problem=report.problem or before.last_problem,
            traffic=report.traffic if report.traffic.requests else before.traffic,  # some trouble names no figures
            standing=standing,
            clock_ahead_s=_to_the_minute(report.clock_ahead_s, before.clock_ahead_s),
        )
        ended_well = report.phase is Phase.REST and report.link is Link.ONLINE
        if ended_well:
            status = replace(status, last_sync=self._now())
        self._set(status)
        if status.standing != before.standing:
            self.standing_changed.emit(status.standing)
        self.progress_changed.emit(status)
        if report.events or report.rows:
            self.rows_arrived.emit()
        if ended_well or (before.pieces and not status.pieces):
            self.finished.emit(status)

    def _with_step(self, before: SyncStatus, report: Report) -> SyncStatus:
        """After a step of the engine; the pieces of evidence go on beside it while the link is there."""
        begins = not self._turning and report.phase is not Phase.REST
        self._turning = report.wait_s == 0
        if report.link is not Link.ONLINE:
            self._pieces.clear()
        return replace(
            self._counted(before, report),
            link=_word(report.link),
            phase=str(report.phase),
            problem=report.problem,
            events=report.events + (0 if begins else before.events),
            rows=report.rows + (0 if begins else before.rows),
            waiting=max(0, before.waiting - report.events),
            done_rows=report.done_rows,
            total_rows=report.total_rows,
        )

    def _with_evidence(self, before: SyncStatus, report: Report) -> SyncStatus:
        """After a step of one of those that send evidence."""
        sent = report.total_bytes and report.done_bytes >= report.total_bytes
        if sent or report.problem:
            self._pieces.pop(report.piece, None)
        elif report.piece:
            self._pieces[report.piece] = (report.done_bytes, report.total_bytes)
        status = self._counted(before, report)
        return status if self._turning else replace(status, phase=str(Phase.EVIDENCE if self._pieces else Phase.REST))

    def _counted(self, before: SyncStatus, report: Report) -> SyncStatus:
        """With the bytes of what is under way: those of the first sync, else those of evidence."""
        done, total = (sum(bytes_) for bytes_ in zip((0, 0), *self._pieces.values(), strict=True))
        if report.phase is not Phase.EVIDENCE and report.total_bytes:
            done, total = report.done_bytes, report.total_bytes
        return replace(
            before,
            running=self._turning or bool(self._pieces),
            done_bytes=done,
            total_bytes=total,
            pieces={sha256: at for sha256, (at, _) in self._pieces.items()},
        )

    def _set(self, status: SyncStatus) -> None:
        if status != self.status:
            self.status = status
            self.status_changed.emit(status)


def _to_the_minute(seconds: float | None, before: float) -> float:
    """Only what a person would notice counts as a change of status."""
    return before if seconds is None else 60.0 * round(seconds / 60)


def _word(link: Link) -> LinkWord:
    words: dict[Link, LinkWord] = {
        Link.ONLINE: "online",
        Link.OFFLINE: "offline",
        Link.REFUSED: "refused",
        Link.UNKNOWN: "connecting",
    }
    return words[link]
