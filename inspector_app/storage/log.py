"""What happened between device and centre, for support to read: codes and figures, no secret and no name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from sync.contract import records as r

KEPT = 2000
"""How many lines are kept; the oldest go."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when, ``info``, ``warning`` or ``error``, a stable code, and what it is about."""

    at: r.Moment
    level: str
    code: str
    params: Mapping[str, str]


def note(conn: sa.Connection, at: r.Moment, level: str, code: str, params: Mapping[str, str]) -> None:
    """Write a line, and let the oldest go."""
    conn.exec_driver_sql(
        "INSERT INTO sync_log (at, level, code, params) VALUES (?, ?, ?, ?)",
        (at, level, code, msgspec.json.encode(dict(params)).decode()),
    )
    conn.exec_driver_sql("DELETE FROM sync_log WHERE n <= (SELECT max(n) FROM sync_log) - ?", (KEPT,))


def lines(conn: sa.Connection, limit: int = KEPT) -> tuple[Line, ...]:
    """The newest lines, newest first."""
    found = conn.exec_driver_sql("SELECT at, level, code, params FROM sync_log ORDER BY n DESC LIMIT ?", (limit,))
    return tuple(Line(at, level, code, msgspec.json.decode(params)) for at, level, code, params in found)
