"""Events held back, as they are counted."""

from __future__ import annotations

import sqlalchemy as sa

from sync.domain.workflow import QuarantineState
from sync.server.storage import tables as t


def open_ones(connection: sa.Connection) -> int:
    """How many wait for a supervisor."""
    table = t.RECORDS["quarantined"]
    query = sa.select(sa.func.count()).where(table.c.state == QuarantineState.OPEN.value)
    return int(connection.execute(query).scalar_one())
