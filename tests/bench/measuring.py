"""Measuring side by side: turns that alternate, medians in milliseconds, and lines for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter
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


def spread(milliseconds: list[float]) -> Spread:
    """Median, least and most of some measurements, ms."""
    return Spread(median(milliseconds), min(milliseconds), max(milliseconds), len(milliseconds))


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes, ms."""
    started = perf_counter()
    work()
    return (perf_counter() - started) * 1000


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
