"""A device that was withdrawn: what is still to be delivered, and whether its keys are gone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal

from inspector_app.services.desk import Desk
from inspector_app.services.views.sync import Status
from inspector_app.viewmodels.syncing import SyncHandle, SyncStatus
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.words import Words


@dataclass(frozen=True)
class Leaving:
    """How far the last delivery of a withdrawn device is.

    Attributes:
        events: Unsent events.
        pieces: Unsent pieces of evidence.
        bytes: Their unsent bytes.
        status: How things are with the link.
        wiped: The keys are destroyed.
    """

    events: int = 0
    pieces: int = 0
    bytes: int = 0
    status: SyncStatus = field(default_factory=SyncStatus)
    wiped: bool = False

    @property
    def anything_left(self) -> bool:
        """Whether something has still to reach the centre."""
        return bool(self.events or self.pieces)


def left(words: Words, leaving: Leaving) -> str:
    """What is still to be delivered, in words."""
    if not leaving.anything_left:
        return words.say("withdrawn.nothing_left")
    events = words.say("withdrawn.events", n=leaving.events) if leaving.events else ""
    pieces = words.say("withdrawn.pieces", n=leaving.pieces, size=words.bytes(leaving.bytes)) if leaving.pieces else ""
    return words.join(events, pieces)


class LastDelivery(QObject):
    """Follows the delivery of a withdrawn device and counts what is left, as often as something went through.

    Signals:
        changed(Leaving): How far it is.
    """

    changed = Signal(object)

    def __init__(self, desk: Desk, sync: SyncHandle, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._sync, self._tasks = desk, sync, tasks
        self._counting = self._again = False
        self.leaving = Leaving(status=sync.status, wiped=sync.status.standing == "wiped")
        sync.status_changed.connect(self._moved)
        self._count()

    def _moved(self, status: SyncStatus) -> None:
        self._set(replace(self.leaving, status=status, wiped=status.standing == "wiped"))
        if not self.leaving.wiped:
            self._count()

    def _count(self) -> None:
        """Count on the readers' lane, and never twice at once."""
        self._again = self._counting
        if not self._counting:
            self._counting = True
            self._tasks.run(self._desk.outbox.status, done=self._counted, failed=self._gone, owner=self)

    def _counted(self, status: Status) -> None:
        self._counting = False
        counted = replace(
            self.leaving, events=status.waiting, pieces=status.evidence_waiting, bytes=status.evidence_bytes
        )
        self._set(counted)
        if self._again and not self.leaving.wiped:
            self._count()

    def _gone(self, error: Exception) -> None:
        """The cache was closed while it was being counted: its delivery is over."""
        self._counting = False
        if not self.leaving.wiped:
            self._tasks.escape(error)

    def _set(self, leaving: Leaving) -> None:
        if leaving != self.leaving:
            self.leaving = leaving
            self.changed.emit(leaving)
