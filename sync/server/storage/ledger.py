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


def of_event(connection: sa.Connection, event_id: str) -> Entry | None:
    """What was answered to an event, whichever device brought it."""
    return _entry(connection, t.ledger.c.event_id == event_id)


def of_number(connection: sa.Connection, device_id: str, n: int) -> Entry | None:
    """The event to which a device gave its running number ``n``."""
    return _entry(connection, (t.ledger.c.device_id == device_id) & (t.ledger.c.n == n))


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


def _entry(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Entry | None:
    columns = (t.ledger.c[name] for name in Entry._fields)
    row = connection.execute(sa.select(*columns).where(condition)).one_or_none()
    if row is None:
        return None
    return Entry(*row)._replace(result=msgspec.json.decode(row.result, type=e.EventResult))
