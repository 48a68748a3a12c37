"""What a device keeps, in lists: the engine's store without a disk."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sync.contract import events as e
from sync.contract import snapshots, wire
from sync.engine.ports import Batch, Identity, Outstanding, Piece, Waiting
from tests.engine.centre import SEED

NEXT_SEED = b"\x08" * 32


class MemoryStore:
    """What a device keeps, in lists."""

    def __init__(self) -> None:
        self.me = Identity("d", "centre", SEED)
        self.events: dict[str, Waiting] = {}
        self.results: dict[str, e.EventResult] = {}
        self.parked: dict[str, str] = {}
        self.batches: dict[str, Batch] = {}
        self.done_batches: dict[str, str] = {}
        self.rows: dict[str, wire.Change] = {}
        self.at: tuple[str, int] = ("", 0)
        self.restarts: list[tuple[str, str]] = []
        self.taking: snapshots.Manifest | None = None
        self.frames_in: set[str] = set()
        self.frames_put: list[int] = []
        self.due = False
        self.reports: list[list[tuple[str, int]]] = []
        self.files: dict[str, bytes] = {}
        self.sent: dict[str, tuple[int, bool]] = {}
        self.failed: dict[str, str] = {}
        self.notes: list[str] = []
        self.lives: list[str] = []
        self.standings: list[tuple[bool, tuple[str, ...] | None]] = []
        self.wiped = False

    def identity(self) -> Identity:
        return self.me

    def waiting(self, limit: int) -> Sequence[Waiting]:
        todo = [w for w in self.events.values() if w.id not in self.results and w.id not in self.parked]
        return sorted(todo)[:limit]

    def settle(self, results: Sequence[e.EventResult]) -> None:
        self.results |= {one.id: one for one in results if one.final}

    def outstanding(self) -> Outstanding:
        count = len(self.waiting(10_000))
        return Outstanding(count, "2026-11-21T00:00:00Z" if count else "")

    def met(self, life: str) -> None:
        if self.lives and self.lives[-1] != life:
            self.results.clear()
        self.lives.append(life)

    def standing(self, revoked: bool, people: Sequence[str] | None) -> None:
        self.standings.append((revoked, None if people is None else tuple(people)))

    def wipe(self) -> None:
        self.wiped = True

    def next_seed(self) -> bytes:
        return NEXT_SEED

    def reidentified(self, reply: wire.EnrolReply) -> None:
        self.me = Identity(reply.device_id, reply.server_id, NEXT_SEED)

    def next_batch(self) -> Batch | None:
        return next((batch for batch in self.batches.values() if batch.id not in self.done_batches), None)

    def relayed(self, batch_id: str, results: Sequence[e.EventResult]) -> None:
        self.settle(results)
        if all(result.final for result in results):
            self.done_batches[batch_id] = ""
        else:
            self.batches[batch_id] = self.batches.pop(batch_id)  # longest ago first

    def relay_failed(self, batch_id: str, code: str) -> None:
        self.done_batches[batch_id] = code

    def park(self, event_id: str, code: str) -> None:
        self.parked[event_id] = code

    def cursor(self) -> tuple[str, int]:
        return self.at

    def apply(self, page: wire.Page) -> None:
        self.rows |= {change.id: change for change in page.changes}
        self.at = (page.epoch, page.next)

    def restart(self, reason: str, life: str = "") -> None:
        self.restarts.append((reason, life))
        self.at = (f"{life}." if life else "", 0)

    def manifest(self) -> snapshots.Manifest | None:
        return self.taking

    def begin_snapshot(self, manifest: snapshots.Manifest) -> None:
        self.taking = manifest

    def missing_frames(self) -> Sequence[int]:
        assert self.taking is not None
        return [at for at, frame in enumerate(self.taking.frames) if frame.sha256 not in self.frames_in]

    def apply_frame(self, number: int, frame: snapshots.Frame) -> None:
        assert self.taking is not None
        self.frames_put.append(number)
        self.frames_in.add(self.taking.frames[number].sha256)
        self.rows |= {row[0]: wire.Change(frame.kind, row[0], 0, row[1], tuple(row[2:])) for row in frame.rows}

    def end_snapshot(self, *, complete: bool) -> None:
        if complete and self.taking is not None:
            self.at = (self.taking.epoch, self.taking.since)
        self.taking = None

    def check_due(self) -> bool:
        return self.due

    def buckets(self) -> Sequence[snapshots.Bucket]:
        return snapshots.buckets((row.kind, row.id, row.rev) for row in self.rows.values() if row.values is not None)

    def checked(self, wrong: Sequence[snapshots.Bucket]) -> None:
        self.due = False
        self.reports.append([(one.kind, one.bucket) for one in wrong])

    def replace_bucket(self, kind: str, bucket: int, page: wire.Page) -> None:
        old = [row.id for row in self.rows.values() if (row.kind, snapshots.bucket_of(row.id)) == (kind, bucket)]
        for row_id in old:
            del self.rows[row_id]
        self.rows |= {change.id: change for change in page.changes}

    def next_evidence(self, taken: Collection[str] = ()) -> Piece | None:
        for sha, data in self.files.items():
            offset, complete = self.sent.get(sha, (0, False))
            if not complete and sha not in self.failed and sha not in taken:
                return Piece(sha, len(data), offset)
        return None

    def read_evidence(self, sha256: str, offset: int, length: int) -> bytes:
        return self.files[sha256][offset : offset + length]

    def evidence_at(self, sha256: str, offset: int, complete: bool) -> None:
        self.sent[sha256] = (offset, complete)

    def evidence_failed(self, sha256: str, code: str) -> None:
        self.failed[sha256] = code

    def note(self, level: str, code: str, params: Mapping[str, str]) -> None:
        self.notes.append(code)

    def add(self, n: int, text: str = "") -> str:
        """Something done on the device; returns the event's id."""
        event_id = f"event-{n}"
        self.events[event_id] = Waiting(n, event_id, line(event_id, n, text))
        return event_id


def line(event_id: str, n: int, text: str = "") -> bytes:
    """The bytes of an event."""
    event = e.Event(
        id=event_id, n=n, kind="case", record="c", action="comment", user="u", made_at="x", data={"text": text}
    )
    return e.encode(event)
