"""The parts of snapshots on disk: one immutable file each, its frames end to end, then what they are.

A part is of one scope in one life of the database. Its name is made of the number in the feed that it is as of and of
the hash of its frames; it appears under that name whole, or not at all.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from functools import cache
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from sync.contract import records as r
from sync.contract.snapshots import FrameEntry
from sync.server.storage import disk, values

_NUMBER = 19
"""Digits of the largest number there can be, so that names sort as numbers."""
_ID = 24
_TAIL = 8
_BEGUN = ".begun"
_DAY_S = 24 * 3600


class Packed(NamedTuple):
    """A frame as it travels, and how many rows are in it."""

    data: bytes
    rows: int


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one file is: its id, up to which number in the feed it is true, its rows, its frames from offset 0 on."""

    id: str
    as_of: int
    rows: int
    frames: tuple[FrameEntry, ...]

    @property
    def length(self) -> int:
        """How many bytes the frames have together."""
        return self.frames[-1].offset + self.frames[-1].length


class Parts:
    """The parts of one scope in one life; ``root`` is the folder of all snapshots."""

    def __init__(self, root: Path, life: str, scope: str) -> None:
        self._folder = root / hashlib.sha256(f"{life}\n{scope}\n{_shape()}".encode()).hexdigest()[:32]

    def newest(self) -> Part | None:
        """The part that is as of the highest number; None where there is none."""
        read = (_read(path) for path in reversed(_files(self._folder)))
        return next((part for part in read if part is not None), None)

    def file(self, part_id: str) -> tuple[Path, int] | None:
        """Where the frames of a part are, from the file's beginning, and their length; None where it is gone."""
        for path in _files(self._folder):
            if path.name.endswith(f"-{part_id}") and (part := _read(path)) is not None:
                return path, part.length
        return None

    def write(self, as_of: int, frames: Iterable[Packed], now_s: float) -> Part | None:
        """Write a part, safely on disk when this returns; one without frames is not written.

        Args:
            as_of: The number in the feed.
            frames: Taken one by one.
            now_s: Unix time; the file's age is counted from here.
        """
        coming = iter(frames)
        first = next(coming, None)
        if first is None:
            return None
        disk.make_folder(self._folder)
        begun = self._folder / (secrets.token_hex(8) + _BEGUN)
        try:
            with begun.open("xb") as file:
                part = _write(file, as_of, chain([first], coming))
                disk.sync(file)
            os.utime(begun, (now_s, now_s))
            begun.rename(self._folder / f"{as_of:0{_NUMBER}}-{part.id}")
            disk.sync_folder(self._folder)
        finally:
            begun.unlink(missing_ok=True)
        _prune(self._folder, now_s - _DAY_S, keep=1)
        return part


@cache
def _shape() -> str:
    """The columns of every kind: a centre that has others, being a newer one, makes its parts anew."""
    return "\n".join(f"{kind} {' '.join(values.names(kind))}" for kind in r.KINDS)


def _write(file: IO[bytes], as_of: int, frames: Iterable[Packed]) -> Part:
    whole = hashlib.sha256()
    entries: list[FrameEntry] = []
    offset = 0
    for data, rows in frames:
        file.write(data)
        whole.update(data)
        digest = hashlib.sha256(data).hexdigest()
        entries.append(FrameEntry(offset=offset, length=len(data), rows=rows, sha256=digest))
        offset += len(data)
    total = sum(entry.rows for entry in entries)
    part = Part(id=whole.hexdigest()[:_ID], as_of=as_of, rows=total, frames=tuple(entries))
    tail = msgspec.json.encode(part)
    file.write(tail + len(tail).to_bytes(_TAIL, "big"))
    return part


def prune(root: Path, now_s: float) -> None:
    """Remove every part and unfinished file that is a day old, except the newest part of each scope.

    That one goes after a month: it is made anew where somebody asks for it, and nobody does in an earlier life. A part
    that was damaged on the disk goes at once: a device would ask for its frames for ever.
    """
    if not root.is_dir():
        return
    for folder in sorted(root.iterdir()):
        _prune(folder, now_s - _DAY_S, keep=1)
        _prune(folder, now_s - 30 * _DAY_S, keep=0)
        for path in _files(folder):
            if not _is_whole(path):
                path.unlink()


def _prune(folder: Path, before_s: float, keep: int) -> None:
    files = _files(folder)
    begun = [path for path in folder.iterdir() if path.name.endswith(_BEGUN)]
    for path in files[: len(files) - keep] + begun:
        if path.stat().st_mtime < before_s:
            path.unlink(missing_ok=True)


def _files(folder: Path) -> list[Path]:
    """The parts in a folder, the newest last."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.endswith(_BEGUN))
    except FileNotFoundError:
        return []


def _read(path: Path) -> Part | None:
    """What a file is; None where it is gone by now, or what it says of itself was damaged on the disk."""
    try:
        with path.open("rb") as file:
            file.seek(-_TAIL, os.SEEK_END)
            length = int.from_bytes(file.read(_TAIL), "big")
            file.seek(-_TAIL - length, os.SEEK_END)
            return msgspec.json.decode(file.read(length), type=Part)
    except (OSError, OverflowError, ValueError):  # no such file; a length that leads before its beginning; no JSON
        return None


def _is_whole(path: Path) -> bool:
    part = _read(path)
    if part is None:
        return False
    with path.open("rb") as file:
        return all(hashlib.sha256(file.read(entry.length)).hexdigest() == entry.sha256 for entry in part.frames)
