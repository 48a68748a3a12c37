"""Signed batches of other devices, handed on byte for byte."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from sync.contract import events as e
from sync.contract import wire
from sync.contract.problems import Refused
from sync.engine.engine import Phase
from sync.engine.ports import Answer, Batch
from tests.engine.desk import Desk
from tests.engine.store import line

LINES = (line("theirs-1", 1, "a"), line("theirs-2", 2, "b"))


def batch(desk: Desk, name: str = "b1", signature: str = "good", lines: tuple[bytes, ...] = LINES) -> None:
    desk.modern(rows=2)
    desk.store.batches[name] = Batch(name, "other", signature, lines)


def applied(event_id: str) -> e.EventResult:
    return e.EventResult(id=event_id, outcome="applied")


def test_a_batch_goes_after_own_events_and_before_the_feed_as_it_was_signed(desk: Desk) -> None:
    batch(desk)
    desk.store.add(1)
    bodies: list[bytes] = []
    honest = desk.centre.request

    def request(method: str, path: str, body: bytes = b"", *more: object, **named: object) -> Answer:
        if path == wire.RELAY:
            bodies.append(body)
        return honest(method, path, body, *more, **named)  # type: ignore[arg-type]

    desk.centre.request = request  # type: ignore[method-assign]
    phases = [report.phase for report in desk.round()]
    assert phases[:2] == [Phase.PUSH, Phase.RELAY]
    head, *lines = wire.decompress(bodies[0], wire.MAX_PUSH_BYTES)
    assert tuple(lines) == LINES
    assert msgspec.json.decode(head) == {"device_id": "other", "signature": "good"}
    assert set(desk.store.results) == {"event-1", "theirs-1", "theirs-2"}
    assert desk.store.done_batches == {"b1": ""}


@pytest.mark.parametrize(
    "open_result",
    [
        lambda event_id: e.EventResult(id=event_id, outcome="blocked"),
        lambda event_id: e.EventResult(id=event_id, outcome="rejected", code="number_reused"),
    ],
    ids=["blocked", "number_reused"],
)
def test_a_batch_that_is_not_judged_for_good_is_tried_once_a_round_and_stops_nothing(
    desk: Desk, open_result: Callable[[str], e.EventResult]
) -> None:
    batch(desk)
    desk.centre.verdict = lambda event: open_result(event.id) if event.id == "theirs-2" else applied(event.id)
    desk.round()
    assert len(desk.centre.sent(wire.RELAY)) == 1
    assert desk.store.rows
    desk.centre.verdict = lambda event: applied(event.id)
    desk.round()
    assert desk.store.done_batches == {"b1": ""}


def test_a_decision_goes_in_the_same_round_as_the_report_it_waited_for(desk: Desk) -> None:
    batch(desk)
    own = desk.store.add(1)

    def verdict(event: e.Event) -> e.EventResult:
        blocked = event.id == own and "theirs-2" not in desk.centre.ledger
        return e.EventResult(id=event.id, outcome="blocked" if blocked else "applied")

    desk.centre.verdict = verdict
    phases = [report.phase for report in desk.round()]
    assert phases[:3] == [Phase.PUSH, Phase.RELAY, Phase.PUSH]
    assert desk.store.results[own].accepted


def test_batches_that_wait_for_each_other_go_in_one_round_whatever_their_order(desk: Desk) -> None:
    batch(desk, "b1", lines=LINES[:1])
    batch(desk, "b2", lines=LINES[1:])

    def verdict(event: e.Event) -> e.EventResult:
        blocked = event.id == "theirs-1" and "theirs-2" not in desk.centre.ledger
        return e.EventResult(id=event.id, outcome="blocked" if blocked else "applied")

    desk.centre.verdict = verdict
    desk.round()
    assert desk.store.done_batches == {"b1": "", "b2": ""}


def test_a_batch_whose_signature_is_wrong_is_set_aside_and_shown(desk: Desk) -> None:
    batch(desk, signature="bad")
    desk.store.batches["b2"] = Batch("b2", "other", "good", (line("theirs-3", 3),))
    desk.round()
    assert desk.store.done_batches == {"b1": "batch_signature_wrong", "b2": ""}


def test_a_batch_the_centre_fails_on_three_times_is_set_aside_whole(desk: Desk) -> None:
    batch(desk)
    honest = desk.centre.request

    def request(method: str, path: str, *more: object, **named: object) -> Answer:
        return Answer(500, {}, b"") if path == wire.RELAY else honest(method, path, *more, **named)  # type: ignore[arg-type]

    desk.centre.request = request  # type: ignore[method-assign]
    desk.round()
    assert desk.store.done_batches == {"b1": "internal"}
    assert desk.store.rows


def test_a_lost_answer_to_a_relay_is_asked_for_again(desk: Desk) -> None:
    batch(desk)
    desk.engine._caller.sign_in()
    desk.centre.lose_answers = 1
    desk.round()
    assert len(desk.centre.sent(wire.RELAY)) == 2
    assert desk.store.done_batches == {"b1": ""}


@pytest.mark.parametrize("code", ["not_found", "version_unsupported"])
def test_a_centre_that_takes_no_relays_leaves_them_where_they_are(desk: Desk, code: str) -> None:
    batch(desk)
    honest = desk.centre._further

    def further(bare: str, *more: object) -> tuple[int, dict[str, str], bytes]:
        if bare == wire.RELAY:
            raise Refused(code)
        return honest(bare, *more)  # type: ignore[arg-type]

    desk.centre._further = further  # type: ignore[method-assign, assignment]
    desk.round()
    assert desk.store.done_batches == {}
    assert desk.store.rows


def test_what_waits_for_what_is_relayed_goes_in_the_same_round_in_every_direction(desk: Desk) -> None:
    batch(desk, "b1", lines=(line("theirs-1", 1),))
    batch(desk, "b2", lines=(line("theirs-2", 2),))
    for n in (1, 2):
        desk.store.add(n)
    needs = {"event-1": "theirs-1", "theirs-2": "event-1", "event-2": "theirs-2"}

    def verdict(event: e.Event) -> e.EventResult:
        judged = {name for name, result in desk.store.results.items() if result.outcome == "applied"}
        free = needs.get(event.id) in judged | {None}
        return e.EventResult(id=event.id, outcome="applied" if free else "blocked")

    desk.centre.verdict = verdict
    desk.round()
    assert {name for name, result in desk.store.results.items() if result.outcome == "applied"} == {
        "event-1",
        "event-2",
        "theirs-1",
        "theirs-2",
    }
    assert desk.store.done_batches == {"b1": "", "b2": ""}
