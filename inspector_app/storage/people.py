"""Who may use this device, and who the others are."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from inspector_app.storage import rows
from sync.contract import records as r


def bind(conn: sa.Connection, person: r.Person, at: r.Moment) -> None:
    """Remember that the centre accepted a person on this device."""
    conn.exec_driver_sql(
        "INSERT INTO member (person_id, record, bound_at) VALUES (?, ?, ?) "
        "ON CONFLICT (person_id) DO UPDATE SET record = excluded.record",
        (person.id, msgspec.json.encode(person).decode(), at),
    )
    if rows.get(conn, "person", person.id) is None:
        rows.put(conn, "person", [rows.Row(person)])


def members(conn: sa.Connection) -> tuple[r.Person, ...]:
    """The people bound to this device, first bound first, as they are known now."""
    ids = conn.exec_driver_sql("SELECT person_id FROM member ORDER BY bound_at, person_id").scalars()
    return tuple(known for known in (person(conn, person_id) for person_id in ids) if known is not None)


def of_committee(conn: sa.Connection, committee_id: str) -> tuple[r.Person, ...]:
    """The people of a committee that this device knows, by name."""
    found = rows.where(conn, "person", "committee_id = ? ORDER BY name_ar, id", committee_id)
    return tuple(one for one in found if isinstance(one, r.Person))


def person(conn: sa.Connection, person_id: str) -> r.Person | None:
    """A person as the centre describes him now; a member whom it no longer names, as he was when he was bound."""
    found = rows.get(conn, "person", person_id)
    if isinstance(found, r.Person):
        return found
    record = conn.exec_driver_sql("SELECT record FROM member WHERE person_id = ?", (person_id,)).scalar()
    return None if record is None else msgspec.json.decode(record, type=r.Person)
