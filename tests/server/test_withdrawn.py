"""What a revoked device, or a person released from his, still delivers: held back until a supervisor decides, once."""

from __future__ import annotations

import msgspec
import pytest

from sync.contract import events as e
from sync.contract import records as r
from sync.contract.ids import uuid7
from sync.contract.problems import Refused
from sync.server.services import enrolment
from tests.server.conftest import MakeDevice
from tests.support import reports
from tests.support.server import Device, LiveServer

DAY = "2026-11-22T14:03:07+03:00"
NAME = "سيتي رحماواتي"


def opening(device: Device, user: str = "person-ahmad", **more: object) -> e.Event:
    payload = reports.case(reports.report_number(device.number, device.next_n), **more)
    return device.event("case", uuid7(), "open", user, payload)


def contact(device: Device, case: e.Event, *, depends: bool = True) -> e.Event:
    given = e.ContactGiven(case_id=case.record, name=NAME, phone="+628110001")
    depends_on = (case.id,) if depends else ()
    return device.event("contact", uuid7(), "give", "person-ahmad", given, depends_on=depends_on)


def decide(desk: Device, action: str, held: e.Event, user: str = "person-saad") -> e.EventResult:
    decision = desk.event("quarantined", held.id, action, user, e.QuarantineDecision(text="نظرت فيه"))
    [result] = desk.push(decision)
    return result


def revoke(server: LiveServer, device: Device) -> None:
    enrolment.revoke(server.centre, device.id)
    device.sign_in()


def held_by(desk: Device, event: e.Event) -> r.Quarantined | None:
    record = desk.pull()[0].get(("quarantined", event.id))
    assert record is None or isinstance(record, r.Quarantined)
    return record


