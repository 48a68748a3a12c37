"""Batches that another device brings, and devices that leave an identity which two had."""

from __future__ import annotations

import msgspec
import pytest
from nacl.signing import SigningKey

from sync.contract import events as e
from sync.contract import wire
from sync.contract.ids import uuid7
from sync.contract.problems import Refused
from sync.server.services import enrolment
from tests.server.conftest import MakeDevice
from tests.support import reports
from tests.support.server import Device, LiveServer


def opening(device: Device, user: str = "person-ahmad") -> e.Event:
    payload = reports.case(reports.report_number(device.number, device.next_n))
    return device.event("case", uuid7(), "open", user, payload)


def signed(maker: Device, *events: e.Event) -> list[bytes]:
    """A batch as its maker hands it over: the head, then its exact lines."""
    lines = [e.encode(event) for event in events]
    signature = maker.key.sign(wire.batch_message(maker.server_id, maker.id, lines)).signature.hex()
    return [msgspec.json.encode(wire.RelayHead(device_id=maker.id, signature=signature)), *lines]


def relay(by: Device, lines: list[bytes]) -> tuple[e.EventResult, ...]:
    reply = by.ask("POST", wire.RELAY, data=wire.compress(lines), headers={"Content-Type": wire.NDJSON_ZSTD})
    return msgspec.json.decode(reply.content, type=wire.PushReply).results


def reidentify(device: Device, key: SigningKey, by: SigningKey | None = None) -> wire.EnrolReply:
    public = bytes(key.verify_key).hex()
    message = wire.reidentify_message(device.server_id, device.id, public)
    asked = wire.ReidentifyRequest(public_key=public, signature=(by or key).sign(message).signature.hex())
    reply = device.ask("POST", wire.REIDENTIFY, data=msgspec.json.encode(asked))
    return msgspec.json.decode(reply.content, type=wire.EnrolReply)


def become(device: Device, key: SigningKey, reply: wire.EnrolReply) -> Device:
    """The device as it speaks with its new identity."""
    renewed = Device(device.url, key, reply.device_id, reply.device_number, reply.server_id, next_n=1)
    renewed.session = device.session
    renewed.sign_in()
    return renewed


@pytest.mark.parametrize("relayed_first", [True, False])
def test_a_batch_counts_once_whichever_way_it_arrives_first(make_device: MakeDevice, relayed_first: bool) -> None:
    maker, desk = make_device("makkah", "ahmad"), make_device("none", "saad")
    events = [opening(maker), opening(maker)]
    if relayed_first:
        first, second = relay(desk, signed(maker, *events)), maker.push(*events)
    else:
        first, second = maker.push(*events), relay(desk, signed(maker, *events))
    assert [result.outcome for result in first] == ["applied", "applied"]
    assert second == first
    cases = {record_id for kind, record_id in desk.pull()[0] if kind == "case"}
    assert cases == {event.record for event in events}


def test_a_relayed_batch_is_judged_as_its_makers(live_server: LiveServer, make_device: MakeDevice) -> None:
    maker, desk = make_device("makkah", "ahmad"), make_device("none", "saad")
    of_nobody_there = opening(maker, user="person-saad")
    [result] = relay(desk, signed(maker, of_nobody_there))
    assert (result.outcome, result.code) == ("rejected", "user_not_on_device")
    enrolment.revoke(live_server.centre, maker.id)
    [result] = relay(desk, signed(maker, opening(maker)))
    assert result.outcome == "quarantined"


def test_a_decision_that_hangs_on_a_relayed_report_is_judged_after_it(make_device: MakeDevice) -> None:
    maker, desk = make_device("makkah", "ahmad"), make_device("none", "saad")
    case = opening(maker)
    step = e.CaseStep(text="رأيته")
    comment = desk.event("case", case.record, "comment", "person-saad", step, depends_on=(case.id,))
    assert desk.push(comment)[0].outcome == "blocked"
    assert relay(desk, signed(maker, case))[0].outcome == "applied"
    assert desk.push(comment)[0].outcome == "applied"


