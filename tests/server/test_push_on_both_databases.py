"""Batches on SQLite and on PostgreSQL: the same results and rows, and no two transactions that wait in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from sync.contract import events as e
from sync.contract import records as r
from sync.contract import scopes, wire
from sync.contract.ids import uuid7
from sync.domain.rules import Priority
from sync.server.services import enrolment, people, push
from sync.server.services.centre import Centre, open_centre
from sync.server.storage import changes, devices
from sync.server.storage.devices import Device
from sync.server.storage.rows import Rows, writing
from tests.support.season import COMMITTEE, INSPECTOR, RULES, SUPERVISOR, XFORM

NOON = "2026-11-22T12:00:00+03:00"
THEIRS = r.Committee(id="k21", number=21, region="madinah", name_ar="لجنة", name_en="Madinah committee")
CHECKLIST = r.Checklist(
    id="f@1",
    form_id="f",
    version="1",
    inspection_type="IT04",
    title_ar="ت",
    title_en="T",
    effective_from="2026-01-01",
    xform=XFORM,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Centre]:
    """A centre with a small season on either kind of database."""
    of_kind = str(tmp_path / "centre.db") if request.param == "sqlite" else request.getfixturevalue("empty_postgresql")
    opened = open_centre(of_kind, tmp_path / "blobs")
    season = r.Season(id="1448", name_ar="م", name_en="S", rules=RULES)
    with writing(opened.database) as rows:
        for record in (season, COMMITTEE, THEIRS, CHECKLIST, INSPECTOR, SUPERVISOR):
            rows.put([record], scopes.of_register(record))
    yield opened
    opened.close()


def device(centre: Centre, number: int, *people_of_it: r.Person) -> Device:
    """A device that is enrolled already."""
    made = Device(f"device-{number}", number, "k11", "laptop", f"{number:064x}", revoked=False)
    with centre.database.write() as connection:
        devices.add(connection, made, "tests", centre.now_ms())
        for person in people_of_it:
            devices.bind(connection, made.id, person.id, centre.now_ms())
    return made


def event(n: int, action: str, record: str, data: r.Part, user: r.Person = INSPECTOR) -> e.Event:
    kind, _, verb = action.partition(".")
    payload = msgspec.to_builtins(data)
    return e.Event(id=uuid7(), n=n, kind=kind, record=record, action=verb, user=user.id, made_at=NOON, data=payload)


def opening(n: int, record: str) -> e.Event:
    given = e.CaseOpening(
        number=f"11-001-{n:04d}-0",
        kind="note",
        category="CC01",
        priority=Priority.P2,
        region="makkah",
        text="انقطاع الماء",
    )
    return event(n, "case.open", record, given)


def submission(n: int, record: str) -> e.Event:
    given = e.VisitSubmission(
        number=f"11-001-{n:04d}-1",
        revision=1,
        inspection_type="IT04",
        checklist_id="f@1",
        region="makkah",
        started_at=NOON,
        instance='<data id="f" version="1"><exit>nonconform</exit><water>conform</water></data>',
        signature=r.Signature(status="absent", reason="x", witness="y"),
    )
    return event(n, "visit.submit", record, given)


def send(centre: Centre, by: Device, *events: e.Event) -> tuple[e.EventResult, ...]:
    return push.push(centre, by, wire.compress(e.encode(one) for one in events)).results


def seen(centre: Centre, *granted: str) -> dict[tuple[str, str], int]:
    with centre.database.read() as connection:
        found = changes.scan(connection, 0, granted).changes
    return {(change.kind, change.id): change.rev for change in found if change.values is not None}


def test_a_batch_reads_what_it_has_written_itself_and_writes_each_row_once(centre: Centre) -> None:
    by = device(centre, 1, INSPECTOR)
    case, visit = uuid7(), uuid7()
    batch = [
        opening(1, case),
        event(2, "case.check", case, e.CaseStep()),
        event(3, "case.close", case, e.CaseStep()),
        event(4, "case.resolve", case, e.CaseStep(text="أعيد الماء")),
        submission(5, visit),
        event(6, "visit.annul", visit, e.VisitReview(revision=1, text="زيارة خاطئة")),
    ]
    results = send(centre, by, *batch)
    assert [result.code or result.outcome for result in results] == [
        "applied",
        "applied",
        "illegal_step",
        "applied",
        "applied",
        "applied",
    ]
    rows = seen(centre, scopes.committee("k11"))
    assert rows["case", case] == rows["visit", visit] == 1
    assert len(rows) == 1 + 3 + 1 + 1 + 1 + 1, "case, its entries, visit, revision, finding, decision"
    assert send(centre, by, *batch) == results
    assert seen(centre, scopes.committee("k11")) == rows


def test_a_case_that_moves_leaves_its_scopes_with_all_that_hangs_on_it(centre: Centre) -> None:
    by, desk = device(centre, 1, INSPECTOR), device(centre, 2, SUPERVISOR)
    case = uuid7()
    send(centre, by, opening(1, case), event(2, "case.comment", case, e.CaseStep(text="تعليق")))
    [moved] = send(centre, desk, event(1, "case.move", case, e.CaseMove(committee_id="k21"), SUPERVISOR))
    assert moved.outcome == "applied"
    assert {kind for kind, _ in seen(centre, scopes.committee("k21"))} == {"case", "case_entry"}
    assert seen(centre, scopes.committee("k11")) == seen(centre, scopes.supervision("makkah")) == {}


def test_what_is_held_back_is_accepted_in_the_batch_that_decides(centre: Centre) -> None:
    by, desk = device(centre, 1, INSPECTOR), device(centre, 2, SUPERVISOR)
    enrolment.revoke(centre, by.id)
    case, visit = opening(1, uuid7()), submission(2, uuid7())
    assert [result.outcome for result in send(centre, by, case, visit)] == ["quarantined", "quarantined"]
    decisions = [
        event(n, "quarantined.accept", held.id, e.QuarantineDecision(), SUPERVISOR)
        for n, held in enumerate((case, visit), start=1)
    ]
    assert [result.outcome for result in send(centre, desk, *decisions)] == ["applied", "applied"]
    rows = seen(centre, scopes.committee("k11"))
    assert {("case", case.record), ("visit", visit.record)} <= rows.keys()


def test_a_committee_is_moved_and_what_comes_late_is_taken(centre: Centre) -> None:
    by = device(centre, 1, INSPECTOR)
    people.move_committee(centre, 11, "jeddah")
    [result] = send(centre, by, opening(1, uuid7()))
    assert (result.outcome, result.flags) == ("applied", ("region_left",))


def test_rows_read_one_by_one_or_together_are_the_same(centre: Centre) -> None:
    keys = [("committee", "k21"), ("committee", "nobody"), ("person", INSPECTOR.id), ("committee", "k11")]
    with centre.database.write() as connection:
        together = Rows(connection)
        together.prefetch(keys)
        assert [together.get(*key) for key in keys] == [Rows(connection).get(*key) for key in keys]


def test_many_devices_that_step_on_the_same_cases_in_any_order_all_get_through(centre: Centre) -> None:
    """Each batch names the cases in another order; rows are locked in one order, so no two wait for each other."""
    cases = [uuid7() for _ in range(6)]
    first = device(centre, 1, INSPECTOR)
    send(centre, first, *(opening(n, case) for n, case in enumerate(cases, start=1)))
    makers = [device(centre, number, INSPECTOR) for number in range(2, 6)]

    def comment(maker: Device) -> list[str]:
        order = cases if maker.number % 2 else cases[::-1]
        outcomes: list[str] = []
        for turn in range(4):
            batch = [
                event(turn * len(order) + place, "case.comment", case, e.CaseStep(text="تعليق"))
                for place, case in enumerate(order, start=1)
            ]
            outcomes += (result.outcome for result in send(centre, maker, *batch))
        return outcomes

    with ThreadPoolExecutor(len(makers)) as pool:
        outcomes = [outcome for found in pool.map(comment, makers) for outcome in found]
    assert outcomes == ["applied"] * (len(makers) * 4 * len(cases))
    entries = [key for key in seen(centre, scopes.committee("k11")) if key[0] == "case_entry"]
    assert len(entries) == len(cases) + len(outcomes)
