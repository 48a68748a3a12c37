"""Rows in bulk: the frames of a snapshot, and the buckets by which a device's rows are checked against the centre's."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from typing import Any

import msgspec
import zstandard

from sync.contract import wire
from sync.contract.wire import Bucket as Bucket

FRAME_BYTES = 64 * 1024
"""A frame of a snapshot is at most this long, compressed; one row may exceed it alone."""
MAX_FRAME_BYTES = 64 * 1024 * 1024
"""What a device is ready to unpack of one frame."""
MAX_MANIFEST_BYTES = 16 * 1024 * 1024
"""What a device is ready to take for a manifest."""
BUCKETS = 16
"""Into so many buckets the rows of each kind are divided when a device's rows are checked against the centre's."""


class FrameEntry(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One frame of a snapshot: where it begins, its length in bytes, how many rows it holds, its SHA-256 in hex."""

    offset: int
    length: int
    rows: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot of what a device may hold: its frames, and the cursor from which the feed goes on after them.

    ``id`` names bytes that never change; ``epoch`` and ``since`` are a cursor as a page gives it.
    """

    id: str
    epoch: str
    since: int
    schema: int
    frames: tuple[FrameEntry, ...]


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one kind; each is an array of ``id``, ``rev`` and the values of ``columns`` (which leave ``id`` out)."""

    kind: str
    columns: tuple[str, ...]
    rows: list[list[Any]]


class CheckReply(msgspec.Struct, frozen=True, kw_only=True):
    """The centre's buckets of what the device may hold, those without rows left out.

    ``level`` is False where the device's cursor is behind; then none are given.
    """

    level: bool
    buckets: tuple[Bucket, ...] = ()


def bucket_of(row_id: str) -> int:
    """The bucket, of ``BUCKETS``, that a row is in."""
    return zlib.crc32(row_id.encode()) % BUCKETS


def row_hash(kind: str, row_id: str, rev: int) -> int:
    """What one row adds to its bucket's sum: 64 bits of its name and revision."""
    return int.from_bytes(hashlib.sha256(f"{kind}/{row_id}/{rev}".encode()).digest()[:8], "big")


def buckets(rows: Iterable[tuple[str, str, int]]) -> tuple[Bucket, ...]:
    """The buckets of rows, each given by kind, id and revision; sorted by kind and number."""
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for kind, row_id, rev in rows:
        place = kind, bucket_of(row_id)
        count, total = found.get(place, (0, 0))
        found[place] = count + 1, (total + row_hash(kind, row_id, rev)) % 2**64
    return tuple(
        Bucket(kind=kind, bucket=bucket, rows=count, sum=total)
        for (kind, bucket), (count, total) in sorted(found.items())
    )


def manifest_line(manifest: Manifest) -> bytes:
    """A manifest as it travels in front of its frames: its checksum, itself, and the end of the line."""
    said = msgspec.json.encode(manifest)
    return f"{wire.checksum(said)} ".encode() + said + b"\n"


def read_manifest_line(line: bytes) -> Manifest:
    """A manifest from its line, with the end of it or without.

    Raises:
        BadPage: It is none, or not what the centre said.
    """
    named, _, said = line.rstrip(b"\n").partition(b" ")
    if named != wire.checksum(said).encode():
        raise wire.BadPage("a manifest that was changed on the way")
    try:
        return msgspec.json.decode(said, type=Manifest)
    except ValueError as error:  # msgspec.DecodeError, or bytes that are no text
        raise wire.BadPage(f"manifest: {error}") from error


def pack_frame(frame: Frame, level: int = 9) -> bytes:
    """A frame as it is stored and travels."""
    return zstandard.ZstdCompressor(level=level, write_checksum=True).compress(msgspec.json.encode(frame))


def read_frame(data: bytes, sha256: str) -> Frame:
    """A frame from its bytes.

    Raises:
        BadPage: It is not the frame that the manifest names, or cannot be read.
        TooLarge: It unpacks to more than ``MAX_FRAME_BYTES``.
    """
    if hashlib.sha256(data).hexdigest() != sha256:
        raise wire.BadPage("a frame is not the one that the manifest names")
    try:
        frame = msgspec.json.decode(wire.unpack(data, MAX_FRAME_BYTES), type=Frame)
    except ValueError as error:  # msgspec.DecodeError, or bytes that are no text
        raise wire.BadPage(f"frame: {error}") from error
    if any(len(row) != len(frame.columns) + 2 for row in frame.rows):
        raise wire.BadPage(f"a row of {frame.kind} does not fit its columns")
    return frame
