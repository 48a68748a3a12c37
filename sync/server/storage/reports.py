"""Reports by the number that people call them by."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import sqlalchemy as sa

from sync.server.storage import tables as t

_LOOKUP = 500
"""How many numbers one SELECT names: well under SQLite's limit of parameters."""


def holders(connection: sa.Connection, numbers: Collection[str]) -> Iterator[tuple[str, str]]:
    """The visits and cases that have one of some numbers: number and id."""
    wanted = sorted(numbers)
    for table in (t.RECORDS["visit"], t.RECORDS["case"]):
        for start in range(0, len(wanted), _LOOKUP):
            some = wanted[start : start + _LOOKUP]
            query = sa.select(table.c.number, table.c.id).where(table.c.number.in_(some))
            yield from ((number, record_id) for number, record_id in connection.execute(query))
