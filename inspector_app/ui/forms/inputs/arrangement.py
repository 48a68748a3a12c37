"""Where choices stand: one under the other, in columns, packed into lines, or along one line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final, NamedTuple

from PySide6.QtCore import QRect

from inspector_app.ui.forms.inputs.marks import Marks, Shape, Sight

_COLUMNS: Final = re.compile(r"(?:columns|compact|quickcompact)-([1-9][0-9]?)")
_PICTURES: Final = re.compile(r"no-buttons|(?:quick)?compact(?:-[0-9]+)?")
_MOST_ON_A_LINE: Final = 11


class Way(Enum):
    """How choices follow one another."""

    COLUMN = "one under the other"
    COLUMNS = "equally wide, line by line"
    PACKED = "each as wide as it is, line by line"
    LINE = "all on one line, equally wide"


class Arrangement(NamedTuple):
    """A way, and what of each choice is painted.

    Attributes:
        way: How they follow one another.
        shape: What of each is painted.
        columns: How many columns; 0 for as many as there is room for.
        strict: Whether they stay on their line however narrow it is: cells of a grid, which stand under its head.
    """

    way: Way = Way.COLUMN
    shape: Shape = Shape.BESIDE
    columns: int = 0
    strict: bool = False


def arrangement(words: frozenset[str]) -> Arrangement:
    """How the words of an appearance want choices arranged; ``compact`` and ``horizontal`` are the words of old."""
    pictures = any(_PICTURES.fullmatch(one) for one in words)
    shape = Shape.PICTURE if pictures else Shape.BESIDE
    counted = next((found for one in words if (found := _COLUMNS.fullmatch(one))), None)
    if words & {"likert", "list"}:
        return Arrangement(Way.LINE, Shape.UNDER)
    if "label" in words:
        return Arrangement(Way.LINE, Shape.WORDS, strict=True)
    if words & {"list-nolabel", "table-list"}:
        return Arrangement(Way.LINE, Shape.MARK, strict=True)
    if counted is not None:
        return Arrangement(Way.COLUMNS, shape, int(counted.group(1)))
    if words & {"columns-pack", "horizontal-compact"} or (pictures and not words & {"columns", "horizontal"}):
        return Arrangement(Way.PACKED, shape)
    if words & {"columns", "columns-flex", "horizontal"}:
        return Arrangement(Way.COLUMNS, shape)
    return Arrangement(Way.COLUMN, shape)


class Placed(NamedTuple):
    """Where each choice stands in a width, measured from the left, and how it is painted there."""

    shape: Shape
    rects: list[QRect]

    @property
    def height(self) -> int:
        """How high all of them are together, px."""
        return max((rect.bottom() + 1 for rect in self.rects), default=0)


def place(wanted: Arrangement, sights: Sequence[Sight], marks: Marks, width: int, *, rtl: bool) -> Placed:
    """Arrange choices in a width, px; what does not fit along one line stands one under the other."""
    shape = wanted.shape
    if not sights:
        return Placed(shape, [])
    if wanted.way is Way.LINE and not wanted.strict and not _fits_on_a_line(sights, marks, width):
        wanted, shape = Arrangement(), Shape.BESIDE
    if wanted.way is Way.PACKED:
        widths = [min(width, marks.width(shape, sight)) for sight in sights]
        rects = _lines(widths, lambda at, wide: marks.height(shape, sights[at], wide), width)
    else:
        columns = _columns(wanted, sights, marks, width)
        rects = _lines(
            [width // columns] * len(sights), lambda at, wide: marks.height(shape, sights[at], wide), width, columns
        )
    if rtl:
        for rect in rects:
            rect.moveLeft(width - rect.right() - 1)
    return Placed(shape, rects)


def _fits_on_a_line(sights: Sequence[Sight], marks: Marks, width: int) -> bool:
    if len(sights) > _MOST_ON_A_LINE or any(sight.stale for sight in sights):
        return False
    return max(marks.narrowest(Shape.UNDER, sight) for sight in sights) <= width // len(sights)


def _columns(wanted: Arrangement, sights: Sequence[Sight], marks: Marks, width: int) -> int:
    """How many columns there is room for, at most as many as are wanted."""
    if wanted.way is Way.COLUMN:
        return 1
    if wanted.way is Way.LINE:
        return len(sights)
    if wanted.columns:
        least = max(marks.narrowest(wanted.shape, sight) for sight in sights)
        return max(1, min(wanted.columns, width // max(1, least)))
    widest = max(marks.width(wanted.shape, sight) for sight in sights)
    return max(1, min(len(sights), width // max(1, widest)))


def _lines(widths: Sequence[int], height: Callable[[int, int], int], width: int, columns: int = 0) -> list[QRect]:
    """Line by line from the left; every choice of a line is as high as its highest."""
    rects: list[QRect] = []
    x = y = 0
    line: list[QRect] = []

    def end_line() -> int:
        high = max((rect.height() for rect in line), default=0)
        for rect in line:
            rect.setHeight(high)
        rects.extend(line)
        line.clear()
        return high

    for at, wide in enumerate(widths):
        if line and (x + wide > width or (columns and len(line) == columns)):
            x, y = 0, y + end_line()
        line.append(QRect(x, y, wide, height(at, wide)))
        x += wide
    end_line()
    return rects
