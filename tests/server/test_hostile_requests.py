"""Whatever is sent, the answer is a numbered problem: never a stack, never 500, never 1xx."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
import requests
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.contract import events as e
from sync.contract import records as r
from sync.contract import wire
from sync.contract.ids import uuid7
from sync.contract.problems import PROBLEMS, ProblemBody
from sync.server.services import enrolment
from tests.server.conftest import MakeDevice
from tests.support import reports
from tests.support.server import Device, LiveServer


def problem(answer: requests.Response) -> tuple[int, str]:
    body = msgspec.json.decode(answer.content, type=ProblemBody, strict=True)
    assert PROBLEMS[body.code].number == body.number
    assert wire.SERVER_TIME in answer.headers
    return answer.status_code, body.code


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


def bomb() -> bytes:
    """A gigabyte of zeros in a few kilobytes, in a frame that owns up to its size."""
    return zstd(bytes(256 * 1024 * 1024))


def bomb_that_lies() -> bytes:
    """The same without a size in its frame."""
    return zstandard.ZstdCompressor(write_content_size=False).compress(bytes(64 * 1024 * 1024))


_SPOILED = pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (400, "bad_request")),
        (b"not zstd at all", (400, "bad_request")),
        (zstd(b"{}\n")[:-2], (400, "bad_request")),
        (zstd(b'{"id":"a","n":1}'), (400, "bad_request")),
        (zstd(b"\xff\xfe\n"), (400, "bad_request")),
        (zstd(b'{"id":"\xff","n":1}\n'), (400, "bad_request")),
        (zstd(b'{"id":"a","n":0}\n'), (400, "bad_request")),
        (zstd(b'{"id":"a","n":' + b"9" * 300 + b"}\n"), (400, "bad_request")),
        (zstd(b'{"id":"","n":1}\n'), (400, "bad_request")),
        (zstd(b"[" * 100_000 + b"]" * 100_000 + b"\n"), (400, "bad_request")),
        (zstd(b'{"id":"a","n":1,"data":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001 + b"\n"), (400, "bad_request")),
        (zstd(b"\n" * 501), (413, "too_large")),
        (bomb(), (413, "too_large")),
        (bomb_that_lies(), (400, "bad_request")),
        (b"\0" * (wire.MAX_PUSH_BYTES + 1), (413, "too_large")),
    ],
    ids=lambda value: str(value)[:24] if isinstance(value, bytes) else "",
)
"""Bodies that are no batch, and what is answered to them."""


@_SPOILED
def test_a_push_that_cannot_be_taken_apart_is_refused(
    make_device: MakeDevice, body: bytes, expected: tuple[int, str]
) -> None:
    device = make_device("makkah", "ahmad")
    assert problem(device.send("POST", wire.PUSH, data=body)) == expected


@_SPOILED
def test_a_relayed_batch_that_cannot_be_taken_apart_is_refused(
    make_device: MakeDevice, body: bytes, expected: tuple[int, str]
) -> None:
    status, code = problem(make_device("makkah", "ahmad").send("POST", wire.RELAY, data=body))
    assert (status, code) in {expected, (400, "bad_request")}


@pytest.mark.parametrize("signature", ["", "zz", "00" * 64, "é" * 64])
def test_a_relayed_batch_with_any_wrong_signature_is_refused(make_device: MakeDevice, signature: str) -> None:
    device = make_device("makkah", "ahmad")
    head = msgspec.json.encode(wire.RelayHead(device_id=device.id, signature=signature))
    answer = device.send("POST", wire.RELAY, data=wire.compress([head]))
    assert problem(answer) == (422, "batch_signature_wrong")


@pytest.mark.parametrize("key", ["", "zz", "00" * 31, "00" * 32, "é" * 32])
def test_another_identity_needs_a_key_that_is_one(make_device: MakeDevice, key: str) -> None:
    device = make_device("makkah", "ahmad")
    asked = msgspec.json.encode(wire.ReidentifyRequest(public_key=key, signature="00" * 64))
    assert problem(device.send("POST", wire.REIDENTIFY, data=asked)) == (401, "signature_wrong")


@pytest.mark.parametrize("path", [wire.PUSH, wire.RELAY, wire.REIDENTIFY])
def test_what_is_delivered_is_delivered_by_a_known_device(live_server: LiveServer, path: str) -> None:
    stranger = Device(live_server.url)
    assert problem(stranger.send("POST", path, data=b"{}")) == (401, "token_expired")
    stranger.close()


@pytest.mark.parametrize("place", ["id", "kind", "record", "action", "user", "expected_state"])
def test_a_character_that_no_database_keeps_is_refused_wherever_it_stands(make_device: MakeDevice, place: str) -> None:
    device = make_device("makkah", "ahmad")
    line = msgspec.to_builtins(device.event("case", uuid7(), "comment", "person-ahmad", e.CaseStep(text="x")))
    answer = device.send("POST", wire.PUSH, data=wire.compress([msgspec.json.encode(line | {place: "a\0b"})]))
    if place == "id":
        assert problem(answer) == (400, "bad_request")
    else:
        [result] = msgspec.json.decode(answer.content, type=wire.PushReply).results
        assert (result.outcome, result.code) == ("rejected", "event_malformed")


@pytest.mark.parametrize(
    "sha",
    [
        "..%2f..%2fcentre.db",
        "../../centre.db",
        "A" * 64,
        "a" * 63,
        "a" * 65,
        "a" * 63 + "%0a",
        "%00" * 64,
        "٣" * 64,
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_only_a_hash_is_an_address_of_evidence(make_device: MakeDevice, method: str, sha: str) -> None:
    device = make_device("makkah", "ahmad")
    headers = {wire.LENGTH: "5", wire.OFFSET: "0", "Content-Type": wire.UPLOAD}
    prepared = requests.Request(method, device.url, headers=headers | {"Authorization": f"Bearer {device.token}"})
    request = device.session.prepare_request(prepared)
    request.url = f"{device.url}{wire.BLOBS}/{sha}"  # past the tidying of requests
    assert problem(device.session.send(request, timeout=10)) == (404, "not_found")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"username": 5, "password": "x"}',
        b'{"username": "\xff", "password": "x"}',
        b"[" * 10_000,
    ],
)
def test_a_json_body_of_another_shape_is_refused(make_device: MakeDevice, body: bytes) -> None:
    device = make_device("makkah")
    assert problem(device.send("POST", wire.BIND, data=body)) == (400, "bad_request")


def test_a_json_body_that_is_too_large_is_refused(make_device: MakeDevice) -> None:
    body = msgspec.json.encode({"username": "a" * 20_000, "password": "x"})
    assert problem(make_device("makkah").send("POST", wire.BIND, data=body)) == (413, "too_large")


def test_a_piece_of_evidence_that_is_too_large_is_refused(make_device: MakeDevice) -> None:
    device = make_device("makkah")
    headers = {wire.OFFSET: "0", "Content-Type": wire.UPLOAD}
    answer = device.send("PATCH", f"{wire.BLOBS}/{'a' * 64}", data=bytes(wire.CHUNK_BYTES + 1), headers=headers)
    assert problem(answer) == (413, "too_large")


@pytest.mark.parametrize("since", ["-1", "x", "1e3", "٣", "9" * 30, ""])
def test_a_cursor_that_is_no_number_is_refused(make_device: MakeDevice, since: str) -> None:
    answer = make_device("makkah", "ahmad").send("GET", wire.CHANGES, params={"since": since})
    assert problem(answer) == (400, "bad_request")


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/v2/hello"), ("DELETE", wire.HELLO)])
def test_an_unknown_address_is_a_problem_too(live_server: LiveServer, method: str, path: str) -> None:
    assert problem(requests.request(method, live_server.url + path, timeout=10)) == (404, "not_found")


def test_no_1xx_is_ever_sent(live_server: LiveServer) -> None:
    where = urlsplit(live_server.url)
    with socket.create_connection((where.hostname, where.port), timeout=10) as link:
        link.sendall(b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        assert link.recv(100).startswith(b"HTTP/1.1 400")


def test_a_connection_lost_in_the_middle_of_a_body_changes_nothing_and_alarms_nobody(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    where = urlsplit(device.url)
    head = f"POST {wire.PUSH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {device.token}\r\n"
    with socket.create_connection((where.hostname, where.port), timeout=10) as link:
        link.sendall(f"{head}Content-Length: 5000\r\n\r\nthe first few bytes".encode())
    assert device.page().changes  # and the log is watched: a warning there would fail this test


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_visit_fields = list(e.VisitSubmission.__struct_fields__)
_case_fields = list(e.CaseOpening.__struct_fields__)


@st.composite
def _spoiled_events(draw: st.DrawFn) -> dict[str, Any]:
    """An event that is right but for one or two fields, of which anything may be said."""
    if draw(st.booleans()):
        kind, action, fields = "case", "open", _case_fields
        data = msgspec.to_builtins(reports.case("11-001-0001-2"))
    else:
        kind, action, fields = "visit", "submit", _visit_fields
        data = {
            "number": "11-001-0001-2",
            "revision": 1,
            "inspection_type": "IT04",
            "checklist_id": draw(st.sampled_from(["accommodation@2026112201", "x@1"])),
            "region": "makkah",
            "started_at": "2026-11-22T12:00:00+03:00",
            "instance": "<data/>",
            "signature": {"status": "absent"},
        }
    for _ in range(draw(st.integers(0, 2))):
        data[draw(st.sampled_from(fields))] = draw(_json)
    event = {"kind": kind, "action": action, "record": uuid7(), "user": "person-ahmad", "data": data}
    event["made_at"] = draw(
        st.sampled_from(["2026-11-22T14:03:07+03:00", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", ""])
    )
    if draw(st.booleans()):
        event[draw(st.sampled_from(["kind", "action", "record", "user", "made_at", "depends_on", "evidence"]))] = draw(
            _json
        )
    return event


@pytest.fixture
def ahmads(make_device: MakeDevice) -> Device:
    return make_device("makkah", "ahmad")


@pytest.fixture
def withdrawn(live_server: LiveServer, make_device: MakeDevice) -> Device:
    """A device that was revoked, and has a token to deliver with."""
    device = make_device("makkah-2", "ahmad")
    enrolment.revoke(live_server.centre, device.id)
    device.sign_in()
    return device


@pytest.fixture
def desk(make_device: MakeDevice) -> Device:
    return make_device("none", "saad")


def push(device: Device, events: list[dict[str, Any]]) -> tuple[e.EventResult, ...]:
    """Push what may be no events at all; the results, if there are any."""
    lines = []
    for event in events:
        lines.append(msgspec.json.encode({"id": uuid7(), "n": device.next_n, **event}))
        device.next_n += 1
    answer = device.send("POST", wire.PUSH, data=wire.compress(lines))
    assert answer.status_code in (200, 400), answer.content
    return msgspec.json.decode(answer.content, type=wire.PushReply).results if answer.status_code == 200 else ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(_spoiled_events(), min_size=1, max_size=5))
def test_events_of_any_content_get_a_result_or_a_refusal(ahmads: Device, events: list[dict[str, Any]]) -> None:
    assert {result.outcome for result in push(ahmads, events)} <= {"applied", "merged", "rejected", "blocked"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(_spoiled_events(), min_size=1, max_size=5))
def test_events_of_any_content_are_held_back_or_refused_and_can_be_decided_about(
    withdrawn: Device, desk: Device, events: list[dict[str, Any]]
) -> None:
    results = push(withdrawn, events)
    assert {result.outcome for result in results} <= {"quarantined", "rejected", "blocked"}
    held = [result.id for result in results if result.outcome == "quarantined"]
    for action in ("accept", "refuse"):
        decisions = [
            desk.event("quarantined", event_id, action, "person-saad", e.QuarantineDecision()) for event_id in held
        ]
        if decisions:
            assert {result.outcome for result in desk.push(*decisions)} <= {"applied", "merged", "rejected"}
    rows = desk.pull()[0]
    states = {row.state for row in rows.values() if isinstance(row, r.Quarantined) and row.id in held}
    assert states <= {"accepted", "refused"}
