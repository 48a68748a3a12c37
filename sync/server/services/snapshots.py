"""Snapshots for the first sync: made once for each scope, kept as files, put together for each device.

A part is true as of some number in the feed; the feed from the lowest such number on makes the whole of them true. So
a part serves until so much of its scope has changed that reading it and the changes costs more than making it anew.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from sync.contract import events as e
from sync.contract.problems import Refused
from sync.contract.snapshots import FrameEntry, Manifest
from sync.server.services import cursors
from sync.server.services.centre import Centre
from sync.server.services.packing import Packer
from sync.server.storage import changes, holdings, meta, parts, sequence
from sync.server.storage.devices import Device
from sync.server.storage.parts import Packed, Part, Parts

_MOVED_OF = 10
"""A part is made anew when a tenth of as many rows as it has were changed since."""
_ORDER = ("global", "region", "committee", "supervision", "user")
"""What the other rows refer to is sent first."""
_PATIENCE_S = 3.0
"""Who waits longer for a part that another is having made is told to come again, well before his own patience ends."""
_RETRY_SECONDS = "5"

_turns = [threading.Lock() for _ in range(64)]
"""A part is made by one at a time; which lock is a scope's follows from its name."""


class _Standing(NamedTuple):
    """A part (None: the scope is empty) and up to which number in the feed it is true."""

    part: Part | None
    as_of: int


class File(NamedTuple):
    """The first ``length`` bytes of a file."""

    path: Path
    length: int


def manifest(centre: Centre, device: Device) -> Manifest:
    """What a device may hold, as frames to fetch; parts of it that are missing or too old are made now.

    Raises:
        Refused: ``busy`` while somebody else has a part made; ``epoch_changed`` if the database became another.
    """
    with centre.database.read() as connection:
        reader = cursors.reader(connection, device)
        since = sequence.last(connection)
    found: list[Part] = []
    for scope in sorted(reader.scopes, key=_place):
        part, as_of = _standing(centre, reader.life, scope)
        since = min(since, as_of)
        if part is not None:
            found.append(part)
    return Manifest(
        id=".".join(part.id for part in found),
        epoch=reader.epoch,
        since=since,
        schema=e.SCHEMA,
        frames=tuple(_joined(found)),
    )


def files(centre: Centre, device: Device, snapshot_id: str) -> tuple[File, ...]:
    """The files that, one after the other, are a snapshot; only parts of scopes that the device holds are looked for.

    Raises:
        Refused: ``snapshot_gone`` when one of its parts is not there, or not for this device.
    """
    with centre.database.read() as connection:
        reader = cursors.reader(connection, device)
    ids = snapshot_id.split(".")
    if len(ids) > len(reader.scopes):  # no more than one part of each scope was ever named together
        raise Refused("snapshot_gone")
    here = [Parts(_folder(centre), reader.life, scope) for scope in reader.scopes]
    found = [next((file for one in here if (file := one.file(part_id))), None) for part_id in ids]
    if None in found:
        raise Refused("snapshot_gone")
    return tuple(File(*file) for file in found if file is not None)


def prune(centre: Centre) -> None:
    """Remove the files that nobody needs any more."""
    parts.prune(_folder(centre), centre.clock().timestamp())


def _folder(centre: Centre) -> Path:
    """Within the evidence, which is where the centre may write; no evidence has such a name."""
    return centre.evidence / "snapshots"


def _place(scope: str) -> tuple[int, str]:
    kind = scope.partition(":")[0]
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER), scope


def _joined(found: list[Part]) -> Iterator[FrameEntry]:
    begin = 0
    for part in found:
        for entry in part.frames:
            yield FrameEntry(offset=begin + entry.offset, length=entry.length, rows=entry.rows, sha256=entry.sha256)
        begin += part.length


def _standing(centre: Centre, life: str, scope: str) -> _Standing:
    kept = Parts(_folder(centre), life, scope)
    with _turn(scope), centre.database.read() as connection:
        if meta.get(connection, "epoch") != life:
            raise Refused("epoch_changed", epoch=meta.get(connection, "epoch"))
        known = kept.newest()
        now = sequence.last(connection)
        if known is not None and known.as_of >= meta.floor(connection):
            most = max(1, known.rows // _MOVED_OF)
            moved = changes.count(connection, known.as_of, [scope], most)
            if moved < most:
                return _Standing(known, known.as_of if moved else max(now, known.as_of))
        return _Standing(kept.write(now, _frames(connection, scope), centre.clock().timestamp()), now)


def _frames(connection: sa.Connection, scope: str) -> Iterator[Packed]:
    packer = Packer()
    for kind in holdings.kinds(connection, scope):
        yield from packer.pack(kind, holdings.rows(connection, scope, kind))


@contextmanager
def _turn(scope: str) -> Iterator[None]:
    lock = _turns[zlib.crc32(scope.encode()) % len(_turns)]
    if not lock.acquire(timeout=_PATIENCE_S):
        raise Refused("busy", retry_after=_RETRY_SECONDS)
    try:
        yield
    finally:
        lock.release()
