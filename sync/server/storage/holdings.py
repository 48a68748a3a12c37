"""What stands in scopes at one moment: whole rows for a snapshot, heads for a check, one bucket for its repair."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import sqlalchemy as sa

from sync.contract import records as r
from sync.contract import snapshots, wire
from sync.server.storage import tables as t
from sync.server.storage import values

_FETCHED = 1_000
"""How many rows are in memory at a time."""


class Row(NamedTuple):
    """A living row without its kind."""

    id: str
    rev: int
    values: values.Values


def kinds(connection: sa.Connection, scope: str) -> list[str]:
    """The kinds of which rows stand in a scope, in the order in which one may refer to another."""
    here = (t.row_scope.c.scope == scope) & ~t.row_scope.c.gone
    found = set(connection.execute(sa.select(t.row_scope.c.kind).where(here).distinct()).scalars())
    return [kind for kind in r.KINDS if kind in found]


def rows(connection: sa.Connection, scope: str, kind: str) -> Iterator[Row]:
    """The living rows of one kind in one scope, by id; read as they are asked for."""
    record = t.RECORDS[kind]
    query = (
        sa.select(t.feed.c.rev, *values.columns(kind))
        .select_from(
            t.row_scope.join(t.feed, (t.feed.c.kind == t.row_scope.c.kind) & (t.feed.c.id == t.row_scope.c.id)).join(
                record, record.c.id == t.row_scope.c.id
            )
        )
        .where((t.row_scope.c.scope == scope) & (t.row_scope.c.kind == kind) & ~t.row_scope.c.gone & ~t.feed.c.deleted)
        .order_by(t.row_scope.c.id)
    )
    for rev, row_id, *row in connection.execute(query, execution_options={"yield_per": _FETCHED}):
        yield Row(row_id, rev, values.of_row(kind, row))


def heads(connection: sa.Connection, scopes: Collection[str]) -> Iterator[tuple[str, str, int]]:
    """Kind, id and revision of every living row in the scopes, each once."""
    for kind in r.KINDS:
        query = _held(scopes, kind).with_only_columns(t.feed.c.kind, t.feed.c.id, t.feed.c.rev)
        yield from connection.execute(query, execution_options={"yield_per": _FETCHED})


def bucket(connection: sa.Connection, scopes: Collection[str], kind: str, number: int) -> tuple[wire.Change, ...]:
    """Every living row of one bucket in the scopes, in ``seq`` order."""
    query = _held(scopes, kind).with_only_columns(t.feed.c.id, t.feed.c.seq, t.feed.c.rev)
    named = connection.execute(query, execution_options={"yield_per": _FETCHED})
    here = sorted((seq, row_id, rev) for row_id, seq, rev in named if snapshots.bucket_of(row_id) == number)
    found = values.of(connection, ((kind, row_id) for _, row_id, _ in here))
    return tuple(wire.Change(kind, row_id, seq, rev, found[kind, row_id]) for seq, row_id, rev in here)


def _held(scopes: Collection[str], kind: str) -> sa.Select[tuple[str]]:
    """Every living row of one kind in the scopes, each once."""
    table = t.row_scope
    in_scopes = table.c.scope.in_(sorted(scopes)) & (table.c.kind == kind) & ~table.c.gone
    ids = sa.select(table.c.id).where(in_scopes).distinct().subquery()
    return (
        sa.select(t.feed.c.kind)
        .select_from(ids.join(t.feed, (t.feed.c.id == ids.c.id) & (t.feed.c.kind == kind)))
        .where(~t.feed.c.deleted)
    )
