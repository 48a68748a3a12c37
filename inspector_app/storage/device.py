"""Single facts about this device: who it is at the centre, its counters, and where it stands in the feed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Final

import msgspec
import sqlalchemy as sa

from inspector_app.storage.errors import NotEnrolled
from sync.contract import records as r
from sync.contract import wire
from sync.domain import numbers
from sync.engine.ports import Identity

SEED_BYTES: Final = 32
_DEVICE: Final = "device"
_NEXT_SEED: Final = "device.next_seed"
_EVENTS: Final = "counter.events"
_REPORTS: Final = "counter.reports"


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """Who this device is.

    Attributes:
        url: The centre's address.
        server_id: Which centre it is.
        seed: The private half (32 bytes) of the device's Ed25519 key.
        name: What its owner calls it.
        device_id: Given by the centre; empty until enrolment is through.
        number: Given by the centre, part of every report number.
        committee: The committee it belongs to; None for a supervisor's.
    """

    url: str
    server_id: str
    seed: bytes
    name: str
    device_id: str = ""
    number: int = 0
    committee: r.Committee | None = None

    def __repr__(self) -> str:
        """Name the device, never its key."""
        return f"Device({self.name!r}, {self.device_id!r}, {self.url!r})"

    @property
    def enrolled(self) -> bool:
        """Whether the centre knows it."""
        return bool(self.device_id)


def load(conn: sa.Connection) -> Device | None:
    """Who this device is, or None before enrolment was begun."""
    text = fact(conn, _DEVICE)
    return None if text is None else msgspec.json.decode(text, type=Device)


def identity(conn: sa.Connection) -> Identity:
    """Who this device is to the centre, with its key.

    Raises:
        NotEnrolled: It has no identity yet.
    """
    known = load(conn)
    if known is None or not known.enrolled:
        raise NotEnrolled("not_enrolled")
    return Identity(known.device_id, known.server_id, known.seed)


def save(conn: sa.Connection, device: Device) -> None:
    """Remember who this device is."""
    set_fact(conn, _DEVICE, msgspec.json.encode(device).decode())


def next_seed(conn: sa.Connection) -> bytes:
    """The seed (32 bytes) of the key under which this device will ask for another identity, kept until it has one."""
    kept = fact(conn, _NEXT_SEED)
    if kept is not None:
        return bytes.fromhex(kept)
    seed = secrets.token_bytes(SEED_BYTES)
    set_fact(conn, _NEXT_SEED, seed.hex())
    return seed


def become(conn: sa.Connection, reply: wire.EnrolReply) -> bool:
    """Take the identity that was asked for with ``next_seed``; False where that has been done already.

    Raises:
        NotEnrolled: It had no identity to change.
    """
    known, seed = load(conn), fact(conn, _NEXT_SEED)
    if known is None or not known.enrolled:
        raise NotEnrolled("not_enrolled")
    if seed is None:
        return False
    changed = msgspec.structs.replace(
        known,
        seed=bytes.fromhex(seed),
        device_id=reply.device_id,
        number=reply.device_number,
        committee=reply.committee,
    )
    save(conn, changed)
    forget_facts(conn, (_NEXT_SEED,))
    return True


def next_event(conn: sa.Connection) -> int:
    """The next running number of an event; never given twice, whatever was pruned since."""
    return _count(conn, _EVENTS)


def next_report(conn: sa.Connection) -> str:
    """The next report number, in the transaction of the report that gets it; never given twice.

    Raises:
        NotEnrolled: ``not_enrolled``, or ``no_committee``: reports are a committee's.
    """
    device = load(conn)
    if device is None or not device.enrolled:
        raise NotEnrolled("not_enrolled")
    if device.committee is None:
        raise NotEnrolled("no_committee")
    return numbers.format(numbers.Number(device.committee.number, device.number, _count(conn, _REPORTS)))


def leap(conn: sa.Connection, over: int, events_seen: int = 0) -> None:
    """Move both counters on, where what was counted may have been lost: better a gap than a number given twice.

    Args:
        conn: The transaction.
        over: How many numbers to leave out.
        events_seen: The highest running number of an event that was still found.
    """
    for name, seen in ((_EVENTS, events_seen), (_REPORTS, 0)):
        set_fact(conn, name, str(max(int(fact(conn, name) or 0), seen) + over))


def fact(conn: sa.Connection, key: str) -> str | None:
    """One value of the ``meta`` table, or None."""
    value = conn.exec_driver_sql("SELECT value FROM meta WHERE key = ?", (key,)).scalar()
    return None if value is None else str(value)


def set_fact(conn: sa.Connection, key: str, value: str) -> None:
    """Write one value of the ``meta`` table."""
    conn.exec_driver_sql(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def forget_facts(conn: sa.Connection, keys: Iterable[str]) -> None:
    """Remove values of the ``meta`` table; those that are not there are no matter."""
    conn.exec_driver_sql("DELETE FROM meta WHERE key = ?", [(key,) for key in keys])


def _count(conn: sa.Connection, name: str) -> int:
    number = int(fact(conn, name) or 0) + 1
    set_fact(conn, name, str(number))
    return number
