"""Photos, voice notes and signatures: which file holds what, whose it is, and how much of it the centre has."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa

from inspector_app.storage.errors import EvidenceMissing
from inspector_app.storage.tables import evidence as table
from inspector_app.storage.vault import Stored
from sync.contract import records as r
from sync.engine import ports

if TYPE_CHECKING:
    from inspector_app.storage.cache import Cache

_ORPHAN_SECONDS = 24 * 3600
KEPT_DAYS = 30
FETCHED_BYTES = 500 * 1024 * 1024
"""So much room the pieces that were fetched from the centre may take."""
_HOUR = len("2026-11-22T14")
"""How much of a moment is compared to note when a piece was looked at: not with every look."""


class PieceState(StrEnum):
    """Where a piece stands: with a draft, waiting for the centre, complete there, given up, or fetched from there."""

    DRAFT = "draft"
    WAITING = "waiting"
    COMPLETE = "complete"
    FAILED = "failed"
    FETCHED = "fetched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of evidence.

    Attributes:
        id: The name of its file in the vault.
        sha256: Of its plain bytes, hex.
        size: Its plain bytes.
        media_type: Such as ``image/jpeg``.
        role: ``photo``, ``drawing``, ``signature``, ``voice``, ``video`` or ``file``.
        item: The checklist item it belongs to, or the reference of the question it answers; empty for the whole report.
        owner: The draft, visit or case it belongs to.
        fields: What was taken out of the file itself: ``taken_at``, ``fix``.
        state: Where it stands.
        offset: How many bytes the centre has.
        problem: Why it was given up; a code, or empty.
        created_at: When it was put here.
        read_at: When it was last looked at, to the hour; of a fetched piece only.
    """

    id: str
    sha256: str
    size: int
    media_type: str
    role: str
    owner: str
    created_at: r.Moment
    read_at: r.Moment = ""
    item: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    state: PieceState = PieceState.DRAFT
    offset: int = 0
    problem: str = ""

    def attachment(self) -> r.Attachment:
        """The piece as a report names it."""
        known = {
            "sha256": self.sha256,
            "size": self.size,
            "media_type": self.media_type,
            "role": self.role,
            "item": self.item,
        }
        return msgspec.convert(known | self.fields, r.Attachment)


def add(
    conn: sa.Connection,
    stored: Stored,
    *,
    media_type: str,
    role: str,
    owner: str,
    at: r.Moment,
    item: str = "",
    taken_at: r.Moment | None = None,
    fix: r.Fix | None = None,
    state: PieceState = PieceState.DRAFT,
) -> Piece:
    """Name a file that is in the vault already, so that it belongs to something."""
    fields = {"taken_at": taken_at, "fix": msgspec.to_builtins(fix)}
    piece = Piece(
        id=stored.name,
        sha256=stored.sha256,
        size=stored.size,
        media_type=media_type,
        role=role,
        item=item,
        owner=owner,
        fields={name: value for name, value in fields.items() if value is not None},
        state=state,
        created_at=at,
    )
    conn.execute(table.insert().values(msgspec.to_builtins(piece)))
    return piece


def get(conn: sa.Connection, piece_id: str) -> Piece | None:
    """One piece by the name of its file, or None."""
    return next(iter(_read(conn, sa.select(table).where(table.c.id == piece_id))), None)


def by_hash(conn: sa.Connection, sha256: str) -> Piece | None:
    """A piece with these plain bytes, or None where this device has no file of them."""
    wanted = sa.select(table).where(table.c.sha256 == sha256).order_by(table.c.created_at, table.c.id).limit(1)
    return next(iter(_read(conn, wanted)), None)


def of_owner(conn: sa.Connection, owner: str) -> tuple[Piece, ...]:
    """The pieces of a draft, visit or case, first put first."""
    return _read(conn, sa.select(table).where(table.c.owner == owner).order_by(table.c.created_at, table.c.id))


def unsent(conn: sa.Connection) -> tuple[Piece, ...]:
    """What waits or was given up, first put first."""
    wanted = sa.select(table).where(table.c.state.in_((PieceState.WAITING, PieceState.FAILED)))
    return _read(conn, wanted.order_by(table.c.created_at, table.c.id))


def remove(conn: sa.Connection, piece_id: str) -> None:
    """Take a piece away from a draft. Its file goes after the transaction, by ``Vault.remove`` or the next sweep."""
    conn.exec_driver_sql("DELETE FROM evidence WHERE id = ? AND state = 'draft'", (piece_id,))


def remove_draft(conn: sa.Connection, owner: str) -> tuple[str, ...]:
    """Take away all that a draft gathered; returns the names of the files that may go after the transaction."""
    gone = conn.exec_driver_sql("DELETE FROM evidence WHERE owner = ? AND state = 'draft' RETURNING id", (owner,))
    return tuple(gone.scalars())


