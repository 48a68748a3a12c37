"""Marks of how far the feed was when, and forgetting what was deleted, or left a scope, long before."""

from __future__ import annotations

import sqlalchemy as sa

from sync.server.storage import tables as t
from sync.server.storage.database import upsert


def newest_mark(connection: sa.Connection) -> int | None:
    """When the newest mark was made (Unix ms); None before the first."""
    when: int | None = connection.execute(sa.select(sa.func.max(t.feed_mark.c.at_ms))).scalar_one()
    return when


def mark(connection: sa.Connection, seq: int, now_ms: int) -> None:
    """Write down that the feed is at ``seq`` now; a feed that did not move since its last mark keeps that."""
    statement = upsert(connection.dialect.name, t.feed_mark).values(seq=seq, at_ms=now_ms)
    connection.execute(statement.on_conflict_do_nothing())


def old(connection: sa.Connection, before_ms: int) -> int:
    """Up to which number everything in the feed is older than a moment; 0 where no mark says so."""
    found: int | None = connection.execute(
        sa.select(sa.func.max(t.feed_mark.c.seq)).where(t.feed_mark.c.at_ms <= before_ms)
    ).scalar_one()
    return found or 0


def forget(connection: sa.Connection, upto: int) -> int:
    """Forget what tells that rows are gone, up to a number in the feed.

    That is the whole of a deleted row, and that a living one once was in a scope: its number is not lower than when it
    left.

    Returns:
        The highest number among them; 0 where there was nothing to forget.
    """
    feed, scope, ref = t.feed, t.row_scope, t.blob_ref
    # The feed first: a row that is being written again right now waits here, and then is no tombstone any more.
    gone = connection.execute(
        sa.delete(feed).where((feed.c.seq <= upto) & feed.c.deleted).returning(feed.c.kind, feed.c.id, feed.c.seq)
    ).all()
    if gone:
        named = [{"row_kind": kind, "row_id": row_id} for kind, row_id, _ in gone]
        for table in (scope, ref):
            own = (table.c.kind == sa.bindparam("row_kind")) & (table.c.id == sa.bindparam("row_id"))
            connection.execute(sa.delete(table).where(own), named)
    here = (feed.c.kind == scope.c.kind) & (feed.c.id == scope.c.id) & (feed.c.seq <= upto)
    left = sa.select(sa.func.max(feed.c.seq)).select_from(scope.join(feed, here)).where(scope.c.gone)
    highest: int | None = connection.execute(left).scalar_one()
    if highest:
        connection.execute(sa.delete(scope).where(scope.c.gone & sa.exists().where(here)))
    connection.execute(sa.delete(t.feed_mark).where(t.feed_mark.c.seq < upto))
    numbers: list[int] = [row.seq for row in gone]
    return max([highest or 0, *numbers])
