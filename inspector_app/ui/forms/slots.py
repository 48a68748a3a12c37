"""Where the rows of a column stand: how high each is or may be, what shares a surface, what is in view. No widgets."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterator
from typing import Final, NamedTuple

PADDING: Final = 20
"""Around the whole column, px."""
INSIDE: Final = 16
"""Between the edge of a surface and its rows."""
BETWEEN: Final = 12
"""Between surfaces."""
SPACING: Final = 18
"""Between the rows of one surface."""
INDENT: Final = 20
"""One step from the leading edge."""


class Slot(NamedTuple):
    """The place of a row.

    Attributes:
        key: What tells the row from all others.
        card: Rows of the same card, one after another, share a white surface; ``""`` for a row with one of its own,
            or none.
        shape: Rows of the same shape are about as high as each other.
        guess: How high a row of this shape is before any was seen, px.
        inset: How far from the leading edge, in steps.
        pinned: Whether it stays once it is built, because it has work under way.
        space: How much further it stands from what is above it on the same card, px.
    """

    key: Hashable
    card: str
    shape: str
    guess: int
    inset: int = 0
    pinned: bool = False
    space: int = 0


class Stretch(NamedTuple):
    """A part of the column, from above to below, px; ``step`` is how far from the leading edge, where that matters."""

    top: int
    bottom: int
    step: int = 0


class Slots:
    """The rows of a column in their order, with what is known of their heights."""

    def __init__(self) -> None:
        self._slots: tuple[Slot, ...] = ()
        self._place_of: dict[Hashable, int] = {}
        self._heights: dict[Hashable, int] = {}
        self._learned: dict[str, int] = {}
        self._tops: list[int] = []
        self._bottoms: list[int] = []

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._place_of

    def __getitem__(self, place: int) -> Slot:
        return self._slots[place]

    def take(self, slots: tuple[Slot, ...]) -> None:
        """Other rows; heights that were measured stay with their rows. Nothing has a place until ``lay_out``."""
        self._slots = slots
        self._place_of = {slot.key: place for place, slot in enumerate(slots)}
        self._heights = {key: height for key, height in self._heights.items() if key in self._place_of}
        self._tops, self._bottoms = [], []

    def keys(self) -> list[Hashable]:
        """The keys of all rows, in their order."""
        return [slot.key for slot in self._slots]

    def place(self, key: Hashable) -> int:
        """Which row it is, from 0.

        Raises:
            KeyError: There is no such row.
        """
        return self._place_of[key]

    # ------------------------------------------------------------------------------------------------------- heights

    def height(self, place: int) -> int:
        """How high a row is; until it was measured as high as others of its shape."""
        slot = self._slots[place]
        return self._heights.get(slot.key) or self._learned.get(slot.shape) or slot.guess

    def measured(self, place: int, height: int) -> None:
        """Now it is known."""
        slot = self._slots[place]
        self._heights[slot.key] = self._learned[slot.shape] = height

    def forget_heights(self, *, shapes: bool = False) -> None:
        """All rows are of another width now, or with ``shapes`` of another look."""
        self._heights.clear()
        if shapes:
            self._learned.clear()

    # -------------------------------------------------------------------------------------------------------- places

    def lay_out(self) -> int:
        """Give every row its place; returns the height of the whole column."""
        y, before = PADDING, None
        self._tops, self._bottoms = [], []
        for place, slot in enumerate(self._slots):
            y += _gap(before, slot)
            self._tops.append(y)
            y += self.height(place)
            self._bottoms.append(y)
            before = slot
        return y + PADDING + (INSIDE if before is not None and before.card else 0)

    def top(self, place: int) -> int:
        """Where a row begins."""
        return self._tops[place]

    def between(self, start: float, end: float) -> range:
        """The places of the rows that reach into a part of the column."""
        return range(bisect_right(self._bottoms, start), bisect_left(self._tops, end))

    def cards(self) -> Iterator[Stretch]:
        """The surfaces behind rows."""
        first = 0
        while first < len(self._slots):
            last, card = first, self._slots[first].card
            while card and last + 1 < len(self._slots) and self._slots[last + 1].card == card:
                last += 1
            if card:
                yield Stretch(self._tops[first] - INSIDE, self._bottoms[last] + INSIDE)
            first = last + 1

    def rails(self) -> Iterator[Stretch]:
        """Beside every row that is set in, one a step: so that one sees what belongs to what."""
        before: Slot | None = None
        for place, slot in enumerate(self._slots):
            for step in range(1, slot.inset + 1):
                joined = before is not None and before.card == slot.card and before.inset >= step
                gap = _gap(before, slot) if joined else 0
                yield Stretch(self._tops[place] - gap, self._bottoms[place], step)
            before = slot


def _gap(before: Slot | None, slot: Slot) -> int:
    """What is left free above a row."""
    if before is not None and slot.card and before.card == slot.card:
        return SPACING + slot.space
    inside = INSIDE if slot.card else 0
    return inside if before is None else BETWEEN + inside + (INSIDE if before.card else 0)