def read(cache: Cache, sha256: str, at: r.Moment = "") -> bytes:
    """All plain bytes of a piece.

    Args:
        cache: The cache.
        sha256: Of its plain bytes.
        at: When somebody looks at it, for one that was fetched: those not looked at go first. Empty: nobody does.

    Raises:
        EvidenceMissing: It is not on this device.
        EvidenceDamaged: Its file is not what was written.
    """
    with cache.read() as conn:
        piece = by_hash(conn, sha256)
    if piece is None:
        raise EvidenceMissing("evidence_missing", sha256=sha256)
    if at and piece.state is PieceState.FETCHED and piece.read_at[:_HOUR] != at[:_HOUR]:
        with cache.write() as conn:
            conn.exec_driver_sql("UPDATE evidence SET read_at = ? WHERE id = ?", (at, piece.id))
    return cache.vault.read(piece.id)


def read_at(cache: Cache, sha256: str, offset: int, length: int) -> bytes:
    """Plain bytes of a piece from ``offset``, at most ``length``.

    Raises:
        EvidenceMissing: It is not on this device.
        EvidenceDamaged: A frame of its file is not what was written.
    """
    with cache.read() as conn:
        piece = by_hash(conn, sha256)
    if piece is None:
        raise EvidenceMissing("evidence_missing", sha256=sha256)
    return cache.vault.read_at(piece.id, offset, length)


def prune(cache: Cache, before: r.Moment) -> int:
    """Remove the local copies that are no longer needed; returns how many.

    Source: sync protocol: a copy may go when the centre has verified it, its events are confirmed, and both are
    ``KEPT_DAYS`` old. What was fetched from the centre may go at that age too.

    Args:
        cache: The cache.
        before: The moment ``KEPT_DAYS`` ago, in UTC.
    """
    with cache.write() as conn:
        gone = conn.exec_driver_sql(
            "DELETE FROM evidence WHERE state IN ('complete', 'fetched') AND datetime(created_at) < datetime(?1) "
            "AND NOT EXISTS (SELECT 1 FROM event_evidence JOIN event ON event.id = event_id "
            "  WHERE event_evidence.sha256 = evidence.sha256 "
            "  AND (event.state <> 'confirmed' OR datetime(settled_at) >= datetime(?1))) RETURNING id",
            (before,),
        )
        names = tuple(gone.scalars())
    for name in names:
        cache.vault.remove(name)
    return len(names)


def limit_fetched(cache: Cache, most: int = FETCHED_BYTES) -> int:
    """Remove what was fetched from the centre beyond so many bytes, least recently looked at first; says how many.

    It can be fetched again; what belongs to this device's own work is not touched.
    """
    with cache.write() as conn:
        gone = conn.exec_driver_sql(
            "DELETE FROM evidence WHERE id IN (SELECT id FROM (SELECT id, sum(size) OVER ("
            "  ORDER BY datetime(max(created_at, read_at)) DESC, id ROWS UNBOUNDED PRECEDING) AS room "
            "  FROM evidence WHERE state = 'fetched') WHERE room > ?) RETURNING id",
            (most,),
        )
        names = tuple(gone.scalars())
    for name in names:
        cache.vault.remove(name)
    return len(names)


def next_to_send(conn: sa.Connection, taken: Collection[str]) -> ports.Piece | None:
    """The next piece that waits and whose event the centre has judged, those left out that are under way elsewhere."""
    found = conn.exec_driver_sql(
        "SELECT sha256, size, \"offset\" FROM evidence WHERE state = 'waiting' "
        "AND sha256 NOT IN (SELECT value FROM json_each(?)) AND EXISTS "
        "(SELECT 1 FROM event_evidence JOIN event ON event.id = event_id "
        " WHERE event_evidence.sha256 = evidence.sha256 AND event.state IN ('confirmed', 'held')) "
        "ORDER BY created_at, id LIMIT 1",
        (msgspec.json.encode(sorted(taken)).decode(),),
    ).first()
    return None if found is None else ports.Piece(*found)


def sent(conn: sa.Connection, sha256: str, offset: int, complete: bool) -> None:
    """Remember how much of a piece the centre has, and whether it found the hash right."""
    conn.exec_driver_sql(
        "UPDATE evidence SET \"offset\" = ?, problem = '', state = iif(?, 'complete', 'waiting') "
        "WHERE sha256 = ? AND state IN ('waiting', 'failed')",
        (offset, complete, sha256),
    )


def given_up(conn: sa.Connection, sha256: str, code: str) -> None:
    """Stop trying to send a piece, and show why."""
    conn.exec_driver_sql(
        "UPDATE evidence SET state = 'failed', problem = ? WHERE sha256 = ? AND state = 'waiting'", (code, sha256)
    )


def sweep(cache: Cache) -> int:
    """Remove the files that no row names: a death between file and row left them; returns how many.

    A file younger than a day is left alone: it, or its row, may just be on its way.
    """
    a_day_ago = time.time() - _ORPHAN_SECONDS
    cache.vault.sweep_temporary(a_day_ago)
    old = cache.vault.older_than(a_day_ago)
    with cache.read() as conn:
        orphans = old - frozenset(conn.exec_driver_sql("SELECT id FROM evidence").scalars())
    for name in orphans:
        cache.vault.remove(name)
    return len(orphans)


def _read(conn: sa.Connection, wanted: sa.Select[Any]) -> tuple[Piece, ...]:
    found = (zip(table.c.keys(), row, strict=True) for row in conn.execute(wanted))
    return tuple(msgspec.convert({str(name): value for name, value in row}, Piece) for row in found)
