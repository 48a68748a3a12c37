"""Who may use this device, and who the others are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
import sqlalchemy as sa

from inspector_app.storage import device, rows
from sync.contract import records as r

_RELEASED: Final = "people.released"


def bind(conn: sa.Connection, person: r.Person, at: r.Moment) -> None:
    """Remember that the centre accepted a person on this device."""
    conn.exec_driver_sql(
        "INSERT INTO member (person_id, record, bound_at) VALUES (?, ?, ?) "
        "ON CONFLICT (person_id) DO UPDATE SET record = excluded.record",
        (person.id, msgspec.json.encode(person).decode(), at),
    )
    release(conn, released(conn) - {person.id})
    if rows.get(conn, "person", person.id) is None:
        rows.put(conn, "person", [rows.Row(person)])


def members(conn: sa.Connection) -> tuple[r.Person, ...]:
    """The people who may use this device, first bound first, as they are known now."""
    gone = released(conn)
    ids = conn.exec_driver_sql("SELECT person_id FROM member ORDER BY bound_at, person_id").scalars().all()
    return tuple(
        known for known in (person(conn, person_id) for person_id in ids if person_id not in gone) if known is not None
    )


def bound(conn: sa.Connection) -> frozenset[str]:
    """The ids of everybody who was bound to this device and is still known here, released people included."""
    return frozenset(conn.exec_driver_sql("SELECT person_id FROM member").scalars())


def released(conn: sa.Connection) -> frozenset[str]:
    """The ids of the people who may not use this device any more, as the centre said."""
    return frozenset(msgspec.json.decode(device.fact(conn, _RELEASED) or "[]", type=list[str]))


def release(conn: sa.Connection, person_ids: Iterable[str]) -> None:
    """Remember who may not use this device any more: these, and nobody else."""
    device.set_fact(conn, _RELEASED, msgspec.json.encode(sorted(person_ids)).decode())


def unbind(conn: sa.Connection, person_ids: Iterable[str]) -> None:
    """Forget released people whose work has been delivered; they are known as the others see them, if at all."""
    conn.exec_driver_sql("DELETE FROM member WHERE person_id = ?", [(person_id,) for person_id in person_ids])


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
