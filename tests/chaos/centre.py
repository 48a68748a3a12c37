"""The centre's own books after everything was sent: each event, report and piece of evidence is there exactly once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from sync.server.storage import tables as t
from sync.server.storage.database import Database
from tests.chaos.held import Held


def faults(folder: Path, held: Held) -> list[str]:
    """What is wrong in the books of a centre that has ended.

    Args:
        folder: Its folder, as ``ServerProcess`` fills it.
        held: What the only device of this centre holds after its last sync.
    """
    database = Database(f"sqlite:///{folder / 'server.db'}")
    try:
        with database.read() as connection:
            return [
                *_events(connection, held),
                *_records(connection, held),
                *_evidence(connection, folder / "blobs", held),
            ]
    finally:
        database.close()


def _events(connection: sa.Connection, held: Held) -> Iterator[str]:
    judged = connection.execute(sa.select(t.ledger.c.event_id, t.ledger.c.n)).all()
    if sorted(judged) != sorted((event_id, one.n) for event_id, one in held.events.items()):
        yield f"the ledger has {len(judged)} events, the device {len(held.events)}, or others"
    for one in held.events.values():
        if one.state != "confirmed":
            yield f"event {one.n} is {one.state}"


def _records(connection: sa.Connection, held: Held) -> Iterator[str]:
    for kind in ("visit", "case"):
        record = t.RECORDS[kind].c
        there = dict(connection.execute(sa.select(record.id, record.number)).all())
        mine = {key: one.number for key, one in held.reports.items() if one.kind == kind}
        if there != mine:
            yield f"the centre has {len(there)} records of kind {kind}, the device {len(mine)}, or others"
    numbers = [
        number for kind in ("visit", "case") for number in connection.scalars(sa.select(t.RECORDS[kind].c.number))
    ]
    yield from (f"number {number} stands {count} times" for number, count in Counter(numbers).items() if count > 1)
    revision = t.RECORDS["visit_revision"].c.visit_id
    revisions = connection.execute(sa.select(revision, sa.func.count()).group_by(revision)).all()
    yield from (f"visit {visit} has {count} revisions" for visit, count in revisions if count != 1)
    contacts = Counter(connection.scalars(sa.select(t.RECORDS["contact"].c.case_id)))
    given = Counter(str(one.event.data["case_id"]) for one in held.events.values() if one.event.kind == "contact")
    if contacts != given:
        yield f"the centre has {contacts.total()} contacts, the device gave {given.total()}"


def _evidence(connection: sa.Connection, blobs: Path, held: Held) -> Iterator[str]:
    wanted = {sha256 for one in held.events.values() for sha256 in one.event.evidence}
    there = {row.sha256: row for row in connection.execute(sa.select(t.blob))}
    if set(there) != wanted:
        yield f"the centre has {len(there)} pieces of evidence, {len(wanted)} were sent, or others"
    for sha256 in wanted & set(there):
        row, path = there[sha256], blobs / sha256[:2] / sha256
        if row.complete_ms is None or row.offset != row.size:
            yield f"evidence {sha256[:8]} has {row.offset} of {row.size} bytes"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            yield f"evidence {sha256[:8]} is not what was sent"
