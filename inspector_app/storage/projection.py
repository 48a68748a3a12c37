"""What screens read: the centre's rows with this device's pending events laid over them.

For one visit, case or contact (the *head*) the shown rows are always ``fold(base, pending)``: the centre's version,
then the effect of every laid event on it in the order in which they were made. An event that is no longer legal on
what the centre has sent since has no effect; it stays in the outbox, and its result will say why.

An event is laid from the moment it is committed until the centre refuses it, or sends the row that shows that it was
applied (its *trace*). Events of other devices, which came in bundles, are laid in the order in which they came; what
none of the people of this device may hold is not shown.

What an event does depends on the register too: on who its author is, where the committee works that a case goes to,
and the season's rules. So a head is worked out anew as well when the centre sends those otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import msgspec
import sqlalchemy as sa

from inspector_app.storage import people, rows
from inspector_app.storage.book import CacheBook
from inspector_app.storage.rows import Row
from sync.contract import events as e
from sync.contract import ids, scopes
from sync.contract import records as r
from sync.contract.effects import Actor, Effect, effect_of
from sync.contract.problems import Refused

CHILDREN: Final[dict[str, tuple[str, ...]]] = {
    "visit": ("visit_revision", "finding", "decision"),
    "case": ("case_entry",),
    "contact": (),
    "quarantined": (),
}
"""The kinds that events make rows of, by the kind of the head they are about.

