"""Laptops enrolled over the wire, a link that loses answers, and what all of them and the centre must agree on."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import sqlalchemy as sa

from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.link.driver import SystemClock
from inspector_app.services.link.http import HttpTransport
from inspector_app.storage import outbox, rows
from inspector_app.storage.outbox import EventState
from inspector_app.storage.profile import Profile
from inspector_app.storage.sync_store import SyncStore
from sync.contract import events as e
from sync.contract import records as r
from sync.engine.engine import Engine, Phase
from sync.engine.ports import Answer, LinkDown, Take
from sync.server.storage import tables as t
from tests.support import desks
from tests.support.server import CODES, LiveServer, password_of
from tests.support.short_centre import FIELD

HOTEL, OTHER_HOTEL = "HTL-MK-0129", "HTL-MK-0138"

Held = Mapping[str, frozenset[r.Record]]
"""The field's rows by kind."""


@contextmanager
def laptop(folder: Path, centre: LiveServer, code: str, username: str) -> Iterator[Desk]:
    """A new laptop, enrolled by its first person and at rest after its first sync.

    Args:
        folder: Its profile.
        centre: Where it is enrolled.
        code: Which of the sample's enrolment codes (``tests.support.server.CODES``).
        username: The person.
    """
    with Profile(folder) as profile:
        access = Access(profile, HttpTransport)
        desk = access.enrol(
            centre.url, CODES[code], username, password_of(username), f"{desks.PASSPHRASE} {username}", folder.name
        )
        try:
            desks.synchronise(desk)
            yield desk
        finally:
            desk.lock()


def write_visit(desk: Desk, place_id: str, photo: bytes | None = None, **answers: str) -> str:
    """A whole visit with a photograph, submitted; returns the visit's id."""
    draft_id = desk.visits.start(place_id, checklist_id=desks.lodging_checklist(desk))
    desks.fill_in(desk, draft_id, **answers)
    if photo is not None:
        desk.visits.attach(draft_id, next(iter(answers), ""), photo)
    desks.refuse_to_sign(desk, draft_id)
    return desk.visits.submit(draft_id).visit_id


def correct(desk: Desk, visit_id: str, note: str, item: str) -> None:
    """Correct the note of the item that was remarked upon, and submit the next revision."""
    draft_id = desk.visits.correct(visit_id)
    session = desk.visits.open_draft(draft_id).session
    (ref,) = (ref for ref in session.states() if ref.endswith(f"/{item}_note"))
    session.answer(ref, note)
    desk.visits.save(draft_id, session.serialise())
    desks.refuse_to_sign(desk, draft_id)
    desk.visits.submit(draft_id)


# ------------------------------------------------------------------------------------------------------- a bad link


class LosesAnswers(HttpTransport):
    """A connection on which the centre hears every request, and the first answer to each kind of request is lost."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.lost: Counter[tuple[str, str]] = Counter()

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        take: Take | None = None,
    ) -> Answer:
        answer = super().request(method, path, body, headers, take)
        kind = (method, "/".join(path.partition("?")[0].split("/")[:3]))
        if not self.lost[kind]:
            self.lost[kind] += 1
            raise LinkDown(f"the answer to {kind} was lost")
        return answer


def synchronise_losing_answers(desk: Desk) -> set[tuple[str, str]]:
    """Sync to the end over a link that loses the first answer of every kind; returns the kinds that were lost."""
    transport = LosesAnswers(desk.device.server_url)
    try:
        store = SyncStore(desk.cache, lambda: datetime.now(UTC))
        engine = Engine(store, transport, SystemClock(), random.SystemRandom())
        for _ in range(500):
            report = engine.step()
            assert report.problem in ("", "link_down"), report
            if report.phase is Phase.REST and not report.problem:
                return set(transport.lost)
        raise AssertionError("the engine found no end")
    finally:
        transport.close()


# --------------------------------------------------------------------------------------------------- what is where


@dataclass(frozen=True)
class Judged:
    """What the centre's ledger says of one event."""

    device_id: str
    n: int
    result: e.EventResult


def held_by(desk: Desk) -> Held:
    """The field's rows as a laptop shows them."""
    with desk.cache.read() as conn:
        return {kind: frozenset(rows.where(conn, kind, "1 = 1")) for kind in FIELD}


