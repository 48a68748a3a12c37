"""The review queue in rows, and a supervisor's remarks while they are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QObject, Signal

from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.views.review import ReviewDetail
from inspector_app.services.views.visits import VisitRow
from inspector_app.viewmodels.lists import Face
from inspector_app.viewmodels.register import called
from inspector_app.viewmodels.tasks import Task, Tasks
from inspector_app.viewmodels.visits import SEVERITY_TONES, severity, state
from inspector_app.words import Words
from sync.contract import records as r


def face(desk: Desk, words: Words, visit_id: str) -> Face:
    """The row of a report that waits for a word: where, its number and age, and the gravest thing in it."""
    try:
        return row_face(words, desk.visits.row(visit_id))
    except UserError as error:
        return Face(words.explain(error.code, error.params).title)


def row_face(words: Words, row: VisitRow) -> Face:
    """The row of a report by its row."""
    visit = row.visit
    found = words.say("visits.findings", n=visit.findings) if visit.findings else words.say("review.no_findings")
    return Face(
        title=called(words, row.place, row.company),
        secondary=words.join(words.code(visit.number), words.ago(visit.submitted_at, datetime.now(UTC))),
        chip=severity(words, visit.worst) or words.say("review.clean"),
        tone=SEVERITY_TONES.get(visit.worst, "good"),
        trailing=words.join(found, state(words, visit.state) if visit.state == "under_review" else ""),
        icon="visit",
    )


class Reviewer(QObject):
    """One supervisor at the queue: the report in front of him, his remarks on it, and his word.

    Signals:
        opened(ReviewDetail): A report is ready to be read.
        remarks_changed(int): How many items have a remark now.
        decided(str): The word was given (``approve`` or ``return``) on the report with this id.
    """

    opened = Signal(object)
    remarks_changed = Signal(int)
    decided = Signal(str)

    def __init__(self, desk: Desk, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._tasks = desk, tasks
        self._task: Task | None = None
        self._language: str | None = None
        self._remarks: dict[str, dict[str, str]] = {}
        self.current: ReviewDetail | None = None
        self.busy = False

    def open(self, visit_id: str, language: str | None = None) -> None:
        """Read a report, its labels in this language; the one asked for last is the one that is shown."""
        self._language = language or self._language
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.run(
            self._desk.review.detail, visit_id, self._language, done=self._was_opened, owner=self
        )

    def _was_opened(self, detail: ReviewDetail) -> None:
        self.current = detail
        self.opened.emit(detail)
        self.remarks_changed.emit(len(self.remarks))

    def remark(self, item: str, text: str) -> None:
        """What to ask of an item of the report in front; kept while one looks at others."""
        if self.current is None:
            return
        of_visit = self._remarks.setdefault(self.current.detail.visit.id, {})
        of_visit[item] = text
        self.remarks_changed.emit(len(self.remarks))

    def remark_on(self, item: str) -> str:
        """What was typed about an item of the report in front."""
        return "" if self.current is None else self._remarks.get(self.current.detail.visit.id, {}).get(item, "")

    @property
    def remarks(self) -> tuple[r.Remark, ...]:
        """The remarks on the report in front that say something."""
        if self.current is None:
            return ()
        of_visit = self._remarks.get(self.current.detail.visit.id, {})
        return tuple(r.Remark(item=item, text=text.strip()) for item, text in of_visit.items() if text.strip())

    def take_up(self) -> None:
        """Say that one is reading the report in front."""
        if self.current is not None:
            visit = self.current.detail.visit
            work = partial(self._desk.review.take_up, revision=visit.revision)
            self._write(work, visit.id, then=lambda: self.open(visit.id))

    def approve(self, text: str = "") -> None:
        """Approve the report in front."""
        if self.current is not None:
            self._decide(self.current.detail.visit, self._desk.review.approve, text)

    def give_back(self, text: str = "") -> None:
        """Return the report in front with what was remarked."""
        if self.current is not None:
            self._decide(self.current.detail.visit, self._desk.review.give_back, self.remarks, text)

    def _decide(self, visit: r.Visit, work: Callable[..., None], *args: object) -> None:
        """Say a word on the revision in front: the rows may hold a newer one by now, which nobody here has read."""

        def then() -> None:
            self._remarks.pop(visit.id, None)
            self.decided.emit(visit.id)

        self._write(partial(work, revision=visit.revision), visit.id, *args, then=then)

    def _write(self, work: Callable[..., None], *args: object, then: Callable[[], None]) -> None:
        if self.busy:
            return
        self.busy = True

        def done(_: object) -> None:
            self.busy = False
            then()

        def failed(error: Exception) -> None:
            self.busy = False
            self._tasks.escape(error)

        self._tasks.run(work, *args, done=done, failed=failed, lane="write", owner=self)
