"""What was done here and has to reach the centre: events, written once in the transaction of their effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec
import sqlalchemy as sa

from inspector_app.storage import device, drafts, projection, texts
from inspector_app.storage.book import CacheBook
from sync.contract import events as e
from sync.contract import ids, wire
from sync.contract import records as r
from sync.contract.effects import Actor, effect_of, words_in
from sync.contract.problems import Refused


class EventState(StrEnum):
    """Where an event stands.

    ``BLOCKED`` and ``WAITING`` are sent again; ``PARKED`` is kept back because the centre failed on it; ``REFUSED``
    has the centre's final no in its result; ``CONFIRMED`` its receipt. ``HELD`` is in quarantine at the centre, until a
    supervisor decides. ``CARRIED`` came in a bundle from another device and is sent by its batch.
    """

    WAITING = "waiting"
    BLOCKED = "blocked"
    PARKED = "parked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    HELD = "held"
    CARRIED = "carried"


UNSENT = (EventState.WAITING, EventState.BLOCKED)
ATTENTION = (EventState.REFUSED, EventState.PARKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """What somebody has just done; see ``sync.contract.events.Event`` for the fields.

    Attributes:
        kind: What it is about.
        record: The id of the record it is about.
        action: What was done.
        data: The payload of the type that the contract names for (kind, action).
        expected_state: The state the person saw, for a step of a workflow.
        depends_on: Events that must be applied first.
        evidence: SHA-256 of each piece of evidence.
        draft_id: The draft it comes from, which ends with it; its evidence goes to the record.
    """

    kind: str
    record: str
    action: str
    data: r.Part
    expected_state: str = ""
    depends_on: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    draft_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event with what became of it.

    ``text`` is what the person wrote in it, ``device_id`` the device it came from, empty for this one.
    """

    id: str
    n: int
    kind: str
    record_id: str
    action: str
    user_id: str
    made_at: r.Moment
    state: EventState
    result: e.EventResult | None
    settled_at: r.Moment | None
    text: str
    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """What of our own waits: events, since when (None: none), evidence pieces and bytes, and what needs attention.

    ``carried`` are the events of other devices that have still to be relayed; they count nowhere else.
    """

    waiting: int
    since: r.Moment | None
    evidence_waiting: int
    evidence_bytes: int
    attention: int
    carried: int


def commit(conn: sa.Connection, new: NewEvent, person: r.Person, at: r.Moment) -> e.Event:
    """Do something: write its event and its effect, both in the caller's transaction.

    Args:
        conn: A write transaction; rolled back by the caller when this raises.
        new: What was done.
        person: Who did it.
        at: The device's clock, with offset.

    Returns:
        The event as it will be sent, byte for byte.

    Raises:
        Refused: It is not legal on what is shown, not this person's to do, or larger than the centre takes; nothing
            was written.
    """
    event = e.Event(
        id=ids.uuid7(),
        n=device.next_event(conn),
        kind=new.kind,
        record=new.record,
        action=new.action,
        user=person.id,
        made_at=at,
        data=texts.clean(msgspec.to_builtins(new.data)),
        expected_state=new.expected_state,
        depends_on=tuple(dict.fromkeys((*new.depends_on, *projection.carried_on(conn, new.kind, new.record)))),
        evidence=new.evidence,
    )
    if len(e.encode(event)) > wire.MAX_EVENT_BYTES:
        raise Refused("too_large", limit=str(wire.MAX_EVENT_BYTES))
    effect = effect_of(event, Actor(person, at_centre=False), CacheBook(conn))
    trace = projection.trace_of(event, effect)
    # Without a row of its own there is nothing to lay over anything.
    insert(conn, event, e.encode(event), EventState.WAITING, trace, laid=bool(trace))
    projection.lay(conn, event, effect)
    if new.draft_id:
        conn.exec_driver_sql(
            "UPDATE evidence SET owner = ?, state = iif(state = 'draft', 'waiting', state) WHERE owner = ?",
            (new.record, new.draft_id),
        )
        drafts.delete(conn, new.draft_id)
    return event


def insert(
    conn: sa.Connection,
    event: e.Event,
    line: bytes,
    state: EventState,
    trace: str,
    device_id: str = "",
    *,
    laid: bool,
) -> None:
    """Write an event down as the newest that came to be here; see ``tables.event`` for the columns."""
    conn.exec_driver_sql(
        "INSERT INTO event (id, n, kind, record_id, action, user_id, made_at, line, state, laid, trace, device_id, "
        "arrived) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(arrived), 0) + 1 FROM event))",
        (
            event.id,
            event.n,
            event.kind,
            event.record,
            event.action,
            event.user,
            event.made_at,
            line,
            state.value,
            laid,
            trace,
            device_id,
        ),
    )
    pieces = [(event.id, sha256) for sha256 in dict.fromkeys(event.evidence)]
    if pieces:
        conn.exec_driver_sql("INSERT INTO event_evidence (event_id, sha256) VALUES (?, ?)", pieces)


