"""The one place where ``seq`` comes from."""

from __future__ import annotations

import sqlalchemy as sa

from sync.server.storage import tables as t

_FEED = "feed"


def take(connection: sa.Connection, count: int) -> range:
    """The next numbers of the feed; MUST be among the last statements of a write transaction.

    Taking numbers locks the counter's row until commit (SQLite: the whole file is ours since BEGIN IMMEDIATE). So
    numbers become visible in the order in which they were taken, and a reader who saw ``seq`` 7 never misses a 6 that
    commits later. Taken last, the lock is held for an instant; taken first, it would be held for the transaction.

    Args:
        connection: Inside ``Database.write``.
        count: How many, at least one.
    """
    last: int = connection.execute(
        sa.update(t.sequence)
        .where(t.sequence.c.name == _FEED)
        .values(value=t.sequence.c.value + count)
        .returning(t.sequence.c.value)
    ).scalar_one()
    return range(last - count + 1, last + 1)


def last(connection: sa.Connection) -> int:
    """The highest number that this connection can see; 0 when nothing was ever written."""
    value: int = connection.execute(sa.select(t.sequence.c.value).where(t.sequence.c.name == _FEED)).scalar_one()
    return value
