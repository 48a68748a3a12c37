"""Evidence up by several machines beside the engine, and down after a cut."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract import wire
from sync.contract.problems import Refused
from sync.engine.engine import Engine, Link, Phase, Report, fetch
from sync.engine.ports import Answer, LinkDown
from sync.engine.uploading import Uploader
from tests.engine.centre import Low
from tests.engine.desk import Desk, down


def photo(desk: Desk, size: int, fill: bytes = b"x") -> str:
    """A photograph that waits; returns its name."""
    data = fill * size
    name = hashlib.sha256(data).hexdigest()
    desk.store.files[name] = data
    return name


def crew(desk: Desk, count: int = 3) -> list[Uploader]:
    """Uploaders beside an engine that has come to rest."""
    desk.modern(rows=2)
    made = [desk.engine.uploader(desk.centre) for _ in range(count)]
    assert desk.round()[-1].evidence == bool(desk.store.files)
    return made


def blobs(desk: Desk) -> list[str]:
    """The methods by which evidence was sent."""
    return [line.split()[0] for line in desk.centre.sent(wire.BLOBS)]


def test_a_small_new_piece_is_one_request(desk: Desk) -> None:
    photo(desk, 100_000)
    (uploader,) = crew(desk, 1)
    assert uploader.step().done_bytes == 100_000
    assert uploader.step().phase is Phase.REST
    assert blobs(desk) == ["POST"]


def test_a_large_piece_goes_on_from_its_first_bytes_and_is_never_asked_after(desk: Desk) -> None:
    name = photo(desk, 3 * wire.CHUNK_BYTES)
    (uploader,) = crew(desk, 1)
    while uploader.step().phase is not Phase.REST:
        pass
    assert blobs(desk) == ["POST", "PATCH", "PATCH"]
    assert bytes(desk.centre.blobs[name]) == desk.store.files[name]


def test_a_centre_that_takes_no_bytes_with_the_announcement_is_sent_none_again(desk: Desk) -> None:
    photo(desk, 50_000, b"a")
    photo(desk, 50_000, b"b")
    (uploader,) = crew(desk, 1)
    desk.centre.takes_bodies = False
    before = desk.engine.traffic.sent
    while uploader.step().phase is not Phase.REST:
        pass
    assert blobs(desk) == ["POST", "PATCH", "POST", "PATCH"]
    assert desk.engine.traffic.sent - before == 150_000
    assert len(desk.store.sent) == 2


def test_a_piece_that_was_begun_before_a_restart_is_asked_after_first(desk: Desk) -> None:
    name = photo(desk, 2 * wire.CHUNK_BYTES)
    (uploader,) = crew(desk, 1)
    uploader.step()
    desk.engine = Engine(desk.store, desk.centre, desk.clock, Low())
    before = len(blobs(desk))
    desk.round()
    assert blobs(desk)[before:] == ["HEAD", "PATCH"]
    assert desk.engine.traffic.sent < wire.CHUNK_BYTES + 1_000
    assert bytes(desk.centre.blobs[name]) == desk.store.files[name]


def test_several_machines_never_send_the_same_piece_and_share_one_token(desk: Desk) -> None:
    for number in range(7):
        photo(desk, 2 * wire.CHUNK_BYTES, bytes([number]))
    waiting = crew(desk)
    while waiting:
        waiting = [uploader for uploader in waiting if uploader.step().phase is not Phase.REST]
    assert all(complete for _, complete in desk.store.sent.values())
    assert len(desk.store.sent) == 7
    assert blobs(desk).count("POST") == 7
    assert len(desk.centre.asked) == 1
    assert not desk.engine.uploads.busy


def test_the_engine_says_whether_evidence_waits_for_its_uploaders_and_sends_none_itself(desk: Desk) -> None:
    photo(desk, 1_000)
    (uploader,) = crew(desk, 1)
    assert desk.round()[-1].evidence
    assert blobs(desk) == []
    uploader.step()
    assert not desk.round()[-1].evidence


def test_a_bad_link_makes_chunks_smaller_and_a_good_one_larger_again(desk: Desk) -> None:
    photo(desk, 4 * wire.CHUNK_BYTES)
    (uploader,) = crew(desk, 1)
    sizes: list[int] = []
    honest = desk.centre.request

    def request(method: str, path: str, body: bytes = b"", *more: object, **named: object) -> Answer:
        sizes.extend([len(body)] * (method == "PATCH"))
        desk.clock.t += 12 if len(sizes) < 4 else 0
        return honest(method, path, body, *more, **named)  # type: ignore[arg-type]

    desk.centre.request = request  # type: ignore[method-assign]
    while uploader.step().phase is not Phase.REST:
        pass
    assert sizes[:3] == sorted(sizes[:3], reverse=True)
    assert min(sizes[:-1]) >= wire.CHUNK_BYTES // 16
    assert max(sizes[4:]) > min(sizes)


@pytest.mark.parametrize("code", ["too_large", "upload_hash_wrong", "outside_scope"])
def test_a_piece_the_centre_will_not_have_is_given_up_and_the_next_one_goes(desk: Desk, code: str) -> None:
    bad, good = photo(desk, 10, b"a"), photo(desk, 10, b"b")
    (uploader,) = crew(desk, 1)
    honest = desk.centre._blob

    def blob(method: str, sha: str, *more: object) -> tuple[int, dict[str, str], bytes]:
        if sha == bad and method != "HEAD":
            raise Refused(code)
        return honest(method, sha, *more)  # type: ignore[arg-type]

    desk.centre._blob = blob  # type: ignore[method-assign, assignment]
    for _ in range(12):
        uploader.step()
    assert desk.store.failed == {bad: code}
    assert desk.store.sent[good][1]


def test_a_file_that_cannot_be_read_is_given_up_and_said_so(desk: Desk) -> None:
    name = photo(desk, 10)
    (uploader,) = crew(desk, 1)

    def unreadable(*_: object) -> bytes:
        raise ValueError("damaged")

    desk.store.read_evidence = unreadable  # type: ignore[method-assign, assignment]
    assert uploader.step().problem == "evidence_unreadable"
    assert desk.store.failed == {name: "evidence_unreadable"}
    assert uploader.step().phase is Phase.REST


def test_a_centre_that_refuses_all_evidence_makes_an_uploader_wait_and_gives_nothing_up(desk: Desk) -> None:
    photo(desk, 10)
    (uploader,) = crew(desk, 1)
    desk.centre.faults = [lambda: Answer(403, {}, b'{"code":"device_revoked","number":114}')]
    report = uploader.step()
    assert (report.link, report.problem) == (Link.REFUSED, "device_revoked")
    assert report.wait_s >= 30
    assert not desk.store.failed
    assert not desk.engine.uploads.busy


@given(st.lists(st.sampled_from(["ok", "down", "lost", "broken", "again"]), max_size=30), st.integers(1, 3))
def test_whatever_the_link_does_every_piece_arrives_whole(faults: list[str], uploaders: int) -> None:
    desk = Desk()
    for number in range(4):
        photo(desk, 300_000 * number + 1, bytes([number]))
    waiting = crew(desk, uploaders)

    def lose() -> Answer | None:
        desk.centre.lose_answers = 1
        return None

    kinds: dict[str, Callable[[], Answer | None]] = {
        "ok": lambda: None,
        "down": down,
        "lost": lose,
        "broken": lambda: Answer(503, {}, b""),
        "again": lambda: Answer(401, {}, b'{"code":"token_expired","number":117}'),
    }
    desk.centre.faults = [kinds[fault] for fault in faults]
    for _ in range(400):
        if all(uploader.step().phase is Phase.REST for uploader in waiting):
            break
    assert {name: bytes(held) for name, held in desk.centre.blobs.items()} == desk.store.files
    assert all(complete for _, complete in desk.store.sent.values())
    assert not desk.store.failed


# ------------------------------------------------------------------------------------------------ down


def held(desk: Desk, size: int) -> str:
    """A piece that the centre has; returns its name."""
    data = bytes(range(256)) * (size // 256)
    name = hashlib.sha256(data).hexdigest()
    desk.centre.blobs[name] = bytearray(data)
    return name


@pytest.mark.parametrize("modern", [True, False])
def test_a_piece_that_is_fetched_goes_on_after_a_cut(desk: Desk, modern: bool) -> None:
    desk.modern(rows=0)
    desk.centre.modern = modern
    name = held(desk, 102_400)
    desk.centre.cuts = [30_000, 40_000] if modern else [30_000]
    assert fetch(desk.engine._caller, name) == bytes(desk.centre.blobs[name])
    if modern:
        assert desk.engine.traffic.received < 102_400 + 1_000


def test_a_piece_with_another_hash_is_never_given_out(desk: Desk) -> None:
    desk.modern(rows=0)
    name = held(desk, 10_240)
    desk.centre.blobs[name][500] ^= 1
    with pytest.raises(LinkDown, match="hash"):
        fetch(desk.engine._caller, name)
    assert len(desk.centre.sent(wire.BLOBS)) == 3


def test_a_dead_link_is_not_tried_without_end(desk: Desk) -> None:
    desk.modern(rows=0)
    name = held(desk, 10_240)
    desk.engine._caller.sign_in()
    desk.centre.faults = [down] * 10
    with pytest.raises(LinkDown):
        fetch(desk.engine._caller, name)
    assert len(desk.centre.faults) == 7


def test_what_a_step_costs_is_said_in_its_report(desk: Desk) -> None:
    photo(desk, 5_000)
    reports: list[Report] = desk.round()
    assert sum(report.sent for report in reports) == desk.engine.traffic.sent == reports[-1].traffic.sent
    assert sum(report.received for report in reports) == desk.engine.traffic.received
