"""A part of a checklist as the rows of a page: headings, questions, the instances of repeats and what adds to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import xforms

FIELD_LIST: Final = frozenset({"field-list", "table-list"})
"""Words of a group whose questions stand on one screen where a form is shown page by page."""


class RowKind(StrEnum):
    """What a row is."""

    QUESTION = "question"
    HEADING = "heading"
    INSTANCE = "instance"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a page.

    Attributes:
        kind: What it is.
        ref: Its reference in the sheet, with the numbers of the instances it stands in; of ``ADD`` that of the repeat.
        node: The part of the form, its own ``ref`` without numbers.
        depth: How many headings of the page it stands under.
        screen: What it stands together with where the form is shown page by page; ``""`` for a heading that is only
            said above its screens.
        above: The references of the headings it stands under, the outermost first.
    """

    kind: RowKind
    ref: str
    node: xforms.Group | xforms.Question
    depth: int
    screen: str
    above: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells it from all other rows."""
        return f"{self.kind}:{self.ref}"

    @property
    def question(self) -> xforms.Question:
        """Its question, named as the very instance.

        Raises:
            TypeError: It is a row without a question.
        """
        if not isinstance(self.node, xforms.Question):
            raise TypeError(self.kind)
        return self.node if self.node.ref == self.ref else replace(self.node, ref=self.ref)


def rows(nodes: Iterable[xforms.Group | xforms.Question], session: xforms.Session, screen: str = "") -> tuple[Row, ...]:
    """All rows of some parts of a form, also of what is not asked now; repeats with the instances they have now.

    Args:
        nodes: Parts that stand in no repeat.
        session: The sheet.
        screen: The screen they all stand on where the form is shown page by page; empty for one of its own each.
    """
    return tuple(_rows(nodes, session, _Place("", "", screen, ())))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where rows stand: the innermost instance, as the form and as the sheet name it, the screen, the headings."""

    model: str
    actual: str
    screen: str
    above: tuple[str, ...]

    def ref(self, ref: str) -> str:
        return self.actual + ref[len(self.model) :]


def _rows(nodes: Iterable[xforms.Group | xforms.Question], session: xforms.Session, place: _Place) -> Iterator[Row]:
    for node in nodes:
        ref = place.ref(node.ref)
        if isinstance(node, xforms.Question):
            yield Row(RowKind.QUESTION, ref, node, len(place.above), place.screen or ref, place.above)
        elif isinstance(node, xforms.Repeat):
            yield from _instances(node, ref, session, place)
        else:
            screen = place.screen or (ref if is_field_list(node) else "")
            yield Row(RowKind.HEADING, ref, node, len(place.above), screen, place.above)
            yield from _rows(node.children, session, replace(place, screen=screen, above=(*place.above, ref)))


def _instances(node: xforms.Repeat, ref: str, session: xforms.Session, place: _Place) -> Iterator[Row]:
    for number in range(1, session.instances(ref) + 1):
        one = f"{ref}[{number}]"
        screen = place.screen or (one if is_field_list(node) else "")
        yield Row(RowKind.INSTANCE, one, node, len(place.above), screen, place.above)
        yield from _rows(node.children, session, _Place(node.ref, one, screen, (*place.above, one)))
    # Also where the form settles the number, and nothing is ever added by hand: it is where instances may come.
    yield Row(RowKind.ADD, ref, node, len(place.above), place.screen or f"{ref}+", place.above)


def is_field_list(group: xforms.Group) -> bool:
    """Whether the questions of a group stand on one screen."""
    return not FIELD_LIST.isdisjoint(group.appearance.lower().split())


def is_shown(row: Row, session: xforms.Session) -> bool:
    """Whether a question or a heading is asked now; of a heading, whether there could be something under it."""
    return session.relevant_value(row.ref) is not None


def shown(all_rows: Sequence[Row], there: Mapping[str, bool]) -> list[Row]:
    """The rows that are there, without headings that nothing stands under.

    Args:
        all_rows: The rows of a page.
        there: By the key of a row what ``is_shown`` says of it.
    """
    found: list[Row] = []
    for row in reversed(all_rows):
        empty = row.kind is RowKind.HEADING and not (found and found[-1].depth > row.depth)
        if there[row.key] and not empty:
            found.append(row)
    found.reverse()
    return found


def screens(shown_rows: Iterable[Row]) -> list[str]:
    """The screens of a page, in their order, where its form is shown page by page."""
    return list(dict.fromkeys(row.screen for row in shown_rows if row.screen))


def counts(all_rows: Iterable[Row], session: xforms.Session) -> dict[str, int]:
    """How many instances each repeat of a page has now; one that has gone with what it stood in has -1."""
    return {row.ref: _count(row.ref, session) for row in all_rows if row.kind is RowKind.ADD}


def _count(ref: str, session: xforms.Session) -> int:
    try:
        return session.instances(ref)
    except xforms.AnswerError:
        return -1


def plain(ref: str) -> str:
    """A reference without the numbers of instances, as the form has it."""
    return "/".join(part.partition("[")[0] for part in ref.split("/"))
