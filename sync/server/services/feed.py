"""Answering devices that ask what changed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from sync.contract import records as r
from sync.contract import wire
from sync.contract.problems import Refused
from sync.server.services.access import scopes_of
from sync.server.services.centre import Centre
from sync.server.storage import changes, meta, sequence
from sync.server.storage.devices import Device


class Cursor(NamedTuple):
    """Where a device stands: the last ``seq`` it read, and the ``epoch`` of the page that said so.

    What a page calls its epoch is the life of the server's database, a dot, and which scopes the page was read for. A
    cursor itself says so, because nothing else knows it: pages may be asked for twice, or by the copy of a laptop.
    """

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
        life, read_for = meta.get(connection, "epoch"), _mark(granted)
        _check(connection, cursor, life, read_for)
        found = changes.scan(connection, cursor.since, granted, max_rows)
    epoch = f"{life}.{read_for}"
    kinds = {change.kind for change in found.changes}
    columns = {kind: tuple(column.name for column in r.columns(kind)[1:]) for kind in r.KINDS if kind in kinds}
    return wire.compress(
        wire.page_lines(wire.Page(epoch, cursor.since, found.next, found.more, columns, found.changes))
    )


def _check(connection: sa.Connection, cursor: Cursor, life: str, read_for: str) -> None:
    its_life, _, its_scopes = cursor.epoch.partition(".")
    if its_life != life and (its_life or cursor.since):
        raise Refused("epoch_changed", epoch=life)
    if not cursor.since:
        return
    if its_scopes != read_for:
        raise Refused("scope_changed")
    last = sequence.last(connection)
    if cursor.since > last:
        raise Refused("cursor_ahead", last=str(last))


def _mark(scopes: Collection[str]) -> str:
    """Which scopes these are, in a few letters that name none of them."""
    return hashlib.sha256("\n".join(sorted(scopes)).encode()).hexdigest()[:16]
