"""The ledger: which events were judged, and what was answered, for ever."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from sync.contract import events as e
from sync.server.storage import tables as t


class Entry(NamedTuple):
    """One judged event: the hash of its line and the result it got."""

    event_id: str
    device_id: str
    n: int
    sha256: str
    result: e.EventResult


def look_up(connection: sa.Connection, event_id: str, device_id: str, n: int) -> Entry | None:
    """What speaks against judging an event afresh: the event itself, judged before, or another with its number.

    Args:
        connection: Inside ``Database.write``.
        event_id: The event; whichever device brought it the first time.
        device_id: The device that brings it now.
        n: The running number that this device gives it.
    """
    ledger = t.ledger.c
    known = (ledger.event_id == event_id) | ((ledger.device_id == device_id) & (ledger.n == n))
    found = connection.execute(sa.select(*(ledger[name] for name in Entry._fields)).where(known)).all()
    rows = sorted(found, key=lambda row: row.event_id != event_id)
    return Entry(*rows[0])._replace(result=msgspec.json.decode(rows[0].result, type=e.EventResult)) if rows else None


def missing(connection: sa.Connection, event_ids: Iterable[str]) -> tuple[str, ...]:
    """Those of the given events that were not judged yet, in the order given."""
    wanted = list(event_ids)
    query = sa.select(t.ledger.c.event_id).where(t.ledger.c.event_id.in_(wanted))
    judged = set(connection.execute(query).scalars()) if wanted else set()
    return tuple(event_id for event_id in wanted if event_id not in judged)


def write(connection: sa.Connection, entry: Entry, received_ms: int) -> None:
    """Keep a final result."""
    values = entry._replace(result=msgspec.json.encode(entry.result))._asdict()  # type: ignore[arg-type]
    connection.execute(sa.insert(t.ledger).values(**values, received_ms=received_ms))
