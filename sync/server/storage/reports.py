"""Reports by the number that people call them by."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

import sqlalchemy as sa

from sync.server.storage import bulk
from sync.server.storage import tables as t


def holders(connection: sa.Connection, numbers: Collection[str]) -> Iterator[tuple[str, str]]:
    """The visits and cases that have one of some numbers: number and id."""
    for kind in ("visit", "case"):
        found = connection.execute(_numbered(kind, connection.dialect.name), bulk.these(connection, numbers))
        yield from ((row.number, row.id) for row in found)


@cache
def _numbered(kind: str, dialect: str) -> sa.Select[Any]:
    table = t.RECORDS[kind]
    return sa.select(table.c.number, table.c.id).where(bulk.among(dialect, table.c.number))
