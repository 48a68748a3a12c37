"""What the centre decides about a device and about itself, and what the device does when it hears of it."""

from __future__ import annotations

import pytest

from sync.contract import events as e
from sync.contract import wire
from sync.contract.problems import Refused
from sync.engine.engine import Engine, Link, Phase
from sync.engine.ports import Answer, Batch
from tests.engine.centre import Low
from tests.engine.desk import Desk, down, place
from tests.engine.store import NEXT_SEED, line


def test_the_centre_hears_what_waits_and_which_program_asks(desk: Desk) -> None:
    desk.engine = Engine(desk.store, desk.centre, desk.clock, Low(), client="midan/2")
    desk.store.add(1)
    desk.store.add(2)
    desk.round()
    asked = desk.centre.asked[0]
    assert (asked.waiting, asked.waiting_since, asked.client) == (2, "2026-11-21T00:00:00Z", "midan/2")


def test_who_may_use_the_device_is_told_with_each_token(desk: Desk) -> None:
    desk.centre.people = ("ahmad", "yasir")
    desk.round()
    desk.centre.people = ("yasir",)
    desk.clock.t += 1000
    desk.round()
    assert desk.store.standings == [(False, ("ahmad", "yasir")), (False, ("yasir",))]


@pytest.mark.parametrize(("said", "heard"), [(b'"ahmad"', b'"ahmae"'), (b'"revoked"', b'"revokec"'), (b'"t-', b'"u-')])
def test_what_the_centre_decided_is_not_believed_with_a_letter_changed_on_the_way(
    desk: Desk, said: bytes, heard: bytes
) -> None:
    desk.centre.people, desk.centre.standing = ("ahmad",), "revoked" if said == b'"revoked"' else "good"
    desk.centre.garbled = lambda answer: answer.replace(said, heard)
    for _ in range(6):
        assert desk.engine.step().problem == "answer_unreadable"
    assert desk.store.standings == []


# ------------------------------------------------------------------------------------------------ a withdrawn device


def withdrawn(desk: Desk) -> None:
    desk.modern(rows=5)
    desk.centre.standing = "revoked"


def test_a_withdrawn_device_delivers_everything_pulls_nothing_and_destroys_its_keys_last(desk: Desk) -> None:
    withdrawn(desk)
    desk.store.add(1)
    desk.store.batches["b"] = Batch("b", "other", "good", (line("theirs", 1),))
    desk.store.files["aa"] = b""
    wiped_with: list[object] = []

    def wipe() -> None:
        wiped_with.append((set(desk.store.results), set(desk.store.failed) | set(desk.store.sent)))

    desk.store.wipe = wipe  # type: ignore[method-assign]
    reports = desk.round()
    assert wiped_with == [({"event-1", "theirs"}, {"aa"})]
    assert (reports[-1].problem, reports[-1].link, reports[-1].phase) == ("device_revoked", Link.REFUSED, Phase.REST)
    assert all(report.problem for report in reports)
    assert not desk.store.rows
    before = len(desk.centre.requests)
    desk.engine.wake()
    assert desk.engine.step().problem == "device_revoked"
    assert len(desk.centre.requests) == before


def test_a_withdrawn_device_keeps_its_keys_while_the_link_is_down(desk: Desk) -> None:
    withdrawn(desk)
    desk.store.add(1)
    desk.engine.step()
    desk.store.add(2)
    desk.centre.faults = [down] * 5
    for _ in range(5):
        assert desk.engine.step().link is Link.REFUSED
    before = desk.store.wiped
    desk.round()
    assert (before, desk.store.wiped) == (False, True)
    assert desk.store.results["event-2"].accepted


def test_an_event_that_is_blocked_keeps_the_keys_of_a_withdrawn_device(desk: Desk) -> None:
    withdrawn(desk)
    desk.store.add(1)
    desk.centre.verdict = lambda event: e.EventResult(id=event.id, outcome="blocked", blocked_by=("x",))
    desk.round()
    assert not desk.store.wiped
    desk.centre.verdict = lambda event: e.EventResult(id=event.id, outcome="quarantined")
    desk.round()
    assert desk.store.wiped


def test_a_device_that_is_withdrawn_between_two_tokens_learns_it_from_its_next_pull(desk: Desk) -> None:
    desk.modern(rows=5)
    desk.round()
    desk.centre.standing = "revoked"
    desk.store.add(1)
    assert all(report.wait_s < 10 for report in desk.round()[:-1])
    assert desk.store.results["event-1"].accepted
    assert desk.store.standings[-1][0]
    assert desk.store.wiped


def test_an_older_centre_that_refuses_a_withdrawn_device_everything_is_asked_again_and_nothing_is_destroyed(
    desk: Desk,
) -> None:
    desk.store.add(1)
    honest = desk.centre._route

    def route(method: str, path: str, *more: object) -> tuple[int, dict[str, str], bytes]:
        if path == wire.NONCE:
            raise Refused("device_revoked")
        return honest(method, path, *more)  # type: ignore[arg-type]

    desk.centre._route = route  # type: ignore[method-assign, assignment]
    for _ in range(4):
        report = desk.engine.step()
        assert (report.problem, report.link) == ("device_revoked", Link.REFUSED)
        assert report.wait_s >= 30
        desk.clock.t += report.wait_s
    assert not desk.store.wiped


# ------------------------------------------------------------------------------------------------ a restored centre


