"""The bundles that came and went, written down for people to look up."""

from __future__ import annotations

from typing import Literal

import msgspec
import sqlalchemy as sa

from sync.contract import records as r


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """One bundle, with one other device (``peer``: its id)."""

    at: r.Moment
    direction: Literal["in", "out"]
    peer: str
    way: Literal["file", "nearby"]
    events: int
    pieces: int
    bytes: int


def add(conn: sa.Connection, transfer: Transfer) -> None:
    """Write a bundle down."""
    conn.exec_driver_sql(
        "INSERT INTO transfer (at, direction, peer, way, events, pieces, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
        msgspec.structs.astuple(transfer),
    )


def listed(conn: sa.Connection, limit: int) -> tuple[Transfer, ...]:
    """The last bundles, newest first."""
    found = conn.exec_driver_sql(
        "SELECT at, direction, peer, way, events, pieces, bytes FROM transfer ORDER BY n DESC LIMIT ?", (limit,)
    )
    names = Transfer.__struct_fields__
    return tuple(msgspec.convert(dict(zip(names, row, strict=True)), Transfer) for row in found)
