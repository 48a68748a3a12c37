"""Committees and cases that move to another region, and what was made before and arrives afterwards."""

from __future__ import annotations

import pytest

from sync.contract import events as e
from sync.contract import records as r
from sync.contract.ids import uuid7
from sync.contract.problems import Refused
from sync.server.services import people
from tests.server.conftest import MakeDevice
from tests.server.test_push import case_event, visit_event
from tests.support.server import Device, LiveServer


def move(desk: Device, case: e.Event, committee_id: str, user: str = "person-saad", text: str = "") -> e.EventResult:
    payload = e.CaseMove(committee_id=committee_id, text=text)
    [result] = desk.push(desk.event("case", case.record, "move", user, payload))
    return result


def test_a_moved_case_takes_its_whole_history_along_and_leaves_nothing_behind(make_device: MakeDevice) -> None:
    device, desk = make_device("makkah", "ahmad"), make_device("none", "saad")
    theirs, their_desk = make_device("madinah", "omar"), make_device("none-2", "nasser")
    case = case_event(device, reporter="confidential")
    given = e.ContactGiven(case_id=case.record, name="سالم", phone="+966500000001")
    contact = device.event("contact", uuid7(), "give", "person-ahmad", given)
    comment = device.event("case", case.record, "comment", "person-ahmad", e.CaseStep(text="تعليق"))
    check = device.event("case", case.record, "check", "person-ahmad", e.CaseStep())
    device.push(case, contact, comment, check)
    (_, before), (_, desk_before) = device.pull(), desk.pull()
    assert move(desk, case, "committee-21", text="الفندق في المدينة").outcome == "applied"
    for holder in (theirs, their_desk):
        rows = holder.pull()[0]
        moved = rows["case", case.record]
        assert isinstance(moved, r.Case)
        assert (moved.committee_id, moved.region, moved.state) == ("committee-21", "madinah", "assigned")
        assert ("contact", contact.record) in rows
        entries = [row for row in rows.values() if isinstance(row, r.CaseEntry)]
        assert sorted(entry.action for entry in entries) == ["check", "comment", "move", "open"]
        [entry] = [entry for entry in entries if entry.action == "move"]
        assert (entry.text, entry.from_state, entry.to_state) == (
            "11 > 21\nالفندق في المدينة",
            "on_site_check",
            "assigned",
        )
    of_case = {"case", "case_entry", "contact"}
    for holder, cursor in ((device, before), (desk, desk_before)):
        assert not {key for key in holder.pull()[0] if key[0] in of_case}, "who begins anew holds nothing of it"
        gone = {
            (change.kind, change.id) for change in holder.page(cursor.next, cursor.epoch).changes if not change.values
        }
        assert {("case", case.record), ("contact", contact.record)} <= gone


def test_a_case_goes_on_where_it_was_moved_to_and_nowhere_else(make_device: MakeDevice) -> None:
    device, desk, theirs = make_device("makkah", "ahmad"), make_device("none", "saad"), make_device("madinah", "omar")
    case = case_event(device)
    device.push(case)
    move(desk, case, "committee-21")
    [late] = device.push(device.event("case", case.record, "comment", "person-ahmad", e.CaseStep(text="متأخر")))
    assert (late.outcome, late.code) == ("rejected", "outside_scope")
    [step] = theirs.push(theirs.event("case", case.record, "check", "person-omar", e.CaseStep()))
    assert step.outcome == "applied"


def test_the_supervisor_of_the_region_it_comes_to_may_fetch_a_case_and_one_of_a_third_may_not(
    make_device: MakeDevice,
) -> None:
    device, their_desk = make_device("makkah", "ahmad"), make_device("none", "nasser")
    third = make_device("none-2", "faisal")
    case = case_event(device)
    device.push(case)
    refused = move(third, case, "committee-21", "person-faisal")
    assert (refused.outcome, refused.code) == ("rejected", "outside_scope")
    assert move(their_desk, case, "committee-21", "person-nasser").outcome == "applied"
    assert move(their_desk, case, "committee-21", "person-nasser").outcome == "merged"


