"""Records in and out of their tables, by the fast way: the driver's own statements, one prepared text for each kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from inspector_app.storage import search
from inspector_app.storage.tables import BASE, EVENT, REV
from sync.contract import records as r


class Row(NamedTuple):
    """A record with what the device knows about its row; see ``tables.ENVELOPE``."""

    record: r.Record
    rev: int | None = None
    event_id: str | None = None
    base: r.Record | None = None


def get(conn: sa.Connection, kind: str, record_id: str) -> r.Record | None:
    """The record as it is shown, or None."""
    found = conn.exec_driver_sql(_statements(kind).get, (record_id,)).first()
    return None if found is None else _record(kind, found)


def get_row(conn: sa.Connection, kind: str, record_id: str) -> Row | None:
    """The record with its envelope, or None."""
    found = conn.exec_driver_sql(_statements(kind).get_row, (record_id,)).first()
    if found is None:
        return None
    *values, rev, event_id, base = found
    shown = _record(kind, values)
    return Row(shown, rev, event_id, None if base is None else msgspec.json.decode(base, type=r.KINDS[kind]))


def where(conn: sa.Connection, kind: str, condition: str, *params: object) -> tuple[r.Record, ...]:
    """The records that a condition (and ORDER BY) in SQL picks.

    Args:
        conn: Where to look.
        kind: Which kind.
        condition: SQL after WHERE, a literal of this package, ``?`` for each parameter.
        params: What the question marks stand for.
    """
    text = f"{_statements(kind).select} WHERE {condition}"
    return tuple(_record(kind, found) for found in conn.exec_driver_sql(text, params))


def put(conn: sa.Connection, kind: str, rows: Iterable[Row]) -> None:
    """Insert rows, or replace those with the same id; what they say becomes findable."""
    whole = list(rows)
    if whole:
        fields = [(*_values(kind, row.record), row.rev, row.event_id, _json(row.base)) for row in whole]
        conn.exec_driver_sql(_statements(kind).put, fields)
        search.index(conn, kind, (row.record for row in whole))


def delete(conn: sa.Connection, kind: str, record_ids: Iterable[str]) -> None:
    """Remove rows; nothing happens for those that are not there."""
    ids = list(record_ids)
    if ids:
        conn.exec_driver_sql(_statements(kind).delete, [(record_id,) for record_id in ids])
        search.forget(conn, kind, ids)


def count(conn: sa.Connection, kind: str) -> int:
    """How many rows of a kind there are."""
    return int(conn.exec_driver_sql(_statements(kind).number).scalar_one())


class _Statements(NamedTuple):
    select: str
    get: str
    get_row: str
    put: str
    delete: str
    number: str


@cache
def _statements(kind: str) -> _Statements:
    # Every name comes from the contract's own types, never from what was received.
    names = [f'"{column.name}"' for column in r.columns(kind)]
    every = [*names, REV, EVENT, BASE]
    texts = {
        "table": f'"{kind}"',
        "names": ", ".join(names),
        "every": ", ".join(every),
        "marks": ", ".join("?" * len(every)),
        "changed": ", ".join(f"{name} = excluded.{name}" for name in every[1:]),
    }
    return _Statements(*(text.format_map(texts) for text in _TEMPLATES))


_TEMPLATES = _Statements(
    select="SELECT {names} FROM {table}",
    get="SELECT {names} FROM {table} WHERE id = ?",
    get_row="SELECT {every} FROM {table} WHERE id = ?",
    put="INSERT INTO {table} ({every}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {changed}",
    delete="DELETE FROM {table} WHERE id = ?",
    number="SELECT count(*) FROM {table}",
)


@cache
def _json_places(kind: str) -> tuple[int, ...]:
    return tuple(place for place, column in enumerate(r.columns(kind)) if column.type == "json")


@cache
def _boolean_places(kind: str) -> tuple[int, ...]:
    return tuple(place for place, column in enumerate(r.columns(kind)) if column.type == "boolean")


def _values(kind: str, record: r.Record) -> list[Any]:
    row = r.to_row(record)
    values = [row[column.name] for column in r.columns(kind)]
    for place in _json_places(kind):
        values[place] = _json(values[place])
    return values


def _record(kind: str, found: Sequence[Any]) -> r.Record:
    values = list(found)
    for place in _json_places(kind):
        if values[place] is not None:
            values[place] = msgspec.json.decode(values[place])
    for place in _boolean_places(kind):
        if values[place] is not None:
            values[place] = bool(values[place])
    return r.from_row(kind, _named(kind, values))


def _named(kind: str, values: Sequence[Any]) -> Mapping[str, Any]:
    return dict(zip((column.name for column in r.columns(kind)), values, strict=True))


def _json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()
