"""What a part of the comparison counted, area by area."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

Tally = Counter[str]

APART = "input not recorded"
"""The area of what cannot be judged; it is in no total but is shown, and counted as failed in ``with_apart``."""


@dataclass
class Outcome:
    """Counts of an area, and the first thing that failed in each case that did."""

    areas: dict[str, Tally] = field(default_factory=lambda: defaultdict(Counter))
    failures: list[tuple[str, str, str]] = field(default_factory=list)

    def total(self) -> Tally:
        """What counts."""
        return sum((tally for area, tally in self.areas.items() if area != APART), Counter())

    def with_apart(self) -> Tally:
        """The same with all that cannot be judged held against this engine."""
        return sum(self.areas.values(), Counter())
