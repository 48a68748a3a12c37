"""Both form engines by turns over the same form and the same walk: this one here, JavaRosa in a process beside it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import thread_time_ns
from typing import NamedTuple

from lxml import etree

import xforms
from tests.bench.walks import Answer
from tests.conformance.cases import same
from tests.conformance.jvm import Program
from xforms.xpath.parser import parse, path_of_names

RECALCULATIONS = 8
"""How often everything is worked out anew in one round."""


class Percentiles(NamedTuple):
    """Of the answers of a walk, microseconds."""

    middle: float
    p95: float
    most: float

    def __str__(self) -> str:
        """The three, as they stand in a table."""
        return f"{self.middle:9.1f} {self.p95:9.1f} {self.most:9.0f}"


def percentiles(rounds: Sequence[Sequence[int]]) -> Percentiles:
    """Of each round its own, in nanoseconds; of those the medians."""
    shares = (0.5, 0.95, 1.0)
    in_order = [sorted(times) for times in rounds]
    return Percentiles(*(median(times[int((len(times) - 1) * share)] for times in in_order) / 1000 for share in shares))


@dataclass(slots=True)
class Times:
    """What one engine took, nanoseconds: a load and a recalculation each, the answers round by round."""

    load: list[int] = field(default_factory=list)
    answers: list[list[int]] = field(default_factory=list)
    asked: list[list[int]] = field(default_factory=list)
    recalculations: list[int] = field(default_factory=list)


class Ours:
    """This engine, as Bench.java drives the other."""

    def __init__(self, form: Path, walk: Sequence[Answer]) -> None:
        self._path = form
        self._walk = walk
        self.session = self._begun()

    def _begun(self) -> xforms.Session:
        return xforms.load(self._path.read_bytes()).new()

    def load(self) -> int:
        """Reads the form, as if none of its expressions had ever been seen, and begins a sheet."""
        parse.cache_clear()
        path_of_names.cache_clear()
        return _timed(self._begun)

    def answers(self) -> list[int]:
        """Gives all answers of the walk to a new sheet."""
        self.session, times = self._begun(), []
        for ref, value in self._walk:
            began = thread_time_ns()
            self.session.answer(ref, value)
            times.append(thread_time_ns() - began)
        return times

    def recalculations(self) -> list[int]:
        """Works everything out anew."""
        return [_timed(self.session.evaluate_all) for _ in range(RECALCULATIONS)]


class Theirs:
    """JavaRosa."""

    def __init__(self, program: Program, form: Path, walk: Path) -> None:
        self._program = program
        self._form = form
        self._walk = walk

    def load(self) -> int:
        """Reads the form and begins a sheet."""
        return int(self._program.ask(f"load {self._form}"))

    def answers(self, by_person: bool) -> list[int]:
        """Gives all answers of the walk to a new sheet: stored alone, or as those of a person, constraints asked."""
        return [int(time) for time in self._program.ask(f"{'answer' if by_person else 'set'} {self._walk}").split()]

    def recalculations(self) -> list[int]:
        """Works everything out anew."""
        return [int(time) for time in self._program.ask(f"recalculate {RECALCULATIONS}").split()]

    def values(self) -> Iterator[tuple[str, str]]:
        """References and values of all relevant fields, as the sheet is submitted."""
        tree = etree.fromstring(base64.b64decode(self._program.ask("sheet"))).getroottree()
        for element in tree.getroot().iter():
            if not len(element):
                yield _reference(element), element.text or ""


def _reference(element: etree._Element) -> str:
    above = [*(f"{each.prefix}:" * bool(each.prefix) + etree.QName(each).localname for each in element.iterancestors())]
    own = f"{element.prefix}:" * bool(element.prefix) + str(etree.QName(element).localname)
    return "/".join(["", *above[::-1], own])


def _timed(work: Callable[[], object]) -> int:
    began = thread_time_ns()
    work()
    return thread_time_ns() - began


def rounds(ours: Ours, theirs: Theirs, count: int, warm_up: int) -> tuple[Times, Times]:
    """Measures both by turns.

    Args:
        ours: This engine.
        theirs: JavaRosa.
        count: How many rounds are kept.
        warm_up: How many rounds before those are thrown away: until Java has compiled what is used most.
    """
    mine, other = Times(), Times()
    for turn in range(-warm_up, count):
        if turn == 0:
            mine, other = Times(), Times()
        mine.load.append(ours.load())
        other.load.append(theirs.load())
        mine.answers.append(ours.answers())
        other.asked.append(theirs.answers(by_person=True))
        other.answers.append(theirs.answers(by_person=False))
        mine.recalculations += ours.recalculations()
        other.recalculations += theirs.recalculations()
    return mine, other


def differences(session: xforms.Session, values: Iterator[tuple[str, str]]) -> list[str]:
    """Where both sheets differ in the end; a date that the other engine writes as a moment is the same day."""
    found = []
    for ref, theirs in values:
        ours = session.relevant_value(ref)
        if ours is None or not (same(ours, theirs) or (ours and theirs.startswith(f"{ours}T"))):
            found.append(f"{ref}: {ours!r} here, {theirs!r} there")
    return found