def test_only_supervisors_move_cases_and_only_to_committees_that_exist(make_device: MakeDevice) -> None:
    device, desk = make_device("makkah", "ahmad"), make_device("none", "saad")
    case = case_event(device)
    device.push(case)
    refused = move(desk, case, "committee-99")
    assert (refused.code, refused.fields["kind"]) == ("record_unknown", "committee")
    [by_inspector] = device.push(
        device.event("case", case.record, "move", "person-ahmad", e.CaseMove(committee_id="committee-21"))
    )
    assert by_inspector.code in ("outside_scope", "not_your_role")


def test_a_committee_that_was_moved_works_in_its_new_region(live_server: LiveServer, make_device: MakeDevice) -> None:
    device, desk = make_device("makkah", "ahmad"), make_device("none", "faisal")
    _, page = device.pull()
    people.move_committee(live_server.centre, 11, "jeddah")
    with pytest.raises(Refused, match="scope_changed"):
        device.page(page.next, page.epoch)
    rows = device.pull()[0]
    committee, person, row = (
        rows["committee", "committee-11"],
        rows["person", "person-ahmad"],
        rows["device", device.id],
    )
    assert isinstance(committee, r.Committee)
    assert isinstance(person, r.Person)
    assert isinstance(row, r.Device)
    assert (committee.region, person.regions, row.regions) == ("jeddah", ("jeddah",), ("jeddah",))
    event = case_event(device, region="jeddah")
    assert device.push(event)[0].flags == ()
    assert ("case", event.record) in desk.pull()[0]


def test_what_was_made_before_the_move_is_kept_in_the_region_it_was_made_in_and_flagged(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device, old_desk, new_desk = (
        make_device("makkah", "ahmad"),
        make_device("none", "saad"),
        make_device("none-2", "faisal"),
    )
    known = visit_event(device)
    device.push(known)
    late = [visit_event(device), case_event(device)]
    people.move_committee(live_server.centre, 11, "jeddah")
    for result in device.push(*late):
        assert (result.outcome, "region_left" in result.flags) == ("applied", True)
    for event in (known, *late):
        for holder, holds in ((device, True), (old_desk, True), (new_desk, False)):
            assert ((event.kind, event.record) in holder.pull()[0]) is holds
    visit = device.pull()[0]["visit", late[0].record]
    assert isinstance(visit, r.Visit)
    assert (visit.region, "region_left" in visit.flags) == ("makkah", True)
    [elsewhere] = device.push(case_event(device, region="madinah"))
    assert (elsewhere.outcome, elsewhere.code) == ("rejected", "outside_scope")


def test_a_report_from_before_the_move_is_returned_by_the_old_region_and_comes_again(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device, desk = make_device("makkah", "ahmad"), make_device("none", "saad")
    people.move_committee(live_server.centre, 11, "jeddah")
    visit = visit_event(device)
    device.push(visit)
    remarks = e.VisitReview(revision=1, remarks=(r.Remark(item="I01", text="صور المخرج"),))
    assert desk.push(desk.event("visit", visit.record, "return", "person-saad", remarks))[0].outcome == "applied"
    [again] = device.push(visit_event(device, record=visit.record, revision=2))
    assert (again.outcome, "region_left" in again.flags) == ("applied", True)


def test_moving_to_where_it_is_changes_nothing(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    _, page = device.pull()
    people.move_committee(live_server.centre, 11, "makkah")
    assert device.pull(page.next, page.epoch)[0] == {}
    with pytest.raises(people.NoSuchRegion, match="atlantis"):
        people.move_committee(live_server.centre, 11, "atlantis")


def test_a_number_that_another_report_has_is_flagged_and_the_report_is_taken(make_device: MakeDevice) -> None:
    device, other = make_device("makkah", "ahmad"), make_device("makkah-2", "yasir")
    first, twin = case_event(device), visit_event(other, user="person-yasir")
    twin.data["number"] = first.data["number"]
    assert device.push(first)[0].flags == ()
    [result] = other.push(twin)
    assert (result.outcome, "number_duplicate" in result.flags) == ("applied", True)
    rows = device.pull()[0]
    visit, case = rows["visit", twin.record], rows["case", first.record]
    assert isinstance(visit, r.Visit)
    assert isinstance(case, r.Case)
    assert ("number_duplicate" in visit.flags, case.flags) == (True, ())


def test_two_reports_of_one_batch_with_one_number_are_told_apart(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    one, two = case_event(device), case_event(device)
    two.data["number"] = one.data["number"]
    assert [result.flags for result in device.push(one, two)] == [(), ("number_duplicate",)]
