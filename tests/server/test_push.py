"""What the centre does with events: judged once, in order, whole batches or nothing."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from sync.contract import effects, ids, wire
from sync.contract import events as e
from sync.contract import records as r
from sync.contract.ids import uuid7
from sync.server.storage import tables as t
from tests.conftest import ExpectLog
from tests.server.conftest import MakeDevice
from tests.support import reports
from tests.support.server import Device, LiveServer


def checklist_of(device: Device) -> r.Checklist:
    held, _ = device.pull()
    return reports.lodging_checklist(held.values())


def visit_event(device: Device, user: str = "person-ahmad", **more: Any) -> e.Event:
    record = more.pop("record", uuid7())
    payload = reports.submission(checklist_of(device), reports.report_number(device.number, device.next_n), **more)
    return device.event("visit", record, "submit", user, payload)


def case_event(device: Device, user: str = "person-ahmad", **more: Any) -> e.Event:
    payload = reports.case(reports.report_number(device.number, device.next_n), **more)
    return device.event("case", uuid7(), "open", user, payload)


def test_a_submitted_visit_is_received_scored_and_comes_back_with_its_findings(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    event = visit_event(device, answers={"E01": "nonconform", "I01": "partial"})
    [result] = device.push(event)
    assert (result.outcome, result.flags) == ("applied", ("answers_incomplete",))
    held, _ = device.pull()
    visit = held["visit", event.record]
    assert isinstance(visit, r.Visit)
    assert (visit.state, visit.inspector_id, visit.result, visit.findings) == (
        "received",
        "person-ahmad",
        "nonconform",
        2,
    )
    items = {record.item for record in held.values() if isinstance(record, r.Finding)}
    assert items == {"E01", "I01"}
    assert ("visit_revision", ids.revision_id(event.record, 1)) in held


def test_a_supervisor_returns_a_visit_and_the_inspector_submits_revision_two(make_device: MakeDevice) -> None:
    device, desk = make_device("makkah", "ahmad"), make_device("none", "saad")
    event = visit_event(device, answers={"I01": "nonconform"})
    device.push(event)
    remark = e.VisitReview(revision=1, text="أكمل", remarks=(r.Remark(item="I01", text="صور المخرج"),))
    [returned] = desk.push(desk.event("visit", event.record, "return", "person-saad", remark))
    assert returned.outcome == "applied"
    [again] = device.push(visit_event(device, record=event.record, revision=2, answers={"I01": "conform"}))
    assert again.outcome == "applied"
    approval = e.VisitReview(revision=2)
    [approved] = desk.push(desk.event("visit", event.record, "approve", "person-saad", approval))
    assert approved.outcome == "applied"
    held, _ = device.pull()
    visit = held["visit", event.record]
    assert isinstance(visit, r.Visit)
    assert (visit.state, visit.revision) == ("approved", 2)
    assert {record.revision for record in held.values() if isinstance(record, r.VisitRevision)} == {1, 2}


def test_a_replayed_batch_gets_the_stored_results_and_changes_nothing(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    good, bad = case_event(device), case_event(device, user="person-omar")
    first = device.push(good, bad)
    assert [result.outcome for result in first] == ["applied", "rejected"]
    held, page = device.pull()
    assert device.push(good, bad) == first
    assert device.push(bad) == first[1:]
    again, _ = device.pull(page.next, page.epoch)
    assert again == {}
    assert device.pull()[0] == held


def test_an_event_id_with_another_body_is_refused_and_the_first_stands(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    event = case_event(device)
    device.push(event)
    changed = msgspec.structs.replace(event, made_at="2026-11-22T15:00:00+03:00")
    [result] = device.push(changed)
    assert (result.outcome, result.code) == ("rejected", "event_id_reused")
    assert device.push(event)[0].outcome == "applied"


def test_a_running_number_with_another_id_is_the_mark_of_a_cloned_device(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    event = case_event(device)
    device.push(event)
    device.next_n = event.n
    [result] = device.push(case_event(device))
    assert (result.outcome, result.code) == ("rejected", "number_reused")


def test_the_same_number_from_another_device_is_no_clone(make_device: MakeDevice) -> None:
    one, other = make_device("makkah", "ahmad"), make_device("makkah-2", "yasir")
    results = [*one.push(case_event(one)), *other.push(case_event(other, user="person-yasir"))]
    assert [result.outcome for result in results] == ["applied", "applied"]


def test_an_event_waits_for_what_it_depends_on_and_is_judged_when_that_has_come(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    opening = case_event(device, reporter="confidential")
    contact = device.event(
        "contact",
        uuid7(),
        "give",
        "person-ahmad",
        e.ContactGiven(case_id=opening.record, name="حاجّة من إندونيسيا", phone="+62811"),
        depends_on=(opening.id,),
    )
    [blocked] = device.push(contact)
    assert (blocked.outcome, blocked.blocked_by) == ("blocked", (opening.id,))
    results = device.push(opening, contact)
    assert [result.outcome for result in results] == ["applied", "applied"]
    assert device.push(contact)[0].outcome == "applied"


def test_only_people_bound_to_the_device_are_heard(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    [result] = device.push(case_event(device, user="person-yasir"))
    assert (result.outcome, result.code) == ("rejected", "user_not_on_device")
    device.bind("yasir")
    [result] = device.push(case_event(device, user="person-yasir"))
    assert result.outcome == "applied"


def test_what_was_refused_is_kept_for_the_person_who_sent_it_and_for_nobody_else(make_device: MakeDevice) -> None:
    device, colleague = make_device("makkah", "ahmad"), make_device("makkah-2", "yasir")
    step = device.event("case", uuid7(), "comment", "person-ahmad", e.CaseStep(text="نص لا يضيع"))
    [result] = device.push(step)
    assert (result.outcome, result.code) == ("rejected", "record_unknown")
    refusal = device.pull()[0]["refusal", step.id]
    assert isinstance(refusal, r.Refusal)
    assert (refusal.text, refusal.body.encode()) == ("نص لا يضيع", e.encode(step))
    assert ("refusal", step.id) not in colleague.pull()[0]


def test_a_refused_contact_leaves_its_text_nowhere(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    given = e.ContactGiven(case_id=uuid7(), name="سيتي رحماواتي", phone="+628110001")
    [result] = device.push(device.event("contact", uuid7(), "give", "person-ahmad", given))
    assert result.outcome == "rejected"
    live_server.centre.database.engine.dispose()
    kept = b"".join(path.read_bytes() for path in live_server.centre.evidence.parent.glob("centre.db*"))
    for written in ("سيتي رحماواتي".encode(), b"+628110001"):
        assert written not in kept


def test_a_refused_case_that_names_its_reporter_leaves_his_name_nowhere(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device = make_device("makkah", "ahmad")
    event = case_event(device)
    named = {**event.data, "region": "elsewhere", "reporter": "anonymous", "reporter_name": "سيتي رحماواتي"}
    [result] = device.push(msgspec.structs.replace(event, data=named))
    assert (result.outcome, result.code) == ("rejected", "outside_scope")
    refusal = device.pull()[0]["refusal", event.id]
    assert isinstance(refusal, r.Refusal)
    assert msgspec.json.decode(refusal.body)["data"]["text"] == event.data["text"]
    live_server.centre.database.engine.dispose()
    kept = b"".join(path.read_bytes() for path in live_server.centre.evidence.parent.glob("centre.db*"))
    assert "سيتي رحماواتي".encode() not in kept


def test_a_decision_upon_a_decision_already_made_is_refused_with_what_was_expected(make_device: MakeDevice) -> None:
    device, desk, other = make_device("makkah", "ahmad"), make_device("none", "saad"), make_device("none-2", "hind")
    event = visit_event(device)
    device.push(event)
    desk.push(desk.event("visit", event.record, "approve", "person-saad", e.VisitReview(revision=1)))
    remark = e.VisitReview(revision=1, remarks=(r.Remark(item="I01", text="ناقص"),))
    late = other.event("visit", event.record, "return", "person-hind", remark, expected_state="received")
    [result] = other.push(late)
    assert (result.outcome, result.code) == ("rejected", "illegal_step")
    assert result.fields["actual"] == "approved"
    assert result.fields["expected"] == "received"


def test_one_bad_event_does_not_hold_up_the_rest_of_its_batch(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    events = [case_event(device), case_event(device, region="madinah"), case_event(device)]
    assert [result.outcome for result in device.push(*events)] == ["applied", "rejected", "applied"]
    opened = {key for key in device.pull()[0] if key[0] == "case"}
    assert opened == {("case", events[0].record), ("case", events[2].record)}


def test_a_malformed_event_is_refused_by_the_name_of_what_is_wrong(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    lines = [
        msgspec.json.encode({"id": uuid7(), "n": 100, "kind": "case", "user": "person-ahmad"}),
        msgspec.json.encode(msgspec.to_builtins(case_event(device)) | {"kind": "camel"}),
        msgspec.json.encode(msgspec.to_builtins(case_event(device)) | {"made_at": "yesterday"}),
        msgspec.json.encode(msgspec.to_builtins(case_event(device)) | {"data": {"number": 7}}),
        e.encode(case_event(device, text="a\0b")),
    ]
    results = device.push_lines(*lines)
    assert [result.code for result in results] == [
        "event_malformed",
        "event_unknown",
        "event_malformed",
        "event_malformed",
        "event_malformed",
    ]
    assert "record" in results[0].fields["detail"]
    assert device.push_lines(*lines) == results


def test_an_event_whose_words_are_no_text_is_refused_and_the_rest_of_its_batch_goes_on(
    make_device: MakeDevice,
) -> None:
    device = make_device("makkah", "ahmad")
    broken, whole = case_event(device, text="نص"), case_event(device)
    results = device.push_lines(e.encode(broken).replace("نص".encode(), b"\xd9\xff"), e.encode(whole))
    assert [(result.outcome, result.code) for result in results] == [
        ("rejected", "event_malformed"),
        ("applied", ""),
    ]


@pytest.mark.parametrize("remarks", [None, 7, "words", {"text": "words"}, ["words", 7, {"text": None}]])
def test_remarks_of_no_shape_at_all_are_refused_like_anything_malformed(
    make_device: MakeDevice, remarks: object
) -> None:
    device = make_device("none", "saad")
    event = device.event("visit", uuid7(), "return", "person-saad", e.VisitReview(revision=1, text="نص لا يضيع"))
    event.data["remarks"] = remarks
    [result] = device.push(event)
    assert (result.outcome, result.code) == ("rejected", "event_malformed")
    refusal = device.pull()[0]["refusal", event.id]
    assert isinstance(refusal, r.Refusal)
    assert refusal.text.startswith("نص لا يضيع")


def test_an_unexpected_error_undoes_the_whole_batch_and_the_next_try_is_judged_afresh(
    make_device: MakeDevice, monkeypatch: pytest.MonkeyPatch, expected_log: ExpectLog
) -> None:
    device = make_device("makkah", "ahmad")
    good, poison = case_event(device), case_event(device, text="poison")
    real = effects.effect_of

    def breaks_on_poison(event: e.Event, *rest: Any) -> Any:
        if event.data.get("text") == "poison":
            raise ZeroDivisionError("a bug")
        return real(event, *rest)

    with monkeypatch.context() as patched, expected_log("unexpected error", level=40):
        patched.setattr(effects, "effect_of", breaks_on_poison)
        answer = device.send("POST", wire.PUSH, data=wire.compress([e.encode(good), e.encode(poison)]))
        assert (answer.status_code, answer.json()) == (500, {"code": "internal", "number": 105})
    assert [key for key in device.pull()[0] if key[0] == "case"] == []
    assert [result.outcome for result in device.push(good, poison)] == ["applied", "applied"]


def test_the_ledger_keeps_results_and_hashes_and_no_bodies(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    event = case_event(device)
    device.push(event)
    with live_server.centre.database.read() as connection:
        [row] = connection.execute(sa.select(t.ledger)).mappings()
    assert (row["event_id"], row["n"], row["sha256"]) == (event.id, event.n, e.body_hash(e.encode(event)))
    assert event.data["text"].encode() not in row["result"]
