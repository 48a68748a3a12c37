"""Evidence: pictures, recordings and signatures, kept encrypted; pictures are cleaned before they are kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import sqlalchemy as sa

from inspector_app.services import images, media
from inspector_app.services.errors import UserError
from inspector_app.services.ground import Ground
from inspector_app.storage import evidence
from inspector_app.storage.errors import EvidenceMissing
from inspector_app.storage.vault import Stored
from sync.contract import records as r

_THUMBNAILS_KEPT: Final = 256
_NUMBER: Final = re.compile(r"\[\d+\]")
_DRAWN: Final = frozenset({"drawing", "signature"})


class Prepared(NamedTuple):
    """A piece that is on the disk, and what is known of it."""

    stored: Stored
    role: str
    media_type: str
    taken_at: r.Moment | None
    fix: r.Fix | None


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
                media_type = media.begins_like(data)
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

    def prepare(
        self,
        source: Path | bytes,
        role: str,
        *,
        accept: str = "",
        side: int = images.SIDE,
        over: r.Attachment | None = None,
        name: str = "",
    ) -> Prepared:
        """Clean a piece and encrypt it onto the disk, where it belongs to nothing until ``add`` names it.

        This takes as long as the piece is large. What is never added is swept away after a day.

        Args:
            source: A file, or what would be in it.
            role: ``photo``, ``drawing``, ``signature``, ``voice``, ``video`` or ``file``.
            accept: Which files the question takes, as the form says: ``.pdf,.docx``.
            side: The most pixels of a photo either way.
            over: The picture that this one was drawn over: it was taken where and when that one was.
            name: What a file that is given by its bytes would be called.

        Raises:
            UserError: ``image_unreadable``, ``image_too_large``, ``recording_unreadable``, ``video_unreadable``,
                ``file_unsupported``, ``file_not_asked``, ``file_unreadable``, ``evidence_too_large``.
            StorageError: ``evidence_too_large``, ``disk_full``.
        """
        taken_at, fix = (None, None) if over is None else (over.taken_at, over.fix)
        if role in _DRAWN or role == "photo":
            data = images.read_bounded(source)
            cleaned = images.clean_drawing(data) if role in _DRAWN else images.clean_photo(data, side)
            stored = self._ground.cache.vault.put(cleaned.data)
            return Prepared(stored, role, cleaned.media_type, cleaned.taken_at or taken_at, cleaned.fix or fix)
        media_type, stored = self._put(source, role, accept, name)
        return Prepared(stored, role, media_type, taken_at, fix)

    def add(self, conn: sa.Connection, owner: str, item: str, piece: Prepared) -> r.Attachment:
        """Put a prepared piece with a draft; the same piece for the same item is kept once.

        Args:
            conn: The caller's transaction; where it fails, the caller gives the file to ``forget``.
            owner: The draft.
            item: The code of a checklist item, or the reference of a question (see ``is_asked``).
            piece: What was prepared.
        """
        for held in evidence.of_owner(conn, owner):
            if (held.sha256, held.item, held.role) == (piece.stored.sha256, item, piece.role):
                self.forget((piece.stored.name,))
                return held.attachment()
        return evidence.add(
            conn,
            piece.stored,
            media_type=piece.media_type,
            role=piece.role,
            owner=owner,
            at=self._ground.now(),
            item=item,
            taken_at=piece.taken_at,
            fix=piece.fix,
        ).attachment()

    def keep(self, owner: str, item: str, source: Path | bytes, role: str) -> r.Attachment:
        """Prepare a piece and put it with a draft.

        Raises:
            UserError: As ``prepare``.
            StorageError: As ``prepare``.
        """
        piece = self.prepare(source, role)
        try:
            with self._ground.cache.write() as conn:
                return self.add(conn, owner, item, piece)
        except BaseException:
            self.forget((piece.stored.name,))
            raise

    def _put(self, source: Path | bytes, role: str, accept: str, name: str) -> tuple[str, Stored]:
        """Encrypt a sound, a film or a document as it is, never holding it whole; its media type comes first."""
        name = name if isinstance(source, bytes) else source.name
        with media.opened(source) as file:
            try:
                head = file.read(media.HEAD_BYTES)
            except OSError as error:
                raise UserError("file_unreadable", file=name) from error
            media_type = media.media_type(head, role, name)
            if not media.accepts(accept, name, media_type):
                raise UserError("file_not_asked", asked=accept)
            return media_type, self._ground.cache.vault.put_parts(media.parts(head, file, name))

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


def item_of(ref: str) -> str:
    """What the pieces of a question are kept under: its reference without the numbers of repeats, which may change."""
    return _NUMBER.sub("", ref)


def is_asked(item: str) -> bool:
    """Whether a piece answers a question of the form by itself, whose reference stands for the item: ``/data/tape``.

    Such a piece is one of the report as long as an answer names it; the pictures of a checklist item belong to it.
    """
    return item.startswith("/")
