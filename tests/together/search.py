"""Looking for words and pictures in files as a thief would: in every way they may be written, while files change."""

from __future__ import annotations

import base64
import json
import os
import stat
import urllib.parse
from collections.abc import Iterable, Iterator
from pathlib import Path

_BLOCK = 4096
_WINDOW = 64


class Needles:
    """What must not be found, each in every spelling a program could have written it in."""

    def __init__(self) -> None:
        self._spellings: dict[bytes, str] = {}
        self.longest = 0

    def word(self, text: str) -> None:
        """A sentence, a name, a secret."""
        for spelling, written in _spellings(text):
            self._add(written, f"{text!r} as {spelling}")

    def picture(self, name: str, data: bytes) -> None:
        """The bytes of a picture: a few windows of its compressed inside, as they are and in base64."""
        for share in (0.2, 0.45, 0.7, 0.9):
            start = int(len(data) * share)
            window = data[start : start + _WINDOW]
            self._add(window, f"{name} at {start}")
            for spelling, written in _base64(window):
                self._add(written, f"{name} at {start} as {spelling}")

    def _add(self, written: bytes, said: str) -> None:
        assert len(written) >= 8, f"{said} is found anywhere"
        self._spellings[written] = said
        self.longest = max(self.longest, len(written))

    def in_(self, data: bytes) -> list[str]:
        """What of it is in some bytes."""
        return [said for written, said in self._spellings.items() if written in data]


def _spellings(text: str) -> Iterator[tuple[str, bytes]]:
    plain = text.encode()
    yield "UTF-8", plain
    yield "UTF-16LE", text.encode("utf-16-le")
    yield "UTF-16BE", text.encode("utf-16-be")
    yield "UTF-32LE", text.encode("utf-32-le")
    escaped = json.dumps(text)[1:-1]
    yield "JSON", escaped.encode()
    yield "JSON in capitals", "".join(f"\\u{ord(one):04X}" for one in text).encode()
    yield "XML", "".join(f"&#{ord(one)};" for one in text).encode()
    yield "XML in hexadecimal", "".join(f"&#x{ord(one):x};" for one in text).encode()
    yield "an address", urllib.parse.quote(text).encode()
    yield "hexadecimal", plain.hex().encode()
    if all("\u0600" <= one <= "\u06ff" or one.isspace() for one in text):
        yield "Windows-1256", text.encode("cp1256", "replace")
    yield from _base64(plain)


def _base64(plain: bytes) -> Iterator[tuple[str, bytes]]:
    """In the middle of other bytes there are three ways; those at the edges depend on their neighbours."""
    for shift in range(3):
        inner = plain[shift : shift + (len(plain) - shift) // 3 * 3]
        yield f"base64+{shift}", base64.b64encode(inner)


class Watch:
    """Every regular file below some folders, read again where it has changed, and everything that was ever found.

    Attributes:
        found: What was found, with the file it was in.
        names: Every file that was ever seen, by its path.
        bytes_read: How much was looked through.
    """

    def __init__(self, folders: Iterable[Path], needles: Needles) -> None:
        """Nothing is read yet."""
        self.folders = tuple(folders)
        self._needles = needles
        self._known: dict[Path, bytes] = {}
        self._stamps: dict[Path, tuple[int, int, int]] = {}
        self.found: set[str] = set()
        self.names: set[Path] = set()
        self.bytes_read = 0

    def look(self) -> None:
        """Go through the folders once."""
        for folder in self.folders:
            for at, _, files in os.walk(folder):
                for name in files:
                    self.look_at(Path(at, name))

    def look_at(self, path: Path) -> None:
        """Read one file, if it is there still and has changed; only what changed is looked through."""
        self.names.add(path)
        try:
            status = path.stat()
            stamp = (status.st_ino, status.st_size, status.st_mtime_ns)
            if not stat.S_ISREG(status.st_mode) or self._stamps.get(path) == stamp:
                return
            data = path.read_bytes()
        except FileNotFoundError:
            return
        self._stamps[path] = stamp
        for part in _changed(self._known.get(path, b""), data, self._needles.longest):
            self.bytes_read += len(part)
            self.found |= {f"{said} in {path}" for said in self._needles.in_(part)}
        self._known[path] = data
        self.found |= {f"{said} in the name of {path}" for said in self._needles.in_(str(path).encode())}


def _changed(before: bytes, after: bytes, margin: int) -> Iterator[bytes]:
    """The stretches of ``after`` that differ from ``before``, each with a margin on both sides."""
    start: int | None = None
    for at in range(0, len(after) + _BLOCK, _BLOCK):
        differs = after[at : at + _BLOCK] != before[at : at + _BLOCK]
        if differs and start is None:
            start = at
        if start is not None and (not differs or at + _BLOCK >= len(after)):
            yield after[max(0, start - margin) : at + _BLOCK + margin]
            start = None
