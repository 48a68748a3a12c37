"""Answering devices that ask what changed."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from sync.contract import records as r
from sync.contract import wire
from sync.contract.problems import Refused
from sync.server.services.access import scopes_of
from sync.server.services.centre import Centre
from sync.server.storage import changes, devices, meta, sequence
from sync.server.storage.devices import Device


class Cursor(NamedTuple):
    """Where a device stands: the last ``seq`` it read, and in which life of the server's database."""

    since: int
    epoch: str


def page(centre: Centre, device: Device, cursor: Cursor, max_rows: int = wire.PAGE_ROWS) -> bytes:
    """One page of what changed for a device since its cursor, as it travels.

    A device that begins (``since`` 0) is read for the scopes it has then. Once they are others, its cursor says
    nothing about rows that it never saw, so it begins again.

    Args:
        centre: The centre.
        device: Who asks.
        cursor: Where it stands.
        max_rows: A page holds no more rows than this.

    Raises:
        Refused: ``epoch_changed``, ``cursor_ahead`` or ``scope_changed``: the device begins again from 0.
    """
    with centre.database.read() as connection:
        granted = scopes_of(connection, device)
        epoch = meta.get(connection, "epoch")
        if cursor.since:
            _check(connection, device, cursor, granted, epoch)
        found = changes.scan(connection, cursor.since, granted, max_rows)
    if not cursor.since:
        with centre.database.write() as connection:
            devices.remember_feed_scopes(connection, device.id, granted)
    kinds = {change.kind for change in found.changes}
    columns = {kind: tuple(column.name for column in r.columns(kind)[1:]) for kind in r.KINDS if kind in kinds}
    return wire.compress(
        wire.page_lines(wire.Page(epoch, cursor.since, found.next, found.more, columns, found.changes))
    )


def _check(connection: sa.Connection, device: Device, cursor: Cursor, granted: frozenset[str], epoch: str) -> None:
    if cursor.epoch != epoch:
        raise Refused("epoch_changed", epoch=epoch)
    if devices.feed_scopes(connection, device.id) != granted:
        raise Refused("scope_changed")
    last = sequence.last(connection)
    if cursor.since > last:
        raise Refused("cursor_ahead", last=str(last))
