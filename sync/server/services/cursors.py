"""Where a device stands in the feed, and whether that is still a place to go on from."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from sync.contract.problems import Refused
from sync.server.services.access import scopes_of
from sync.server.storage import meta, sequence
from sync.server.storage.devices import Device


class Cursor(NamedTuple):
    """Where a device stands: the last ``seq`` it read, and the ``epoch`` of the page that said so.

    What a page calls its epoch is the life of the server's database, a dot, and which scopes the page was read for. A
    cursor itself says so, because nothing else knows it: pages may be asked for twice, or by the copy of a laptop.

    One more dot and number follow until the feed has passed the floor at which its reading began: nothing that is
    forgotten by then was ever here, so that cursor is not too old, however low it is.
    """

    since: int
    epoch: str

    @property
    def parts(self) -> tuple[str, str, int]:
        """The life, the mark of the scopes, and the floor at which this reading began (0: none is named)."""
        life, _, rest = self.epoch.partition(".")
        mark, _, begun = rest.partition(".")
        return life, mark, int(begun) if begun.isascii() and begun.isdigit() else 0


class Reader(NamedTuple):
    """What one device may read at one moment: the life of the database, and the scopes it holds."""

    life: str
    scopes: frozenset[str]

    @property
    def epoch(self) -> str:
        """The epoch of what is read now, and is above the floor."""
        return f"{self.life}.{_mark(self.scopes)}"

    def epoch_at(self, cursor: Cursor, reached: int, floor: int) -> str:
        """The epoch of a page that was asked for at a cursor and has reached a number in the feed."""
        begun = cursor.parts[2] if cursor.since else floor
        return self.epoch if reached >= floor else f"{self.epoch}.{begun}"


def reader(connection: sa.Connection, device: Device) -> Reader:
    """What a device may read now."""
    return Reader(meta.get(connection, "epoch"), scopes_of(connection, device))


def check(connection: sa.Connection, cursor: Cursor, now: Reader) -> None:
    """Let a cursor pass that says of every row the device may hold whether it has been read.

    Raises:
        Refused: ``epoch_changed`` (``epoch``: the life), ``scope_changed``, ``cursor_ahead`` or ``cursor_too_old``:
            the device begins again from 0.
    """
    its_life, _, begun = cursor.parts
    if its_life != now.life and (its_life or cursor.since):
        raise Refused("epoch_changed", epoch=now.life)
    if not cursor.since:
        return
    check_scopes(cursor.epoch, now)
    last = sequence.last(connection)
    if cursor.since > last:
        raise Refused("cursor_ahead", last=str(last))
    floor = meta.floor(connection)
    if cursor.since < floor and begun < floor:
        raise Refused("cursor_too_old", floor=str(floor))


def check_scopes(epoch: str, now: Reader) -> None:
    """Let an epoch pass that is of this life and of these scopes.

    Raises:
        Refused: ``epoch_changed`` (``epoch``: the life) or ``scope_changed``.
    """
    its_life, its_scopes, _ = Cursor(0, epoch).parts
    if its_life != now.life:
        raise Refused("epoch_changed", epoch=now.life)
    if its_scopes != _mark(now.scopes):
        raise Refused("scope_changed")


def _mark(scopes: Collection[str]) -> str:
    """Which scopes these are, in a few letters that name none of them."""
    return hashlib.sha256("\n".join(sorted(scopes)).encode()).hexdigest()[:16]
