"""How devices and people become known, and what they are told when they are not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from sync.contract import events as e
from sync.contract import records as r
from sync.contract import wire
from sync.contract.ids import uuid7
from sync.contract.problems import Refused
from sync.server.services import enrolment, people
from sync.server.services.centre import open_centre
from sync.server.services.clock import utc_now
from sync.server.storage import devices, sequence
from sync.server.storage.rows import writing
from tests.server.conftest import MakeDevice
from tests.server.test_push import case_event
from tests.support.server import CODES, Device, LiveServer, MovedClock


def token_of(device: Device, **more: object) -> wire.TokenReply:
    """A fresh token, which the device uses from now on; ``more`` is what it says of itself."""
    nonce = device.ask("POST", wire.NONCE, json={"device_id": device.id}).json()["nonce"]
    signature = device.key.sign(wire.token_message(device.server_id, device.id, nonce)).signature.hex()
    asked = {"device_id": device.id, "nonce": nonce, "signature": signature, **more}
    reply = msgspec.json.decode(device.ask("POST", wire.TOKEN, json=asked).content, type=wire.TokenReply)
    device.token = reply.token
    return reply


def test_every_json_answer_carries_its_checksum(make_device: MakeDevice) -> None:
    answer = make_device("makkah").ask("GET", wire.HELLO)
    assert answer.headers[wire.SUM] == wire.checksum(answer.content)
    assert answer.headers[wire.SUM] != wire.checksum(answer.content.replace(b"a", b"b", 1))


def test_a_device_enrols_once_and_the_same_request_again_gets_the_same_answer(make_device: MakeDevice) -> None:
    device = make_device("makkah")
    first = (device.id, device.number)
    again = device.enrol(CODES["makkah"])
    assert (again.device_id, again.device_number) == first
    assert again.committee is not None
    assert again.committee.number == 11
    assert len(bytes.fromhex(again.recovery_key)) == 32


def test_the_second_device_of_a_committee_gets_the_next_number(make_device: MakeDevice) -> None:
    assert (make_device("makkah").number, make_device("makkah-2").number, make_device("madinah").number) == (1, 2, 1)


def test_a_code_enrols_one_device_only(live_server: LiveServer, make_device: MakeDevice) -> None:
    make_device("makkah")
    other = Device(live_server.url)
    with pytest.raises(Refused, match="enrol_code_used"):
        other.enrol(CODES["makkah"])
    other.close()


@pytest.mark.parametrize("typed", ["makk-ah11-2345-abcd", "MAKKAH112345ABCD", " makk ah11 2345 abcd "])
def test_a_code_may_be_typed_without_dashes_in_any_case(live_server: LiveServer, typed: str) -> None:
    device = Device(live_server.url)
    assert device.enrol(typed).device_number == 1
    device.close()


def test_an_unknown_code_is_refused(live_server: LiveServer) -> None:
    device = Device(live_server.url)
    with pytest.raises(Refused, match="enrol_code_unknown"):
        device.enrol("AAAA-BBBB-CCCC-DDDD")
    device.close()


def test_a_code_expires_but_not_for_the_device_that_used_it(
    live_server: LiveServer, make_device: MakeDevice, clock: MovedClock
) -> None:
    enrolled = make_device("makkah")
    clock.ahead = timedelta(days=enrolment.CODE_DAYS, minutes=1)
    assert enrolled.enrol(CODES["makkah"]).device_id == enrolled.id
    late = Device(live_server.url)
    with pytest.raises(Refused, match="enrol_code_expired"):
        late.enrol(CODES["madinah"])
    late.close()


def test_enrolment_needs_the_private_half_of_the_key(live_server: LiveServer) -> None:
    device, thief = Device(live_server.url), Device(live_server.url)
    hello = device.ask("GET", wire.HELLO).json()
    public = bytes(device.key.verify_key).hex()
    signature = thief.key.sign(wire.enrol_message(hello["server_id"], CODES["makkah"], public)).signature.hex()
    asked = {
        "code": CODES["makkah"],
        "device_name": "x",
        "public_key": public,
        "signature": signature,
        "client": "x",
    }
    with pytest.raises(Refused, match="signature_wrong"):
        device.ask("POST", wire.ENROL, json=asked)
    device.close()
    thief.close()


def test_a_token_needs_the_signature_of_the_nonce_by_the_enrolled_key(make_device: MakeDevice) -> None:
    device, thief = make_device("makkah"), make_device("makkah-2")
    nonce = device.ask("POST", wire.NONCE, json={"device_id": device.id}).json()["nonce"]
    signature = thief.key.sign(wire.token_message(device.server_id, device.id, nonce)).signature.hex()
    with pytest.raises(Refused, match="signature_wrong"):
        device.ask("POST", wire.TOKEN, json={"device_id": device.id, "nonce": nonce, "signature": signature})


def test_a_nonce_is_used_up_also_by_a_wrong_signature(make_device: MakeDevice) -> None:
    device = make_device("makkah")
    nonce = device.ask("POST", wire.NONCE, json={"device_id": device.id}).json()["nonce"]
    asked = {"device_id": device.id, "nonce": nonce, "signature": "00" * 64}
    with pytest.raises(Refused, match="signature_wrong"):
        device.ask("POST", wire.TOKEN, json=asked)
    asked["signature"] = device.key.sign(wire.token_message(device.server_id, device.id, nonce)).signature.hex()
    with pytest.raises(Refused, match="nonce_unknown"):
        device.ask("POST", wire.TOKEN, json=asked)


def test_a_known_device_that_names_itself_gets_a_nonce_with_the_greeting_once(make_device: MakeDevice) -> None:
    device = make_device("makkah")
    greeted = device.ask("GET", wire.HELLO, headers={wire.DEVICE: device.id})
    nonce = msgspec.json.decode(greeted.content, type=wire.Hello).nonce
    signature = device.key.sign(wire.token_message(device.server_id, device.id, nonce)).signature.hex()
    asked = {"device_id": device.id, "nonce": nonce, "signature": signature}
    granted = device.ask("POST", wire.TOKEN, json=asked)
    device.token = msgspec.json.decode(granted.content, type=wire.TokenReply).token
    device.page(0, "")
    with pytest.raises(Refused, match="nonce_unknown"):
        device.ask("POST", wire.TOKEN, json=asked)


@pytest.mark.parametrize("named", ["", "nobody", "x" * 4000])
def test_who_is_no_device_here_is_greeted_and_gets_nothing_to_sign(make_device: MakeDevice, named: str) -> None:
    greeted = make_device("makkah").ask("GET", wire.HELLO, headers={wire.DEVICE: named})
    assert msgspec.json.decode(greeted.content, type=wire.Hello).nonce == ""


def test_a_nonce_expires(make_device: MakeDevice, clock: MovedClock) -> None:
    device = make_device("makkah")
    nonce = device.ask("POST", wire.NONCE, json={"device_id": device.id}).json()["nonce"]
    clock.ahead = timedelta(minutes=3)
    signature = device.key.sign(wire.token_message(device.server_id, device.id, nonce)).signature.hex()
    with pytest.raises(Refused, match="nonce_unknown"):
        device.ask("POST", wire.TOKEN, json={"device_id": device.id, "nonce": nonce, "signature": signature})


def test_a_token_expires_after_a_quarter_of_an_hour(make_device: MakeDevice, clock: MovedClock) -> None:
    device = make_device("makkah", "ahmad")
    device.page()
    clock.ahead = timedelta(seconds=wire.TOKEN_SECONDS + 1)
    with pytest.raises(Refused, match="token_expired"):
        device.page()
    device.sign_in()
    device.page()


def test_a_revoked_device_is_told_so_and_gets_nothing_more(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    enrolment.revoke(live_server.centre, device.id)
    with pytest.raises(Refused, match="token_expired"):
        device.page()
    assert token_of(device).standing == "revoked"
    with pytest.raises(Refused, match="device_revoked"):
        device.page()
    with pytest.raises(Refused, match="device_revoked"):
        device.bind("yasir")


def test_a_token_names_who_may_use_the_device_now(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad", "yasir")
    assert (token_of(device).standing, token_of(device).people) == ("good", ("person-ahmad", "person-yasir"))
    enrolment.release(live_server.centre, device.id, "person-yasir")
    assert token_of(device).people == ("person-ahmad",)


def test_a_person_binds_with_his_password_and_again_without_taking_another_place(make_device: MakeDevice) -> None:
    device = make_device("makkah")
    assert device.bind("ahmad").name_ar == "أحمد بن صالح الغامدي"
    assert device.bind("ahmad").id == "person-ahmad"


@pytest.mark.parametrize("username", ["ahmad", "nobody"])
def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(make_device: MakeDevice, username: str) -> None:
    with pytest.raises(Refused, match=r"^118 password_wrong$"):
        make_device("makkah").bind(username, "not the password")


def test_who_guesses_passwords_has_to_wait_and_then_may_try_again(make_device: MakeDevice, clock: MovedClock) -> None:
    device = make_device("makkah")
    for _ in range(5):
        with pytest.raises(Refused, match="password_wrong"):
            device.bind("ahmad", "guess")
    answer = device.send("POST", wire.BIND, json={"username": "ahmad", "password": "guess"})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
    wait = int(answer.headers["Retry-After"])
    assert 0 < wait <= 15 * 60 + 1
    device.bind("yasir")
    clock.ahead = timedelta(seconds=wait + 1)
    device.sign_in()
    device.bind("ahmad")


def test_a_device_is_for_its_own_committee(make_device: MakeDevice) -> None:
    device = make_device("makkah")
    with pytest.raises(Refused, match="other_committee"):
        device.bind("omar")
    with pytest.raises(Refused, match="other_region"):
        device.bind("nasser")
    assert device.bind("saad").role == "supervisor"


def test_nothing_is_answered_without_a_token(live_server: LiveServer) -> None:
    device = Device(live_server.url)
    for method, path in (
        ("GET", wire.CHANGES),
        ("POST", wire.PUSH),
        ("POST", wire.BIND),
        ("GET", f"{wire.BLOBS}/{'a' * 64}"),
        ("POST", f"{wire.BLOBS}/{'a' * 64}"),
        ("PATCH", f"{wire.BLOBS}/{'a' * 64}"),
    ):
        answer = device.send(method, path)
        assert (answer.status_code, answer.json()["code"]) == (401, "token_expired"), path
    device.close()


def test_neither_password_nor_token_nor_code_is_stored(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    live_server.centre.database.engine.dispose()
    kept = b"".join(path.read_bytes() for path in live_server.centre.evidence.parent.rglob("*") if path.is_file())
    for secret in (device.token, "ahmad-sample-1448", CODES["makkah"]):
        assert secret.encode() not in kept


def row_of(device: Device, seen_by: Device) -> r.Device | None:
    row = seen_by.pull()[0].get(("device", device.id))
    assert row is None or isinstance(row, r.Device)
    return row


def test_the_devices_of_a_region_know_each_other_by_their_keys(make_device: MakeDevice) -> None:
    device, colleague = make_device("makkah", "ahmad"), make_device("makkah-2", "yasir")
    desk, elsewhere = make_device("none", "saad"), make_device("madinah", "omar")
    for holder in (device, colleague, desk):
        row = row_of(device, holder)
        assert row is not None
        assert row.public_key == bytes(device.key.verify_key).hex()
        assert (row.number, row.committee_id, row.regions) == (1, "committee-11", ("makkah",))
        assert (row.supervises, row.revoked) == (False, False)
    assert row_of(device, elsewhere) is None
    of_desk = row_of(desk, device)
    assert of_desk is not None
    assert (of_desk.committee_id, of_desk.regions, of_desk.supervises) == ("", ("makkah",), True)
    assert row_of(desk, elsewhere) is None


def test_the_row_of_a_device_follows_its_people_and_its_standing(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    desk, watcher = make_device("none"), make_device("makkah", "ahmad")
    nobody = row_of(desk, watcher)
    assert nobody is not None
    assert (nobody.regions, nobody.supervises) == ((), False)
    desk.bind("hind")
    bound = row_of(desk, watcher)
    assert bound is not None
    assert (bound.regions, bound.supervises) == (("jeddah", "madinah", "makkah"), True)
    enrolment.release(live_server.centre, desk.id, "person-hind")
    released = row_of(desk, watcher)
    assert released is not None
    assert (released.regions, released.supervises) == ((), False)
    enrolment.revoke(live_server.centre, desk.id)
    revoked = row_of(desk, watcher)
    assert revoked is not None
    assert revoked.revoked


def test_devices_of_an_older_centre_get_their_rows_when_it_is_opened_and_no_others_are_written_again(
    live_server: LiveServer, make_device: MakeDevice, tmp_path: Path
) -> None:
    device = make_device("makkah", "ahmad")
    with writing(live_server.centre.database) as rows:
        rows.delete("device", device.id)
    assert row_of(device, device) is None
    for _ in range(2):
        centre = open_centre(str(tmp_path / "centre" / "centre.db"), tmp_path / "centre" / "blobs")
        with centre.database.read() as connection:
            seq = sequence.last(connection)
        centre.close()
    row = row_of(device, device)
    assert row is not None
    assert row.public_key == bytes(device.key.verify_key).hex()
    assert device.pull()[1].next == seq


def test_what_a_device_says_of_itself_with_each_token_is_kept(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    token_of(device, waiting=3, waiting_since="2026-11-22T09:00:00+03:00", client="midan 1.1")
    token_of(device, waiting=2, waiting_since="2026-11-22T10:00:00+03:00")
    with live_server.centre.database.read() as connection:
        [standing] = [one for one in devices.standings(connection) if one.committee == 11]
    assert standing.seen_ms is not None
    assert (standing.waiting, standing.waiting_since, standing.client) == (
        2,
        "2026-11-22T10:00:00+03:00",
        "midan 1.1",
    )


@pytest.mark.parametrize(
    ("ahead", "flags"),
    [
        (timedelta(minutes=12), ("clock_wrong",)),
        (timedelta(hours=-3), ("clock_wrong",)),
        (timedelta(minutes=4), ()),
        (None, ()),
    ],
    ids=["twelve minutes ahead", "three hours behind", "four minutes ahead", "it does not say"],
)
def test_what_a_device_with_a_wrong_clock_reports_is_taken_and_flagged(
    make_device: MakeDevice, ahead: timedelta | None, flags: tuple[str, ...]
) -> None:
    device = make_device("makkah", "ahmad")
    token_of(device, **({} if ahead is None else {"time": (utc_now() + ahead).isoformat()}))
    case = case_event(device)
    [result] = device.push(case)
    assert (result.outcome, result.flags) == ("applied", flags)
    held = device.pull()[0]["case", case.record]
    assert isinstance(held, r.Case)
    assert held.flags == flags


def test_a_greeting_and_a_push_name_the_life_of_the_centre(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")

    def told() -> set[str]:
        step = device.event("case", uuid7(), "comment", "person-ahmad", e.CaseStep(text="x"))
        pushed = device.ask("POST", wire.PUSH, data=wire.compress([e.encode(step)]))
        hello = msgspec.json.decode(device.ask("GET", wire.HELLO).content, type=wire.Hello)
        return {hello.life, msgspec.json.decode(pushed.content, type=wire.PushReply).life}

    [before] = told()
    people.begin_new_epoch(live_server.centre)
    [after] = told()
    assert before
    assert after not in ("", before)
