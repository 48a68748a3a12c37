"""The faults of one run: which kinds it has, how often, and how many of each came to pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Final

LINK: Final = (
    "request lost",
    "answer lost",
    "answer cut off",
    "answer with a wrong bit",
    "request with a wrong bit",
    "request delivered twice",
    "request delivered again later",
    "5xx",
    "429",
    "captive portal",
)
DAMAGE: Final = ("answer with a wrong bit", "request with a wrong bit")
DEATHS: Final = ("centre killed at a commit", "device killed at a commit")
_RATES: Final = (0.0, 0.0, 0.02, 0.06, 0.2)


class Weather:
    """Drawn once from the seed: a run with few kinds of faults reaches what a run with all of them never does."""

    def __init__(self, random: Random, rates: Mapping[str, float] | None = None) -> None:
        self._random = random
        self._rates = {kind: random.choice(_RATES) for kind in (*LINK, *DEATHS)} if rates is None else rates
        self.calm = False
        self.happened: Counter[str] = Counter()

    def strikes(self, kind: str) -> bool:
        """Whether a fault of this kind comes now; counted by who carries it out."""
        return not self.calm and self._random.random() < self._rates.get(kind, 0.0)

    def on_the_link(self) -> str:
        """The fault of one request, or an empty text."""
        return next((kind for kind in LINK if self.strikes(kind)), "")

    def count(self, kind: str) -> None:
        self.happened[kind] += 1