def test_a_batch_that_was_changed_on_its_way_is_refused_whole(make_device: MakeDevice) -> None:
    maker, desk = make_device("makkah", "ahmad"), make_device("none", "saad")
    head, *lines = signed(maker, opening(maker), opening(maker))
    for changed in ([head, lines[0]], [head, lines[1], lines[0]], [head, lines[0], lines[1] + b" "], [head]):
        with pytest.raises(Refused, match="batch_signature_wrong"):
            relay(desk, changed)
    thief = msgspec.json.encode(wire.RelayHead(device_id=desk.id, signature=msgspec.json.decode(head)["signature"]))
    with pytest.raises(Refused, match="batch_signature_wrong"):
        relay(desk, [thief, *lines])
    assert [result.outcome for result in maker.push(*map(e.decode, lines))] == ["applied", "applied"]


def test_a_batch_of_a_device_that_never_enrolled_here_is_refused(make_device: MakeDevice) -> None:
    maker, desk = make_device("makkah", "ahmad"), make_device("none", "saad")
    lines = signed(maker, opening(maker))[1:]
    head = msgspec.json.encode(wire.RelayHead(device_id=uuid7(), signature="00" * 64))
    with pytest.raises(Refused, match="device_unknown"):
        relay(desk, [head, *lines])
    with pytest.raises(Refused, match="bad_request"):
        relay(desk, lines)


def test_a_device_that_is_one_of_two_gets_its_own_identity_and_its_events_go_on_byte_for_byte(
    make_device: MakeDevice,
) -> None:
    device = make_device("makkah", "ahmad", "yasir")
    device.push(opening(device))
    device.next_n = 1
    waiting = [opening(device), opening(device, user="person-yasir")]
    [refused, _] = device.push(*waiting)
    assert (refused.outcome, refused.code) == ("rejected", "number_reused")
    key = SigningKey.generate()
    reply = reidentify(device, key)
    assert (reply.device_number, reply.committee and reply.committee.number) == (2, 11)
    renewed = become(device, key, reply)
    assert renewed.push(waiting[0])[0].outcome == "applied"
    assert device.push(opening(device))[0].outcome == "applied", "the other of the two goes on as it was"


def test_who_relays_learns_of_a_reused_number_what_became_of_it_under_the_other_identity(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    maker, desk = make_device("makkah", "ahmad"), make_device("none", "saad")
    maker.push(opening(maker))
    maker.next_n = 1
    waiting = opening(maker)
    [reused] = relay(desk, signed(maker, waiting))
    assert (reused.outcome, reused.code) == ("rejected", "number_reused")
    key = SigningKey.generate()
    renewed = become(maker, key, reidentify(maker, key))
    enrolment.revoke(live_server.centre, renewed.id)
    renewed.sign_in()
    [held] = renewed.push(waiting)
    assert held.outcome == "quarantined"
    assert relay(desk, signed(maker, waiting)) == (held,)


def test_asking_again_for_another_identity_gets_the_same_one(make_device: MakeDevice) -> None:
    device, other = make_device("makkah", "ahmad"), make_device("makkah-2", "yasir")
    key = SigningKey.generate()
    assert reidentify(device, key) == reidentify(device, key)
    with pytest.raises(Refused, match="bad_request"):
        reidentify(other, key)
    with pytest.raises(Refused, match="bad_request"):
        reidentify(device, other.key)
    with pytest.raises(Refused, match="signature_wrong"):
        reidentify(device, SigningKey.generate(), by=device.key)


def test_another_identity_frees_nobody_from_what_was_decided_about_him(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device = make_device("makkah", "ahmad", "yasir")
    enrolment.release(live_server.centre, device.id, "person-yasir")
    released = opening(device, user="person-yasir")
    one, two = SigningKey.generate(), SigningKey.generate()
    renewed = become(device, one, reidentify(device, one))
    assert renewed.push(released)[0].fields == {"reason": "person_released"}
    enrolment.revoke(live_server.centre, renewed.id)
    renewed.sign_in()
    again = become(renewed, two, reidentify(renewed, two))
    assert again.push(opening(again))[0].fields == {"reason": "device_revoked"}
