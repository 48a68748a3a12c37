"""The cache as the sync engine sees it: ``sync.engine.ports.Store``, each writing call one durable transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from inspector_app.storage import carried, checking, delivery, device, evidence, feed, log, people, snapshot, standing
from inspector_app.storage.cache import Cache
from inspector_app.storage.errors import EvidenceDamaged, EvidenceMissing
from sync.contract import events as e
from sync.contract import snapshots, wire
from sync.engine.ports import Batch, Identity, Outstanding, Piece, Waiting


class EvidenceUnreadable(ValueError):
    """The engine's word for a piece whose file is damaged or gone."""


class SyncStore:
    """One per engine; the calls about evidence may come from several threads, the others from the engine's.

    While one person's engine ends and the next one's begins, both may be at the feed. What was asked for before the
    other moved it on is dropped, or it would bring old rows back and end a restart early.
    """

    def __init__(self, cache: Cache, now: Callable[[], datetime]) -> None:
        """Nothing is read or written yet: it may be made on a thread that must not wait.

        Args:
            cache: An open cache.
            now: The device's clock, with its zone.
        """
        self._cache = cache
        self._now = now
        self._upgraded = False
        self._asked: tuple[str, int] | None = None
        self._compared: tuple[str, int] | None = None
        self._settled: tuple[str, ...] = ()
        self._under_way: snapshots.Manifest | None = None
        self._asked_of: frozenset[str] | None = None

    # ------------------------------------------------------------------------------------------------ who we are

    def identity(self) -> Identity:
        """Who this device is.

        Raises:
            NotEnrolled: It has no identity yet.
        """
        with self._cache.read() as conn:
            return device.identity(conn)

    def met(self, life: str) -> None:
        """The centre named the life of its database; where it is another, everything confirmed waits again."""
        with self._cache.read() as conn:
            known = feed.last_life(conn) == life
        if not known:
            with self._cache.write() as conn:
                feed.met(conn, life)

    def standing(self, revoked: bool, people: Sequence[str] | None) -> None:
        """What the centre has decided about this device: remember it, and let go of people who may not use it now."""
        with self._cache.write() as conn:
            feed.in_contact(conn, self._at())
        standing.decide(self._cache, revoked, people, self._at(), self._asked_of)

    def wipe(self) -> None:
        """A withdrawn device has delivered all it could: destroy the keys of what is on it."""
        standing.wipe(self._cache.profile)

    def next_seed(self) -> bytes:
        """The seed of the key under which this device will ask for another identity; the same until it has one."""
        with self._cache.write() as conn:
            return device.next_seed(conn)

    def reidentified(self, reply: wire.EnrolReply) -> None:
        """From now on this device is another one; events refused for a running number's sake wait again."""
        with self._cache.write() as conn:
            if device.become(conn, reply):
                delivery.send_under_new_number(conn)
                log.note(conn, self._at(), "warning", "reidentified", {"device": reply.device_id})

    # -------------------------------------------------------------------------------------------------------- up

    def waiting(self, limit: int) -> Sequence[Waiting]:
        """The unsent events in ``n`` order, parked ones left out, at most ``limit``."""
        with self._cache.read() as conn:
            return delivery.waiting(conn, limit)

    def outstanding(self) -> Outstanding:
        """What waits, for the centre's overview; asked for with each token."""
        with self._cache.read() as conn:
            self._asked_of = people.bound(conn)
            return delivery.outstanding(conn)

    def settle(self, results: Sequence[e.EventResult]) -> None:
        """Write down the centre's final word on events, take back the effects of the refused, show the rest."""
        with self._cache.write() as conn:
            delivery.settle(conn, results, self._at())

    def park(self, event_id: str, code: str) -> None:
        """Set an event aside that the centre fails on, so that the rest can go; it stays, and is shown."""
        with self._cache.write() as conn:
            delivery.park(conn, event_id, code)

    def next_batch(self) -> Batch | None:
        """The next signed batch of another device to relay, or None."""
        with self._cache.read() as conn:
            return carried.next_batch(conn)

    def relayed(self, batch_id: str, results: Sequence[e.EventResult]) -> None:
        """The centre has judged a relayed batch: settle its events."""
        with self._cache.write() as conn:
            carried.relayed(conn, batch_id, results, self._at())

    def relay_failed(self, batch_id: str, code: str) -> None:
        """The centre will not take a relayed batch: stop trying, and show it."""
        with self._cache.write() as conn:
            carried.failed(conn, batch_id, code)

    # ------------------------------------------------------------------------------------------------------ down

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
            self._settled = delivery.confirmed_and_laid(conn)
            return self._asked

    def apply(self, page: wire.Page) -> None:
        """Put the rows of a page in and save its cursor, in one transaction."""
        with self._cache.write() as conn:
            if self._asked not in (None, feed.cursor(conn)):
                return
            self._asked = None
            feed.apply(conn, page, self._at(), self._settled)

    def restart(self, reason: str, life: str = "") -> None:
        """Begin the feed again from nothing; rows stay shown until they are replaced."""
        with self._cache.write() as conn:
            feed.begin_again(conn, reason, life)

    # -------------------------------------------------------------------------------------------------- snapshot

    def manifest(self) -> snapshots.Manifest | None:
        """The snapshot under way, or None."""
        with self._cache.read() as conn:
            self._under_way = snapshot.manifest(conn)
            return self._under_way

    def begin_snapshot(self, manifest: snapshots.Manifest) -> None:
        """Remember a snapshot to be taken in; frames that are in already, by their hash, stay so."""
        with self._cache.write() as conn:
            if self._asked in (None, feed.cursor(conn)):
                snapshot.begin(conn, manifest)
        self.manifest()

    def missing_frames(self) -> Sequence[int]:
        """The places, within the manifest under way, of the frames that are not in yet; in their order."""
        under_way = self.manifest()
        if under_way is None:
            return ()
        with self._cache.read() as conn:
            return snapshot.missing(conn, under_way)

    def apply_frame(self, number: int, frame: snapshots.Frame) -> None:
        """Put the rows of one frame in and remember that it is, in one transaction."""
        under_way = self._under_way or self.manifest()
        with self._cache.write() as conn:
            if under_way is not None and snapshot.is_under_way(conn, under_way):
                snapshot.put_in(conn, under_way.frames[number].sha256, frame, self._at())

    def end_snapshot(self, *, complete: bool) -> None:
        """Every frame is in: the feed goes on from the manifest's cursor. Or (not complete) it is gone: forget it."""
        under_way = self._under_way or self.manifest()
        with self._cache.write() as conn:
            if under_way is not None and snapshot.is_under_way(conn, under_way):
                snapshot.end(conn, under_way, complete=complete, at=self._at())
        self._under_way = None

    # ----------------------------------------------------------------------------------------------------- check

    def check_due(self) -> bool:
        """Whether it is time to compare the rows here with the centre's."""
        with self._cache.read() as conn:
            return checking.due(conn, self._now())

    def buckets(self) -> Sequence[snapshots.Bucket]:
        """The buckets of the centre's rows that are here, those this version cannot read included."""
        with self._cache.read() as conn:
            self._compared = feed.cursor(conn)
            return checking.buckets(conn)

    def checked(self, wrong: Sequence[snapshots.Bucket]) -> None:
        """The rows were compared; ``wrong`` are the centre's buckets that were not alike, for log and screen."""
        with self._cache.write() as conn:
            checking.done(conn, wrong, self._at())
            delivery.let_go(conn, self._settled)

    def replace_bucket(self, kind: str, bucket: int, page: wire.Page) -> None:
        """Make one bucket of one kind what the centre says: rows put in, others gone, unsent work kept."""
        with self._cache.write() as conn:
            if self._compared in (None, feed.cursor(conn)):
                checking.replace(conn, kind, bucket, page, self._at())

    # -------------------------------------------------------------------------------------------------- evidence

    def next_evidence(self, taken: Collection[str] = ()) -> Piece | None:
        """The next piece whose event is confirmed, or held, and that is not at the centre yet."""
        with self._cache.read() as conn:
            return evidence.next_to_send(conn, taken)

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
            evidence.sent(conn, sha256, offset, complete)

    def evidence_failed(self, sha256: str, code: str) -> None:
        """Stop trying to send a piece, and show why."""
        with self._cache.write() as conn:
            evidence.given_up(conn, sha256, code)

    def note(self, level: str, code: str, params: Mapping[str, str]) -> None:
        """A line for the log that support reads; never a secret, never a name."""
        with self._cache.write() as conn:
            log.note(conn, self._at(), level, code, params)

    def _at(self) -> str:
        return self._now().isoformat(timespec="milliseconds")