def test_a_restored_centre_gets_confirmed_events_again_before_anything_is_pulled(desk: Desk) -> None:
    desk.modern(rows=5)
    desk.centre.life = "one"
    desk.store.add(1)
    desk.round()
    desk.centre.life = "two"
    desk.centre.ledger.clear()
    desk.store.add(2)
    desk.round()
    assert desk.store.lives == ["one", "two"]
    assert set(desk.centre.ledger) == {"event-1", "event-2"}
    assert set(desk.store.results) == {"event-1", "event-2"}


def test_a_restored_centre_is_known_by_its_greeting_too(desk: Desk) -> None:
    desk.modern(rows=5)
    desk.centre.life = "one"
    desk.store.add(1)
    desk.round()
    desk.centre.life = "two"
    desk.centre.ledger.clear()
    desk.clock.t += 1000
    before = len(desk.centre.requests)
    desk.round()
    asked = [path.partition("?")[0] for _, path in desk.centre.requests[before:]]
    assert asked == [wire.HELLO, wire.NONCE, wire.TOKEN, wire.PUSH, wire.CHANGES]
    assert set(desk.centre.ledger) == {"event-1"}


def test_a_life_that_is_known_is_not_told_to_the_store_with_every_push(desk: Desk) -> None:
    desk.centre.life = "one"
    for n in range(1, 4):
        desk.store.add(n)
        desk.round()
    assert desk.store.lives == ["one"]


def test_a_refused_cursor_hands_the_life_on(desk: Desk) -> None:
    desk.round()
    body = b'{"code":"epoch_changed","number":130,"fields":{"epoch":"two"}}'
    desk.centre.faults = [lambda: Answer(409, {}, body)]
    desk.round()
    assert desk.store.restarts == [("epoch_changed", "two")]


# ------------------------------------------------------------------------------------------------ a copied device


def copied(desk: Desk) -> None:
    """Another device has used the number of the second event under the same identity."""
    desk.modern(rows=2)

    def verdict(event: e.Event) -> e.EventResult:
        reused = event.n == 2 and desk.centre.asked[-1].device_id == "d"
        return e.EventResult(id=event.id, outcome="rejected" if reused else "applied", code="number_reused" * reused)

    desk.centre.verdict = verdict
    for n in (1, 2, 3):
        desk.store.add(n)


def test_a_copied_device_asks_for_an_identity_of_its_own_and_loses_nothing(desk: Desk) -> None:
    copied(desk)
    desk.round()
    assert all(desk.store.results[f"event-{n}"].accepted for n in (1, 2, 3))
    assert desk.store.identity() == ("d2", "centre", NEXT_SEED)
    assert [asked.device_id for asked in desk.centre.asked] == ["d", "d2"]
    assert not desk.store.parked


def test_another_identity_whose_answer_was_lost_is_asked_for_again_with_the_same_key(desk: Desk) -> None:
    copied(desk)
    while not desk.store.results:
        desk.engine.step()
    desk.centre.lose_answers = 1
    desk.round()
    assert len(desk.centre.sent(wire.REIDENTIFY)) == 2
    assert desk.store.results["event-2"].accepted


def test_a_device_that_dies_before_its_new_identity_is_written_down_asks_again(desk: Desk) -> None:
    copied(desk)
    while not desk.store.results:
        desk.engine.step()
    desk.engine = Engine(desk.store, desk.centre, desk.clock, Low())
    desk.round()
    assert desk.store.results["event-2"].accepted


def test_an_older_centre_that_gives_no_other_identity_leaves_the_event_in_the_tray(desk: Desk) -> None:
    copied(desk)
    desk.centre.modern = False
    desk.round()
    assert desk.store.parked == {"event-2": "number_reused"}
    assert desk.store.results["event-3"].accepted


def test_a_centre_that_finds_every_number_reused_is_not_asked_for_identities_without_end(desk: Desk) -> None:
    copied(desk)
    desk.centre.verdict = lambda event: e.EventResult(id=event.id, outcome="rejected", code="number_reused")
    desk.round()
    assert len(desk.centre.sent(wire.REIDENTIFY)) == 3
    assert set(desk.store.parked.values()) == {"number_reused"}


# ------------------------------------------------------------------------------------------------ newer centres


@pytest.mark.parametrize("status", [400, 402, 403, 409, 418, 422])
def test_a_refusal_in_a_code_of_a_newer_centre_parks_no_event_and_stops_no_pull(desk: Desk, status: int) -> None:
    desk.store.add(1)
    desk.centre.rows = [place("p", 1)]
    honest = desk.centre.request

    def request(method: str, path: str, *more: object, **named: object) -> Answer:
        if path == wire.PUSH:
            return Answer(status, {}, b'{"code":"of_tomorrow","number":999}')
        return honest(method, path, *more, **named)  # type: ignore[arg-type]

    desk.centre.request = request  # type: ignore[method-assign]
    reports = desk.round()
    refused = next(report for report in reports if report.problem)
    assert (refused.link, refused.problem) == (Link.REFUSED, "bad_request")
    assert "of_tomorrow" in refused.detail
    assert not desk.store.parked
    assert "p" in desk.store.rows
    desk.centre.request = honest  # type: ignore[method-assign]
    desk.round()
    assert desk.store.results["event-1"].accepted


@pytest.mark.parametrize("status", [204, 301, 302, 307])
def test_an_answer_from_anywhere_is_not_taken_for_nothing_new(desk: Desk, status: int) -> None:
    desk.modern(rows=2)
    desk.round()
    desk.centre.faults = [lambda: Answer(status, {"location": "http://hotel.example"}, b"")]
    assert desk.engine.step().link is Link.OFFLINE
