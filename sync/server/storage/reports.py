"""Reports by the number that people call them by."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import sqlalchemy as sa

from sync.server.storage import bulk
from sync.server.storage import tables as t


def holders(connection: sa.Connection, numbers: Collection[str]) -> Iterator[tuple[str, str]]:
    """The visits and cases that have one of some numbers: number and id."""
    for table in (t.RECORDS["visit"], t.RECORDS["case"]):
        query = sa.select(table.c.number, table.c.id).where(bulk.among(connection, table.c.number, numbers))
        yield from ((number, record_id) for number, record_id in connection.execute(query))
