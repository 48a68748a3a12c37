"""The feed as a device reads it: the newest state of the rows in its scopes, a page at a time."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from sync.contract import wire
from sync.server.storage import sequence, values
from sync.server.storage import tables as t

_PACKED_BADLY = 4
"""Pictures are compressed already: a page that holds them may be as long on the wire as others, not four times so."""


class Scan(NamedTuple):
    """Rows in ``seq`` order, the last ``seq`` scanned, and whether more rows are waiting after it."""

    changes: tuple[wire.Change, ...]
    next: int
    more: bool


class _Head(NamedTuple):
    kind: str
    id: str
    seq: int
    rev: int
    living: bool


def scan(
    connection: sa.Connection,
    since: int,
    scopes: Collection[str],
    max_rows: int = wire.PAGE_ROWS,
    max_bytes: int = wire.PAGE_BYTES,
) -> Scan:
    """One page of changes.

    Args:
        connection: Inside ``Database.read``, so that heads, rows and the last number are of one moment.
        since: The cursor; rows with a higher ``seq`` are wanted.
        scopes: What the reader may hold. A row that left all of them is shown as deleted.
        max_rows: A page holds no more rows than this.
        max_bytes: Roughly what a page may weigh uncompressed; one row may exceed it alone.
    """
    heads = _heads(connection, since, scopes, max_rows + 1)
    found = values.of(connection, ((head.kind, head.id) for head in heads[:max_rows] if head.living))
    changes: list[wire.Change] = []
    size = 0
    for head in heads[:max_rows]:
        row = found[head.kind, head.id] if head.living else None
        size += values.weight(row) * (_PACKED_BADLY if head.kind == "chunk" else 1)
        if changes and size > max_bytes:
            break
        changes.append(wire.Change(head.kind, head.id, head.seq, head.rev, row))
    more = len(changes) < len(heads)
    # When nothing is left over, everything up to the last number was looked at, also what others own.
    return Scan(tuple(changes), changes[-1].seq if more else max(since, sequence.last(connection)), more)


def _heads(connection: sa.Connection, since: int, scopes: Collection[str], limit: int) -> list[_Head]:
    was_here, here = _standing(scopes)
    query = (
        sa.select(t.feed.c.kind, t.feed.c.id, t.feed.c.seq, t.feed.c.rev, (~t.feed.c.deleted & here).label("living"))
        .where((t.feed.c.seq > since) & was_here)
        .order_by(t.feed.c.seq)
        .limit(limit)
    )
    return [_Head(*row) for row in connection.execute(query)]


def _standing(scopes: Collection[str]) -> tuple[sa.Exists, sa.Exists]:
    """Of a row of the feed: that it ever was in one of the scopes, and that it is now.

    Asked for each row of the feed: a join would have the database read all of a scope for a few rows at the feed's end.
    """
    in_scope = (
        (t.row_scope.c.kind == t.feed.c.kind)
        & (t.row_scope.c.id == t.feed.c.id)
        & t.row_scope.c.scope.in_(sorted(scopes))
    )
    return sa.exists().where(in_scope), sa.exists().where(in_scope & ~t.row_scope.c.gone)


def count(connection: sa.Connection, since: int, scopes: Collection[str], most: int) -> int:
    """How many rows of these scopes changed, or left them, after a number; counted no further than ``most``."""
    in_scope, _ = _standing(scopes)
    some = sa.select(t.feed.c.seq).where((t.feed.c.seq > since) & in_scope).limit(most)
    found: int = connection.execute(sa.select(sa.func.count()).select_from(some.subquery())).scalar_one()
    return found
