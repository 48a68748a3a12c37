"""Visits in lists: what is listed together, what a row shows, and where a visit's state stands in words and tone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.views.drafts import DraftRow, OutcomeFinding
from inspector_app.services.views.visits import FindingView, VisitFilter, VisitRow
from inspector_app.viewmodels.lists import Face, Tone
from inspector_app.viewmodels.register import called
from inspector_app.words import Words
from sync.domain.deadlines import Standing
from sync.domain.workflow import VisitState

Key = tuple[str, str]
"""``draft`` or ``visit``, and the id."""

FILTERS: Final[dict[str, tuple[str, ...]]] = {
    "all": (),
    "drafts": (VisitState.DRAFT,),
    "returned": (VisitState.RETURNED,),
    "submitted": (VisitState.SUBMITTED, VisitState.RECEIVED, VisitState.UNDER_REVIEW),
    "approved": (VisitState.APPROVED,),
}
"""What the list can be narrowed to, with the states of each; drafts are not visits yet."""

STATE_TONES: Final[dict[str, Tone]] = {
    VisitState.DRAFT: "neutral",
    VisitState.SUBMITTED: "info",
    VisitState.RECEIVED: "info",
    VisitState.UNDER_REVIEW: "accent",
    VisitState.RETURNED: "warning",
    VisitState.APPROVED: "good",
    VisitState.ANNULLED: "neutral",
}
RESULT_TONES: Final[dict[str, Tone]] = {"conform": "good", "partial": "warning", "nonconform": "danger"}
SEVERITY_TONES: Final[dict[str, Tone]] = {"critical": "danger", "major": "warning", "minor": "info"}
ANSWER_TONES: Final[dict[str, Tone]] = {
    "conform": "good",
    "nonconform": "danger",
    "partial": "warning",
    "na": "neutral",
    "": "neutral",
}
STANDING_TONES: Final[dict[Standing, Tone]] = {
    Standing.OPEN: "neutral",
    Standing.NEAR: "warning",
    Standing.OVERDUE: "danger",
    Standing.MET: "good",
    Standing.MISSED: "danger",
}


@dataclass(frozen=True)
class StartVisit:
    """Go to the visits to begin one, at this place or with this company where that is known."""

    place_id: str | None = None
    company_id: str | None = None


@dataclass(frozen=True)
class ShowVisit:
    """Go to the visits to read one."""

    visit_id: str


@dataclass(frozen=True)
class ContinueDraft:
    """Go to the visits to go on with a draft."""

    draft_id: str


@dataclass(frozen=True)
class ListVisits:
    """Go to the list of visits, narrowed to a key of ``FILTERS``."""

    narrowed: str = "all"


def listed(desk: Desk, narrowed: str, text: str) -> list[Key]:
    """What the list shows: one's own drafts first, then visits, newest first (a query: never on the GUI thread)."""
    drafts: list[Key] = []
    if narrowed in ("all", "drafts") and not text.strip():
        drafts = [("draft", row.id) for row in desk.visits.drafts()]
    if narrowed == "drafts":
        return drafts
    visits = desk.visits.list(VisitFilter(text=text, states=FILTERS[narrowed]))
    return [*drafts, *(("visit", one) for one in visits)]


class VisitFaces:
    """Rows of the list of visits, for any thread; drafts are read together, since there are never many of them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._drafts: dict[str, DraftRow] = {}

    def listed(self, narrowed: str, text: str) -> list[Key]:
        """What the list shows, as ``listed``; its drafts are read anew when one is shown next."""
        self._drafts = {}
        return listed(self._desk, narrowed, text)

    def face(self, words: Words, key: Key) -> Face:
        """The row of a draft or a visit; a row that went away meanwhile says so."""
        kind, record_id = key
        if kind == "draft":
            return self._draft(words, record_id)
        try:
            return visit_face(words, self._desk.visits.row(record_id))
        except UserError as error:
            return Face(words.explain(error.code, error.params).title)

    def _draft(self, words: Words, draft_id: str) -> Face:
        drafts = self._drafts
        if draft_id not in drafts:
            drafts = self._drafts = {row.id: row for row in self._desk.visits.drafts(everybody=True)}
        row = drafts.get(draft_id)
        return Face(words.explain("draft_missing").title) if row is None else draft_face(words, row)


def draft_face(words: Words, row: DraftRow) -> Face:
    """The row of an unfinished visit: where, since when, and when it was last saved."""
    title = row.title_ar if words.rtl else row.title_en
    correction = words.say("visits.correction_of", n=row.revision) if row.revision > 1 else ""
    return Face(
        title=called(words, row.place, row.company),
        secondary=words.join(title, correction, words.moment(row.started_at)),
        chip=words.say("visits.state.draft"),
        tone="neutral",
        trailing=words.say("visits.saved", time=words.time(row.saved_at)),
        icon="draft",
    )


def visit_face(words: Words, row: VisitRow) -> Face:
    """The row of a submitted visit: where, its number and day, its state, and whether the centre has it."""
    visit = row.visit
    found = words.say("visits.findings", n=visit.findings) if visit.findings else ""
    percent = "" if visit.percent is None else words.percent(visit.percent)
    return Face(
        title=called(words, row.place, row.company),
        secondary=words.join(words.code(visit.number), words.moment(visit.submitted_at), percent, found),
        chip=state(words, visit.state),
        tone=STATE_TONES.get(visit.state, "neutral"),
        trailing=mark(words, row.mark),
        trailing_tone="danger" if row.mark == "attention" else "neutral",
        icon="visit",
    )


def finding_face(words: Words, view: FindingView) -> Face:
    """The row of a finding: what is wrong, how grave it is, and how long there is to mend it."""
    finding = view.finding
    violation = finding.violation if view.violation is None else words.name(view.violation)
    return Face(
        title=view.label,
        secondary=words.join(words.verbatim(finding.item), violation, finding.note),
        chip=severity(words, finding.severity),
        tone=SEVERITY_TONES.get(finding.severity, "neutral"),
        trailing=words.until(finding.deadline, datetime.now(UTC)),
        trailing_tone=STANDING_TONES[view.standing],
    )


def outcome_face(words: Words, finding: OutcomeFinding, label: str) -> Face:
    """The row of a finding that submitting now would make; ``label`` is its item in the words of the moment."""
    violation = "" if finding.violation is None else words.name(finding.violation)
    return Face(
        title=label,
        secondary=words.join(words.verbatim(finding.item), answer(words, finding.answer), violation),
        chip=severity(words, finding.severity),
        tone=SEVERITY_TONES.get(finding.severity, "neutral"),
        trailing=words.until(finding.deadline, datetime.now(UTC)),
    )


def state(words: Words, code: str) -> str:
    """A visit's state in words."""
    return words.say(f"visits.state.{code}")


def mark(words: Words, code: str) -> str:
    """Where a record of ours stands on its way; nothing where it was never sent from here."""
    return "" if code == "local" else words.say(f"visits.mark.{code}")


def result(words: Words, code: str) -> str:
    """A visit's result in words; the bands are the season's data, so another name is shown as it is."""
    key = f"visits.result.{code}"
    return words.say(key) if words.has(key) else code


def severity(words: Words, code: str) -> str:
    """How grave an item is, in words; a checklist may leave it out."""
    return words.say(f"visits.severity.{code}") if code else ""


def answer(words: Words, code: str) -> str:
    """An answer in words."""
    return words.say(f"visits.answer.{code or 'none'}")
