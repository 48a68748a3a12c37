"""The search over everything: places, companies, visits and cases in one list."""

from __future__ import annotations

from typing import Final

from inspector_app.services.desk import Desk
from inspector_app.services.views.cases import CaseFilter
from inspector_app.services.views.visits import VisitFilter
from inspector_app.viewmodels import cases, register, visits
from inspector_app.viewmodels.lists import Face
from inspector_app.words import Words

EACH: Final = 8
"""The most that one kind may take of the list, so that none hides the others."""

Found = tuple[str, str]
"""Kind (``place``, ``company``, ``visit``, ``case``) and id."""


def find(desk: Desk, query: str) -> list[Found]:
    """What fits the words, the register first; numbers of reports and cases count as words."""
    found: list[Found] = list(desk.register.search(query, limit=EACH))
    found += [("visit", one) for one in desk.visits.list(VisitFilter(text=query, limit=EACH))]
    found += [("case", one) for one in desk.cases.list(CaseFilter(text=query, limit=EACH))]
    return found


def face(desk: Desk, words: Words, found: Found) -> Face:
    """The row of anything found."""
    kind, key = found
    if kind == "visit":
        return visits.visit_face(words, desk.visits.row(key))
    if kind == "case":
        return cases.face(desk, words, found)
    return register.face(desk, words, found)


def way_to(found: Found) -> tuple[str, object]:
    """The workspace that shows what was found, and what to ask of it."""
    kind, key = found
    if kind == "visit":
        return "visits", visits.ShowVisit(key)
    if kind == "case":
        return "cases", cases.ShowCase(key)
    return "register", found
