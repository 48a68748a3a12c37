"""Devices, the people bound to them, and the codes, nonces and tokens by which a device is known."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

from sync.contract import records as r
from sync.server.storage import tables as t
from sync.server.storage.database import upsert


class Device(NamedTuple):
    """An enrolled device.

    ``committee_id`` is empty when it belongs to none, ``public_key`` is Ed25519 in hex, ``copy_of`` is the device whose
    identity it left because another had it, too.
    """

    id: str
    number: int
    committee_id: str
    name: str
    public_key: str
    revoked: bool
    copy_of: str | None = None
    clock_ahead_s: int | None = None


class Standing(NamedTuple):
    """How a device stands, for an administrator: ``committee`` is a number; times are as the device last said."""

    committee: int | None
    number: int
    client: str
    revoked: bool
    seen_ms: int | None
    waiting: int
    waiting_since: str
    clock_ahead_s: int | None
    replayed: int


class User(NamedTuple):
    """A person who is bound to a device, or was until he was released from it."""

    person: r.Person
    released: bool


class EnrolCode(NamedTuple):
    """A one-time code, by its hash; ``used_by`` is the device that used it."""

    committee_id: str
    expires_ms: int
    used_by: str | None


class Said(NamedTuple):
    """What a device said of itself when it was last here; ``seen_ms`` is when, an empty ``client`` changes nothing.

    ``clock_ahead_s`` is how far its clock was before the centre's, None where it did not say.
    """

    seen_ms: int
    waiting: int
    waiting_since: str
    client: str
    clock_ahead_s: int | None


def get(connection: sa.Connection, device_id: str) -> Device | None:
    """A device by its id."""
    return _device(connection, _BY_ID, {"wanted": device_id})


def by_key(connection: sa.Connection, public_key: str) -> Device | None:
    """The device that enrolled with a public key."""
    return _device(connection, _BY_KEY, {"wanted": public_key})


def by_token(connection: sa.Connection, token_hash: str, now_ms: int) -> Device | None:
    """The device that a living token was given to."""
    return _device(connection, _BY_TOKEN, {"wanted": token_hash, "now_ms": now_ms})


def lock(connection: sa.Connection, device_id: str) -> Device | None:
    """A device as it is now; other transactions work for it only after the end of this one."""
    return _device(connection, _LOCKED, {"wanted": device_id})


def add(connection: sa.Connection, device: Device, client: str, now_ms: int) -> None:
    """Write a new device."""
    values = {name: value for name, value in device._asdict().items() if name != "revoked"}
    revoked_ms = now_ms if device.revoked else None
    connection.execute(sa.insert(t.device).values(**values, client=client, enrolled_ms=now_ms, revoked_ms=revoked_ms))


def take_users_along(connection: sa.Connection, device_id: str, to_device_id: str) -> None:
    """Give a device the people of another, those who were released from it included."""
    table = t.device_person
    columns = (table.c.person_id, table.c.bound_ms, table.c.unbound_ms)
    theirs = sa.select(sa.literal(to_device_id), *columns).where(table.c.device_id == device_id)
    names = ["device_id", "person_id", "bound_ms", "unbound_ms"]
    connection.execute(sa.insert(table).from_select(names, theirs))


def client(connection: sa.Connection, device_id: str) -> str:
    """The program that a device runs, as it last said."""
    return str(connection.execute(sa.select(t.device.c.client).where(t.device.c.id == device_id)).scalar_one())


def of_committee(connection: sa.Connection, committee_id: str) -> list[str]:
    """The ids of a committee's devices."""
    query = sa.select(t.device.c.id).where(t.device.c.committee_id == committee_id).order_by(t.device.c.id)
    return list(connection.execute(query).scalars())


def without_row(connection: sa.Connection) -> list[str]:
    """The ids of devices that no other device can know of yet."""
    row = t.RECORDS["device"]
    query = sa.select(t.device.c.id).outerjoin(row, row.c.id == t.device.c.id).where(row.c.id.is_(None))
    return list(connection.execute(query.order_by(t.device.c.id)).scalars())


def standings(connection: sa.Connection) -> list[Standing]:
    """How every device stands, by committee and number."""
    device, committee = t.device.c, t.RECORDS["committee"]
    columns = (device.number, device.client, device.revoked_ms.is_not(None), device.seen_ms)
    said = (sa.func.coalesce(device.waiting, 0), sa.func.coalesce(device.waiting_since, ""))
    query = (
        sa.select(committee.c.number, *columns, *said, device.clock_ahead_s, sa.func.coalesce(device.replayed, 0))
        .outerjoin_from(t.device, committee, committee.c.id == device.committee_id)
        .order_by(sa.func.coalesce(committee.c.number, 0), device.number, device.id)
    )
    return [Standing(*row) for row in connection.execute(query)]


def note_said(connection: sa.Connection, device_id: str, said: Said) -> None:
    """Write down what a device says of itself."""
    values = {name: value for name, value in said._asdict().items() if name != "client" or value}
    connection.execute(sa.update(t.device).where(t.device.c.id == device_id).values(values))


def next_number(connection: sa.Connection, committee_id: str) -> int:
    """The number that the next device of a committee gets, from 1; numbers are never reused."""
    highest = sa.select(sa.func.max(t.device.c.number)).where(t.device.c.committee_id == committee_id)
    return int(connection.execute(highest).scalar_one() or 0) + 1


