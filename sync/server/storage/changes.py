"""The feed as a device reads it: the newest state of the rows in its scopes, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from sync.contract import records as r
from sync.contract import wire
from sync.server.storage import sequence
from sync.server.storage import tables as t

_LOOKUP = 500
"""How many ids one SELECT names: well under SQLite's limit of parameters."""


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
    values = _values(connection, (head for head in heads[:max_rows] if head.living))
    changes: list[wire.Change] = []
    size = 0
    for head in heads[:max_rows]:
        row = values[head.kind, head.id] if head.living else None
        size += _weight(row)
        if changes and size > max_bytes:
            break
        changes.append(wire.Change(head.kind, head.id, head.seq, head.rev, row))
    more = len(changes) < len(heads)
    # When nothing is left over, everything up to the last number was looked at, also what others own.
    return Scan(tuple(changes), changes[-1].seq if more else max(since, sequence.last(connection)), more)


def _heads(connection: sa.Connection, since: int, scopes: Collection[str], limit: int) -> list[_Head]:
    in_scope = (
        (t.row_scope.c.kind == t.feed.c.kind)
        & (t.row_scope.c.id == t.feed.c.id)
        & t.row_scope.c.scope.in_(sorted(scopes))
    )
    here = sa.exists().where(in_scope & ~t.row_scope.c.gone)
    was_here = sa.exists().where(in_scope)
    query = (
        sa.select(t.feed.c.kind, t.feed.c.id, t.feed.c.seq, t.feed.c.rev, (~t.feed.c.deleted & here).label("living"))
        .where((t.feed.c.seq > since) & was_here)
        .order_by(t.feed.c.seq)
        .limit(limit)
    )
    return [_Head(*row) for row in connection.execute(query)]


def _values(connection: sa.Connection, heads: Iterable[_Head]) -> dict[tuple[str, str], tuple[Any, ...]]:
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for head in heads:
        by_kind[head.kind].append(head.id)
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    for kind, ids in by_kind.items():
        query, readers = _select(kind)
        for start in range(0, len(ids), _LOOKUP):
            some = ids[start : start + _LOOKUP]
            for row_id, *row in connection.execute(query.where(t.RECORDS[kind].c.id.in_(some))):
                found[kind, row_id] = tuple(read(value) for read, value in zip(readers, row, strict=True))
    return found


def _select(kind: str) -> tuple[sa.Select[Any], list[Any]]:
    """What reads a kind's rows for the wire: JSON columns as the text they are stored in, not taken apart."""
    table = t.RECORDS[kind]
    columns = r.columns(kind)
    selected = [sa.cast(table.c[c.name], sa.Text) if c.type == "json" else table.c[c.name] for c in columns]
    return sa.select(*selected), [_raw if c.type == "json" else _plain for c in columns[1:]]


def _raw(text: str | None) -> msgspec.Raw | None:
    return None if text is None else msgspec.Raw(text.encode())


def _plain(value: Any) -> Any:
    return value


def _weight(row: tuple[Any, ...] | None) -> int:
    return 64 + sum(len(value) if isinstance(value, str | msgspec.Raw) else 8 for value in row or ())
