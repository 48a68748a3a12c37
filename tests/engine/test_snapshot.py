"""The first sync by frames: a cut costs one frame, damage costs nothing but time, and an older centre is no matter."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract import snapshots, wire
from sync.contract.problems import Refused
from sync.engine.engine import Phase, Report
from sync.engine.ports import Answer
from tests.engine.desk import Desk, place


def ranges(desk: Desk) -> list[tuple[int, int]]:
    """What was asked for, in bytes of the snapshot."""
    asked = (one.decode().removeprefix("bytes=").partition("-") for one in desk.centre.frames)
    return [(int(first), int(last)) for first, _, last in asked]


def test_a_first_sync_takes_all_frames_in_one_request_and_then_goes_on_with_the_feed(desk: Desk) -> None:
    desk.modern(rows=20)
    reports = desk.round()
    assert len(desk.store.rows) == 20
    assert len(desk.centre.frames) == 1
    assert desk.store.frames_put == list(range(7))
    assert desk.store.cursor() == ("e1.s", 20)
    assert len(desk.centre.sent(wire.CHANGES)) == 1
    assert sum(report.rows for report in reports) == 20


def test_after_a_cut_only_what_did_not_come_is_asked_for(desk: Desk) -> None:
    desk.modern(rows=60)
    desk.centre.piece = 40
    desk.centre.cuts = [330, 330, 330]
    desk.round()
    assert desk.store.frames_put == list(range(20))
    assert len(desk.store.rows) == 60
    assert ranges(desk) == [(330 * at, ranges(desk)[0][1]) for at in range(4)]
    assert desk.engine.traffic.wasted == 0


def joined(desk: Desk, rows: int = 60) -> int:
    """Let the centre be one that gives the frames behind their manifest; how long that is."""
    desk.modern(rows)
    desk.centre.joins, desk.centre.piece = True, 40
    return len(desk.centre._snapshot(wire.SNAPSHOT, {"Accept": wire.FRAMES})[2].partition(b"\n")[0]) + 1


def test_frames_that_come_behind_their_manifest_need_no_request_of_their_own(desk: Desk) -> None:
    joined(desk)
    reports = desk.round()
    assert desk.store.frames_put == list(range(20))
    assert len(desk.centre.sent(wire.SNAPSHOT)) == 1
    assert sum(report.rows for report in reports) == 60
    assert desk.store.cursor() == ("e1.s", 60)


def test_after_a_cut_behind_the_manifest_only_what_did_not_come_is_asked_for(desk: Desk) -> None:
    desk.centre.cuts = [joined(desk) + 330, 330]
    desk.round()
    assert desk.store.frames_put == list(range(20))
    assert len(desk.centre.sent(wire.SNAPSHOT)) == 3
    assert [first for first, _ in ranges(desk)] == [330, 660]
    assert desk.engine.traffic.wasted == 0


@pytest.mark.parametrize("short_by", [1, 20])
def test_a_manifest_that_is_cut_is_asked_for_again(desk: Desk, short_by: int) -> None:
    desk.centre.cuts = [joined(desk) - short_by]
    reports = desk.round()
    assert [report.problem for report in reports if report.problem] == ["link_down"]
    assert desk.store.frames_put == list(range(20))


def test_a_manifest_that_was_changed_on_the_way_is_not_believed(desk: Desk) -> None:
    joined(desk)
    honest, lies = desk.centre._snapshot, [True]

    def lie(bare: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        status, extra, body = honest(bare, headers)
        if lies:
            lies.pop()
            body = body.replace(b'"since":60', b'"since":61', 1)
        return status, extra, body

    desk.centre._snapshot = lie  # type: ignore[method-assign, assignment]
    reports = desk.round()
    assert [report.problem for report in reports if report.problem] == ["link_down"]
    assert desk.store.cursor() == ("e1.s", 60)


def test_frames_behind_a_manifest_are_not_taken_where_some_of_them_are_here(desk: Desk) -> None:
    joined(desk)
    desk.round()
    desk.store.at = ("", 0)
    desk.store.frames_in.discard(min(desk.store.frames_in))
    desk.store.frames_put.clear()
    desk.round()
    assert len(desk.store.frames_put) == 1


def test_a_frame_that_never_fits_between_two_cuts_arrives_all_the_same(desk: Desk) -> None:
    desk.modern(rows=30, frame_rows=30)
    desk.centre.piece = 10
    desk.centre.cuts = [50] * 100
    desk.round()
    assert len(desk.store.rows) == 30
    assert desk.store.frames_put == [0]


def test_everything_that_comes_begins_the_waiting_time_again(desk: Desk) -> None:
    desk.modern(rows=60)
    desk.centre.piece = 40
    desk.centre.cuts = [330] * 3 + [30] * 3
    waits = [report.wait_s for report in desk.round() if report.problem]
    assert waits == [1] * 6


def test_frames_that_are_in_already_are_not_asked_for_when_the_feed_begins_again(desk: Desk) -> None:
    desk.modern(rows=30)
    desk.round()
    desk.store.at = ("", 0)
    desk.store.frames_in.discard(next(iter(sorted(desk.store.frames_in))))
    desk.store.frames_put.clear()
    desk.round()
    assert len(desk.store.frames_put) == 1


def test_a_snapshot_that_is_gone_is_begun_anew(desk: Desk) -> None:
    desk.modern(rows=30)
    desk.centre.piece = 40
    desk.centre.cuts = [300]
    while not desk.store.frames_put:
        desk.engine.step()
    desk.centre.rows.append(place("q", 31))
    assert "snapshot_gone" in [report.problem for report in desk.round()]
    assert "q" in desk.store.rows
    assert len(desk.store.rows) == 31
    assert len(desk.store.frames_put) < 2 * 10


def test_a_frame_that_is_not_what_the_manifest_says_is_not_put_in_and_what_came_before_stays(desk: Desk) -> None:
    desk.modern(rows=30)
    honest = desk.centre._snapshot
    lies = [True]

    def lie(bare: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        status, extra, body = honest(bare, headers)
        if bare != wire.SNAPSHOT and lies:
            lies.pop()
            body = body[:-40] + bytes([body[-40] ^ 1]) + body[-39:]
        return status, extra, body

    desk.centre._snapshot = lie  # type: ignore[method-assign, assignment]
    reports = desk.round()
    assert [report.problem for report in reports if report.problem] == ["link_down"]
    assert len(desk.store.rows) == 30
    assert desk.store.frames_put == list(range(10))


def test_a_network_that_never_lets_a_frame_through_is_left_to_the_plain_feed(desk: Desk) -> None:
    desk.modern(rows=30)
    honest = desk.centre._snapshot

    def whole(bare: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        status, extra, body = honest(bare, headers)
        return status, extra, body if bare == wire.SNAPSHOT else b"<html>cached</html>" * 100

    desk.centre._snapshot = whole  # type: ignore[method-assign, assignment]
    desk.round()
    assert len(desk.store.rows) == 30
    assert desk.store.cursor() == ("e1", 30)
    assert desk.store.manifest() is None


def test_a_manifest_that_asks_for_more_than_there_is_is_left_to_the_plain_feed(desk: Desk) -> None:
    desk.modern(rows=30)
    honest = desk.centre._snapshot

    def wrong(bare: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        status, extra, body = honest(bare, headers)
        if bare == wire.SNAPSHOT:
            manifest = msgspec.json.decode(body, type=snapshots.Manifest)
            *others, last = manifest.frames
            frames = (*others, msgspec.structs.replace(last, length=last.length + 9))
            body = msgspec.json.encode(msgspec.structs.replace(manifest, frames=frames))
        return status, extra, body

    desk.centre._snapshot = wrong  # type: ignore[method-assign, assignment]
    desk.round()
    assert desk.store.cursor() == ("e1", 30)
    assert desk.store.manifest() is None


def test_a_centre_older_than_snapshots_is_read_by_the_feed_alone(desk: Desk) -> None:
    desk.modern(rows=30)
    desk.centre.modern = False
    desk.round()
    assert len(desk.store.rows) == 30
    desk.store.at = ("", 0)
    desk.round()
    assert len(desk.centre.sent(wire.SNAPSHOT)) == 1


def test_a_centre_without_rows_is_no_endless_first_sync(desk: Desk) -> None:
    desk.modern(rows=0)
    assert desk.round(most=10)[-1].phase is Phase.REST


def test_an_event_that_is_made_during_a_long_first_sync_goes_before_the_rest_of_it(desk: Desk) -> None:
    desk.modern(rows=60)
    put_in = desk.store.apply_frame

    def slow(number: int, frame: object) -> None:
        put_in(number, frame)  # type: ignore[arg-type]
        desk.clock.t += 8
        if number == 1:
            desk.store.add(1)

    desk.store.apply_frame = slow  # type: ignore[method-assign]
    while not desk.store.results:
        desk.engine.step()
    assert len(desk.store.frames_put) == 3
    desk.round()
    assert len(desk.store.rows) == 60


def test_the_progress_of_a_first_sync_is_told_frame_by_frame(desk: Desk) -> None:
    desk.modern(rows=20)
    heard: list[Report] = []
    desk.engine.progress = heard.append
    desk.round()
    assert [report.done_rows for report in heard] == [3, 6, 9, 12, 15, 18, 20]
    assert heard[-1].done_bytes == heard[-1].total_bytes > 0
    assert not any(report.rows for report in heard)


def test_a_snapshot_that_is_refused_to_this_version_stops_no_report(desk: Desk) -> None:
    desk.modern(rows=20)
    honest = desk.centre.request

    def request(method: str, path: str, *more: object, **named: object) -> Answer:
        if path.startswith((wire.SNAPSHOT, wire.CHANGES)):
            return Answer(426, {}, msgspec.json.encode(Refused("version_unsupported").body()))
        return honest(method, path, *more, **named)  # type: ignore[arg-type]

    desk.centre.request = request  # type: ignore[method-assign]
    desk.store.add(1)
    assert desk.round()[-1].problem == "version_unsupported"
    assert desk.store.results["event-1"].accepted


@pytest.mark.parametrize("rows", [1, 40])
@given(cuts=st.lists(st.integers(0, 900), max_size=12), piece=st.integers(1, 400))
def test_wherever_it_is_cut_each_frame_is_put_in_once_and_no_byte_comes_twice(
    rows: int, cuts: list[int], piece: int
) -> None:
    desk = Desk()
    desk.modern(rows=rows)
    desk.centre.cuts, desk.centre.piece = list(cuts), piece
    desk.round()
    assert sorted(desk.store.frames_put) == sorted(set(desk.store.frames_put))
    assert len(desk.store.rows) == rows
    assert desk.store.taking is None
    assert desk.engine.traffic.wasted == 0
