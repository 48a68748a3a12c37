"""What must hold of one device and of the centre, while a run goes on and when everything is at rest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

import xforms
from inspector_app.storage import book, evidence, feed, outbox, people, projection, rows
from sync.contract import effects, scopes
from sync.contract import events as e
from sync.contract import records as r
from sync.contract.problems import Refused
from sync.domain.rules import Rules
from sync.server.services import feed as feeds
from sync.server.services.centre import Centre
from sync.server.storage import devices as registered
from sync.server.storage import tables as t
from sync.server.storage.rows import Rows
from tests.simulation.broken import hold
from tests.simulation.device import DeviceProcess

Key = tuple[str, str]
FIELD_KINDS = ("visit", "visit_revision", "finding", "decision", "case", "case_entry", "contact")
"""The kinds whose rows events make, and nothing else does."""


class Numbered(NamedTuple):
    """A row of the centre's feed within some scopes."""

    seq: int
    rev: int
    living: bool


class DictBook:
    """``sync.contract.effects.Book`` over plain rows: a second, much simpler way to work out what events come to."""

    def __init__(self, found: Mapping[Key, r.Record]) -> None:
        self.rows = dict(found)

    def get(self, kind: str, record_id: str) -> r.Record | None:
        return self.rows.get((kind, record_id))

    def rules(self) -> Rules:
        season = next(record for record in self.rows.values() if isinstance(record, r.Season))
        return season.rules

    def form(self, checklist_id: str) -> xforms.Form | None:
        checklist = self.get("checklist", checklist_id)
        return book.compiled(checklist.xform) if isinstance(checklist, r.Checklist) else None

    def take(self, records: Iterable[r.Record]) -> None:
        self.rows.update({(r.KIND_OF[type(record)], record.id): record for record in records})


# ------------------------------------------------------------------------------------------------------- one device


def events_stay(device: DeviceProcess, restored: bool) -> dict[str, bytes]:
    """Nothing that was committed is gone, and a receipt is for good unless the centre was restored; their lines."""
    with device.cache.read() as conn:
        found = conn.exec_driver_sql("SELECT id, state, line, n FROM event ORDER BY n").all()
    now = {event_id: state for event_id, state, _, _ in found}
    if not device.was_tidied:
        hold([n for *_, n in found] == list(range(1, len(found) + 1)), f"{device.name}: the running numbers have a gap")
    for event_id, before in device.known.items():
        if event_id not in now:
            let_go = before == "confirmed" and device.was_tidied
            hold(let_go, f"{device.name}: a committed event is gone: {event_id} ({before})")
        elif before in ("confirmed", "refused") and not restored:
            hold(now[event_id] == before, f"{device.name}: {event_id} was {before}, and is {now[event_id]}")
    device.known = now
    return {event_id: bytes(line) for event_id, _, line, _ in found}


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
        if not since or not _is_good(device, centre, feeds.Cursor(since, epoch)):
            return
        here = {(row.kind, row.id): row.rev for row in _heads(conn) if row.rev is not None}
        kept = {(row.kind, row.record_id) for row in conn.exec_driver_sql(_KEPT)}
    with centre.database.read() as connection:
        numbered = numbered_rows(connection, _granted(connection, device.id))
    for key, row in numbered.items():
        if row.seq > since:
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


def _is_good(device: DeviceProcess, centre: Centre, cursor: feeds.Cursor) -> bool:
    """Whether the centre would go on from a cursor, so that it says something."""
    with centre.database.read() as connection:
        known = registered.get(connection, device.id)
    assert known is not None
    try:
        feeds.page(centre, known, cursor)
    except Refused:
        return False
    return True


class _Fold(DictBook):
    """A book over the centre's own versions of the rows on a device, read when they are asked for."""

    def __init__(self, conn: sa.Connection) -> None:
        super().__init__({})
        self._conn = conn

    def base(self, kind: str, record_id: str) -> r.Record | None:
        return projection.from_centre(rows.get_row(self._conn, kind, record_id))

    def get(self, kind: str, record_id: str) -> r.Record | None:
        return self.rows.get((kind, record_id)) or self.base(kind, record_id)

    def rules(self) -> Rules:
        return book.CacheBook(self._conn).rules()


def shows_the_fold(device: DeviceProcess) -> None:
    """What is shown is the centre's rows with this device's pending events laid over them in their order."""
    with device.cache.read() as conn:
        fold = _Fold(conn)
        for line in conn.exec_driver_sql("SELECT line FROM event WHERE laid ORDER BY n").scalars().all():
            _lay(fold, e.decode(bytes(line)))
        ours = {(row.kind, row.id) for row in _heads(conn) if row.event_id is not None or row.has_base}
        for key in sorted({*fold.rows, *ours}):
            expected, shown = _unflagged(fold.get(*key)), _unflagged(rows.get(conn, *key))
            hold(
                expected == shown,
                f"{device.name} does not show the fold of {key}:\n  fold  {expected}\n  shown {shown}",
            )


