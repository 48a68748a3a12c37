"""What is held back: events of a revoked device, or of a person released from his, until a supervisor decides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from sync.contract import effects, scopes
from sync.contract import events as e
from sync.contract import records as r
from sync.server.storage.devices import Device, User
from sync.server.storage.rows import Rows

Reason = Literal["device_revoked", "person_released"]


class Arrival(NamedTuple):
    """An event as it came: what may be kept of its line, what its author wrote, and when it came."""

    event: e.Event
    body: str
    words: str
    received_at: r.Moment


def reason(device: Device, user: User) -> Reason | None:
    """Why the events of a user of a device have to wait for a supervisor; None where they need not."""
    if device.revoked:
        return "device_revoked"
    return "person_released" if user.released else None


def held(
    arrival: Arrival, author: r.Person, device: Device, why: Reason, book: effects.Book
) -> tuple[r.Quarantined, frozenset[str]]:
    """The record of an event that is held back, and who sees it.

    A reporter's contact whose case nobody knows could be read by nobody: it is kept without its words.
    """
    event, known = arrival.event, book.get("device", device.id)
    of_device = known if isinstance(known, r.Device) else None
    regions = effects.deciding_regions(event, author, of_device, book)
    body = arrival.body if regions else ""
    if not regions:
        regions = effects.deciding_regions(None, author, of_device, book)
    record = r.Quarantined(
        id=event.id,
        device_id=device.id,
        by=event.user,
        event_kind=event.kind,
        action=event.action,
        record_id=event.record,
        at=event.made_at,
        received_at=arrival.received_at,
        reason=why,
        text=arrival.words,
        body=body,
    )
    return record, scopes.of_held_back(regions)


def decided_upon(rows: Rows, events: Iterable[e.Event]) -> list[e.Event]:
    """The events, held back, about which some events decide; their rows are read first, those they need with them."""
    decided = [(event.kind, event.record) for event in events if event.kind == "quarantined"]
    rows.prefetch(decided)
    records = [record for key in decided if isinstance(record := rows.get(*key), r.Quarantined)]
    rows.prefetch(("person", record.by) for record in records)
    rows.prefetch(("device", record.device_id) for record in records)
    return [e.decode(record.body.encode()) for record in records if record.body]
