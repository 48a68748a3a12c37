"""A checklist as pages of entries: what belongs together on screen, and how far each page has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import xforms
from sync.domain.findings import FAILING, MIDAN_NS, Answer


class Entry(NamedTuple):
    """What is answered together: a checklist item with its note and its photo, or one plain question.

    Attributes:
        question: The question that is answered first.
        code: The item's code, such as ``E01``; empty for a plain question.
        severity: The item's severity; empty for a plain question.
        note: Where the item's words go, if the checklist asks for them.
        photo: Where the item's pictures go, if the checklist asks for them.
    """

    question: xforms.Question
    code: str
    severity: str
    note: xforms.Question | None = None
    photo: xforms.Question | None = None

    @property
    def refs(self) -> tuple[str, ...]:
        """Every reference of the entry, the answer first."""
        return tuple(part.ref for part in (self.question, self.note, self.photo) if part is not None)


class Page(NamedTuple):
    """One section of the checklist: ``ref`` is its group's reference, empty for questions outside any group."""

    ref: str
    entries: tuple[Entry, ...]


class Progress(NamedTuple):
    """How far a page has come: of the items and questions that apply now."""

    answered: int
    total: int
    nonconform: int


def pages(form: xforms.Form) -> tuple[Page, ...]:
    """The pages of a checklist, in its own order; groups inside a section are read as part of it."""
    made: list[Page] = []
    loose: list[xforms.Question] = []
    for node in form.layout:
        if isinstance(node, xforms.Group):
            made.append(Page(node.ref, tuple(_entries(_questions(node.children)))))
        else:
            loose.append(node)
    if loose:
        made.insert(0, Page("", tuple(_entries(loose))))
    return tuple(page for page in made if page.entries)


def _questions(nodes: Iterable[xforms.Group | xforms.Question]) -> Iterator[xforms.Question]:
    for node in nodes:
        if isinstance(node, xforms.Group):
            yield from _questions(node.children)
        else:
            yield node


def _entries(questions: Iterable[xforms.Question]) -> Iterator[Entry]:
    """Put each item's note and photo with it, wherever in the section they stand."""
    rows = list(questions)
    parts = {(_mark(row, "of"), _mark(row, "role")): row for row in rows if _mark(row, "of")}
    codes = {_mark(row, "code") for row in rows}
    for row in rows:
        if _mark(row, "of") in codes and _mark(row, "of"):
            continue
        code = _mark(row, "code")
        yield Entry(row, code, _mark(row, "severity"), parts.get((code, "note")), parts.get((code, "photo")))


def _mark(question: xforms.Question, name: str) -> str:
    return question.attributes.get(f"{{{MIDAN_NS}}}{name}", "")


def progress(page: Page, session: xforms.Session) -> Progress:
    """Count a page's entries that apply now, those with an answer, and those that are not conform."""
    answered = total = nonconform = 0
    for entry in page.entries:
        state = session.state(entry.question.ref)
        if not state.relevant or is_note(entry.question):
            continue
        if not entry.code and not state.required and not state.value:
            continue
        total += 1
        answered += bool(state.value)
        nonconform += bool(entry.code) and state.value in FAILING and state.value == Answer.NONCONFORM
    return Progress(answered, total, nonconform)


def is_note(question: xforms.Question) -> bool:
    """Whether the question only says something: shown, never answered."""
    return question.control == "input" and "readonly-note" in question.appearance


def page_of(all_pages: Iterable[Page], ref: str) -> int:
    """The index of the page that holds a reference, or -1."""
    return next((n for n, page in enumerate(all_pages) if any(ref in entry.refs for entry in page.entries)), -1)
