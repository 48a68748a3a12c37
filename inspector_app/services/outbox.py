"""The outbox as its owner sees it: what waits, what was confirmed, what needs him, and the log for support."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from inspector_app.services.ground import Ground, maybe, receipt_of
from inspector_app.services.views.common import Receipt
from inspector_app.services.views.sync import EventRow, EvidenceRow, HeldBack, LogRow, Status
from inspector_app.storage import evidence, feed, log, outbox, people, rows, sending
from inspector_app.storage.outbox import EventState
from sync.contract import records as r


class Outbox:
    """What is on its way to the centre."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def status(self) -> Status:
        """The counts for the top bar."""
        with self._ground.cache.read() as conn:
            depth = outbox.depth(conn)
            return Status(
                waiting=depth.waiting,
                evidence_waiting=depth.evidence_waiting,
                evidence_bytes=depth.evidence_bytes,
                attention=depth.attention,
                carried=depth.carried,
                last_sync=feed.last_applied(conn),
                unsent_since=depth.since,
            )

    def events(self, limit: int = 500) -> tuple[EventRow, ...]:
        """What waits, in the order it will be sent."""
        return tuple(reversed(self._events(outbox.UNSENT, limit)))

    def held(self) -> tuple[EventRow, ...]:
        """What the centre keeps in quarantine until a supervisor decides, newest first."""
        return self._events((EventState.HELD,), 500)

    def attention(self) -> tuple[EventRow, ...]:
        """What the centre did not take, with its reason and all the words that came with it; newest first."""
        with self._ground.cache.read() as conn:
            rows = (_row(conn, entry) for entry in outbox.entries(conn, outbox.ATTENTION, 500))
            return tuple(msgspec.structs.replace(row, text=outbox.words(conn, row.receipt.event_id)) for row in rows)

    def receipts(self, limit: int = 500) -> tuple[EventRow, ...]:
        """What the centre has confirmed, newest first."""
        return self._events((EventState.CONFIRMED,), limit)

    def receipt(self, kind: str, record_id: str) -> Receipt | None:
        """What became of the newest event of ours about a record; None where we never made one."""
        with self._ground.cache.read() as conn:
            entries = outbox.entries_of(conn, kind, record_id)
        return receipt_of(entries[-1]) if entries else None

    def evidence(self) -> tuple[EvidenceRow, ...]:
        """Pieces of evidence on their way or given up, with the bytes that have arrived."""
        with self._ground.cache.read() as conn:
            ready = sending.ready(conn)
            return tuple(
                EvidenceRow(
                    sha256=piece.sha256,
                    size=piece.size,
                    offset=piece.offset,
                    role=piece.role,
                    media_type=piece.media_type,
                    state=piece.state,
                    problem=piece.problem,
                    ready=piece.sha256 in ready,
                )
                for piece in evidence.unsent(conn)
            )

    def log(self, limit: int = 1_000) -> tuple[LogRow, ...]:
        """The log, newest first; it names nobody."""
        with self._ground.cache.read() as conn:
            return tuple(
                LogRow(at=line.at, level=line.level, code=line.code, params=dict(line.params))
                for line in log.lines(conn, limit)
            )

    def held_back(self) -> tuple[HeldBack, ...]:
        """The kinds of which the centre no longer names so many rows that they were kept until somebody decides."""
        with self._ground.cache.read() as conn:
            return tuple(
                HeldBack(kind=kind, missing=missing, total=rows.count(conn, kind))
                for kind, missing in sorted(feed.held_back(conn).items())
            )

    def remove_held_back(self, kind: str) -> None:
        """The rows that the centre no longer names are gone indeed."""
        with self._ground.cache.write() as conn:
            feed.sweep_held(conn, kind)

    def keep_held_back(self, kind: str) -> None:
        """Keep the rows that the centre no longer names as they are."""
        with self._ground.cache.write() as conn:
            feed.keep_held(conn, kind)

    def retry(self, event_id: str) -> None:
        """Let an event that the centre failed on be sent again."""
        with self._ground.cache.write() as conn:
            outbox.retry(conn, event_id)

    def retry_piece(self, sha256: str) -> None:
        """Let a piece of evidence that was given up be sent again."""
        with self._ground.cache.write() as conn:
            sending.retry_piece(conn, sha256)

    def retry_all(self) -> None:
        """Let everything that was given up, and that can still be taken, be sent again."""
        with self._ground.cache.write() as conn:
            sending.retry_all(conn)

    def _events(self, states: tuple[EventState, ...], limit: int) -> tuple[EventRow, ...]:
        with self._ground.cache.read() as conn:
            return tuple(_row(conn, entry) for entry in outbox.entries(conn, states, limit))


def _row(conn: sa.Connection, entry: outbox.Entry) -> EventRow:
    numbered = maybe(conn, r.Visit, entry.record_id) if entry.kind == "visit" else maybe(conn, r.Case, entry.record_id)
    return EventRow(
        receipt=receipt_of(entry),
        user=people.person(conn, entry.user_id),
        number=numbered.number if numbered else "",
        text=entry.text,
    )
