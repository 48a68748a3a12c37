"""What the centre and the devices have in their books after chaos, held against what was done."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from inspector_app.services.ground import system_clock
from inspector_app.storage import database as encrypted
from inspector_app.storage.profile import Profile
from inspector_app.storage.sync_store import SyncStore
from sync.contract import events as e
from sync.contract import snapshots
from sync.server.services import access
from sync.server.storage import devices
from sync.server.storage import tables as t
from sync.server.storage.database import Database
from tests.chaos.worker import Deed
from tests.support.light_device import opened

Kept = tuple[Path, bytes]
"""A profile and the key of its cache."""


def false_receipts(centre: Path, kept: Kept) -> Iterator[str]:
    """What a device holds for received and the centre does not have, at any moment while both run."""
    folder, key = kept
    with closing(encrypted.read_only(Profile(folder).cache, key)) as conn:
        confirmed = {row[0] for row in conn.execute("SELECT id FROM event WHERE state = 'confirmed'")}
        complete = {row[0] for row in conn.execute("SELECT sha256 FROM evidence WHERE state = 'complete'")}
    database = Database(f"sqlite:///{centre / 'centre.db'}")
    try:  # after the device was read: the centre only gains
        with database.read() as connection:
            judged = set(connection.scalars(sa.select(t.ledger.c.event_id)))
            whole = set(connection.scalars(sa.select(t.blob.c.sha256).where(t.blob.c.complete_ms.is_not(None))))
    finally:
        database.close()
    yield from (f"event {one} is said to be received and is not" for one in sorted(confirmed - judged))
    yield from (f"evidence {one[:8]} is said to be received and is not" for one in sorted(complete - whole))


class Sums:
    """What was found in the end.

    Attributes:
        events: Events on all devices.
        pieces: Pieces of evidence named by them.
        faults: What is wrong.
    """

    def __init__(self) -> None:
        self.events = self.pieces = 0
        self.faults: list[str] = []


def held_against(centre: Path, devices_kept: Iterable[Kept], deeds: Iterable[Deed]) -> Sums:
    """Everything done is at the centre exactly once, and every device has what the centre has for it."""
    sums = Sums()
    events: dict[str, e.Event] = {}
    database = Database(f"sqlite:///{centre / 'centre.db'}")
    try:
        with database.read() as connection:
            for folder, key in devices_kept:
                sums.faults += _device(connection, folder, key, events)
            sums.events = len(events)
            sums.faults += _ledger(connection, events)
            sums.faults += _effects(connection, events)
            sums.faults += _told(connection, deeds)
            named = {sha256 for event in events.values() for sha256 in event.evidence}
            sums.pieces = len(named)
            sums.faults += _evidence(connection, centre / "blobs", named)
    finally:
        database.close()
    return sums


def _device(connection: sa.Connection, folder: Path, key: bytes, events: dict[str, e.Event]) -> Iterator[str]:
    with opened(folder, key) as desk:
        with desk.cache.read() as conn:
            rows = conn.exec_driver_sql("SELECT id, n, state, line FROM event WHERE device_id = '' ORDER BY n").all()
            ok = conn.exec_driver_sql("PRAGMA integrity_check").scalar_one()
            given_up = conn.exec_driver_sql("SELECT count(*) FROM evidence WHERE state <> 'complete'").scalar_one()
        store = SyncStore(desk.cache, system_clock)
        here, who = set(store.buckets()), store.identity().device_id
    if ok != "ok":
        yield f"{folder.name}: the database is damaged: {ok}"
    if [n for _, n, _, _ in rows] != list(range(1, len(rows) + 1)):
        yield f"{folder.name}: the running numbers have a gap or stand twice"
    yield from (f"{folder.name}: event {n} is {state}" for _, n, state, _ in rows if state != "confirmed")
    if given_up:
        yield f"{folder.name}: {given_up} pieces of evidence are not complete"
    events |= {event_id: e.decode(bytes(line)) for event_id, _, _, line in rows}
    there = set(_buckets(connection, who))
    if here != there:
        yield f"{folder.name}: {len(here ^ there)} buckets are not what the centre has"


def _buckets(connection: sa.Connection, device_id: str) -> Iterable[snapshots.Bucket]:
    device = devices.get(connection, device_id)
    assert device is not None
    held = sorted(access.scopes_of(connection, device))
    living = sa.select(t.feed.c.kind, t.feed.c.id, t.feed.c.rev).where(
        ~t.feed.c.deleted,
        sa.exists().where(
            (t.row_scope.c.kind == t.feed.c.kind)
            & (t.row_scope.c.id == t.feed.c.id)
            & t.row_scope.c.scope.in_(held)
            & ~t.row_scope.c.gone
        ),
    )
    return snapshots.buckets((kind, row_id, rev) for kind, row_id, rev in connection.execute(living))


def _ledger(connection: sa.Connection, events: dict[str, e.Event]) -> Iterator[str]:
    judged = dict(connection.execute(sa.select(t.ledger.c.event_id, t.ledger.c.n)).all())
    yield from (f"event {one} is lost" for one in sorted(events.keys() - judged.keys()))
    yield from (f"the ledger has an event {one} that nobody made" for one in sorted(judged.keys() - events.keys()))
    yield from (
        f"event {one} has another number" for one in events.keys() & judged.keys() if events[one].n != judged[one]
    )


def _effects(connection: sa.Connection, events: dict[str, e.Event]) -> Iterator[str]:
    """For each event its rows, and no row without an event."""
    made = Counter((event.kind, event.action) for event in events.values())
    wanted = {
        "case": made["case", "open"],
        "contact": made["contact", "give"],
        "visit": made["visit", "submit"],
        "visit_revision": made["visit", "submit"],
        "case_entry": sum(count for (kind, _), count in made.items() if kind == "case"),
        "refusal": 0,
        "quarantined": 0,
    }
    for kind, count in wanted.items():
        there = connection.scalar(sa.select(sa.func.count()).select_from(t.RECORDS[kind]))
        if there != count:
            yield f"the centre has {there} rows of kind {kind}, {count} were made"
    for kind in ("case", "visit"):
        numbers = Counter(connection.scalars(sa.select(t.RECORDS[kind].c.number)))
        yield from (f"number {number} stands {count} times" for number, count in numbers.items() if count > 1)


def _told(connection: sa.Connection, deeds: Iterable[Deed]) -> Iterator[str]:
    """Everything that a device said it had done is there, once, in its own words."""
    case, entry, visit = (t.RECORDS[kind].c for kind in ("case", "case_entry", "visit"))
    wanted = {
        "case": sa.select(case.id, case.text),
        "comment": sa.select(entry.case_id, entry.text).where(entry.action == "comment"),
        "visit": sa.select(visit.id, visit.number),
    }
    there = {step: Counter(tuple(row) for row in connection.execute(query)) for step, query in wanted.items()}
    for deed in deeds:
        if deed.step in there:
            count = there[deed.step][deed.record, deed.text]
            if count != 1:
                yield f"{deed.step} {deed.record} was done once and stands {count} times"


def _evidence(connection: sa.Connection, blobs: Path, named: set[str]) -> Iterator[str]:
    whole = set(connection.scalars(sa.select(t.blob.c.sha256).where(t.blob.c.complete_ms.is_not(None))))
    yield from (f"evidence {sha256[:8]} is lost" for sha256 in sorted(named - whole))
    for sha256 in sorted(whole):
        path = blobs / sha256[:2] / sha256
        if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            yield f"evidence {sha256[:8]} is not what was sent"
