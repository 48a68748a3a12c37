"""The values a range offers: from its start to its end, a step at a time, each written as the checklist keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

_MOST: Final = 1_000_000
"""Steps of the longest scale; a finer one is set by typing, not with a hand."""
_WIDEST: Final = Decimal(10) ** 17


class Steps:
    """A scale of a range, which runs downwards where its end is below its start.

    Args:
        parameters: ``start``, ``end`` and ``step`` as the form writes them. What is missing or no number is 1, 10
            and 1, as in a workbook; a step of zero, or one that makes more than a million of them, is made to fit.
        whole: Whether only whole numbers are values.
    """

    def __init__(self, parameters: Mapping[str, str], *, whole: bool) -> None:
        self._whole = whole
        self.start = _number(parameters.get("start", ""), Decimal(1))
        self.end = _number(parameters.get("end", ""), Decimal(10))
        step = abs(_number(parameters.get("step", ""), Decimal(1))) or Decimal(1)
        span = abs(self.end - self.start)
        if span / step > _MOST:
            step = span / _MOST
        self._step = step if self.end >= self.start else -step
        self.last = int(span / step)
        """The place of the last value; the first one's is 0."""

    def value(self, place: int) -> str:
        """The value at a place."""
        found = self.start + self._step * max(0, min(self.last, place))
        if self._whole:
            return str(int(found))
        text = f"{found:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def between_ticks(self, interval: str) -> int:
        """How many places lie from one tick to the next: a tick at every value where no interval is asked for."""
        asked = _read(interval)
        return max(1, round(abs(asked / self._step))) if asked is not None else 1

    def place(self, value: str) -> int | None:
        """The place nearest to a value; None where it is no number."""
        found = _read(value)
        if found is None:
            return None
        return max(0, min(self.last, int(((found - self.start) / self._step).to_integral_value())))


def _number(text: str, otherwise: Decimal) -> Decimal:
    found = _read(text)
    return otherwise if found is None else found


def _read(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < _WIDEST else None
