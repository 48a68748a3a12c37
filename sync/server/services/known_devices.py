"""The rows by which devices know each other: kept true by whatever changes a device or who may use it."""

from __future__ import annotations

from sync.contract import records as r
from sync.contract import scopes
from sync.domain.workflow import Role
from sync.server.storage import devices
from sync.server.storage.rows import Rows


def renew(rows: Rows, device_id: str) -> None:
    """Make the row of a device say what is so now; nothing is written where it does already.

    A device of a committee works in the committee's region, any other in the regions of its people.

    Args:
        rows: Of a transaction in which the device itself and its people are written already.
        device_id: A device that is enrolled.
    """
    device = devices.get(rows.connection, device_id)
    if device is None:
        raise LookupError(device_id)
    people = devices.people(rows.connection, device_id).values()
    committee = rows.get("committee", device.committee_id) if device.committee_id else None
    if isinstance(committee, r.Committee):
        regions = {committee.region}
    else:
        regions = {region for person in people for region in person.regions}
    row = r.Device(
        id=device.id,
        name=device.name,
        number=device.number,
        committee_id=device.committee_id,
        regions=tuple(sorted(regions)),
        public_key=device.public_key,
        supervises=any(person.role == Role.SUPERVISOR for person in people),
        revoked=device.revoked,
    )
    if rows.get("device", device.id) != row:
        rows.put([row], scopes.of_device(row))


def add_missing(rows: Rows) -> None:
    """Write the rows of devices that enrolled with a centre which did not make any yet."""
    for device_id in devices.without_row(rows.connection):
        renew(rows, device_id)
