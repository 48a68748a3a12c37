"""What the centre knows of itself, by key."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa

from sync.server.storage import tables as t
from sync.server.storage.database import upsert

Key = Literal["server_id", "epoch", "name", "recovery_key", "sample", "floor_seq"]

_GET = sa.select(t.meta.c.value).where(t.meta.c.key == sa.bindparam("name"))
"""Made once: making a statement costs more than running it."""


def get(connection: sa.Connection, key: Key) -> str:
    """A value; empty when it was never set."""
    value: str | None = connection.execute(_GET, {"name": key}).scalar_one_or_none()
    return value or ""


def put(connection: sa.Connection, key: Key, value: str) -> None:
    """Set a value."""
    statement = upsert(connection.dialect.name, t.meta).values(key=key, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def floor(connection: sa.Connection) -> int:
    """The highest number of a tombstone that was forgotten: a cursor below it may have missed one. 0 at first."""
    return int(get(connection, "floor_seq") or 0)


def raise_floor(connection: sa.Connection, seq: int) -> None:
    """Say that tombstones up to a number are forgotten; it never sinks."""
    put(connection, "floor_seq", str(max(seq, floor(connection))))