def test_a_revoked_device_delivers_and_nothing_of_it_has_an_effect_until_a_supervisor_accepts_it(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device, colleague, desk = (
        make_device("makkah", "ahmad"),
        make_device("makkah-2", "yasir"),
        make_device("none", "saad"),
    )
    event = opening(device)
    revoke(live_server, device)
    [result] = device.push(event)
    assert (result.outcome, result.fields) == ("quarantined", {"reason": "device_revoked"})
    assert device.push(event) == (result,), "the result is final"
    assert ("case", event.record) not in desk.pull()[0]
    held = held_by(desk, event)
    assert held is not None
    assert (held.state, held.by, held.device_id, held.text) == ("open", "person-ahmad", device.id, event.data["text"])
    assert held_by(colleague, event) is None, "only supervisors see it"
    assert decide(desk, "accept", event).outcome == "applied"
    rows = colleague.pull()[0]
    case = rows["case", event.record]
    assert isinstance(case, r.Case)
    assert (case.opened_by, case.state) == ("person-ahmad", "assigned")
    decided = held_by(desk, event)
    assert decided is not None
    assert (decided.state, decided.decided_by, decided.note) == ("accepted", "person-saad", "نظرت فيه")


def test_what_is_refused_stays_without_effect_and_is_decided_once(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device, desk = make_device("makkah", "ahmad"), make_device("none", "saad")
    event = opening(device)
    revoke(live_server, device)
    device.push(event)
    assert decide(desk, "refuse", event).outcome == "applied"
    again = decide(desk, "accept", event)
    assert (again.outcome, again.code, again.fields["actual"]) == ("rejected", "illegal_step", "refused")
    rows = desk.pull()[0]
    assert ("case", event.record) not in rows
    held = rows["quarantined", event.id]
    assert isinstance(held, r.Quarantined)
    assert held.state == "refused"


def test_a_released_person_is_held_back_and_the_others_on_his_device_are_not(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device, desk = make_device("makkah", "ahmad", "yasir"), make_device("none", "saad")
    his, hers = opening(device), opening(device, user="person-yasir")
    strangers = opening(device, user="person-omar")
    enrolment.release(live_server.centre, device.id, "person-ahmad")
    results = device.push(his, hers, strangers)
    assert [result.outcome for result in results] == ["quarantined", "applied", "rejected"]
    assert results[0].fields == {"reason": "person_released"}
    assert results[2].code == "user_not_on_device", "who was never bound to the device is nobody there"
    device.bind("ahmad")
    assert device.push(opening(device))[0].outcome == "applied", "bound again, he is heard again"
    held = held_by(desk, his)
    assert held is not None
    assert held.state == "open"


def test_supervisors_of_other_regions_see_and_decide_nothing(live_server: LiveServer, make_device: MakeDevice) -> None:
    device, desk, other = make_device("makkah", "ahmad"), make_device("none", "saad"), make_device("none-2", "nasser")
    event = opening(device)
    revoke(live_server, device)
    device.push(event)
    assert held_by(other, event) is None
    result = decide(other, "accept", event, "person-nasser")
    assert (result.outcome, result.code) == ("rejected", "outside_scope")
    [of_inspector] = make_device("makkah-2", "yasir").push(
        desk.event("quarantined", event.id, "accept", "person-yasir", e.QuarantineDecision(), n=1)
    )
    assert (of_inspector.outcome, of_inspector.code) == ("rejected", "outside_scope")


def test_nobody_decides_about_his_own_work(live_server: LiveServer, make_device: MakeDevice) -> None:
    device, desk, old = make_device("makkah", "ahmad"), make_device("none", "saad"), make_device("none-2", "saad")
    case = opening(device)
    device.push(case)
    comment = old.event("case", case.record, "comment", "person-saad", e.CaseStep(text="تعليق"))
    revoke(live_server, old)
    assert old.push(comment)[0].outcome == "quarantined"
    result = decide(desk, "accept", comment)
    assert (result.outcome, result.code) == ("rejected", "own_report")


def test_a_decision_that_is_itself_held_back_is_never_taken_over(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device, old, desk = make_device("makkah", "ahmad"), make_device("none", "saad"), make_device("none-2", "hind")
    event = opening(device)
    revoke(live_server, device)
    device.push(event)
    revoke(live_server, old)
    decision = old.event("quarantined", event.id, "accept", "person-saad", e.QuarantineDecision())
    assert old.push(decision)[0].outcome == "quarantined"
    result = decide(desk, "accept", decision, "person-hind")
    assert (result.outcome, result.code) == ("rejected", "illegal_step")
    assert ("case", event.record) not in desk.pull()[0]


def test_what_is_no_longer_legal_cannot_be_accepted_and_stays_open(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device, desk, old = make_device("makkah", "ahmad"), make_device("none", "saad"), make_device("none-2", "hind")
    case = opening(device)
    device.push(case)
    closing = old.event("case", case.record, "close", "person-hind", e.CaseStep())
    revoke(live_server, old)
    old.push(closing)
    result = decide(desk, "accept", closing)
    assert (result.outcome, result.code) == ("rejected", "illegal_step")
    held = held_by(desk, closing)
    assert held is not None
    assert held.state == "open"
    assert decide(desk, "refuse", closing).outcome == "applied"


def test_a_contact_held_back_with_its_case_is_read_in_its_region_only_and_leaves_the_quarantine_when_decided(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device, desk, other = make_device("makkah", "ahmad"), make_device("none", "saad"), make_device("none-2", "nasser")
    case = opening(device, reporter="named")
    given = contact(device, case)
    revoke(live_server, device)
    assert [result.outcome for result in device.push(case, given)] == ["quarantined", "quarantined"]
    assert held_by(other, given) is None
    held = held_by(desk, given)
    assert held is not None
    assert NAME not in held.text
    assert [decide(desk, "accept", event).outcome for event in (case, given)] == ["applied", "applied"]
    rows = desk.pull()[0]
    reached = rows["contact", given.record]
    assert isinstance(reached, r.Contact)
    assert reached.name == NAME
    decided = rows["quarantined", given.id]
    assert isinstance(decided, r.Quarantined)
    assert (decided.state, decided.body) == ("accepted", "")


def test_a_contact_follows_its_case_to_the_region_it_was_moved_to(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device, desk, other = make_device("makkah", "ahmad"), make_device("none", "saad"), make_device("none-2", "nasser")
    case = opening(device, reporter="named")
    device.push(case)
    desk.push(desk.event("case", case.record, "move", "person-saad", e.CaseMove(committee_id="committee-21")))
    given = contact(device, case)
    revoke(live_server, device)
    device.push(given)
    assert held_by(desk, given) is None, "who lost the case does not read who reported it"
    held = held_by(other, given)
    assert held is not None
    assert NAME in held.body


def test_a_contact_of_a_case_that_nobody_knows_is_held_back_without_its_words(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device, desk = make_device("makkah", "ahmad"), make_device("none", "saad")
    given = contact(device, opening(device), depends=False)
    revoke(live_server, device)
    assert device.push(given)[0].outcome == "quarantined"
    held = held_by(desk, given)
    assert held is not None
    assert (held.text, held.body) == ("", "")
    live_server.centre.database.engine.dispose()
    kept = b"".join(path.read_bytes() for path in live_server.centre.evidence.parent.glob("centre.db*"))
    assert NAME.encode() not in kept
    assert decide(desk, "accept", given).code == "illegal_step"
    assert decide(desk, "refuse", given).outcome == "applied"


def test_evidence_of_what_is_held_back_is_uploaded_and_read_by_who_decides(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device, colleague, desk = (
        make_device("makkah", "ahmad"),
        make_device("makkah-2", "yasir"),
        make_device("none", "saad"),
    )
    revoke(live_server, device)
    sha256 = device.upload(b"picture" * 100)
    piece = r.Attachment(sha256=sha256, size=700, media_type="image/jpeg", role="photo")
    event = msgspec.structs.replace(opening(device, attachments=(piece,)), evidence=(sha256,))
    assert device.push(event)[0].outcome == "quarantined"
    assert desk.ask("GET", f"/v1/blobs/{sha256}").content == b"picture" * 100
    for shut_out, code in ((colleague, "not_found"), (device, "device_revoked")):
        with pytest.raises(Refused, match=code):
            shut_out.ask("GET", f"/v1/blobs/{sha256}")


def test_what_cannot_be_understood_is_refused_also_from_a_revoked_device(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device = make_device("makkah", "ahmad")
    revoke(live_server, device)
    [result] = device.push(device.event("case", uuid7(), "shred", "person-ahmad", e.CaseStep()))
    assert (result.outcome, result.code) == ("rejected", "event_unknown")
