"""Records as they leave for the wire: read column by column, JSON handed on as the text it is stored in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa

from sync.contract import records as r
from sync.server.storage import tables as t

Values = tuple[Any, ...]
"""The columns of one record in wire order, ``id`` left out."""

_LOOKUP = 500
"""How many ids one SELECT names: well under SQLite's limit of parameters."""


@cache
def columns(kind: str) -> tuple[sa.ColumnElement[Any], ...]:
    """What to select of a kind, in wire order, ``id`` first."""
    table = t.RECORDS[kind]
    return tuple(sa.cast(table.c[c.name], sa.Text) if c.type == "json" else table.c[c.name] for c in r.columns(kind))


@cache
def names(kind: str) -> tuple[str, ...]:
    """The names that go with ``Values``."""
    return tuple(column.name for column in r.columns(kind)[1:])


@cache
def _places_of_json(kind: str) -> tuple[int, ...]:
    return tuple(place for place, column in enumerate(r.columns(kind)[1:]) if column.type == "json")


def of_row(kind: str, row: Sequence[Any]) -> Values:
    """Values from what was selected by ``columns``, without the id."""
    values = list(row)
    for place in _places_of_json(kind):
        if values[place] is not None:
            values[place] = msgspec.Raw(values[place].encode())
    return tuple(values)


def of(connection: sa.Connection, named: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Values]:
    """The values of living records, by kind and id."""
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for kind, row_id in named:
        by_kind[kind].append(row_id)
    found: dict[tuple[str, str], Values] = {}
    for kind, ids in by_kind.items():
        query = sa.select(*columns(kind))
        for start in range(0, len(ids), _LOOKUP):
            some = t.RECORDS[kind].c.id.in_(ids[start : start + _LOOKUP])
            for row_id, *row in connection.execute(query.where(some)):
                found[kind, row_id] = of_row(kind, row)
    return found


def weight(values: Values | None) -> int:
    """Roughly how many bytes a row has on the wire, uncompressed."""
    return 64 + sum(len(value) if isinstance(value, str | msgspec.Raw) else 8 for value in values or ())
