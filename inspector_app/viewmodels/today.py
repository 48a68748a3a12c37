"""The page of the day: its lists in rows, and where each row leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from inspector_app.services.views.cases import CaseRow
from inspector_app.services.views.drafts import DraftRow
from inspector_app.services.views.today import Expiring, Today
from inspector_app.services.views.visits import VisitRow
from inspector_app.viewmodels.cases import ContinueCase, ShowCase, case_face
from inspector_app.viewmodels.lists import Face
from inspector_app.viewmodels.visits import ContinueDraft, ListVisits, ShowVisit, draft_face, visit_face
from inspector_app.words import Words
from inspector_app.words.words import RIYADH

T = TypeVar("T")

EVENING: Final = 17
"""From this hour on, in Riyadh, what is still unsent is said loudly."""

Way = tuple[str, object]
"""A workspace and what to ask of it."""


@dataclass(frozen=True)
class Line:
    """One row of a list: what it shows in a language, and where it leads."""

    key: str
    face: Callable[[Words], Face]
    way: Way


@dataclass(frozen=True)
class Section:
    """One list of the page; ``all`` leads to the whole of it."""

    name: str
    lines: tuple[Line, ...]
    all: Way


def sections(today: Today) -> tuple[Section, ...]:
    """The lists in the order in which they press; empty ones are there too."""
    return (
        Section("returned", _each(today.returned, _returned), ("visits", ListVisits("returned"))),
        Section("drafts", _each(today.drafts, _draft), ("visits", ListVisits("drafts"))),
        Section("cases", _each(today.cases_near, _case), ("cases", None)),
        Section("expiring", _each(today.expiring, _expiring), ("register", None)),
    )


def is_evening(now: datetime) -> bool:
    """Whether the day ends, in Riyadh."""
    return now.astimezone(RIYADH).hour >= EVENING


def _each(rows: Sequence[T], line: Callable[[T], Line]) -> tuple[Line, ...]:
    return tuple(line(row) for row in rows)


def _returned(row: VisitRow) -> Line:
    return Line(row.visit.id, lambda words: visit_face(words, row), ("visits", ShowVisit(row.visit.id)))


def _draft(row: DraftRow) -> Line:
    way: Way = ("visits", ContinueDraft(row.id)) if row.kind == "visit" else ("cases", ContinueCase(row.id))
    return Line(row.id, lambda words: draft_face(words, row), way)


def _case(row: CaseRow) -> Line:
    return Line(row.case.id, lambda words: case_face(words, row), ("cases", ShowCase(row.case.id)))


def _expiring(row: Expiring) -> Line:
    return Line(
        f"{row.company.id}.{row.what}",
        lambda words: expiring_face(words, row),
        ("register", ("company", row.company.id)),
    )


def expiring_face(words: Words, row: Expiring) -> Face:
    """A licence or guarantee that ends soon, or has ended."""
    over = row.days_left < 0
    said = words.say(f"today.expiring.{row.what}{'_over' if over else ''}", day=words.short_date(row.day))
    left = words.say("today.days_over", n=-row.days_left) if over else words.say("left.days", n=row.days_left)
    return Face(
        title=words.name(row.company),
        secondary=said,
        chip=words.say("shell.place.today") if row.days_left == 0 else left,
        tone="danger" if row.days_left <= 0 else "warning",
        trailing=words.say("today.visited") if row.today else "",
        icon="company",
    )
