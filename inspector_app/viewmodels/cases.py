"""Cases in lists and while one is typed: rows, what is warned of before saving, and drafts kept as one types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.views.cases import CaseDraft, CaseFields, CaseFilter, CaseRow
from inspector_app.viewmodels.lists import Face, Tone
from inspector_app.viewmodels.register import called
from inspector_app.viewmodels.tasks import Task, Tasks
from inspector_app.viewmodels.visits import STANDING_TONES, mark
from inspector_app.words import Words
from sync.contract import records as r
from sync.domain.workflow import CaseState

Key = tuple[str, str]
"""``draft`` or ``case``, and the id."""

KINDS: Final = ("complaint", "note", "inquiry")
REPORTERS: Final = ("committee", "named", "confidential", "anonymous")
WITH_CONTACT: Final = frozenset({"named", "confidential"})
"""How a case may be reported with a name and a number kept."""

FILTERS: Final = ("open", "drafts", "all", "complaint", "note", "inquiry")

STATE_TONES: Final[dict[str, Tone]] = {
    CaseState.RECEIVED: "info",
    CaseState.CLASSIFIED: "info",
    CaseState.ASSIGNED: "accent",
    CaseState.ON_SITE_CHECK: "accent",
    CaseState.RESOLVED: "good",
    CaseState.REFERRED: "info",
    CaseState.REJECTED: "neutral",
    CaseState.CLOSED: "neutral",
    CaseState.REOPENED: "warning",
}
PRIORITY_TONES: Final[dict[str, Tone]] = {"P1": "danger", "P2": "warning", "P3": "info", "P4": "neutral"}

SAVE_AFTER_MS: Final = 700
LOOK_AFTER_MS: Final = 400


@dataclass(frozen=True)
class OpenCase:
    """Go to the cases to open one, about what is known already."""

    place_id: str | None = None
    company_id: str | None = None
    visit_id: str | None = None


@dataclass(frozen=True)
class ShowCase:
    """Go to the cases to read one."""

    case_id: str


@dataclass(frozen=True)
class ContinueCase:
    """Go to the cases to go on with a draft."""

    draft_id: str


def listed(desk: Desk, narrowed: str, text: str) -> list[Key]:
    """What the list shows: one's own drafts first, then cases by deadline (a query: never on the GUI thread)."""
    drafts: list[Key] = []
    if narrowed in ("open", "drafts", "all") and not text.strip():
        drafts = [("draft", draft.id) for draft in desk.cases.drafts()]
    if narrowed == "drafts":
        return drafts
    kinds = (narrowed,) if narrowed in KINDS else ()
    found = desk.cases.list(CaseFilter(text=text, kinds=kinds, open_only=narrowed == "open"))
    return [*drafts, *(("case", one) for one in found)]


def face(desk: Desk, words: Words, key: Key) -> Face:
    """The row of a case or of a draft; a row that went away meanwhile says so."""
    kind, record_id = key
    try:
        if kind == "draft":
            return draft_face(words, desk.cases.draft(record_id))
        return case_face(words, desk.cases.row(record_id))
    except UserError as error:
        return Face(words.explain(error.code, error.params).title)


def draft_face(words: Words, draft: CaseDraft) -> Face:
    """The row of a case not opened yet."""
    kind = words.say(f"cases.kind.{draft.fields.kind}")
    return Face(
        title=draft.fields.text.strip().split("\n")[0] or kind,
        secondary=words.join(kind, words.moment(draft.started_at)),
        chip=words.say("cases.draft"),
        trailing=words.say("cases.saved", time=words.time(draft.saved_at)),
        icon="draft",
    )


def case_face(words: Words, row: CaseRow) -> Face:
    """The row of a case: what and where, its number and priority, its state, and how its deadline stands."""
    case = row.case
    category = case.category if row.category is None else words.name(row.category)
    return Face(
        title=words.join(category, called(words, row.place, row.company)),
        secondary=words.join(
            words.say(f"cases.kind.{case.kind}"),
            words.code(case.number),
            priority(words, case.priority),
            mark(words, row.mark),
        ),
        chip=words.say(f"cases.state.{case.state}"),
        tone=STATE_TONES.get(CaseState(case.state), "neutral"),
        trailing=standing(words, row),
        trailing_tone="neutral" if row.standing is None else STANDING_TONES[row.standing],
        icon="case",
    )


def standing(words: Words, row: CaseRow) -> str:
    """How long a case's deadline leaves; nothing once it is settled."""
    return "" if row.standing is None else due(words, row.case)


def due(words: Words, case: r.Case) -> str:
    """How long a case's deadline leaves, or how long it has passed."""
    return words.until(case.due_at, datetime.now(UTC))


def priority(words: Words, code: str) -> str:
    """A priority in words, with its own name."""
    return words.say(f"cases.priority.{code}")


