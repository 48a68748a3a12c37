"""What is going to happen and when: the order of everything in a run."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from random import Random

from tests.simulation.clocks import Time

Deed = Callable[[], None]


class Plan:
    """Deeds in the order of their moments; those of one moment in an order of the seed's."""

    def __init__(self, random: Random, time: Time, seconds: float) -> None:
        self._random = random
        self._time = time
        self._end = time.seconds + seconds
        self._deeds: list[tuple[float, int, Deed]] = []

    def at(self, after: float, do: Deed) -> None:
        """Do something so many seconds from now; what lies behind the end is never done."""
        heapq.heappush(self._deeds, (self._time.seconds + after, self._random.getrandbits(60), do))

    def skip(self, seconds: float) -> None:
        """Let time pass in which nobody does anything; what was planned comes afterwards."""
        self._time.pass_(seconds)
        self._end += seconds
        self._deeds = [(at + seconds, order, do) for at, order, do in self._deeds]

    def next(self) -> Deed | None:
        """Go to the next deed's moment; None at the end."""
        if not self._deeds or self._deeds[0][0] >= self._end:
            return None
        at, _, do = heapq.heappop(self._deeds)
        self._time.reach(at)
        return do
