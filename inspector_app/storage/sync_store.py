"""The cache as the sync engine sees it: ``sync.engine.ports.Store``, each writing call one durable transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from inspector_app.storage import delivery, device, evidence, feed, log
from inspector_app.storage.cache import Cache
from inspector_app.storage.errors import EvidenceDamaged, EvidenceMissing
from sync.contract import events as e
from sync.contract import wire
from sync.engine.ports import Identity, Piece, Waiting


class EvidenceUnreadable(ValueError):
    """The engine's word for a piece whose file is damaged or gone."""


class SyncStore:
    """One per engine; used by the engine's thread."""

    def __init__(self, cache: Cache, now: Callable[[], datetime]) -> None:
        """Nothing is read or written yet: it may be made on a thread that must not wait.

        Args:
            cache: An open cache.
            now: The device's clock, with its zone.
        """
        self._cache = cache
        self._now = now
        self._asked: tuple[str, int] | None = None
        self._upgraded = False

    def identity(self) -> Identity:
        """Who this device is.

        Raises:
            NotEnrolled: It has no identity yet.
        """
        with self._cache.read() as conn:
            return device.identity(conn)

    def waiting(self, limit: int) -> Sequence[Waiting]:
        """The unsent events in ``n`` order, parked ones left out, at most ``limit``."""
        with self._cache.read() as conn:
            return delivery.waiting(conn, limit)

    def settle(self, results: Sequence[e.EventResult]) -> None:
        """Write down the centre's final word on events, take back the effects of the refused, show the rest."""
        with self._cache.write() as conn:
            delivery.settle(conn, results, self._at())

    def park(self, event_id: str, code: str) -> None:
        """Set an event aside that the centre fails on, so that the rest can go; it stays, and is shown."""
        with self._cache.write() as conn:
            delivery.park(conn, event_id, code)

    def cursor(self) -> tuple[str, int]:
        """The epoch and the ``seq`` up to which the device has every row.

        The first time, what an older version of this program had to set aside is asked for anew.
        """
        if not self._upgraded:
            with self._cache.write() as conn:
                feed.take_up_known(conn)
            self._upgraded = True
        with self._cache.read() as conn:
            self._asked = feed.cursor(conn)
            return self._asked

    def apply(self, page: wire.Page) -> None:
        """Put the rows of a page in and save its cursor, in one transaction.

        While one person's engine ends and the next one's begins, both may be at the feed: a page that the other has
        overtaken since its cursor was read here is dropped, or it would bring old rows back and end a restart early.
        """
        with self._cache.write() as conn:
            if self._asked not in (None, feed.cursor(conn)):
                return
            self._asked = None
            feed.apply(conn, page, self._at())

    def restart(self, reason: str) -> None:
        """Begin the feed again from nothing; rows stay shown until they are replaced."""
        with self._cache.write() as conn:
            feed.begin_again(conn, reason)

    def next_evidence(self) -> Piece | None:
        """The next piece whose event is already confirmed and that is not at the centre yet."""
        with self._cache.read() as conn:
            found = conn.exec_driver_sql(
                "SELECT sha256, size FROM evidence WHERE state = 'waiting' AND EXISTS "
                "(SELECT 1 FROM event_evidence JOIN event ON event.id = event_id "
                " WHERE event_evidence.sha256 = evidence.sha256 AND event.state = 'confirmed') "
                "ORDER BY created_at, id LIMIT 1"
            ).first()
        return None if found is None else Piece(found[0], found[1])

    def read_evidence(self, sha256: str, offset: int, length: int) -> bytes:
        """Plain bytes of a piece of evidence.

        Raises:
            EvidenceUnreadable: Its file is damaged or gone.
        """
        try:
            return evidence.read_at(self._cache, sha256, offset, length)
        except (EvidenceDamaged, EvidenceMissing) as error:
            raise EvidenceUnreadable(str(error)) from error

    def evidence_at(self, sha256: str, offset: int, complete: bool) -> None:
        """Remember how much of a piece the centre has, and whether it found the hash right."""
        with self._cache.write() as conn:
            conn.exec_driver_sql(
                "UPDATE evidence SET \"offset\" = ?, problem = '', state = iif(?, 'complete', 'waiting') "
                "WHERE sha256 = ? AND state IN ('waiting', 'failed')",
                (offset, complete, sha256),
            )

    def evidence_failed(self, sha256: str, code: str) -> None:
        """Stop trying to send a piece, and show why."""
        with self._cache.write() as conn:
            conn.exec_driver_sql(
                "UPDATE evidence SET state = 'failed', problem = ? WHERE sha256 = ? AND state = 'waiting'",
                (code, sha256),
            )

    def note(self, level: str, code: str, params: Mapping[str, str]) -> None:
        """A line for the log that support reads; never a secret, never a name."""
        with self._cache.write() as conn:
            log.note(conn, self._at(), level, code, params)

    def _at(self) -> str:
        return self._now().isoformat(timespec="milliseconds")
