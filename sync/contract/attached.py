"""Files of a checklist on their way: cut into rows at the centre, put together again wherever the checklist is opened.

A row is what the feed carries, cuts and takes up again, checks and keeps; so a file needs nothing of its own. Named by
their bytes, the parts that two versions share travel once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from sync.contract import records as r

CHUNK_BYTES: Final = 30 * 1024
"""Of a file in one row: two of what cannot be compressed further fill a frame of a snapshot."""
MOST_BYTES: Final = 8 * 1024 * 1024
"""Of all files of a checklist: half a minute at 2 Mbit/s, once for each version that changes them."""

TEXTS: Final = {"csv": "text/csv", "xml": "application/xml", "geojson": "application/geo+json"}
"""The lists that a form may choose from, by the end of their names, with their media types."""
MEDIA: Final = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "amr": "audio/amr",
    "mp4": "video/mp4",
    "3gp": "video/3gpp",
    "webm": "video/webm",
}
"""What is shown or played beside a label, likewise."""

ENDINGS: Final = (*TEXTS, *MEDIA)

Chunks = Callable[[str], "r.Record | None"]
"""Gives the row of a chunk by its id, or None where it is not here."""


def media_type(name: str) -> str:
    """What a file is by the end of its name; empty for what no checklist may bring."""
    ending = name.rpartition(".")[2].lower()
    return TEXTS.get(ending) or MEDIA.get(ending, "")


def cut(address: str, content: bytes) -> tuple[r.AttachedFile, tuple[r.Chunk, ...]]:
    """A file as a checklist names it, and the rows that carry it."""
    parts = [content[start : start + CHUNK_BYTES] for start in range(0, len(content), CHUNK_BYTES)]
    rows = tuple(
        r.Chunk(id=hashlib.sha256(part).hexdigest(), data=base64.b64encode(part).decode("ascii")) for part in parts
    )
    file = r.AttachedFile(
        address=address,
        media_type=media_type(address),
        size=len(content),
        chunks=tuple(row.id for row in rows),
    )
    return file, rows


def content(file: r.AttachedFile, chunks: Chunks) -> bytes | None:
    """The bytes of a file; None where a part of it is not here, or is not what its name says."""
    parts = []
    for name in file.chunks:
        row = chunks(name)
        part = _bytes(row.data) if isinstance(row, r.Chunk) else None
        if part is None or hashlib.sha256(part).hexdigest() != name:
            return None
        parts.append(part)
    return b"".join(parts)


def lists(checklist: r.Checklist, chunks: Chunks) -> Mapping[str, str]:
    """The lists of a checklist by address, as ``xforms.load`` takes them; one that is not here whole is left out."""
    return dict(_lists(checklist, chunks))


def _lists(checklist: r.Checklist, chunks: Chunks) -> Iterator[tuple[str, str]]:
    for file in checklist.files:
        if file.media_type in TEXTS.values():
            found = content(file, chunks)
            if found is not None:  # a centre publishes only lists that are UTF-8 throughout
                yield file.address, found.decode("utf-8", "replace")


def _bytes(data: str) -> bytes | None:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None
