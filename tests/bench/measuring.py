"""Measuring side by side: turns that alternate, medians in milliseconds, and lines for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter, thread_time_ns
from typing import NamedTuple


class Spread(NamedTuple):
    """What was measured of one thing, ms."""

    median: float
    least: float
    most: float
    turns: int

    def __str__(self) -> str:
        """The median first, the span behind it."""
        return f"{self.median:9.2f} ms   ({self.least:.2f} to {self.most:.2f}, {self.turns} turns)"


class Promise(NamedTuple):
    """One line of the table at the end: what was reached, of which unit, and the most it may be."""

    what: str
    reached: float
    most: float
    unit: str

    def __str__(self) -> str:
        """The line."""
        return f"{self.what:<62}{self.reached:10.2f}{self.unit:<6}at most {self.most:.2f}{self.unit}"


PROMISES: list[Promise] = []
"""What this run has found, for the table at its end."""


def promise(what: str, reached: float, most: float, unit: str = " x") -> None:
    """Put a figure into the table at the end.

    Raises:
        AssertionError: It is more than it may be.
    """
    PROMISES.append(Promise(what, reached, most, unit))
    assert reached <= most, PROMISES[-1]


def spread(milliseconds: list[float]) -> Spread:
    """Median, least and most of some measurements, ms."""
    return Spread(median(milliseconds), min(milliseconds), max(milliseconds), len(milliseconds))


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes, ms."""
    started = perf_counter()
    work()
    return (perf_counter() - started) * 1000


def of_processor(work: Callable[[], object]) -> float:
    """How much of the processor one call takes, ms, whatever else the machine is busy with."""
    started = thread_time_ns()
    work()
    return (thread_time_ns() - started) / 1e6


class Stages:
    """How long the parts of a work took, turn by turn, ms."""

    def __init__(self) -> None:
        self._taken: dict[str, list[float]] = {}

    def add(self, parts: Mapping[str, float]) -> None:
        """Keep the parts of one turn."""
        for name, part in parts.items():
            self._taken.setdefault(name, []).append(part)

    def lines(self, prefix: str) -> dict[str, Spread]:
        """For ``say``."""
        return {f"{prefix}: {name}": spread(taken) for name, taken in self._taken.items()}


def in_turn(turns: int, warm_up: int, **sides: Callable[[], float]) -> dict[str, Spread]:
    """Measure several things by turns, so that whatever else the machine does falls on all of them alike.

    Args:
        turns: How often each is measured.
        warm_up: How many turns before those are thrown away.
        sides: What measures one turn of a thing, in ms, by the name of the thing; called in this order.
    """
    measured: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(-warm_up, turns):
        for name, measure in sides.items():
            took = measure()
            if turn >= 0:
                measured[name].append(took)
    return {name: spread(took) for name, took in measured.items()}


def say(title: str, lines: Mapping[str, object]) -> None:
    """Print a small table."""
    width = max(map(len, lines))
    rows = "".join(f"\n  {name:<{width}}  {value}" for name, value in lines.items())
    print(f"\n{title}{rows}", flush=True)  # noqa: T201 - a bench speaks to a terminal
