"""Evidence on the centre's disk: taken in by pieces, hashed whole, given to those who hold a row that names it."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.contract import wire
from sync.contract.problems import Refused
from sync.server.services.access import scopes_of
from sync.server.services.centre import Centre
from sync.server.storage import evidence
from sync.server.storage.devices import Device

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_STREAM = 64 * 1024
_turns = [threading.Lock() for _ in range(64)]
"""Uploads of the same piece take turns; which lock is theirs follows from the hash."""


def begin(centre: Centre, sha256: str, size: int) -> wire.BlobState:
    """Begin an upload, or say where the one that is under way stands.

    Raises:
        Refused: ``not_found`` for what is no SHA-256, ``bad_request``, ``too_large``.
    """
    _path(centre, sha256)
    if size <= 0:
        raise Refused("bad_request", header=wire.LENGTH)
    if size > wire.MAX_EVIDENCE_BYTES:
        raise Refused("too_large", limit=str(wire.MAX_EVIDENCE_BYTES))
    with _turn(sha256), centre.database.write() as connection:
        known = evidence.get(connection, sha256)
        # Contents of one hash have one length: an unfinished upload of another length can only be wrong.
        if known is None or (not known.complete and known.size != size):
            evidence.begin(connection, sha256, size)
            return wire.BlobState(offset=0, complete=False)
    return wire.BlobState(offset=known.offset, complete=known.complete)


def state(centre: Centre, sha256: str) -> evidence.Blob:
    """Where an upload stands.

    Raises:
        Refused: ``not_found``.
    """
    _path(centre, sha256)
    with centre.database.read() as connection:
        known = evidence.get(connection, sha256)
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
        end = offset + len(piece)
        if end > known.size:
            raise Refused("too_large", limit=str(known.size - offset))
        _write(path, offset, piece)
        if end < known.size:
            _advance(centre, sha256, end)
            return wire.BlobState(offset=end, complete=False)
        if _hash(path) != sha256:
            _advance(centre, sha256, 0)
            raise Refused("upload_hash_wrong", offset="0")
        _advance(centre, sha256, end, centre.now_ms())
    return wire.BlobState(offset=end, complete=True)


def to_read(centre: Centre, device: Device, sha256: str) -> Path:
    """The file of a complete piece of evidence, for a device that may hold a row which names it.

    Raises:
        Refused: ``not_found`` (also where the device may not know of it), ``upload_incomplete``.
    """
    path = _path(centre, sha256)
    with centre.database.read() as connection:
        if not evidence.readable(connection, sha256, scopes_of(connection, device)):
            raise Refused("not_found")
        known = evidence.get(connection, sha256)
    if known is None or not known.complete:
        raise Refused("upload_incomplete")
    return path


def _path(centre: Centre, sha256: str) -> Path:
    if not _SHA256.fullmatch(sha256):
        raise Refused("not_found")
    return centre.evidence / sha256[:2] / sha256


@contextmanager
def _turn(sha256: str) -> Iterator[None]:
    with _turns[int(sha256[:2], 16) % len(_turns)]:
        yield


def _advance(centre: Centre, sha256: str, offset: int, complete_ms: int | None = None) -> None:
    with centre.database.write() as connection:
        evidence.advance(connection, sha256, offset, complete_ms)


def _write(path: Path, offset: int, piece: bytes) -> None:
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        _sync_folder(path.parent)
        _sync_folder(path.parent.parent)
    with path.open("r+b") as file:
        # What lies behind the stated offset was never promised to anybody.
        file.truncate(offset)
        file.seek(offset)
        file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_STREAM):
            digest.update(piece)
    return digest.hexdigest()
