"""What other devices did and gave us in bundles: shown like our own work, and relayed to the centre word for word.

A carried event has the id of its device; it is sent by its signed batch only. Its effect is laid over what is shown
until the centre sends the row that shows it, or says no.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec
import sqlalchemy as sa

from inspector_app.storage import delivery, outbox, projection, rows
from inspector_app.storage.errors import StorageError
from sync.contract import events as e
from sync.contract import records as r
from sync.contract import wire
from sync.engine.ports import Batch, Waiting


class OtherBody(StorageError):
    """An event came under an id that is known here with another body (``event``: its id); nothing was written."""

    def __init__(self, event_id: str) -> None:
        super().__init__("bundle_event_changed", event=event_id)


class Arrived(NamedTuple):
    """What a batch brought: the events that were new here, and how many were here already."""

    events: tuple[e.Event, ...]
    known: int


# ------------------------------------------------------------------------------------------------------ coming in


def receive(conn: sa.Connection, batch: Batch, at: r.Moment, *, show: bool = True) -> Arrived:
    """Take a verified batch of another device in: its events, what they show, and the batch for the centre.

    Args:
        conn: A write transaction; rolled back by the caller when this raises.
        batch: Its signature was checked by the caller; the lines are decodable events.
        at: The device's clock.
        show: Whether what the events do may be shown; a withdrawn device's may not.

    Raises:
        OtherBody: One of its events is known here with another body.
    """
    fresh, moved, known = [], False, 0
    for line in batch.lines:
        event = e.decode(line)
        before = conn.exec_driver_sql("SELECT line, state, device_id FROM event WHERE id = ?", (event.id,)).first()
        if before is None:
            fresh.append(event)
            _insert(conn, event, line, batch.device_id, show=show)
            continue
        if bytes(before[0]) != line:
            raise OtherBody(event.id)
        known += 1
        if before[1] == "carried" and before[2] != batch.device_id:  # it has another identity by now
            conn.exec_driver_sql("UPDATE event SET device_id = ? WHERE id = ?", (batch.device_id, event.id))
            moved = True
    if fresh or moved:
        conn.exec_driver_sql(
            "INSERT OR IGNORE INTO batch (id, device_id, signature, lines, state, problem, at) "
            "VALUES (?, ?, ?, ?, 'waiting', '', ?)",
            (batch.id, batch.device_id, batch.signature, wire.compress(batch.lines), at),
        )
    for kind, record_id in sorted({(event.kind, event.record) for event in fresh}, key=_order):
        if kind in projection.CHILDREN:
            projection.refresh(conn, kind, record_id)
    if fresh:
        seen(conn, at)
    return Arrived(tuple(fresh), known)


def _order(head: tuple[str, str]) -> tuple[int, str]:
    return projection.reading_order(head) if head[0] in r.KINDS else (len(r.KINDS), head[1])


def _insert(conn: sa.Connection, event: e.Event, line: bytes, device_id: str, *, show: bool) -> None:
    trace = projection.trace_named(event)
    outbox.insert(conn, event, line, outbox.EventState.CARRIED, trace, device_id, laid=show and bool(trace))


# ----------------------------------------------------------------------------------------------------- going out


def undelivered(conn: sa.Connection) -> tuple[Waiting, ...]:
    """Our own events that the centre has not judged, parked ones included, in the order in which they were made."""
    found = conn.exec_driver_sql(
        "SELECT n, id, line FROM event WHERE device_id = '' AND state IN ('waiting', 'blocked', 'parked') "
        "ORDER BY arrived"
    )
    return tuple(Waiting(n, event_id, bytes(line)) for n, event_id, line in found)


def batches(conn: sa.Connection) -> tuple[Batch, ...]:
    """The signed batches of other devices that the centre has not judged, first come first."""
    found = conn.exec_driver_sql(f"{_BATCH} WHERE state = 'waiting' ORDER BY rowid").all()
    return tuple(_batch(*row) for row in found)


# -------------------------------------------------------------------------------------------------------- relaying


def next_batch(conn: sa.Connection) -> Batch | None:
    """The next batch to relay: first come first, then those that were tried, longest ago first."""
    found = conn.exec_driver_sql(
        f"{_BATCH} WHERE state = 'waiting' ORDER BY problem <> '', iif(problem = '', rowid, julianday(at)) LIMIT 1"
    ).first()
    return None if found is None else _batch(*found)


def relayed(conn: sa.Connection, batch_id: str, results: Sequence[e.EventResult], at: r.Moment) -> None:
    """Write down what the centre said to a relayed batch; until each of its events is judged for good, it waits on.

    An event whose number is another's is sent again by its own device, under another identity. The centre knows it by
    its id then, and says to this batch, too, what became of it; where it was refused or is held, no row of ours does.
    """
    delivery.settle(conn, list(_news(conn, results)), at)
    left = next((result for result in results if not result.final), None)
    if left is not None:
        why = left.code or left.outcome
        conn.exec_driver_sql("UPDATE batch SET problem = ?, at = ? WHERE id = ?", (why, at, batch_id))
    else:
        conn.exec_driver_sql("UPDATE batch SET state = 'done', problem = '', at = ? WHERE id = ?", (at, batch_id))


def _news(conn: sa.Connection, results: Sequence[e.EventResult]) -> Iterator[e.EventResult]:
    """What is final, and not older than what is known: of what was held the ledger never says that it was decided."""
    held = msgspec.json.encode([result.id for result in results if result.outcome == "quarantined"]).decode()
    found = conn.exec_driver_sql(
        "SELECT id FROM event WHERE state IN ('confirmed', 'refused') AND id IN (SELECT value FROM json_each(?))",
        (held,),
    )
    decided = frozenset(found.scalars())
    yield from (result for result in results if result.final and result.id not in decided)


def failed(conn: sa.Connection, batch_id: str, code: str) -> None:
    """The centre will not take a batch: its events stay as they came, and it is not sent again."""
    conn.exec_driver_sql("UPDATE batch SET state = 'failed', problem = ? WHERE id = ?", (code, batch_id))


def seen(conn: sa.Connection, at: r.Moment) -> None:
    """Settle the carried events that the centre's own rows show: they came there by another way.

    To be called when rows of the centre have been put in.
    """
    found = conn.exec_driver_sql("SELECT id, trace, line FROM event WHERE state = 'carried' AND trace <> ''").all()
    for event_id, trace, line in found:
        if _shown_by(conn, e.decode(bytes(line)), str(trace)):
            result = e.EventResult(id=event_id, outcome="applied")
            conn.exec_driver_sql(
                "UPDATE event SET state = 'confirmed', laid = 0, result = ?, settled_at = ? WHERE id = ?",
                (msgspec.json.encode(result).decode(), at, event_id),
            )
    if found:
        _close(conn, at)


def send_again(conn: sa.Connection) -> None:
    """The centre was restored and may have lost what was relayed: relay what is still kept of it once more."""
    conn.exec_driver_sql(
        f"UPDATE event SET state = 'carried', result = NULL, settled_at = NULL, laid = {projection.LAID_AGAIN} "  # noqa: S608 - ours
        "WHERE state = 'confirmed' AND device_id <> ''"
    )
    conn.exec_driver_sql("UPDATE batch SET state = 'waiting', problem = '' WHERE state = 'done'")


def _shown_by(conn: sa.Connection, event: e.Event, trace: str) -> bool:
    """Whether the centre's row of an event's trace is here and is of this very event."""
    kind = "visit_revision" if (event.kind, event.action) == ("visit", "submit") else _TRACE_KINDS.get(event.kind, "")
    found = rows.get_row(conn, kind, trace) if kind else None
    record = projection.from_centre(found)
    if found is None or found.rev is None or record is None:
        return False
    if isinstance(record, r.VisitRevision):  # two people may have written one revision
        return (record.author_id, record.submitted_at) == (event.user, event.made_at)
    return not isinstance(record, r.Quarantined) or record.decided_by == event.user


_TRACE_KINDS: Final = {"visit": "decision", "case": "case_entry", "contact": "contact", "quarantined": "quarantined"}
_BATCH: Final = "SELECT id, device_id, signature, lines FROM batch"


def _close(conn: sa.Connection, at: r.Moment) -> None:
    """Be done with the batches that have no carried event left."""
    for batch in batches(conn):
        named = msgspec.json.encode([e.decode(line).id for line in batch.lines]).decode()
        left = conn.exec_driver_sql(
            "SELECT 1 FROM event WHERE state = 'carried' AND id IN (SELECT value FROM json_each(?)) LIMIT 1", (named,)
        )
        if left.first() is None:
            conn.exec_driver_sql("UPDATE batch SET state = 'done', problem = '', at = ? WHERE id = ?", (at, batch.id))


def _batch(batch_id: str, device_id: str, signature: str, lines: bytes) -> Batch:
    return Batch(batch_id, device_id, signature, tuple(wire.decompress(bytes(lines), wire.MAX_PUSH_BYTES)))


# -------------------------------------------------------------------------------------------------- to be looked up


class CarriedBatch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch of another device as people look it up; ``problem`` is a code, or empty."""

    id: str
    device_id: str
    state: str
    problem: str
    at: r.Moment


def entries(
    conn: sa.Connection, states: Sequence[outbox.EventState] = (), limit: int = 500
) -> tuple[outbox.Entry, ...]:
    """Events of other devices that came in bundles, last come first, of some states (none given: of all)."""
    return outbox.entries_by(conn, states, own=False, limit=limit)


def is_carried(conn: sa.Connection, kind: str, record_id: str) -> bool:
    """Whether what is shown of a record came, in part, by a bundle and is not at the centre yet."""
    return bool(projection.carried_on(conn, kind, record_id))


def listed(conn: sa.Connection) -> tuple[CarriedBatch, ...]:
    """The batches that were given to this device, last come first."""
    found = conn.exec_driver_sql("SELECT id, device_id, state, problem, at FROM batch ORDER BY rowid DESC")
    names = ("id", "device_id", "state", "problem", "at")
    return tuple(msgspec.convert(dict(zip(names, row, strict=True)), CarriedBatch) for row in found)