def revoke(connection: sa.Connection, device_id: str, now_ms: int) -> bool:
    """Revoke a device and forget its tokens; False when there is no such device."""
    connection.execute(sa.delete(t.token).where(t.token.c.device_id == device_id))
    changed = connection.execute(sa.update(t.device).where(t.device.c.id == device_id).values(revoked_ms=now_ms))
    return changed.rowcount == 1


def bind(connection: sa.Connection, device_id: str, person_id: str, now_ms: int) -> None:
    """Bind a person to a device, anew if he was unbound."""
    statement = upsert(connection.dialect.name, t.device_person).values(
        device_id=device_id, person_id=person_id, bound_ms=now_ms
    )
    again = {"bound_ms": now_ms, "unbound_ms": None}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["device_id", "person_id"], set_=again, where=t.device_person.c.unbound_ms.is_not(None)
        )
    )


def unbind(connection: sa.Connection, device_id: str, person_id: str, now_ms: int) -> bool:
    """End a person's use of a device; False when he was not bound to it."""
    bound = (t.device_person.c.device_id == device_id) & (t.device_person.c.person_id == person_id)
    statement = sa.update(t.device_person).where(bound & t.device_person.c.unbound_ms.is_(None))
    return connection.execute(statement.values(unbound_ms=now_ms)).rowcount == 1


def users(connection: sa.Connection, device_id: str) -> dict[str, User]:
    """Who is or was bound to a device, by id."""
    rows = connection.execute(_USERS, {"wanted": device_id}).mappings()
    found = ((r.from_row("person", dict(row)), row["unbound_ms"]) for row in rows)
    return {
        person.id: User(person, unbound_ms is not None) for person, unbound_ms in found if isinstance(person, r.Person)
    }


def people(connection: sa.Connection, device_id: str) -> dict[str, r.Person]:
    """Who is bound to a device, by id."""
    return {user_id: user.person for user_id, user in users(connection, device_id).items() if not user.released}


def count_replays(connection: sa.Connection, device_id: str, count: int) -> None:
    """Count events that a device sent again after they had been judged."""
    so_far = sa.func.coalesce(t.device.c.replayed, 0)
    connection.execute(sa.update(t.device).where(t.device.c.id == device_id).values(replayed=so_far + count))


def add_code(connection: sa.Connection, code_hash: str, committee_id: str, expires_ms: int) -> None:
    """Write a new enrolment code."""
    values = {"hash": code_hash, "committee_id": committee_id, "expires_ms": expires_ms}
    connection.execute(sa.insert(t.enrol_code).values(values))


def code(connection: sa.Connection, code_hash: str) -> EnrolCode | None:
    """A code by its hash, locked until the end of the transaction."""
    columns = (t.enrol_code.c[name] for name in EnrolCode._fields)
    row = connection.execute(
        sa.select(*columns).where(t.enrol_code.c.hash == code_hash).with_for_update()
    ).one_or_none()
    return None if row is None else EnrolCode(*row)


def use_code(connection: sa.Connection, code_hash: str, device_id: str) -> None:
    """Mark a code as used."""
    connection.execute(sa.update(t.enrol_code).where(t.enrol_code.c.hash == code_hash).values(used_by=device_id))


def add_nonce(connection: sa.Connection, nonce: str, device_id: str, now_ms: int, expires_ms: int) -> None:
    """Write a nonce; those that expired are swept out."""
    connection.execute(sa.delete(t.nonce).where(t.nonce.c.expires_ms <= now_ms))
    connection.execute(sa.insert(t.nonce).values(nonce=nonce, device_id=device_id, expires_ms=expires_ms))


def take_nonce(connection: sa.Connection, nonce: str, device_id: str, now_ms: int) -> bool:
    """Use up a nonce; False when it is not a living nonce of this device."""
    own = (t.nonce.c.nonce == nonce) & (t.nonce.c.device_id == device_id) & (t.nonce.c.expires_ms > now_ms)
    return connection.execute(sa.delete(t.nonce).where(own)).rowcount == 1


def add_token(connection: sa.Connection, token_hash: str, device_id: str, now_ms: int, expires_ms: int) -> None:
    """Write a token by its hash; those that expired are swept out."""
    connection.execute(sa.delete(t.token).where(t.token.c.expires_ms <= now_ms))
    connection.execute(sa.insert(t.token).values(hash=token_hash, device_id=device_id, expires_ms=expires_ms))


def _device(connection: sa.Connection, query: sa.Select[Any], wanted: dict[str, Any]) -> Device | None:
    row = connection.execute(query, wanted).one_or_none()
    return None if row is None else Device._make(row)


# Every request asks for a device. These are made once: making a statement costs more than running it.
_DEVICE = sa.select(
    *(t.device.c.revoked_ms.is_not(None) if name == "revoked" else t.device.c[name] for name in Device._fields)
)
_WANTED: sa.BindParameter[Any] = sa.bindparam("wanted")
_BY_ID = _DEVICE.where(t.device.c.id == _WANTED)
_LOCKED = _BY_ID.with_for_update()
_BY_KEY = _DEVICE.where(t.device.c.public_key == _WANTED)
_LIVING = (t.token.c.hash == _WANTED) & (t.token.c.expires_ms > sa.bindparam("now_ms"))
_BY_TOKEN = _DEVICE.where(t.device.c.id == sa.select(t.token.c.device_id).where(_LIVING).scalar_subquery())
_USERS = (
    sa.select(t.RECORDS["person"], t.device_person.c.unbound_ms)
    .join(t.device_person, t.device_person.c.person_id == t.RECORDS["person"].c.id)
    .where(t.device_person.c.device_id == _WANTED)
)
