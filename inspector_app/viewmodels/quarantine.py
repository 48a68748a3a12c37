"""Held events in rows, and a supervisor deciding about the one in front of him."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.views.quarantine import QuarantineDetail, QuarantineRow
from inspector_app.viewmodels.lists import Face
from inspector_app.viewmodels.sending import deed_of
from inspector_app.viewmodels.tasks import Task, Tasks
from inspector_app.words import Words


def face(desk: Desk, words: Words, held_id: str) -> Face:
    """The row of a held event: what it is, whose, how long it has waited, and why it is held."""
    try:
        return row_face(words, desk.quarantine.row(held_id))
    except UserError as error:
        return Face(words.explain(error.code, error.params).title)


def row_face(words: Words, row: QuarantineRow) -> Face:
    """The row of a held event by its row."""
    return Face(
        title=deed(words, row),
        secondary=words.join(
            author(words, row), words.ago(row.held.received_at, datetime.now(UTC)), reason(words, row)
        ),
        icon="case" if row.held.event_kind in ("case", "contact") else "visit",
    )


def deed(words: Words, row: QuarantineRow) -> str:
    """What the event would do, and to which report."""
    said = deed_of(words, row.held.event_kind, row.held.action)
    return f"{said} {words.code(row.number)}" if row.number else said


def author(words: Words, row: QuarantineRow) -> str:
    """Whose event it is."""
    return words.say("quarantine.author_unknown") if row.by is None else words.name(row.by)


def reason(words: Words, row: QuarantineRow) -> str:
    """Why it is held, in a word or two."""
    key = f"quarantine.reason.{row.held.reason}"
    return words.say(key if words.has(key) else "quarantine.reason.other")


def reason_text(words: Words, row: QuarantineRow) -> str:
    """Why it is held, and what to make of it."""
    key = f"quarantine.reason_text.{row.held.reason}"
    return words.say(key if words.has(key) else "quarantine.reason_text.other")


class Judge(QObject):
    """One supervisor at the held events.

    Signals:
        opened(QuarantineDetail): One is ready to be read.
        decided(): The word was given on the one in front.
    """

    opened = Signal(object)
    decided = Signal()

    def __init__(self, desk: Desk, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._tasks = desk, tasks
        self._task: Task | None = None
        self.current: QuarantineDetail | None = None
        self.busy = False

    def open(self, held_id: str, language: str) -> None:
        """Read one; the one asked for last is the one that is shown."""
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.run(self._desk.quarantine.detail, held_id, language, done=self._was_opened, owner=self)

    def accept(self) -> None:
        """Let the one in front have its effect."""
        self._decide(self._desk.quarantine.accept)

    def refuse(self, reason: str) -> None:
        """Refuse the one in front."""
        self._decide(self._desk.quarantine.refuse, reason)

    def _was_opened(self, detail: QuarantineDetail) -> None:
        self.current = detail
        self.opened.emit(detail)

    def _decide(self, work: Callable[..., None], *args: object) -> None:
        if self.busy or self.current is None:
            return
        self.busy = True

        def done(_: object) -> None:
            self.busy = False
            self.decided.emit()

        def failed(error: Exception) -> None:
            self.busy = False
            self._tasks.escape(error)

        self._tasks.run(work, self.current.row.held.id, *args, done=done, failed=failed, lane="write", owner=self)
