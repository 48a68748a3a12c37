"""Committees by their number, and the regions that they were moved out of."""

from __future__ import annotations

import sqlalchemy as sa

from sync.contract import records as r
from sync.server.storage import tables as t
from sync.server.storage.database import upsert


def numbered(connection: sa.Connection, number: int) -> r.Committee | None:
    """A committee by its number."""
    table = t.RECORDS["committee"]
    row = connection.execute(sa.select(table).where(table.c.number == number)).mappings().one_or_none()
    committee = None if row is None else r.from_row("committee", dict(row))
    return committee if isinstance(committee, r.Committee) else None


def members(connection: sa.Connection, committee_id: str) -> list[r.Person]:
    """The people of a committee, by id."""
    table = t.RECORDS["person"]
    query = sa.select(table).where(table.c.committee_id == committee_id).order_by(table.c.id)
    found = (r.from_row("person", dict(row)) for row in connection.execute(query).mappings())
    return [person for person in found if isinstance(person, r.Person)]


def note_left(connection: sa.Connection, committee_id: str, region: str, now_ms: int) -> None:
    """Write down that a committee was moved out of a region."""
    statement = upsert(connection.dialect.name, t.committee_left)
    values = {"committee_id": committee_id, "region": region, "left_ms": now_ms}
    connection.execute(
        statement.values(values).on_conflict_do_update(
            index_elements=["committee_id", "region"], set_={"left_ms": now_ms}
        )
    )


def regions_left(connection: sa.Connection, committee_id: str) -> frozenset[str]:
    """The regions that a committee was moved out of, ever."""
    return frozenset(connection.execute(_LEFT, {"committee": committee_id}).scalars())


_LEFT = sa.select(t.committee_left.c.region).where(t.committee_left.c.committee_id == sa.bindparam("committee"))
"""Made once: making a statement costs more than running it."""
