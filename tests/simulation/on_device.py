"""What must hold of one device at any moment, whatever happens around it."""

from __future__ import annotations

import msgspec

from inspector_app.storage import feed, people, projection, rows
from sync.contract import effects, scopes
from sync.contract import events as e
from sync.contract import records as r
from sync.contract.problems import Refused
from sync.server.services import cursors
from sync.server.services.centre import Centre
from sync.server.services.cursors import Cursor
from sync.server.storage import devices as registered
from tests.simulation.books import FoldOverDevice, heads, numbered_rows
from tests.simulation.broken import hold
from tests.simulation.device import DeviceProcess

_FINAL = ("confirmed", "refused")


def events_stay(device: DeviceProcess, *, again: bool = False) -> dict[str, bytes]:
    """Nothing that was committed is gone, and a receipt is for good; the events' lines.

    Args:
        device: Open.
        again: The centre was restored, or the device has reason to believe so: what was confirmed may wait again.
    """
    with device.cache.read() as conn:
        found = conn.exec_driver_sql("SELECT id, state, line, n, device_id FROM event ORDER BY n").all()
    now = {event_id: state for event_id, state, *_ in found}
    own = [n for *_, n, device_id in found if not device_id]
    if not device.was_tidied:
        hold(own == list(range(1, len(own) + 1)), f"{device.name}: the running numbers have a gap")
    for event_id, before in device.known.items():
        if event_id not in now:
            let_go = before == "confirmed" and device.was_tidied
            hold(let_go, f"{device.name}: a committed event is gone: {event_id} ({before})")
        elif before in _FINAL and not again:
            hold(now[event_id] == before, f"{device.name}: {event_id} was {before}, and is {now[event_id]}")
    device.known = now
    return {event_id: bytes(line) for event_id, _, line, *_ in found}


def evidence_stays(device: DeviceProcess) -> None:
    """No piece goes before the centre has it."""
    with device.cache.read() as conn:
        found = conn.exec_driver_sql("SELECT id, state FROM evidence").all()
    now = {str(piece): str(state) for piece, state in found}
    for piece, before in device.pieces.items():
        let_go = before == "complete" and device.was_tidied
        hold(piece in now or let_go, f"{device.name}: evidence is gone: {piece} ({before})")
    device.pieces = now


def cursor_is_honest(device: DeviceProcess, centre: Centre) -> None:
    """Every row of the device's scopes up to its cursor is here in the centre's revision; no tombstone lives on."""
    with device.cache.read() as conn:
        epoch, since = feed.cursor(conn)
        if not since:
            return
        here = {(row.kind, row.id): row.rev for row in heads(conn) if row.rev is not None}
        kept = {(row.kind, row.record_id) for row in conn.exec_driver_sql(_KEPT)}
    with centre.database.read() as connection:
        known = registered.get(connection, device.id)
        assert known is not None
        reader = cursors.reader(connection, known)
        try:
            cursors.check(connection, Cursor(since, epoch), reader)
        except Refused:
            return  # the centre would not go on from there, so that it says nothing
        numbered = numbered_rows(connection, reader.scopes)
    for key, row in numbered.items():
        if row.seq > since or key in device.spoilt:
            continue
        if row.living:
            hold(
                here.get(key) == row.rev, f"{device.name}: cursor {since} has passed {key} {row}, here {here.get(key)}"
            )
        else:
            hold(key not in here or key in kept, f"{device.name}: {key} was deleted, and is here: {row}")


_KEPT = (
    "SELECT kind, record_id FROM event WHERE laid UNION SELECT kind, id FROM unseen UNION SELECT kind, id FROM aside"
)
"""Rows that may outlive their tombstone for a while."""


def shows_the_fold(device: DeviceProcess) -> None:
    """What is shown is the centre's rows with the pending events here laid over them in their order."""
    with device.cache.read() as conn:
        fold = FoldOverDevice(conn)
        laid = conn.exec_driver_sql("SELECT DISTINCT kind, record_id FROM event WHERE laid").all()
        for head in sorted(((str(kind), str(name)) for kind, name in laid), key=projection.reading_order):
            for one in projection.laid(conn, *head):
                _lay(fold, one)
        ours = {(row.kind, row.id) for row in heads(conn) if row.event_id is not None or row.has_base}
        for key in sorted({*fold.rows, *ours} - fold.uncertain):
            expected, shown = _unflagged(fold.get(*key)), _unflagged(rows.get(conn, *key))
            hold(
                expected == shown,
                f"{device.name} does not show the fold of {key}:\n  fold  {expected}\n  shown {shown}",
            )


def _unflagged(record: r.Record | None) -> r.Record | None:
    """A record without what it says of the register, which may have changed since the event was laid."""
    return msgspec.structs.replace(record, flags=()) if isinstance(record, r.Visit | r.Case) else record


def _lay(fold: FoldOverDevice, one: projection.Laid) -> None:
    event = one.event
    person = people.person(fold.conn, event.user)
    if person is None:
        return
    try:
        effect = effects.effect_of(event, projection.actor_of(event, person, at_centre=one.at_centre), fold)
    except Refused:
        if event.kind in ("quarantined", "contact"):  # laid once, while what it is about comes and goes by itself
            fold.uncertain.add((event.kind, event.record))
        return
    granted_here = scopes.granted_to_device(people.members(fold.conn))
    fold.take(
        record
        for group in effect.groups
        if not one.carried or group.scopes & granted_here
        for record in group.records
        if (r.KIND_OF[type(record)], record.id) == (event.kind, event.record) or _is_child(fold, event, record)
    )


def _is_child(fold: FoldOverDevice, event: e.Event, record: r.Record) -> bool:
    """Whether a row is shown as an event's making: the centre's own rows stay, and what hangs on another record."""
    kind = r.KIND_OF[type(record)]
    return kind in projection.CHILDREN[event.kind] and fold.base(kind, record.id) is None
