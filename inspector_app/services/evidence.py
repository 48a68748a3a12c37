"""Evidence: pictures, recordings and signatures, kept encrypted; pictures are cleaned before they are kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from inspector_app.services import images
from inspector_app.services.errors import UserError
from inspector_app.services.ground import Ground
from inspector_app.storage import evidence
from inspector_app.storage.errors import EvidenceMissing
from sync.contract import records as r

_THUMBNAILS_KEPT: Final = 256
_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG", "image/png"),
    (b"OggS", "audio/ogg"),
    (b"RIFF", "audio/wav"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
)


class Evidence:
    """The evidence on this device."""

    def __init__(self, ground: Ground, fetch: Callable[[str], bytes]) -> None:
        """``fetch`` asks the centre for what is not here; it raises ``UserError`` where it cannot be had."""
        self._ground = ground
        self._fetch = fetch
        self._thumbnails: Callable[[str, int], bytes] = lru_cache(_THUMBNAILS_KEPT)(self._small)

    def read(self, sha256: str) -> bytes:
        """The plain bytes of one piece, checked as they are opened; what another device sent is fetched once.

        Raises:
            UserError: ``evidence_missing``.
            StorageError: ``evidence_damaged``.
        """
        try:
            return evidence.read(self._ground.cache, sha256, self._ground.now())
        except EvidenceMissing:
            data = self._fetch(sha256)
        self._keep_fetched(data)
        return data

    def _keep_fetched(self, data: bytes) -> None:
        """Put what came from the centre beside our own, encrypted; it goes again when it is old."""
        vault = self._ground.cache.vault
        stored = vault.put(data)
        try:
            with self._ground.cache.write() as conn:
                if evidence.by_hash(conn, stored.sha256) is not None:  # two screens asked for it at once
                    vault.remove(stored.name)
                    return
                state = evidence.PieceState.FETCHED
                media_type = _media_type(data)
                evidence.add(conn, stored, media_type=media_type, role="", owner="", at=self._ground.now(), state=state)
        except BaseException:
            vault.remove(stored.name)
            raise

    def has(self, sha256: str) -> bool:
        """Whether the piece is on this device."""
        with self._ground.cache.read() as conn:
            return evidence.by_hash(conn, sha256) is not None

    def thumbnail(self, sha256: str, side: int = 320) -> bytes:
        """A JPEG of the picture, at most ``side`` pixels either way; kept in memory only.

        Raises:
            UserError: ``evidence_missing``, ``image_unreadable``.
        """
        return self._thumbnails(sha256, side)

    def keep(self, owner: str, item: str, source: Path | bytes, role: str) -> r.Attachment:
        """Clean a piece and put it with a draft; the same piece for the same item is kept once.

        Raises:
            UserError: ``image_unreadable``, ``image_too_large``, ``recording_unreadable``, ``evidence_too_large``.
        """
        cleaned = _cleaned(images.read_bounded(source), role)
        vault = self._ground.cache.vault
        stored = vault.put(cleaned.data)
        try:
            with self._ground.cache.write() as conn:
                for piece in evidence.of_owner(conn, owner):
                    if (piece.sha256, piece.item, piece.role) == (stored.sha256, item, role):
                        vault.remove(stored.name)
                        return piece.attachment()
                return evidence.add(
                    conn,
                    stored,
                    media_type=cleaned.media_type,
                    role=role,
                    owner=owner,
                    at=self._ground.now(),
                    item=item,
                    taken_at=cleaned.taken_at,
                    fix=cleaned.fix,
                ).attachment()
        except BaseException:
            vault.remove(stored.name)
            raise

    def drop(self, conn: sa.Connection, owner: str, chosen: Callable[[evidence.Piece], bool]) -> tuple[str, ...]:
        """Take pieces away from a draft; returns their files, to be given to ``forget`` after the transaction."""
        gone = [piece for piece in evidence.of_owner(conn, owner) if chosen(piece)]
        for piece in gone:
            evidence.remove(conn, piece.id)
        return tuple(piece.id for piece in gone)

    def forget(self, files: tuple[str, ...]) -> None:
        """Remove files no draft names any more."""
        for name in files:
            self._ground.cache.vault.remove(name)

    def _small(self, sha256: str, side: int) -> bytes:
        return images.thumbnail(self.read(sha256), side)


def _cleaned(data: bytes, role: str) -> images.Cleaned:
    if role == "signature":
        return images.clean_drawing(data)
    if role == "photo":
        return images.clean_photo(data)
    media_type = _media_type(data)
    if not media_type.startswith("audio/"):
        raise UserError("recording_unreadable")
    return images.Cleaned(data, media_type, None, None)


def _media_type(data: bytes) -> str:
    """What the bytes begin like."""
    return next((named for beginning, named in _BEGINNINGS if data.startswith(beginning)), "application/octet-stream")