def _unflagged(record: r.Record | None) -> r.Record | None:
    """A record without what it says of the register, which may have changed since the event was laid."""
    return msgspec.structs.replace(record, flags=()) if isinstance(record, r.Visit) else record


def _lay(fold: _Fold, event: e.Event) -> None:
    person = people.person(fold._conn, event.user)
    if person is None:
        return
    try:
        effect = effects.effect_of(event, effects.Actor(person, at_centre=False), fold)
    except Refused:
        return
    fold.take(
        one
        for one in effect.records
        if one.id == event.record or fold.base(r.KIND_OF[type(one)], one.id) is None  # the centre's own rows stay
    )


class _Head(NamedTuple):
    kind: str
    id: str
    rev: int | None
    event_id: str | None
    has_base: bool


_HEADS = " UNION ALL ".join(f"SELECT '{kind}', id, rev, event_id, base IS NOT NULL FROM \"{kind}\"" for kind in r.KINDS)  # noqa: S608


def _heads(conn: sa.Connection) -> list[_Head]:
    """Every row on a device, without what it says."""
    return [_Head(*found) for found in conn.exec_driver_sql(_HEADS)]


def base_rows(conn: sa.Connection) -> dict[Key, tuple[r.Record, int]]:
    """The centre's own version of every row that is on a device, with its revision."""
    found: dict[Key, tuple[r.Record, int]] = {}
    for head in _heads(conn):
        record = projection.from_centre(rows.get_row(conn, head.kind, head.id))
        if record is not None and head.rev is not None:
            found[head.kind, head.id] = record, head.rev
    return found


# -------------------------------------------------------------------------------------------------------- the centre


def numbered_rows(connection: sa.Connection, granted: Iterable[str]) -> dict[Key, Numbered]:
    """What the feed has for some scopes, read from its tables by another query than the feed's own."""
    inside = sa.select(t.row_scope.c.kind, t.row_scope.c.id, t.row_scope.c.gone).where(
        t.row_scope.c.scope.in_(sorted(granted))
    )
    here: dict[Key, bool] = {}
    for kind, record_id, gone in connection.execute(inside):
        here[kind, record_id] = here.get((kind, record_id), False) or not gone
    found = {}
    for kind, record_id, seq, rev, deleted in connection.execute(sa.select(t.feed)):
        if (kind, record_id) in here:
            found[kind, record_id] = Numbered(seq, rev, here[kind, record_id] and not deleted)
    return found


def _granted(connection: sa.Connection, device_id: str) -> frozenset[str]:
    return scopes.granted_to_device(registered.people(connection, device_id).values())


def ledger_of(connection: sa.Connection) -> list[Any]:
    """The ledger in the order in which it was written."""
    return list(connection.execute(sa.select(t.ledger).order_by(sa.text("rowid"))).all())


def centre_is_the_fold_of_its_ledger(centre: Centre, lines: Mapping[str, bytes]) -> None:
    """Every event in the ledger is one that was made, unchanged; its effect is there once; nothing else is there."""
    with centre.database.read() as connection:
        ledger = ledger_of(connection)
        there = _records(connection)
    fold = DictBook({key: record for key, record in there.items() if key[0] not in FIELD_KINDS})
    for entry in ledger:
        hold(entry.event_id in lines, f"the centre judged an event nobody made: {entry.event_id}")
        line = lines[entry.event_id]
        hold(entry.sha256 == e.body_hash(line), f"the centre judged another text of {entry.event_id}")
        result = msgspec.json.decode(entry.result, type=e.EventResult)
        if result.accepted:
            event = e.decode(line)
            person = there["person", event.user]
            assert isinstance(person, r.Person)
            try:
                fold.take(effects.effect_of(event, effects.Actor(person, at_centre=True), fold).records)
            except Refused as refused:
                hold(False, f"the centre accepted {event.action} {event.id}, which was not legal: {refused}")
        else:
            hold(("refusal", entry.event_id) in there, f"{entry.event_id} was refused, and its words are not kept")
    for key in sorted({*fold.rows, *there}):
        if key[0] in FIELD_KINDS:
            hold(
                fold.rows.get(key) == there.get(key),
                f"at the centre {key} is not what the ledger comes to:\n"
                f"  fold  {fold.rows.get(key)}\n  there {there.get(key)}",
            )


