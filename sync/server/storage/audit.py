"""The audit: who did what to accounts, devices and publications."""

from __future__ import annotations

import sqlalchemy as sa

from sync.server.storage import tables as t


def note(
    connection: sa.Connection, at_ms: int, action: str, subject: str, *, device_id: str = "", person_id: str = ""
) -> None:
    """Add a line, in the transaction of what it tells of.

    Args:
        connection: Inside ``Database.write``.
        at_ms: Unix time in milliseconds.
        action: A stable word, such as ``device.enrolled``.
        subject: The id of what it was done to; never a secret.
        device_id: The device through which it was done; empty for the centre's own command line.
        person_id: Who did it, where that is known.
    """
    line = {"at_ms": at_ms, "action": action, "subject": subject, "device_id": device_id, "person_id": person_id}
    connection.execute(sa.insert(t.audit).values(line))
