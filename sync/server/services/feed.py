"""Answering devices that ask what changed."""

from __future__ import annotations

from sync.contract import snapshots, wire
from sync.server.services import cursors
from sync.server.services.centre import Centre
from sync.server.services.cursors import Cursor
from sync.server.storage import changes, holdings, meta, values
from sync.server.storage.devices import Device

_LEFT_BEHIND = 500
"""A quiet device's cursor is moved on once so many rows of others lie before it: they are not looked at for ever."""


def page(
    centre: Centre,
    device: Device,
    cursor: Cursor,
    max_rows: int = wire.PAGE_ROWS,
    *,
    quiet: bool = False,
    compared: bool = False,
) -> bytes | None:
    """One page of what changed for a device since its cursor, as it travels.

    A device that begins (``since`` 0) is read for the scopes it has then. Once they are others, its cursor says
    nothing about rows that it never saw, so it begins again.

    Args:
        centre: The centre.
        device: Who asks.
        cursor: Where it stands.
        max_rows: A page holds no more rows than this.
        quiet: Say nothing (None) when there is nothing to say.
        compared: Say with the last page what the device should have then, as ``checking.check`` would.

    Raises:
        Refused: ``epoch_changed``, ``cursor_ahead``, ``cursor_too_old`` or ``scope_changed``: the device begins again.
    """
    with centre.database.read() as connection:
        reader = cursors.reader(connection, device)
        cursors.check(connection, cursor, reader)
        found = changes.scan(connection, cursor.since, reader.scopes, max_rows)
        epoch = reader.epoch_at(cursor, found.next, meta.floor(connection))
        last = compared and not found.more
        buckets = snapshots.buckets(holdings.heads(connection, reader.scopes)) if last else None
    if quiet and buckets is None and cursor.since and not found.changes and found.next - cursor.since < _LEFT_BEHIND:
        return None
    return packed(wire.Page(epoch, cursor.since, found.next, found.more, {}, found.changes, buckets))


def packed(page: wire.Page) -> bytes:
    """A page as it travels, with the columns of the kinds that are in it."""
    kinds = dict.fromkeys(change.kind for change in page.changes)
    named = page._replace(columns={kind: values.names(kind) for kind in kinds})
    return wire.compress(wire.page_lines(named))