def numbers_are_given_once(centre: Centre) -> None:
    """No two reports or cases have one number."""
    with centre.database.read() as connection:
        tables = (t.RECORDS["visit"], t.RECORDS["case"])
        given = [number for table in tables for number in connection.execute(sa.select(table.c.number)).scalars()]
    twice = sorted({number for number in given if given.count(number) > 1})
    hold(not twice, f"numbers were given twice: {twice}")


def _records(connection: sa.Connection) -> dict[Key, r.Record]:
    return {
        (kind, found["id"]): r.from_row(kind, dict(found))
        for kind, table in t.RECORDS.items()
        for found in connection.execute(sa.select(table)).mappings()
    }


# ----------------------------------------------------------------------------------------------------------- at rest


def device_is_level(device: DeviceProcess, centre: Centre) -> None:
    """The device holds exactly the rows of its scopes, as the centre has them."""
    with device.cache.read() as conn:
        base = base_rows(conn)
        held_back = _held_back(conn)
        laid = {(kind, name) for kind, name in conn.exec_driver_sql("SELECT kind, record_id FROM event WHERE laid")}
    with centre.database.read() as connection:
        numbered = numbered_rows(connection, _granted(connection, device.id))
        there = Rows(connection)
        wanted = {key: (there.get(*key), row.rev) for key, row in numbered.items() if row.living}
    for key in sorted({*wanted, *base}):
        if key in base and key not in wanted and (key[0] in held_back or key in laid):
            continue  # a person is asked before so much goes; what waits in the tray keeps its record
        hold(
            base.get(key) == wanted.get(key),
            f"{device.name}: {key}\n  here  {base.get(key)}\n  there {wanted.get(key)}",
        )


def _held_back(conn: sa.Connection) -> set[str]:
    found = conn.exec_driver_sql("SELECT params ->> '$.kind' FROM sync_log WHERE code = 'sweep_held_back'").scalars()
    return set(found.all())


def events_are_settled(device: DeviceProcess, centre: Centre, *, restored: bool, copied: bool) -> None:
    """Every event is confirmed by a ledger row, or stands in the tray with its words; nothing waits.

    A restored centre forgets what it refused, and takes it from another copy of the disk; one of two copies uses
    numbers that the other has used, which has no ledger row of its own.
    """
    with device.cache.read() as conn:
        entries = outbox.entries(conn)
        tray = {entry.id for entry in outbox.entries(conn, outbox.ATTENTION)}
        words = {event_id: outbox.words(conn, event_id) for event_id in tray}
    with centre.database.read() as connection:
        ledger = {
            entry.event_id: msgspec.json.decode(entry.result, type=e.EventResult) for entry in ledger_of(connection)
        }
    for entry in entries:
        what = f"{device.name}: {entry.action} {entry.id} is {entry.state}"
        judged = ledger.get(entry.id)
        if entry.state == outbox.EventState.CONFIRMED:
            hold(judged is not None and judged.accepted, f"{what}, and the centre says {judged}")
        else:
            hold(entry.id in tray, f"{what}, although the link is fine")
            hold(entry.text in words[entry.id], f"{what}, and its words are lost: {entry.text!r}")
        if entry.state == outbox.EventState.REFUSED:
            excused = restored or (copied and judged is None)
            hold(
                excused or (judged is not None and not judged.accepted),
                f"{what}, and the centre says {judged}; here {entry.result}",
            )


_GIVEN_UP = frozenset({"upload_hash_wrong", "bad_request"})
"""How a piece ends that wrong bits met at every try; it is shown as given up."""


def evidence_is_there(device: DeviceProcess, centre: Centre, *, damaging: bool) -> None:
    """What the device believes complete is at the centre with its hash; nothing confirmed waits; every file reads."""
    with device.cache.read() as conn:
        pieces = conn.exec_driver_sql("SELECT sha256, state, problem FROM evidence").all()
        due = conn.exec_driver_sql(
            "SELECT sha256 FROM event_evidence JOIN event ON event.id = event_id WHERE event.state = 'confirmed'"
        )
        confirmed = frozenset(due.scalars())
    for sha256, state, problem in pieces:
        hold(
            hashlib.sha256(evidence.read(device.cache, sha256)).hexdigest() == sha256,
            f"{device.name}: {sha256} is damaged",
        )
        given_up = damaging and state == "failed" and problem in _GIVEN_UP
        if sha256 in confirmed and state != "draft" and not given_up:
            hold(
                state == "complete",
                f"{device.name}: evidence {sha256[:8]} is {state} {problem}, its event is confirmed",
            )
        if state == "complete":
            file = centre.evidence / sha256[:2] / sha256
            whole = file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == sha256
            hold(whole, f"{device.name} believes {sha256[:8]} complete, and the centre does not have it")
