"""A device frozen long ago is updated: everything on it is there, and what it had not sent reaches today's centre."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.views.cases import CaseFilter
from inspector_app.services.views.visits import VisitFilter
from inspector_app.storage import migrations, recovery
from inspector_app.storage.profile import Profile
from sync.contract import records as r
from sync.domain import numbers
from sync.server.services import publishing
from sync.server.services.centre import Centre
from sync.server.storage import tables as t
from sync.server.storage.rows import writing
from tests.frozen import contents, fixture
from tests.frozen.recording import Recording, engine, to_the_end
from tests.frozen.replay import centre_of, replay
from tests.support import desks
from tests.support.workbooks import LODGINGS, PLAN, tour

TAKEN_IN = {"visits": "received", "cases": "assigned"}
"""The state that the centre gives to what it has taken in."""


@pytest.fixture
def frozen() -> dict[str, Any]:
    """What the device held when it was frozen."""
    found: dict[str, Any] = msgspec.json.decode((fixture.CLIENT / fixture.CONTENTS).read_bytes())
    return found


def found_on(desk: Desk) -> dict[str, Any]:
    """What today's services find, as it is after a way through JSON."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(contents.of_desk(desk)))
    return found


def marked(found: dict[str, Any], kind: str, mark: str) -> list[str]:
    return [record_id for record_id, said in found[kind].items() if said["mark"] == mark]


def rows_at(centre: Centre, kind: str) -> list[dict[str, Any]]:
    with centre.database.read() as connection:
        return [dict(row) for row in connection.execute(sa.select(t.RECORDS[kind])).mappings()]


def test_the_frozen_device_holds_one_of_everything_worth_keeping(frozen: dict[str, Any]) -> None:
    states = sorted((visit["state"], len(visit["revisions"]), visit["mark"]) for visit in frozen["visits"].values())
    assert states == [("approved", 1, "attention"), ("approved", 2, "confirmed"), ("submitted", 1, "waiting")]
    assert sorted(case["mark"] for case in frozen["cases"].values()) == ["confirmed", "waiting"]
    assert all(case["contact"] for case in frozen["cases"].values())
    assert {draft[1] for draft in frozen["drafts"] if draft[1] in ("visit", "case")} == {"visit", "case"}


def test_everything_on_it_is_there_today(desk: Desk, frozen: dict[str, Any]) -> None:
    assert found_on(desk) == frozen


def test_the_colleagues_passphrase_opens_it_too(profile: Profile) -> None:
    desk = Access(profile, HttpTransport).unlock(fixture.YASIR)
    try:
        assert desk.person.id == "person-yasir"
    finally:
        desk.lock()


def test_the_administrator_still_opens_it_when_the_passphrase_is_forgotten(profile: Profile) -> None:
    access = Access(profile, HttpTransport)
    private = bytes.fromhex((fixture.CLIENT / fixture.RECOVERY).read_text().strip())
    response = recovery.answer_request(access.recovery_request(), private)
    desk = access.recover(response, "عبارة جديدة بعد النسيان", "person-ahmad")
    try:
        assert len(desk.visits.drafts()) == 1
    finally:
        desk.lock()


def test_it_is_brought_to_the_newest_version_and_is_whole(desk: Desk) -> None:
    with desk.cache.read() as conn:
        assert migrations.revision_of(conn) == migrations.HEAD
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
        assert conn.exec_driver_sql("PRAGMA cipher_integrity_check").all() == []
        assert conn.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_what_was_written_then_is_found_by_its_words(desk: Desk, frozen: dict[str, Any]) -> None:
    assert desk.cases.list(CaseFilter(text="مكاتب الشركه")) == marked(frozen, "cases", "waiting")
    [visit_id] = marked(frozen, "visits", "waiting")
    assert desk.visits.list(VisitFilter(text=frozen["visits"][visit_id]["number"])) == [visit_id]


