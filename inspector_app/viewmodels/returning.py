"""Coming back after a long time: what is said while everything is fetched, and what was different afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from inspector_app.services.desk import Desk
from inspector_app.services.views.sync import Difference
from inspector_app.viewmodels.syncing import SyncHandle, SyncStatus
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.words import Words


class Return(QObject):
    """Follows the first whole round after a long absence.

    Signals:
        moved(SyncStatus): It is still under way.
        over(tuple[Difference]): It is through; what was different.
    """

    moved = Signal(object)
    over = Signal(object)

    def __init__(self, desk: Desk, sync: SyncHandle, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._tasks = desk, tasks
        self.days = 0 if desk.absence is None else desk.absence.days
        self._under_way = self.days > 0
        if self._under_way:
            sync.status_changed.connect(self._moved)
            sync.finished.connect(self._finished)

    def _moved(self, status: SyncStatus) -> None:
        if self._under_way:
            self.moved.emit(status)

    def _finished(self, _: SyncStatus) -> None:
        if self._under_way:
            self._under_way = False
            self._tasks.run(self._desk.changed_meanwhile, done=self.over.emit, owner=self)


def progress(words: Words, status: SyncStatus) -> str:
    """How far the fetching is."""
    if status.link not in ("online", "connecting"):
        return words.say("returning.no_link")
    if status.total_bytes:
        share = words.say("sync.bytes", done=words.bytes(status.done_bytes), total=words.bytes(status.total_bytes))
        return words.join(words.say("returning.fetching"), share)
    return words.join(words.say("returning.fetching"), words.say("sync.round", events=status.events, rows=status.rows))


def changes(words: Words, found: Sequence[Difference]) -> str:
    """What was different, a kind on each line."""
    if not found:
        return words.say("returning.nothing")
    lines = []
    for one in found:
        counts = [(name, getattr(one, name)) for name in ("new", "changed", "gone")]
        said = [words.say(f"returning.{name}", n=count) for name, count in counts if count]
        lines.append(f"{words.say(f'sync.kind.{one.kind}')}: {words.join(*said)}")
    return "\n".join(lines)