class CaseWriter(QObject):
    """A case while it is typed. What an anonymous reporter said of himself is dropped before anything is kept.

    Signals:
        saved(str): The draft is on the disk, since this moment.
        alike(tuple[Similar]): Cases that may be the same one.
        opened(Opened): The case has its number.
        open_failed(): It was not opened; what was wrong is said elsewhere.
        discarded(): The draft is gone.
        attachments_changed(): Pictures were added or taken away.
    """

    saved = Signal(str)
    alike = Signal(object)
    opened = Signal(object)
    open_failed = Signal()
    discarded = Signal()
    attachments_changed = Signal()

    def __init__(
        self, desk: Desk, tasks: Tasks, fields: CaseFields, draft: CaseDraft | None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._tasks = desk, tasks
        self.fields = fields if draft is None else draft.fields
        self.draft_id = None if draft is None else draft.id
        self.attachments = () if draft is None else draft.attachments
        self.busy = False
        self._dirty = False
        self._looking: Task | None = None
        self._save_timer = self._timer(SAVE_AFTER_MS, self.save)
        self._look_timer = self._timer(LOOK_AFTER_MS, self.look)

    def _timer(self, milliseconds: int, act: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(act)
        return timer

    def change(self, **changed: Any) -> None:
        """Take over what was typed or chosen; names fields of ``CaseFields``."""
        fields = msgspec.structs.replace(self.fields, **changed)
        if fields.reporter not in WITH_CONTACT:
            fields = msgspec.structs.replace(fields, reporter_name="", reporter_phone="")
        if fields == self.fields or self.busy:
            return
        place_or_kind = ("category", "company_id", "place_id", "kind")
        if any(getattr(fields, name) != getattr(self.fields, name) for name in place_or_kind):
            self._look_timer.start()
        self.fields = fields
        self._dirty = True
        if not self._save_timer.isActive():
            self._save_timer.start()

    def save(self) -> None:
        """Keep what was typed, if anything changed."""
        self._save_timer.stop()
        if not self._dirty or self.busy:
            return
        self._dirty = False
        self._run(self._save_work, self._was_saved, self._was_not_saved)

    def _save_work(self) -> str:
        """Runs on the writer: one lane, so the draft's id of the first save is there for the second."""
        self.draft_id = self._desk.cases.save_draft(self.fields, self.draft_id)
        return self.draft_id

    def _was_saved(self, _: str) -> None:
        self.saved.emit(datetime.now(UTC).isoformat())

    def _was_not_saved(self, error: Exception) -> None:
        self._dirty = True
        self._tasks.escape(error)

    def look(self) -> None:
        """Ask whether the same thing was reported already."""
        if self._looking is not None:
            self._looking.cancel()
        if not self.fields.category or not (self.fields.company_id or self.fields.place_id):
            self.alike.emit(())
            return
        self._looking = self._tasks.run(self._desk.cases.similar, self.fields, done=self.alike.emit, owner=self)

    def attach(self, source: Any) -> None:
        """Keep a picture with the draft."""

        def work() -> Any:
            return self._desk.cases.attach(self._save_work(), source)

        def done(attachment: Any) -> None:
            self.attachments = (*self.attachments, attachment)
            self.attachments_changed.emit()

        self._run(work, done)

    def detach(self, sha256: str) -> None:
        """Take a picture away again."""

        def work() -> None:
            self._desk.cases.detach(self._save_work(), sha256)

        def done(_: object) -> None:
            self.attachments = tuple(one for one in self.attachments if one.sha256 != sha256)
            self.attachments_changed.emit()

        self._run(work, done)

    def open(self) -> None:
        """Open the case; a second call while the first is under way does nothing."""
        if self.busy:
            return
        self._stop()

        def failed(error: Exception) -> None:
            self.busy = False
            self._dirty = True
            self.open_failed.emit()
            self._tasks.escape(error)

        self._run(lambda: self._desk.cases.open(self.fields, self.draft_id), self.opened.emit, failed)

    def discard(self) -> None:
        """Throw away what was typed, on the disk too."""
        self._stop()

        def work() -> None:
            if self.draft_id is not None:
                self._desk.cases.discard(self.draft_id)

        self._run(work, lambda _: self.discarded.emit())

    def rest(self) -> None:
        """Keep what was typed and wait: nobody looks at the form now."""
        self._look_timer.stop()
        self.save()

    def _stop(self) -> None:
        self._save_timer.stop()
        self._look_timer.stop()
        self.busy = True

    def close(self) -> None:
        """Keep what was typed until now, and stop."""
        self.save()
        self._stop()

    def _run(self, work: Any, done: Any, failed: Any = None) -> None:
        self._tasks.run(work, done=done, failed=failed, lane="write", owner=self)