def test_a_visit_begun_then_is_finished_today_under_the_next_number(desk: Desk, frozen: dict[str, Any]) -> None:
    [row] = desk.visits.drafts()
    assert [piece.item for piece in desk.visits.open_draft(row.id).attachments] == ["E02"]
    desks.fill_in(desk, row.id, E02="partial")
    desks.refuse_to_sign(desk, row.id)
    done = desk.visits.submit(row.id)
    given = [said["number"] for kind in ("visits", "cases") for said in frozen[kind].values()]
    assert numbers.parse(done.number).running == 1 + max(numbers.parse(number).running for number in given)
    assert desk.visits.detail(done.visit_id).findings[0].finding.note == "يُكمل بعد صلاة العصر"


def test_what_it_had_not_sent_reaches_todays_centre_once_and_nothing_else_changes(
    desk: Desk, frozen: dict[str, Any], recording: Recording, tmp_path: Path
) -> None:
    with centre_of(tmp_path / "centre", recording) as server:
        list(replay(server, recording))
        transport = HttpTransport(server.url)
        try:
            for _ in range(2):
                to_the_end(engine(desk.cache, transport), "epoch_changed")
        finally:
            transport.close()
        _assert_all_arrived(server.centre, desk, frozen)
    after = found_on(desk)
    for kind in ("visits", "cases"):
        for said in frozen[kind].values():
            if said["mark"] == "waiting":
                _receive(said, TAKEN_IN[kind])
    for kept in ("people", "device", "settings", "visits", "cases", "drafts", "register"):
        assert after[kept] == frozen[kept]


def test_what_a_checklist_brings_along_today_is_on_it_after_the_update(
    desk: Desk, recording: Recording, tmp_path: Path
) -> None:
    (tmp_path / "tour.xlsx").write_bytes(tour())
    files = {"lodgings.csv": LODGINGS.encode(), "plan.png": PLAN}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with centre_of(tmp_path / "centre", recording) as server:
        list(replay(server, recording))
        with writing(server.centre.database) as rows:
            rows.put(
                [r.Code(id="violation_type:V03", list="violation_type", code="V03", name_ar="", name_en="")], ["global"]
            )
        about = publishing.About("IT04", "2026-01-01")
        made = publishing.publish(server.centre, tmp_path / "tour.xlsx", about, [tmp_path / name for name in files])
        transport = HttpTransport(server.url)
        try:
            for _ in range(2):
                to_the_end(engine(desk.cache, transport), "epoch_changed")
        finally:
            transport.close()
    assert desk.visits.file(made.checklist.id, "jr://images/plan.png") == PLAN
    opened = desk.visits.open_draft(desk.visits.start(None, None, made.checklist.id))
    assert [choice.value for choice in opened.session.state("/data/lodging").choices] == ["h1", "h2"]


def _receive(said: dict[str, Any], state: str) -> None:
    """Let what waited be as the centre shows it."""
    said["state"], said["mark"] = state, "confirmed"
    for entry in said.get("entries", ()):
        entry[2] = "confirmed"


def _assert_all_arrived(centre: Centre, desk: Desk, frozen: dict[str, Any]) -> None:
    status = desk.outbox.status()
    assert (status.waiting, status.evidence_waiting, status.attention) == (0, 0, 1)
    for kind, table in (("visits", "visit"), ("cases", "case")):
        arrived = {row["id"]: row["number"] for row in rows_at(centre, table)}
        assert arrived == {record_id: said["number"] for record_id, said in frozen[kind].items()}
    assert sorted(row["name"] for row in rows_at(centre, "contact")) == ["Siti Aminah", "محمد إقبال"]
    assert len(rows_at(centre, "visit_revision")) == sum(len(one["revisions"]) for one in frozen["visits"].values())
    assert [row["code"] for row in rows_at(centre, "refusal")] == ["illegal_step"]
    with centre.database.read() as connection:
        pieces = connection.execute(sa.select(t.blob.c.sha256, t.blob.c.complete_ms.is_not(None))).all()
        judged = connection.execute(sa.select(t.ledger.c.n).where(t.ledger.c.device_id == desk.device.id)).scalars()
        events = sorted(judged)
    unsent = {sha256 for sha256, _, _ in frozen["evidence_unsent"]}
    assert unsent <= {sha256 for sha256, _ in pieces}
    assert all(complete for _, complete in pieces)
    assert events == [event[0] for event in frozen["events"]] == list(range(1, len(events) + 1))
