"""The register on screen: a search that runs as one types, and what a row of it shows."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from inspector_app.services.desk import Desk
from inspector_app.viewmodels.lists import Face, Tone
from inspector_app.viewmodels.tasks import Task, Tasks
from inspector_app.words import Words
from sync.contract import records as r

Key = tuple[str, str]
"""Kind (``place`` or ``company``) and id."""

EXPIRING = "expiring"
"""Beside the states of a licence: it, or the guarantee, has ended or ends soon."""

LICENCE_TONES: dict[str, Tone] = {"active": "good", "suspended": "danger", "cancelled": "danger", "expired": "danger"}
"""How the state of a licence looks; another state, which a later register may bring, looks like a warning."""


@dataclass(frozen=True)
class Asked:
    """What the register is asked for: words, and filters that are empty where they do not narrow.

    ``state`` is that of a licence, or ``EXPIRING``; ``open_findings`` leaves only what has findings that stand.
    """

    text: str = ""
    kind: str = ""
    region: str = ""
    state: str = ""
    open_findings: bool = False


class RegisterSearch(QObject):
    """Searches off the GUI thread; an answer that came too late is dropped.

    Signals:
        found(list[Key]): What fits, best first.
    """

    found = Signal(object)

    def __init__(self, desk: Desk, tasks: Tasks, parent: QObject | None = None, limit: int = 500) -> None:
        super().__init__(parent)
        self._desk, self._tasks, self._limit = desk, tasks, limit
        self._task: Task | None = None

    def ask(self, asked: Asked) -> None:
        """Search for this and forget what was asked before."""
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.run(_search, self._desk, asked, self._limit, done=self.found.emit, owner=self)


def _search(desk: Desk, asked: Asked, limit: int) -> list[Key]:
    """A licence's state narrows to companies, a region to places; without words a list goes by name."""
    register, query, region = desk.register, asked.text.strip(), asked.region or None
    if query and not asked.state and not asked.open_findings:
        kind = {"place": "place", "company": "company"}.get(asked.kind)
        return register.search(query, kind, region, limit)  # type: ignore[arg-type]  # the two kinds
    found: list[Key] = []
    if asked.kind in ("", "place") and not asked.state:
        ids = register.all("place", query=query, region=region, open_findings=asked.open_findings, limit=limit)
        found += [("place", one) for one in ids]
    if asked.state or (asked.kind in ("", "company") and not asked.region):
        expiring = asked.state == EXPIRING
        ids = register.all(
            "company",
            query=query,
            state=None if expiring else asked.state or None,
            expiring=expiring,
            open_findings=asked.open_findings,
            limit=limit,
        )
        found += [("company", one) for one in ids]
    return found


def face(desk: Desk, words: Words, key: Key) -> Face:
    """The row of a place or a company."""
    kind, record_id = key
    if kind == "place":
        return place_face(desk, words, desk.register.place(record_id))
    return company_face(words, desk.register.company(record_id))


def place_face(desk: Desk, words: Words, place: r.Place) -> Face:
    """The row of a place: its name, what and where it is, how many it holds."""
    holds = "" if place.capacity is None else words.say("register.holds", n=place.capacity)
    return Face(
        title=words.name(place),
        secondary=words.join(place_kind(desk, words, place.kind), region(desk, words, place.region), holds),
        icon="place",
    )


def company_face(words: Words, company: r.Company) -> Face:
    """The row of a company: its name, licence number and class, and where its licence stands."""
    grade = words.say("register.grade", grade=company.grade) if company.grade else ""
    return Face(
        title=words.name(company),
        secondary=words.join(words.say("register.licence_number", number=words.verbatim(company.licence)), grade),
        chip=licence_state(words, company.state),
        tone=LICENCE_TONES.get(company.state, "warning"),
        icon="company",
    )


def licence_state(words: Words, state: str) -> str:
    """The state of a licence in words; one that this version does not know is shown as it came."""
    key = f"register.state.{state}"
    return words.say(key) if words.has(key) else state


def coded(desk: Desk, words: Words, list_name: str, code: str) -> str:
    """The name of a code of a list, or the code where this device does not know it."""
    known = desk.register.code(list_name, code) if code else None
    return code if known is None else words.name(known)


def region(desk: Desk, words: Words, code: str) -> str:
    """The name of a region."""
    return coded(desk, words, "region", code)


def place_kind(desk: Desk, words: Words, code: str) -> str:
    """What a place is, in words."""
    return coded(desk, words, "place_kind", code)


def called(words: Words, place: r.Place | None, company: r.Company | None) -> str:
    """What a visit or a case is about: the place's name, or the company's, or that neither is known."""
    about = place or company
    return words.say("register.nowhere") if about is None else words.name(about)


def company_kind(desk: Desk, words: Words, code: str) -> str:
    """What kind of company it is, in words."""
    return coded(desk, words, "company_kind", code)
