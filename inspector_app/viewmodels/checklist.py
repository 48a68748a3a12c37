"""A checklist as pages of entries: what belongs together on screen, and how far each page has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

import xforms
from inspector_app.viewmodels.rows import Row, RowKind, rows
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
    """One section of the checklist.

    Attributes:
        ref: The reference of its group or repeat; empty for questions outside any.
        entries: What is answered on it, but for what stands in repeats.
        nodes: Its parts of the form: those inside of the group, or the repeat itself.
    """

    ref: str
    entries: tuple[Entry, ...]
    nodes: xforms.Layout = ()

    @property
    def has_repeats(self) -> bool:
        """Whether anything on it is filled any number of times."""
        return _has_repeats(self.nodes)


class Progress(NamedTuple):
    """How far a page has come: of the items and questions that apply now."""

    answered: int
    total: int
    nonconform: int


def pages(form: xforms.Form) -> tuple[Page, ...]:
    """The pages of a checklist, in its own order: each of its outermost groups, and what stands between them."""
    made: list[Page] = []
    for grouped, nodes in groupby(form.layout, lambda node: isinstance(node, xforms.Group)):
        parts = tuple(nodes)
        if not grouped:
            made.append(_page("", parts))
        for part in parts:
            if isinstance(part, xforms.Group):
                made.append(_page(part.ref, (part,) if isinstance(part, xforms.Repeat) else part.children))
    return tuple(page for page in made if any(True for _ in _questions(page.nodes, repeats=True)))


def _page(ref: str, nodes: xforms.Layout) -> Page:
    return Page(ref, tuple(_entries(_questions(nodes, repeats=False))), nodes)


def _questions(nodes: xforms.Layout, *, repeats: bool) -> Iterator[xforms.Question]:
    for node in nodes:
        if isinstance(node, xforms.Question):
            yield node
        elif repeats or not isinstance(node, xforms.Repeat):
            yield from _questions(node.children, repeats=repeats)


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
    repeated = (Entry(row.question, "", "") for row in _repeated(page, session))
    for entry in (*page.entries, *repeated):
        ref = entry.question.ref
        value = session.relevant_value(ref)
        if value is None or is_note(entry.question):
            continue
        if not entry.code and not value and not session.state(ref).required:
            continue
        total += 1
        answered += bool(value)
        nonconform += bool(entry.code) and value in FAILING and value == Answer.NONCONFORM
    return Progress(answered, total, nonconform)


def _repeated(page: Page, session: xforms.Session) -> Iterator[Row]:
    """The questions of a page that stand in repeats, instance by instance."""
    if page.has_repeats:
        found = rows(page.nodes, session)
        yield from (row for row in found if row.kind is RowKind.QUESTION and row.ref != row.node.ref)


def is_note(question: xforms.Question) -> bool:
    """Whether the question only says something: shown, never answered."""
    return question.control == "input" and "readonly-note" in question.appearance


def places(all_pages: Iterable[Page]) -> dict[str, int]:
    """The index of its page by the reference of everything on it, without the numbers of instances."""
    found: dict[str, int] = {}
    for number, page in enumerate(all_pages):
        found |= dict.fromkeys(_refs(page.nodes), number)
    return found


def _refs(nodes: xforms.Layout) -> Iterator[str]:
    for node in nodes:
        yield node.ref
        if not isinstance(node, xforms.Question):
            yield from _refs(node.children)


def _has_repeats(nodes: xforms.Layout) -> bool:
    return any(
        isinstance(node, xforms.Repeat) or (isinstance(node, xforms.Group) and _has_repeats(node.children))
        for node in nodes
    )