What an event changes beside them (an accepted one's own effect, say) is the centre's to show.
"""

TRACES: Final = ("visit_revision", "decision", "case_entry", "contact", "quarantined")
"""The kinds whose rows show that an event was applied."""

_HEAD_IS_HERE: Final = " OR ".join(
    f"(kind = '{kind}' AND EXISTS (SELECT 1 FROM \"{kind}\" WHERE id = event.record_id))"  # noqa: S608 - our names
    for kind in CHILDREN
)
LAID_AGAIN: Final = f"(trace <> '' AND ({_HEAD_IS_HERE}))"
"""SQL: whether an event that waits again is laid again; what has left our rights meanwhile is not brought back."""

_READ_BY: Final = {
    "season": "kind IN ('visit', 'case')",
    "committee": "action = 'move'",
    "person": "user_id IN (SELECT value FROM json_each(:changed))",
}
"""SQL: which events are worked out by rows of a kind of the register that change under their ids.

A published checklist does not, and a place or a company decides a flag only.
"""


class Laid(NamedTuple):
    """An event laid over a head; ``at_centre``: it has left its device, so the centre's own steps are shown too."""

    event: e.Event
    carried: bool
    at_centre: bool


def trace_of(event: e.Event, effect: Effect) -> str:
    """The id of the row by which the centre will show that it has applied an event; empty where it makes none."""
    named = trace_named(event)
    return named if any(record.id == named for record in effect.records) else ""


def trace_named(event: e.Event) -> str:
    """The id of the row that shows an event applied, if it is; empty for one that this version cannot read."""
    try:
        payload = e.payload_of(event)
    except (e.UnknownEvent, msgspec.ValidationError):
        return ""
    if isinstance(payload, e.VisitSubmission):
        return ids.revision_id(event.record, payload.revision)
    return event.record if event.kind in ("contact", "quarantined") else event.id


def lay(conn: sa.Connection, event: e.Event, effect: Effect) -> None:
    """Write the effect of an event over what is shown."""
    for record in effect.records:
        kind = r.KIND_OF[type(record)]
        shown = rows.get_row(conn, kind, record.id)
        if (kind, record.id) == (event.kind, event.record):
            rows.put(conn, kind, [_over(shown, record, event.id)])
        elif kind in CHILDREN[event.kind] and (shown is None or shown.event_id is not None):
            rows.put(conn, kind, [Row(record, event_id=event.id)])


def refresh(conn: sa.Connection, kind: str, record_id: str) -> None:
    """Work out anew what is shown of one head and of the rows its pending events make."""
    shown = rows.get_row(conn, kind, record_id)
    _take_back(conn, kind, record_id, shown)
    pending = list(laid(conn, kind, record_id))
    if not pending:
        _let_go(conn, kind, record_id)
    for event, carried, at_centre in pending:
        person = people.person(conn, event.user)
        if person is None:
            continue  # the centre took the person back; what he did waits in the outbox for its answer
        try:
            effect = effect_of(event, actor_of(event, person, at_centre=at_centre), CacheBook(conn))
        except Refused:
            continue
        lay(conn, event, _holdable(conn, effect) if carried else effect)


def actor_of(event: e.Event, person: r.Person, *, at_centre: bool) -> Actor:
    """Who made an event that is laid: where he made it was his region when he did, wherever he works now."""
    region = event.data.get("region")
    return Actor(person, at_centre, frozenset({region}) if isinstance(region, str) else frozenset())


def laid(conn: sa.Connection, kind: str, record_id: str) -> Iterator[Laid]:
    """The events laid over one head: in the order in which they came to be here, but none before what it depends on.

    A report in a supervisor's hands stands as received, wherever it is shown: he takes the centre's part, and his word
    expects what he saw. So an event counts as arrived when it was carried here, or when a carried one builds on it.
    """
    found = conn.exec_driver_sql(
        "SELECT line, device_id FROM event WHERE kind = ? AND record_id = ? AND laid ORDER BY arrived",
        (kind, record_id),
    ).all()
    events = [(e.decode(bytes(line)), bool(device_id)) for line, device_id in found]
    known_there = {name for event, carried in events if carried for name in event.depends_on}
    every = {event.id: Laid(event, carried, carried or event.id in known_there) for event, carried in events}
    return iter(_in_order(every))


def _in_order(events: Mapping[str, Laid]) -> Iterable[Laid]:
    """Events as they came, each moved behind what it depends on: bundles may come in any order."""
    placed: dict[str, Laid] = {}
    for name in events:
        waiting = [name]
        while waiting:
            one = events[waiting[-1]]
            before = [other for other in one.event.depends_on if other in events and other not in placed]
            if before and not set(before) & set(waiting):  # nobody's event can depend on itself
                waiting.append(before[0])
            else:
                placed[waiting.pop()] = one
    return placed.values()


def _holdable(conn: sa.Connection, effect: Effect) -> Effect:
    """What an event of another device makes, as far as somebody of this one may see it."""
    held = scopes.granted_to_device(people.members(conn))
    return effect._replace(groups=tuple(group for group in effect.groups if group.scopes & held))


def is_laid_over(conn: sa.Connection, kind: str, record_id: str) -> bool:
    """Whether any pending event is laid over a head."""
    found = conn.exec_driver_sql(
        "SELECT 1 FROM event WHERE kind = ? AND record_id = ? AND laid LIMIT 1", (kind, record_id)
    )
    return found.first() is not None


def carried_on(conn: sa.Connection, kind: str, record_id: str) -> tuple[str, ...]:
    """The carried events shown on a head: what is done with it means nothing at the centre before they are there."""
    found = conn.exec_driver_sql(
        "SELECT id FROM event WHERE kind = ? AND record_id = ? AND state = 'carried' AND laid ORDER BY arrived",
        (kind, record_id),
    )
    return tuple(found.scalars())


def heads_of(conn: sa.Connection, event_ids: Iterable[str]) -> set[tuple[str, str]]:
    """The heads that some events are about."""
    heads = set()
    for event_id in event_ids:
        found = conn.exec_driver_sql("SELECT kind, record_id FROM event WHERE id = ?", (event_id,)).first()
        if found is not None:
            heads.add((str(found[0]), str(found[1])))
    return heads


def reads_register(conn: sa.Connection, kind: str) -> bool:
    """Whether anything shown here may depend on rows of a kind of the register."""
    return kind in _READ_BY and conn.exec_driver_sql("SELECT 1 FROM event WHERE laid LIMIT 1").first() is not None


def readers(conn: sa.Connection, kind: str, changed: Iterable[str]) -> set[tuple[str, str]]:
    """The heads that are shown by events which read some rows of the register; see ``reads_register``."""
    named = msgspec.json.encode(list(changed)).decode()
    found = conn.exec_driver_sql(
        f"SELECT DISTINCT kind, record_id FROM event WHERE laid AND {_READ_BY[kind]}",  # noqa: S608 - our conditions
        {"changed": named},
    )
    return {(str(head), str(record_id)) for head, record_id in found}


def reading_order(head: tuple[str, str]) -> tuple[int, str]:
    """Sorts heads so that one is worked out after those that its events read."""
    kind, record_id = head
    return tuple(r.KINDS).index(kind), record_id


def from_centre(row: Row | None) -> r.Record | None:
    """The centre's own version of a row, or None where it was made here."""
    if row is None:
        return None
    if row.base is not None:
        return row.base
    return row.record if row.event_id is None else None


def _over(shown: Row | None, record: r.Record, event_id: str) -> Row:
    return Row(record, None if shown is None else shown.rev, event_id, from_centre(shown))


def _take_back(conn: sa.Connection, kind: str, record_id: str, shown: Row | None) -> None:
    """Leave only what the centre sent: its version of the head, and no row that an event here made."""
    for child in CHILDREN[kind]:
        made = conn.exec_driver_sql(
            f'SELECT id FROM "{child}" WHERE event_id IN '  # noqa: S608 - a name of this module
            "(SELECT id FROM event WHERE kind = ? AND record_id = ?)",
            (kind, record_id),
        ).scalars()
        rows.delete(conn, child, made.all())
    base = from_centre(shown)
    if base is not None and shown is not None:
        rows.put(conn, kind, [Row(base, shown.rev)])
    else:
        rows.delete(conn, kind, [record_id])


def _let_go(conn: sa.Connection, kind: str, record_id: str) -> None:
    """Carry out a deletion that waited for pending work."""
    waited = conn.exec_driver_sql(
        "DELETE FROM aside WHERE kind = ? AND id = ? AND reason = 'deleted' RETURNING id", (kind, record_id)
    )
    if waited.first() is not None:
        rows.delete(conn, kind, [record_id])
