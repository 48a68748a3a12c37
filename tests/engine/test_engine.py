"""The machine, step by step, against a centre that fails in every way a test asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract import events as e
from sync.contract import wire
from sync.contract.problems import Refused
from sync.engine.engine import Engine, Link, Phase
from sync.engine.ports import Answer, LinkDown
from tests.engine.centre import Low
from tests.engine.desk import Desk


def down() -> Answer | None:
    raise LinkDown("no link")


def broken() -> Answer | None:
    return Answer(500, {}, b"")


def portal() -> Answer | None:
    return Answer(200, {}, b"<html>Welcome to the hotel</html>")


def test_events_go_first_then_rows_come_then_evidence_goes(desk: Desk) -> None:
    desk.store.add(1)
    desk.centre.rows = [wire.Change("place", f"p{seq}", seq, 1, ("x",)) for seq in (1, 2, 3)]
    photo = b"photo" * 100_000
    desk.store.files[hashlib.sha256(photo).hexdigest()] = photo
    phases = [report.phase for report in desk.round()]
    assert phases == sorted(phases, key=list(Phase).index)
    assert desk.store.results["event-1"].outcome == "applied"
    assert set(desk.store.rows) == {"p1", "p2", "p3"}
    assert desk.store.cursor() == ("e1", 3)
    assert bytes(next(iter(desk.centre.blobs.values()))) == photo


def test_an_answer_that_was_lost_leads_to_a_replay_and_to_no_second_effect(desk: Desk) -> None:
    desk.store.add(1)
    desk.engine.step()
    verdicts = []
    desk.store.add(2)
    desk.centre.verdict = lambda event: verdicts.append(event.id) or e.EventResult(id=event.id, outcome="applied")  # type: ignore[func-returns-value, redundant-expr]
    desk.engine.wake()
    desk.centre.lose_answers = 1
    desk.round()
    assert verdicts == ["event-2"]
    assert desk.store.results["event-2"].outcome == "applied"


def test_waiting_grows_with_each_failure_and_any_progress_begins_it_again(desk: Desk) -> None:
    desk.centre.faults = [down] * 12
    waits = [desk.engine.step().wait_s for _ in range(12)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert desk.engine.step().link is Link.ONLINE
    desk.round()
    desk.centre.faults = [down]
    assert next(report for report in desk.round() if report.link is Link.OFFLINE).wait_s == 1


def test_what_the_centre_asks_to_wait_is_obeyed(desk: Desk) -> None:
    desk.centre.faults = [lambda: Answer(429, {"retry-after": "77"}, b"")]
    report = desk.engine.step()
    assert (report.wait_s, report.problem, report.link) == (77, "busy", Link.ONLINE)


def test_an_event_the_centre_fails_on_is_parked_and_the_rest_goes_on(desk: Desk) -> None:
    for n in range(1, 9):
        desk.store.add(n, "poison" if n == 5 else "")

    def fail_on_poison(event: e.Event) -> e.EventResult:
        if event.data["text"] == "poison":
            raise LookupError
        return e.EventResult(id=event.id, outcome="applied")

    honest = desk.centre.request

    def request(*args: object, **more: object) -> Answer:
        try:
            return honest(*args, **more)  # type: ignore[arg-type]
        except LookupError:
            return Answer(500, {}, b"")

    desk.centre.verdict = fail_on_poison
    desk.centre.request = request  # type: ignore[method-assign]
    desk.round()
    assert desk.store.parked == {"event-5": "internal"}
    assert set(desk.store.results) == {f"event-{n}" for n in (1, 2, 3, 4, 6, 7, 8)}


def test_a_refused_event_is_settled_and_does_not_stop_the_next(desk: Desk) -> None:
    desk.store.add(1)
    desk.store.add(2)
    desk.centre.verdict = lambda event: e.EventResult(
        id=event.id, outcome="rejected" if event.n == 1 else "applied", code="illegal_step" if event.n == 1 else ""
    )
    desk.round()
    assert desk.store.results["event-1"].code == "illegal_step"
    assert desk.store.results["event-2"].accepted


def test_a_blocked_event_waits_for_the_next_round_and_the_machine_still_comes_to_rest(desk: Desk) -> None:
    desk.store.add(1)
    desk.centre.verdict = lambda event: e.EventResult(id=event.id, outcome="blocked", blocked_by=("event-0",))
    desk.round()
    assert not desk.store.results
    desk.centre.verdict = lambda event: e.EventResult(id=event.id, outcome="applied")
    desk.round()
    assert desk.store.results["event-1"].accepted


def test_a_token_that_ran_out_on_the_way_is_renewed_without_anyone_noticing(desk: Desk) -> None:
    desk.round()
    desk.centre.token_good_until = 0
    assert all(not report.problem for report in desk.round())


def test_another_server_at_the_same_address_gets_nothing(desk: Desk) -> None:
    desk.store.add(1)
    desk.centre.server_id = "somebody else"
    report = desk.engine.step()
    assert (report.link, report.problem) == (Link.REFUSED, "wrong_server")
    assert {path for _, path in desk.centre.requests} == {wire.HELLO}


def test_a_cursor_that_is_no_good_any_more_begins_the_feed_again(desk: Desk) -> None:
    desk.round()
    desk.centre.faults = [lambda: Answer(409, {}, b'{"code":"epoch_changed","number":130}')]
    desk.centre.rows = [wire.Change("place", "p", 1, 1, ("x",))]
    desk.round()
    assert desk.store.restarts == [("epoch_changed", "")]
    assert "p" in desk.store.rows


def test_a_page_that_is_cut_is_not_used_and_the_cursor_stays(desk: Desk) -> None:
    desk.centre.rows = [wire.Change("place", "p", 1, 1, ("x",))]
    desk.round()
    desk.centre.rows.append(wire.Change("place", "q", 2, 1, ("x",)))
    desk.centre.faults = [lambda: Answer(200, {}, desk.centre._changes(1, {})[2][:-2])]
    report = desk.engine.step()
    assert report.problem == "link_down"
    assert desk.store.cursor() == ("e1", 1)
    desk.round()
    assert "q" in desk.store.rows


def test_a_login_page_in_the_way_is_taken_for_a_missing_link(desk: Desk) -> None:
    desk.centre.faults = [portal]
    assert desk.engine.step().link is Link.OFFLINE


def test_an_upload_cut_in_the_middle_sends_only_what_is_missing(desk: Desk) -> None:
    photo = bytes(range(256)) * 8192
    sha = hashlib.sha256(photo).hexdigest()
    desk.store.files[sha] = photo
    for _ in range(5):
        desk.engine.step()
    held = len(desk.centre.blobs[sha])
    assert 0 < held < len(photo)
    again = Engine(desk.store, desk.centre, desk.clock, Low())
    desk.engine, before = again, desk.centre.requests[:]
    desk.round()
    assert bytes(desk.centre.blobs[sha]) == photo
    sent_again = again.traffic.sent
    assert sent_again < len(photo) - held + 1024
    assert len(desk.centre.requests) > len(before)


@pytest.mark.parametrize("lost", [down, broken, portal])
@pytest.mark.parametrize("request_lost", ["POST", "HEAD"])
def test_evidence_whose_beginning_got_no_answer_is_begun_again(
    desk: Desk, request_lost: str, lost: Callable[[], Answer | None]
) -> None:
    photo = b"photo" * 100_000
    sha256 = hashlib.sha256(photo).hexdigest()
    desk.round()
    desk.store.files[sha256] = photo
    times = 1 if request_lost == "POST" else 2  # after the first loss the centre is asked where the piece stands
    desk.centre.faults = [lambda: None] + [lost] * times  # the rows are asked for first
    desk.round()
    assert (request_lost, f"{wire.BLOBS}/{sha256}") in desk.centre.requests
    assert desk.store.failed == {}
    assert bytes(desk.centre.blobs[sha256]) == photo


def test_evidence_whose_hash_is_never_right_is_given_up_and_said_so(desk: Desk) -> None:
    desk.store.files["0" * 64] = b"not what the name says"
    desk.round()
    assert desk.store.failed == {"0" * 64: "upload_hash_wrong"}
    assert "upload_hash_wrong" in desk.store.notes


@given(st.lists(st.sampled_from(["ok", "down", "lost", "broken", "cut"]), max_size=25), st.integers(0, 12))
def test_whatever_the_link_does_everything_arrives_exactly_once(faults: list[str], events: int) -> None:
    desk = Desk()
    applied: list[str] = []
    desk.centre.verdict = lambda event: applied.append(event.id) or e.EventResult(id=event.id, outcome="applied")  # type: ignore[func-returns-value, redundant-expr]
    for n in range(1, events + 1):
        desk.store.add(n)
    photo = b"x" * 700_000
    desk.store.files[hashlib.sha256(photo).hexdigest()] = photo
    desk.centre.rows = [wire.Change("place", f"p{seq}", seq, 1, ("x",)) for seq in range(1, 6)]

    def lose() -> Answer | None:
        desk.centre.lose_answers = 1
        return None

    # A centre that breaks three times on one batch would park it, as it must; here it breaks twice at most.
    breaks = iter([True, True])
    kinds = {"ok": lambda: None, "down": down, "lost": lose, "cut": lambda: Answer(200, {}, b"{"),
             "broken": lambda: broken() if next(breaks, False) else None}  # fmt: skip
    desk.centre.faults = [kinds[fault] for fault in faults]
    while desk.centre.faults:
        desk.round()
    desk.round()
    assert applied == [f"event-{n}" for n in range(1, events + 1)]
    assert len(desk.store.results) == events
    assert len(desk.store.rows) == 5
    assert [bytes(held) for held in desk.centre.blobs.values()] == [photo]
    assert not desk.store.parked
    assert not desk.store.failed


def unavailable() -> Answer | None:
    return Answer(503, {}, b"")


def pulls_refused(desk: Desk) -> None:
    honest = desk.centre.request

    def request(method: str, path: str, *more: object, **named: object) -> Answer:
        if path.startswith((wire.CHANGES, wire.SNAPSHOT)):
            return Answer(426, {}, msgspec.json.encode(Refused("version_unsupported").body()))
        return honest(method, path, *more, **named)  # type: ignore[arg-type]

    desk.centre.request = request  # type: ignore[method-assign]


@pytest.mark.parametrize("fault", [unavailable, lambda: Answer(502, {}, b"<html>Bad gateway</html>")])
def test_a_centre_that_is_away_behind_its_gateway_costs_no_event_its_turn(
    desk: Desk, fault: Callable[[], Answer | None]
) -> None:
    desk.store.add(1)
    desk.centre.faults = [fault] * 40
    desk.round()
    assert not desk.store.parked
    assert desk.store.results["event-1"].accepted


def test_a_centre_that_cannot_even_give_a_token_is_not_taken_for_one_that_fails_on_an_event(desk: Desk) -> None:
    desk.store.add(1)
    desk.centre.faults = [broken] * 40
    desk.round()
    assert not desk.store.parked


def test_one_event_that_arrives_damaged_is_sent_again_before_anybody_is_asked(desk: Desk) -> None:
    desk.store.add(1)
    damaged = Answer(400, {}, msgspec.json.encode(Refused("bad_request").body()))
    honest, left = desk.centre.request, [damaged, damaged]

    def request(method: str, path: str, *more: object, **named: object) -> Answer:
        return left.pop() if left and path == wire.PUSH else honest(method, path, *more, **named)  # type: ignore[arg-type]

    desk.centre.request = request  # type: ignore[method-assign]
    desk.round()
    assert not desk.store.parked
    assert desk.store.results["event-1"].accepted


@pytest.mark.parametrize("code", ["too_large", "bad_request"])
def test_a_push_the_centre_cannot_take_apart_is_halved_until_only_its_cause_is_parked(desk: Desk, code: str) -> None:
    for n in range(1, 9):
        desk.store.add(n, "poison" if n == 5 else "")

    def refuse(event: e.Event) -> e.EventResult:
        if event.data["text"] == "poison":
            raise Refused(code)
        return e.EventResult(id=event.id, outcome="applied")

    desk.centre.verdict = refuse
    desk.round()
    assert desk.store.parked == {"event-5": code}
    assert set(desk.store.results) == {f"event-{n}" for n in (1, 2, 3, 4, 6, 7, 8)}


def test_a_centre_that_refuses_what_is_new_still_gets_reports_and_evidence(desk: Desk) -> None:
    photo = b"photo" * 1_000
    desk.store.files[hashlib.sha256(photo).hexdigest()] = photo
    desk.store.add(1)
    pulls_refused(desk)
    last = desk.round()[-1]
    assert (last.link, last.problem) == (Link.REFUSED, "version_unsupported")
    desk.store.add(2)
    desk.round()
    assert desk.store.results["event-2"].accepted
    assert bytes(next(iter(desk.centre.blobs.values()))) == photo


def test_a_report_made_while_evidence_is_on_its_way_goes_before_the_rest_of_it(desk: Desk) -> None:
    photo = b"photo" * 200_000
    desk.store.files[hashlib.sha256(photo).hexdigest()] = photo
    while desk.engine.step().done_bytes == 0:
        pass
    desk.store.add(1)
    desk.engine.wake()
    assert desk.engine.step().events == 1
    desk.round()
    assert bytes(next(iter(desk.centre.blobs.values()))) == photo


def test_what_is_new_is_asked_for_each_minute_however_long_the_evidence_takes(desk: Desk) -> None:
    photo = b"photo" * 500_000
    desk.store.files[hashlib.sha256(photo).hexdigest()] = photo
    phases: list[Phase] = []
    while not phases or phases[-1] is not Phase.REST:
        phases.append(desk.engine.step().phase)
        desk.clock.t += 20
    assert phases.count(Phase.PULL) > 2


def test_evidence_the_centre_forgot_when_it_was_restored_is_begun_again(desk: Desk) -> None:
    photo = b"photo" * 200_000
    sha256 = hashlib.sha256(photo).hexdigest()
    desk.store.files[sha256] = photo
    while desk.engine.step().done_bytes == 0:
        pass
    desk.centre.sizes.clear()
    desk.centre.blobs.clear()
    desk.round()
    assert not desk.store.failed
    assert bytes(desk.centre.blobs[sha256]) == photo
