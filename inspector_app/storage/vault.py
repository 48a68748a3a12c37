"""Evidence on disk: each file encrypted in frames, so that any part of it can be read, and no part can be exchanged.

A file is ``MDNE0001``, a random 16-byte prefix, then frames of 64 KiB of plain bytes (the last one shorter, perhaps
empty), each XChaCha20-Poly1305 with the nonce prefix + frame number (7 bytes, big-endian) + 1 for the last
frame. A frame that is moved, cut off, or taken from another file does not open.
"""

from __future__ import annotations

import hashlib
import math
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_ABYTES as TAG_BYTES,
)
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt as _decrypt,
)
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_encrypt as _encrypt,
)
from nacl.exceptions import CryptoError

from inspector_app.storage import durable
from inspector_app.storage.errors import CacheLocked, EvidenceDamaged, EvidenceMissing, EvidenceTooLarge
from sync.contract.wire import MAX_EVIDENCE_BYTES

FRAME_BYTES = 64 * 1024
_SEALED_BYTES = FRAME_BYTES + TAG_BYTES
_MAGIC = b"MDNE0001"
_PREFIX_BYTES = 16
_HEAD_BYTES = len(_MAGIC) + _PREFIX_BYTES
_NAME = re.compile(r"[0-9a-f]{32}")


class Stored(NamedTuple):
    """A piece that is on disk: the name of its file, SHA-256 (hex) and number of its plain bytes."""

    name: str
    sha256: str
    size: int


class Vault:
    """The evidence files of one profile, under a key of their own that follows from the cache's.

    Attributes:
        folder: Where they are.
    """

    def __init__(self, folder: Path, cache_key: bytes) -> None:
        """Derive the key; nothing is read."""
        self.folder = folder
        self._key: bytes | None = hashlib.blake2b(key=cache_key, digest_size=32, person=b"midan-evidence").digest()

    def __repr__(self) -> str:
        """Say where it is, never its key."""
        return f"Vault({str(self.folder)!r})"

    def close(self) -> None:
        """Forget the key."""
        self._key = None

    def put(self, data: bytes) -> Stored:
        """Write a piece; when this returns, it is on disk for good.

        Raises:
            EvidenceTooLarge: It has more bytes than the centre takes.
            DiskFull: There is no room; nothing is left behind.
        """
        return self.put_parts((data,))

    def put_parts(self, parts: Iterable[bytes]) -> Stored:
        """Write a piece that comes in parts, without ever holding it whole; else as ``put``.

        Raises:
            EvidenceTooLarge: It has more bytes than the centre takes.
            DiskFull: There is no room; nothing is left behind.
        """
        name = secrets.token_hex(16)
        measure = _Measure()
        durable.write_parts(self.folder / name, self._sealed(measure.through(parts)))
        return Stored(name, measure.digest.hexdigest(), measure.size)

    def read(self, name: str) -> bytes:
        """All plain bytes of a piece.

        Raises:
            EvidenceMissing: There is no such file.
            EvidenceDamaged: A frame does not open.
        """
        return self.read_at(name, 0, MAX_EVIDENCE_BYTES)

    def read_at(self, name: str, offset: int, length: int) -> bytes:
        """Plain bytes from ``offset``, at most ``length``; only the frames they lie in are read.

        Raises:
            EvidenceMissing: There is no such file.
            EvidenceDamaged: A frame that is needed does not open.
        """
        if offset < 0 or length < 0:
            raise ValueError(f"no bytes lie at {offset}+{length}")
        first = offset // FRAME_BYTES
        found = bytearray()
        path = self._path(name)
        try:
            size = path.stat().st_size
            with path.open("rb") as file:
                head = file.read(_HEAD_BYTES)
                last = _last_frame(name, head, size)
                file.seek(_HEAD_BYTES + first * _SEALED_BYTES)
                frame = first
                while frame <= last and len(found) < offset + length - first * FRAME_BYTES:
                    found += self._open(name, head, frame, frame == last, file.read(_SEALED_BYTES))
                    frame += 1
        except FileNotFoundError as error:
            raise EvidenceMissing("evidence_missing", name=name) from error
        start = offset - first * FRAME_BYTES
        return bytes(found[start : start + length])

    def remove(self, name: str) -> None:
        """Take a file away; nothing happens when it is gone already."""
        self._path(name).unlink(missing_ok=True)
        durable.sync_folder(self.folder)

    def names(self) -> frozenset[str]:
        """The files that are whole."""
        return frozenset(path.name for path in self.folder.iterdir() if _NAME.fullmatch(path.name))

    def older_than(self, moment: float) -> frozenset[str]:
        """The files last written before a moment (seconds since 1970)."""
        return frozenset(name for name in self.names() if _written(self._path(name)) < moment)

    def sweep_temporary(self, moment: float) -> int:
        """Remove what was being written when the machine died, and not since a moment; says how many files."""
        left = [path for path in self.folder.glob(f"*{durable.TEMPORARY}") if _written(path) < moment]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _secret(self) -> bytes:
        if self._key is None:
            raise CacheLocked
        return self._key

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"not the name of an evidence file: {name!r}")
        return self.folder / name

    def _sealed(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        """The bytes of the file: its head, then each frame as soon as it is known whether it is the last."""
        head = _MAGIC + secrets.token_bytes(_PREFIX_BYTES)
        yield head
        frame, waiting = 0, bytearray()
        for part in parts:
            waiting += part
            while len(waiting) > FRAME_BYTES:
                yield _encrypt(bytes(waiting[:FRAME_BYTES]), _MAGIC, _nonce(head, frame, False), self._secret())
                del waiting[:FRAME_BYTES]
                frame += 1
        yield _encrypt(bytes(waiting), _MAGIC, _nonce(head, frame, True), self._secret())

    def _open(self, name: str, head: bytes, frame: int, is_last: bool, sealed: bytes) -> bytes:
        try:
            plain: bytes = _decrypt(sealed, _MAGIC, _nonce(head, frame, is_last), self._secret())
        except (CryptoError, ValueError) as error:
            raise EvidenceDamaged(name, frame) from error
        return plain


class _Measure:
    """Counts and hashes what goes through."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.size = 0

    def through(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        for part in parts:
            self.size += len(part)
            if self.size > MAX_EVIDENCE_BYTES:
                raise EvidenceTooLarge(self.size, MAX_EVIDENCE_BYTES)
            self.digest.update(part)
            yield part


def _written(path: Path) -> float:
    """When a file was last written, seconds since 1970; never, for one that was just given its name or taken away."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def _nonce(head: bytes, frame: int, is_last: bool) -> bytes:
    return head[len(_MAGIC) :] + frame.to_bytes(7, "big") + bytes((is_last,))


def _last_frame(name: str, head: bytes, size: int) -> int:
    """The number of the last frame, from the size of the file."""
    body = size - _HEAD_BYTES
    if len(head) < _HEAD_BYTES or not head.startswith(_MAGIC) or body < TAG_BYTES:
        raise EvidenceDamaged(name, 0)
    return (body - 1) // _SEALED_BYTES