_ENTRY = (
    "SELECT id, n, kind, record_id, action, user_id, made_at, state, result, settled_at, line, device_id FROM event"
)


def entries(conn: sa.Connection, states: Sequence[EventState] = (), limit: int = 500) -> tuple[Entry, ...]:
    """Our own events, newest first, of some states (none given: of all)."""
    return entries_by(conn, states, own=True, limit=limit)


def entries_by(
    conn: sa.Connection, states: Sequence[EventState] = (), *, own: bool, limit: int = 500
) -> tuple[Entry, ...]:
    """Events of this device, or of the others that came in bundles; newest first, of some states or of all."""
    wanted = tuple(state.value for state in states or tuple(EventState))
    marks = ", ".join("?" * len(wanted))
    return _entries(
        conn,
        f"{_ENTRY} WHERE (device_id = '') = ? AND state IN ({marks}) ORDER BY arrived DESC LIMIT ?",
        (own, *wanted, limit),
    )


def entries_of(conn: sa.Connection, kind: str, record_id: str) -> tuple[Entry, ...]:
    """What was done at this device with one record, oldest first."""
    return _entries(
        conn, f"{_ENTRY} WHERE kind = ? AND record_id = ? AND device_id = '' ORDER BY arrived", (kind, record_id)
    )


def entry(conn: sa.Connection, event_id: str) -> Entry | None:
    """One event, or None."""
    return next(iter(_entries(conn, f"{_ENTRY} WHERE id = ?", (event_id,))), None)


def words(conn: sa.Connection, event_id: str) -> str:
    """Everything the person wrote in an event, the notes of a report's items included."""
    line = conn.exec_driver_sql("SELECT line FROM event WHERE id = ?", (event_id,)).scalar_one()
    return words_in(e.decode(bytes(line)), CacheBook(conn))


def depth(conn: sa.Connection) -> Depth:
    """How much waits, in one reading."""
    waiting, since = conn.exec_driver_sql(
        "SELECT count(*), min(made_at) FROM event WHERE state IN ('waiting', 'blocked') AND device_id = ''"
    ).one()
    attention = conn.exec_driver_sql(
        "SELECT (SELECT count(*) FROM event WHERE state IN ('refused', 'parked') AND device_id = '') + "
        "(SELECT count(*) FROM evidence WHERE state = 'failed')"
    ).scalar_one()
    pieces, size = conn.exec_driver_sql(
        'SELECT count(*), coalesce(sum(size - "offset"), 0) FROM '
        '(SELECT sha256, size, max("offset") AS "offset" FROM evidence WHERE state = \'waiting\' AND EXISTS '
        "(SELECT 1 FROM event_evidence JOIN event ON event.id = event_id "
        " WHERE event_evidence.sha256 = evidence.sha256 AND event.state <> 'refused' AND event.device_id = '') "
        "GROUP BY sha256)"
    ).one()
    carried = conn.exec_driver_sql("SELECT count(*) FROM event WHERE state = 'carried'").scalar_one()
    return Depth(
        waiting=waiting,
        since=since,
        evidence_waiting=pieces,
        evidence_bytes=size,
        attention=attention,
        carried=carried,
    )


def retry(conn: sa.Connection, event_id: str) -> None:
    """Let a parked event be sent again."""
    conn.exec_driver_sql("UPDATE event SET state = 'waiting' WHERE id = ? AND state = 'parked'", (event_id,))


def _entries(conn: sa.Connection, text: str, params: tuple[Any, ...]) -> tuple[Entry, ...]:
    return tuple(_entry(*found) for found in conn.exec_driver_sql(text, params))


def _entry(
    event_id: str,
    n: int,
    kind: str,
    record_id: str,
    action: str,
    user_id: str,
    made_at: str,
    state: str,
    result: str | None,
    settled_at: str | None,
    line: bytes,
    device_id: str,
) -> Entry:
    return Entry(
        id=event_id,
        n=n,
        kind=kind,
        record_id=record_id,
        action=action,
        user_id=user_id,
        made_at=made_at,
        state=EventState(state),
        result=None if result is None else msgspec.json.decode(result, type=e.EventResult),
        settled_at=settled_at,
        text=e.text_of(e.decode(bytes(line))),
        device_id=device_id,
    )
