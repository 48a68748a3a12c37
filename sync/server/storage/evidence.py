"""The state of each piece of evidence, and who may read it; the bytes are files beside the database."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from sync.server.storage import tables as t
from sync.server.storage.database import upsert


class Blob(NamedTuple):
    """A piece of evidence: its size, how many bytes are safely on disk, whether the whole was hashed right."""

    size: int
    offset: int
    complete: bool


def get(connection: sa.Connection, sha256: str) -> Blob | None:
    """The state of a piece of evidence; None when its upload was never begun."""
    query = sa.select(t.blob.c.size, t.blob.c.offset, t.blob.c.complete_ms.is_not(None))
    row = connection.execute(query.where(t.blob.c.sha256 == sha256)).one_or_none()
    return None if row is None else Blob(*row)


def put(connection: sa.Connection, sha256: str, size: int, offset: int, complete_ms: int | None = None) -> None:
    """State what is on disk now; ``complete_ms`` (Unix ms) once the whole was hashed right."""
    values = {"sha256": sha256, "size": size, "offset": offset, "complete_ms": complete_ms}
    statement = upsert(connection.dialect.name, t.blob).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["sha256"], set_=values))


def readable(connection: sa.Connection, sha256: str, scopes: Collection[str]) -> bool:
    """Whether a living row within the given scopes names this evidence."""
    ref, scope, feed = t.blob_ref, t.row_scope, t.feed
    query = (
        sa.select(sa.literal(1))
        .select_from(
            ref.join(scope, (scope.c.kind == ref.c.kind) & (scope.c.id == ref.c.id)).join(
                feed, (feed.c.kind == ref.c.kind) & (feed.c.id == ref.c.id)
            )
        )
        .where((ref.c.sha256 == sha256) & scope.c.scope.in_(sorted(scopes)) & ~scope.c.gone & ~feed.c.deleted)
        .limit(1)
    )
    return connection.execute(query).one_or_none() is not None
