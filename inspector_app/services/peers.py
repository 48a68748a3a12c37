"""The other devices as the centre last described them, and what each of them may be given."""

from __future__ import annotations

import sqlalchemy as sa

from inspector_app.services.ground import maybe
from inspector_app.services.views.transfers import Peer
from inspector_app.storage import people, rows
from sync.contract import events as e
from sync.contract import records as r


def peer_of(conn: sa.Connection, device: r.Device) -> Peer:
    """A device for a list."""
    return Peer(
        id=device.id,
        name=device.name,
        number=device.number,
        supervises=device.supervises,
        committee=maybe(conn, r.Committee, device.committee_id),
        regions=device.regions,
    )


def known(conn: sa.Connection, own: str) -> tuple[r.Device, ...]:
    """The devices that a bundle can be sealed to: not this one, and none that was withdrawn; supervisors' first."""
    found = rows.where(conn, "device", "id <> ? AND NOT revoked ORDER BY NOT supervises, number, id", own)
    return tuple(device for device in found if isinstance(device, r.Device))


def may_have(conn: sa.Connection, device: r.Device, event: e.Event) -> bool:
    """Whether a device may hold what an event is about: its committee recorded it, or it supervises the region.

    Nothing of one committee goes to another by hand that would not go there by the centre.
    """
    committee_id, region = _home(conn, event)
    if device.supervises and region in device.regions:
        return True
    return bool(committee_id) and device.committee_id == committee_id


def _home(conn: sa.Connection, event: e.Event) -> tuple[str, str]:
    """The committee and region that an event's record belongs to; those it names itself where nothing is shown."""
    record_id = str(event.data.get("case_id", "")) if event.kind == "contact" else event.record
    head = maybe(conn, r.Visit, record_id) or maybe(conn, r.Case, record_id)
    if head is not None:
        return head.committee_id, head.region
    author = people.person(conn, event.user)
    region = event.data.get("region")
    if author is None:
        return "", ""
    return author.committee_id or "", region if isinstance(region, str) else next(iter(author.regions), "")
