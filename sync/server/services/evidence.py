"""Evidence on the centre's disk: taken in by pieces, hashed whole, given to those who hold a row that names it."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sync.contract import wire
from sync.contract.problems import Refused
from sync.server.services import cursors
from sync.server.services.centre import Centre
from sync.server.storage import disk, evidence
from sync.server.storage.devices import Device

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_STREAM = 64 * 1024
_turns = [threading.Lock() for _ in range(64)]
"""Uploads of the same piece take turns; which lock is theirs follows from the hash."""


class Begun(NamedTuple):
    """Where an upload stands, and whether it is a new one."""

    state: wire.BlobState
    new: bool


def begin(centre: Centre, sha256: str, size: int, piece: bytes = b"") -> Begun:
    """Begin an upload with its first bytes, or say where the one that is under way stands.

    Args:
        centre: The centre.
        sha256: Of the whole.
        size: Of the whole.
        piece: What it begins with. Left aside where the centre has more than nothing of it already.

    Raises:
        Refused: ``not_found`` for what is no SHA-256, ``bad_request``, ``too_large``, ``upload_hash_wrong``.
    """
    path = _path(centre, sha256)
    if size <= 0:
        raise Refused("bad_request", header=wire.LENGTH)
    most = min(size, wire.MAX_EVIDENCE_BYTES)
    if size > most or len(piece) > most:
        raise Refused("too_large", limit=str(most))
    with _turn(sha256):
        known = _known(centre, sha256)
        # Contents of one hash have one length: an unfinished upload of another length can only be wrong.
        new = known is None or (not known.complete and known.size != size)
        if known is None or new or (piece and not known.offset):
            return Begun(_take(centre, path, evidence.Blob(size, 0, False), piece), new)
    return Begun(wire.BlobState(offset=known.offset, complete=known.complete), new)


def state(centre: Centre, sha256: str) -> evidence.Blob:
    """Where an upload stands.

    Raises:
        Refused: ``not_found``.
    """
    _path(centre, sha256)
    known = _known(centre, sha256)
    if known is None:
        raise Refused("not_found")
    return known


def append(centre: Centre, sha256: str, offset: int, piece: bytes) -> wire.BlobState:
    """Write a piece at its place; it is on the disk when this returns. The last piece has the whole hashed.

    Raises:
        Refused: ``not_found``; ``upload_offset_wrong`` (``offset``: where to go on); ``too_large`` beyond the length
            announced; ``upload_hash_wrong``, after which the upload begins again.
    """
    path = _path(centre, sha256)
    with _turn(sha256):
        known = state(centre, sha256)
        if known.complete or offset != known.offset:
            raise Refused("upload_offset_wrong", offset=str(known.offset))
        if offset + len(piece) > known.size:
            raise Refused("too_large", limit=str(known.size - offset))
        return _take(centre, path, known, piece)


def to_read(centre: Centre, device: Device, sha256: str) -> tuple[Path, int]:
    """The file of a complete piece of evidence, and its size, for a device that may hold a row which names it.

    Raises:
        Refused: ``not_found`` (also where the device may not know of it), ``upload_incomplete``.
    """
    path = _path(centre, sha256)
    with centre.database.read() as connection:
        if not evidence.readable(connection, sha256, cursors.reader(connection, device).scopes):
            raise Refused("not_found")
        known = evidence.get(connection, sha256)
    if known is None or not known.complete:
        raise Refused("upload_incomplete")
    return path, known.size


def _path(centre: Centre, sha256: str) -> Path:
    if not _SHA256.fullmatch(sha256):
        raise Refused("not_found")
    return centre.evidence / sha256[:2] / sha256


@contextmanager
def _turn(sha256: str) -> Iterator[None]:
    with _turns[int(sha256[:2], 16) % len(_turns)]:
        yield


def _known(centre: Centre, sha256: str) -> evidence.Blob | None:
    with centre.database.read() as connection:
        return evidence.get(connection, sha256)


def _take(centre: Centre, path: Path, at: evidence.Blob, piece: bytes) -> wire.BlobState:
    """Put a piece where an upload stands, then say where it stands; the whole is hashed with its last piece.

    The file's name is the hash that its content is to have.
    """
    if piece:
        _write(path, at.offset, piece)
    end = at.offset + len(piece)
    complete = end == at.size
    right = not complete or path.name == (_hash(path) if at.offset else hashlib.sha256(piece).hexdigest())
    with centre.database.write() as connection:
        if right:
            evidence.put(connection, path.name, at.size, end, centre.now_ms() if complete else None)
        else:
            evidence.put(connection, path.name, at.size, 0)
    if not right:
        raise Refused("upload_hash_wrong", offset="0")
    return wire.BlobState(offset=end, complete=complete)


def _write(path: Path, offset: int, piece: bytes) -> None:
    new = not path.exists()
    if new:
        disk.make_folder(path.parent)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR, 0o600), "r+b") as file:
        # What lies behind the stated offset was never promised to anybody.
        file.truncate(offset)
        file.seek(offset)
        file.write(piece)
        disk.sync(file)
    if new:
        disk.sync_folder(path.parent)


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_STREAM):
            digest.update(piece)
    return digest.hexdigest()