def at_centre(centre: LiveServer) -> Held:
    """The field's rows at the centre."""
    with centre.centre.database.read() as conn:
        return {
            kind: frozenset(r.from_row(kind, dict(row)) for row in conn.execute(sa.select(t.RECORDS[kind])).mappings())
            for kind in FIELD
        }


def refusals(centre: LiveServer) -> tuple[r.Refusal, ...]:
    """What the centre keeps of the events it did not take."""
    with centre.centre.database.read() as conn:
        found = conn.execute(sa.select(t.RECORDS["refusal"])).mappings().all()
    records = (r.from_row("refusal", dict(row)) for row in found)
    return tuple(record for record in records if isinstance(record, r.Refusal))


def ledger(centre: LiveServer) -> dict[str, Judged]:
    """Every event the centre has judged, by id."""
    columns = t.ledger.c
    with centre.centre.database.read() as conn:
        found = conn.execute(sa.select(columns.event_id, columns.device_id, columns.n, columns.result)).all()
    return {
        row.event_id: Judged(row.device_id, row.n, msgspec.json.decode(row.result, type=e.EventResult)) for row in found
    }


def events_of(desk: Desk) -> tuple[outbox.Entry, ...]:
    """Everything that was done at a laptop, newest first."""
    with desk.cache.read() as conn:
        return outbox.entries(conn, limit=-1)


def assert_everything_once(centre: LiveServer, laptops: Sequence[Desk]) -> None:
    """The centre has judged every event of the laptops once, every effect is there once, and all hold the same."""
    judged, rows_there = ledger(centre), at_centre(centre)
    made = [(desk, entry) for desk in laptops for entry in events_of(desk)]
    assert {entry.id: (desk.device.id, entry.n) for desk, entry in made} == {
        event_id: (one.device_id, one.n) for event_id, one in judged.items()
    }
    assert len(made) == len(judged)
    for desk in laptops:
        assert sorted(entry.n for entry in events_of(desk)) == list(range(1, len(events_of(desk)) + 1))
    for _, entry in made:
        accepted = judged[entry.id].result.accepted
        assert entry.state is (EventState.CONFIRMED if accepted else EventState.REFUSED), entry
        assert entry.result == judged[entry.id].result
    applied = [entry for _, entry in made if judged[entry.id].result.outcome == "applied"]
    _assert_effects(applied, rows_there)
    _assert_evidence(centre, rows_there["visit_revision"])
    for desk in laptops:
        assert held_by(desk) == rows_there, desk.person.id
    shown = {row.receipt.event_id: row.text for desk in laptops for row in desk.outbox.attention()}
    assert {one.id: one.text for one in refusals(centre)} == shown
    assert {entry.id for _, entry in made if entry.state is EventState.REFUSED} == set(shown)


def _assert_effects(applied: Iterable[outbox.Entry], there: Held) -> None:
    """Every event that was taken has left its row, and no row came from anywhere else."""
    of: dict[str, list[outbox.Entry]] = {"visit.submit": [], "visit": [], "case": [], "contact": []}
    for entry in applied:
        key = f"{entry.kind}.{entry.action}"
        of[key if key in of else entry.kind].append(entry)
    assert sorted(entry.id for entry in of["visit"]) == sorted(row.id for row in there["decision"])
    assert sorted(entry.id for entry in of["case"]) == sorted(row.id for row in there["case_entry"])
    assert sorted(entry.record_id for entry in of["contact"]) == sorted(row.id for row in there["contact"])
    assert {entry.record_id for entry in of["visit.submit"]} == {row.id for row in there["visit"]}
    assert len(of["visit.submit"]) == len(there["visit_revision"])
    numbers = [row.number for kind in ("visit", "case") for row in there[kind] if isinstance(row, r.Visit | r.Case)]
    assert len(set(numbers)) == len(numbers)


def _assert_evidence(centre: LiveServer, revisions: Iterable[r.Record]) -> None:
    """Every photograph that a report names is at the centre, whole."""
    named = {piece.sha256 for row in revisions if isinstance(row, r.VisitRevision) for piece in row.attachments}
    for sha256 in named:
        written = (centre.centre.evidence / sha256[:2] / sha256).read_bytes()
        assert hashlib.sha256(written).hexdigest() == sha256
