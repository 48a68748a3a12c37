"""Rows into frames: of one kind each, as full as a frame may be and never fuller, unless by a single row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sync.contract import snapshots
from sync.server.storage import values
from sync.server.storage.holdings import Row
from sync.server.storage.parts import Packed

_FULL = 0.96
"""Aimed at: a frame that turns out too large costs another compression of it."""
_FULL_ENOUGH = 0.85
_MOST_WEIGHT = 4 * 1024 * 1024
"""No more than this is gathered for one frame, however well it packs: the device unpacks it in memory."""


class Packer:
    """Packs kind after kind, and learns how well rows pack."""

    def __init__(self) -> None:
        self._ratio = 4.0

    def pack(self, kind: str, rows: Iterable[Row]) -> Iterator[Packed]:
        """The frames of the rows of one kind, in their order; no more is read ahead than goes into a frame."""
        gathered: list[Row] = []
        weight = 0
        for row in rows:
            gathered.append(row)
            weight += values.weight(row.values)
            while gathered and weight >= self._aim():
                packed = self._fill(kind, gathered, weight)
                if packed is None:
                    break
                yield packed
                del gathered[: packed.rows]
                weight = sum(values.weight(left.values) for left in gathered)
        while gathered:
            packed = self._cut(kind, gathered)
            yield packed
            del gathered[: packed.rows]

    def _aim(self) -> float:
        """The weight that is expected to fill a frame."""
        return min(self._ratio * snapshots.FRAME_BYTES * _FULL, _MOST_WEIGHT)

    def _fill(self, kind: str, rows: list[Row], weight: int) -> Packed | None:
        """A frame of the first of these rows, or None when more would go in."""
        packed = self._cut(kind, rows)
        if packed.rows == len(rows):
            self._ratio = weight / len(packed.data)
            if weight < self._aim() and len(packed.data) < snapshots.FRAME_BYTES * _FULL_ENOUGH:
                return None
        else:
            self._ratio *= 0.97
        return packed

    def _cut(self, kind: str, rows: list[Row]) -> Packed:
        """As many of the rows, from the first, as one frame holds."""
        count = len(rows)
        while True:
            data = snapshots.pack_frame(_frame(kind, rows[:count]))
            if len(data) <= snapshots.FRAME_BYTES or count == 1:
                return Packed(data, count)
            count = max(1, min(count - 1, int(count * _FULL * snapshots.FRAME_BYTES / len(data))))


def _frame(kind: str, rows: Iterable[Row]) -> snapshots.Frame:
    lines: list[list[Any]] = [[row.id, row.rev, *row.values] for row in rows]
    return snapshots.Frame(kind=kind, columns=values.names(kind), rows=lines)
