"""Comparing what a device has with what it should have, a bucket at a time."""

from __future__ import annotations

from sync.contract import records as r
from sync.contract import snapshots, wire
from sync.contract.problems import Refused
from sync.server.services import cursors, feed
from sync.server.services.centre import Centre
from sync.server.services.cursors import Cursor
from sync.server.storage import changes, holdings
from sync.server.storage.devices import Device


def check(centre: Centre, device: Device, cursor: Cursor) -> snapshots.CheckReply:
    """The buckets of all that a device may hold, if its cursor is level with the feed.

    Raises:
        Refused: The cursor is no good, as for the feed.
    """
    with centre.database.read() as connection:
        reader = cursors.reader(connection, device)
        cursors.check(connection, cursor, reader)
        if changes.count(connection, cursor.since, reader.scopes, 1):
            return snapshots.CheckReply(level=False)
        return snapshots.CheckReply(level=True, buckets=snapshots.buckets(holdings.heads(connection, reader.scopes)))


def bucket(centre: Centre, device: Device, epoch: str, kind: str, number: int) -> bytes:
    """Every living row of one bucket that a device may hold, as a page.

    Raises:
        Refused: ``bad_request`` for what is no bucket; ``epoch_changed``, ``scope_changed``.
    """
    if kind not in r.KINDS:
        raise Refused("bad_request", field="kind")
    if number >= snapshots.BUCKETS:
        raise Refused("bad_request", field="bucket")
    with centre.database.read() as connection:
        reader = cursors.reader(connection, device)
        cursors.check_scopes(epoch, reader)
        found = holdings.bucket(connection, reader.scopes, kind, number)
    return feed.packed(wire.Page(reader.epoch, 0, 0, False, {}, found))
