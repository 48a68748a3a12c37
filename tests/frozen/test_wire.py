"""What the frozen client says is understood today, and what it was told can be read today."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from sync.contract import events as e
from sync.contract import records as r
from sync.contract import wire
from tests.frozen.recording import Recording
from tests.frozen.replay import Said, centre_of, page_of, replay, rows_of

ADDRESSES = {
    (method, path)
    for method, path in (
        ("GET", wire.HELLO),
        ("POST", wire.ENROL),
        ("POST", wire.NONCE),
        ("POST", wire.TOKEN),
        ("POST", wire.BIND),
        ("POST", wire.PUSH),
        ("GET", wire.CHANGES),
        ("HEAD", wire.BLOBS),
        ("GET", wire.BLOBS),
        ("POST", wire.BLOBS),
        ("PATCH", wire.BLOBS),
    )
}


KINDS_OF_THEN = {
    *("season", "code", "committee", "person", "checklist", "company", "place", "visit", "visit_revision", "finding"),
    *("decision", "case", "case_entry", "contact", "refusal"),
}
"""What the frozen client has tables for; it keeps every other kind aside."""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, recording: Recording) -> list[Said]:
    """Every recorded request with the answer it had and the one it gets today."""
    with centre_of(tmp_path_factory.mktemp("centre"), recording) as server:
        return list(replay(server, recording))


def of(said: list[Said], method: str, path: str) -> list[Said]:
    return [one for one in said if one.then.is_(method, path)]


def without_moments(body: bytes) -> list[e.EventResult]:
    results = msgspec.json.decode(body, type=wire.PushReply).results
    return [msgspec.structs.replace(result, received_at="") for result in results]


def test_the_recording_has_a_whole_round_at_every_address(said: list[Said]) -> None:
    assert {address for address in ADDRESSES if of(said, *address)} == ADDRESSES


def test_every_recorded_request_gets_the_status_it_got(said: list[Said]) -> None:
    then = [(one.then.head.method, one.then.head.path.partition("?")[0], one.then.head.status) for one in said]
    now = [(one.then.head.method, one.then.head.path.partition("?")[0], one.now.status) for one in said]
    assert now == then


def test_every_recorded_push_gets_the_results_it_got(said: list[Said]) -> None:
    pushes = of(said, "POST", wire.PUSH)
    for push in pushes:
        assert without_moments(push.now.body) == without_moments(push.then.answer)
    outcomes = [result.outcome for push in pushes for result in without_moments(push.now.body)]
    assert (outcomes.count("applied"), outcomes.count("rejected"), len(outcomes)) == (10, 1, 11)


def test_enrolling_and_binding_are_answered_with_the_same_bytes(said: list[Said]) -> None:
    answers = [*of(said, "POST", wire.ENROL), *of(said, "POST", wire.BIND)]
    assert [one.now.body for one in answers] == [one.then.answer for one in answers]


def test_every_piece_of_evidence_arrives_as_it_did(said: list[Said]) -> None:
    patches = of(said, "PATCH", wire.BLOBS)
    states = [msgspec.json.decode(one.now.body, type=wire.BlobState) for one in patches]
    assert states == [msgspec.json.decode(one.then.answer, type=wire.BlobState) for one in patches]
    assert states[-1].complete
    for asked in of(said, "HEAD", wire.BLOBS):
        for header in (wire.OFFSET.lower(), wire.LENGTH.lower(), wire.COMPLETE.lower()):
            assert asked.now.headers.get(header) == asked.then.head.answer_headers.get(header)


def test_a_piece_of_evidence_is_handed_out_as_it_was(said: list[Said]) -> None:
    [fetched] = of(said, "GET", wire.BLOBS)
    assert fetched.now.body == fetched.then.answer
    assert fetched.then.head.path.endswith(hashlib.sha256(fetched.now.body).hexdigest())


def test_every_recorded_page_is_readable_and_todays_has_the_same_rows_of_the_kinds_of_then(said: list[Said]) -> None:
    kinds = set()
    for one in of(said, "GET", wire.CHANGES):
        then, now = rows_of(page_of(one.then.answer)), rows_of(page_of(one.now.body))
        assert {key: record for key, record in now.items() if key[0] in KINDS_OF_THEN} == then
        kinds |= {kind for kind, _ in then}
    assert kinds == KINDS_OF_THEN
    assert kinds <= set(r.KINDS)


def test_every_recorded_reply_is_readable_by_todays_device(said: list[Said]) -> None:
    shapes = {
        wire.HELLO: wire.Hello,
        wire.ENROL: wire.EnrolReply,
        wire.NONCE: wire.NonceReply,
        wire.TOKEN: wire.TokenReply,
        wire.BIND: wire.BindReply,
        wire.PUSH: wire.PushReply,
    }
    for one in said:
        shape = shapes.get(one.then.head.path)
        if shape is not None:
            assert msgspec.json.decode(one.then.answer, type=shape)


def test_a_push_sent_a_second_time_is_answered_as_the_first_time_and_changes_nothing(
    tmp_path: Path, recording: Recording
) -> None:
    with centre_of(tmp_path, recording) as server:
        first = list(replay(server, recording))
        again = list(replay(server, recording))
    assert [one.now.body for one in of(again, "POST", wire.PUSH)] == [
        one.now.body for one in of(first, "POST", wire.PUSH)
    ]
