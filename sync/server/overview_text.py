"""The centre at a glance as lines of plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sync.server.services.overview import Overview
from sync.server.storage.devices import Standing

_HEAD = ("committee", "device", "waiting", "since", "last seen", "clock", "program")


def lines(shown: Overview) -> Iterator[str]:
    """The overview, a line at a time: its figures, then a table of the devices that have unsent work."""
    share = 100 * shown.replayed / shown.judged if shown.judged else 0.0
    yield f"devices: {len(shown.devices)}, revoked: {shown.revoked}, with unsent work: {len(shown.waiting)}"
    yield f"programs: {_counted(shown.programs)}"
    yield f"events judged: {shown.judged}, sent again: {shown.replayed} ({share:.1f} %)"
    yield f"refused: {_counted(shown.refused)}"
    yield f"held back for a supervisor: {shown.held_back}"
    if shown.waiting:
        yield ""
        yield from _table([_HEAD, *map(_cells, shown.waiting)])


def _cells(device: Standing) -> tuple[str, ...]:
    seen = "" if device.seen_ms is None else _minute(device.seen_ms)
    committee = "" if device.committee is None else str(device.committee)
    clock = "" if device.clock_ahead_s is None else f"{device.clock_ahead_s:+d} s"
    return committee, str(device.number), str(device.waiting), device.waiting_since, seen, clock, device.client


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name or '?'} {count}" for name, count in counts.most_common()) or "none"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _minute(unix_ms: int) -> str:
    return datetime.fromtimestamp(unix_ms / 1000, UTC).isoformat("T", "minutes")
