"""An action and its event are one transaction; numbers are never given twice; what is illegal leaves no trace."""

from __future__ import annotations

import contextlib

import pytest
from msgspec.structs import replace

from inspector_app.storage import cases, delivery, device, drafts, evidence, outbox, rows, visits
from inspector_app.storage.cache import Cache
from inspector_app.storage.errors import NotEnrolled
from inspector_app.storage.outbox import EventState, NewEvent
from sync.contract import events as e
from sync.contract.problems import Refused
from sync.domain import numbers
from tests.storage.field_season import EVENING, NOON, opening, step, submission
from tests.support.laptop import DEVICE
from tests.support.season import COMMITTEE, HEAD, INSPECTOR, SUPERVISOR


def do(cache: Cache, new: NewEvent, **more: str) -> e.Event:
    with cache.write() as conn:
        return outbox.commit(conn, new, INSPECTOR, NOON, **more)


def applied(event: e.Event) -> e.EventResult:
    return e.EventResult(id=event.id, outcome="applied", received_at=EVENING)


def states(cache: Cache) -> dict[str, str]:
    with cache.read() as conn:
        return {entry.id: entry.state.value for entry in outbox.entries(conn)}


def test_an_action_is_kept_byte_for_byte_as_it_will_be_sent(cache: Cache) -> None:
    event = do(cache, opening())
    with cache.read() as conn:
        [sent] = delivery.waiting(conn, 10)
    assert (sent.n, sent.id, sent.line) == (1, event.id, e.encode(event))
    assert e.decode(sent.line) == event


def test_an_action_that_fails_later_in_its_transaction_never_happened(cache: Cache) -> None:
    with contextlib.suppress(LookupError), cache.write() as conn:
        outbox.commit(conn, opening(), INSPECTOR, NOON)
        raise LookupError
    with cache.read() as conn:
        assert cases.get(conn, "c1") is None
        assert outbox.entries(conn) == ()
    assert do(cache, opening()).n == 1


@pytest.mark.parametrize(
    ("new", "person", "code"),
    [
        (submission(revision=2), INSPECTOR, "revision_stale"),
        (submission(), SUPERVISOR, "outside_scope"),
        (step("close", case_id="nothing"), SUPERVISOR, "record_unknown"),
    ],
)
def test_an_illegal_action_is_refused_before_anything_is_written(
    cache: Cache, new: NewEvent, person: object, code: str
) -> None:
    with pytest.raises(Refused) as caught, cache.write() as conn:
        outbox.commit(conn, new, person, NOON)  # type: ignore[arg-type]  # a person, as parametrised
    assert caught.value.code == code
    with cache.read() as conn:
        assert outbox.entries(conn) == ()
        assert visits.get(conn, "v1") is None
    assert do(cache, opening()).n == 1, "a refused action uses no number"


def test_a_number_of_an_event_is_not_given_again_after_the_event_is_pruned(cache: Cache) -> None:
    event = do(cache, opening())
    with cache.write() as conn:
        delivery.settle(conn, [applied(event)], EVENING)
        conn.exec_driver_sql("UPDATE event SET laid = 0")
        assert delivery.forget_confirmed(conn, NOON) == 0, "it was settled after noon"
        assert delivery.forget_confirmed(conn, "2027-01-01T00:00:00Z") == 1
    assert do(cache, opening("c2")).n == 2


def test_report_numbers_are_the_committees_the_devices_and_running(cache: Cache) -> None:
    with cache.write() as conn:
        first, second = device.next_report(conn), device.next_report(conn)
    assert [numbers.parse(number) for number in (first, second)] == [
        numbers.Number(COMMITTEE.number, DEVICE.number, running) for running in (1, 2)
    ]


def test_a_report_that_is_taken_back_gives_its_number_back_and_one_that_stands_never(cache: Cache) -> None:
    with contextlib.suppress(LookupError), cache.write() as conn:
        device.next_report(conn)
        raise LookupError
    with cache.write() as conn:
        assert numbers.parse(device.next_report(conn)).running == 1
    with cache.write() as conn:
        assert numbers.parse(device.next_report(conn)).running == 2


@pytest.mark.parametrize(
    ("change", "code"), [({"device_id": ""}, "not_enrolled"), ({"committee": None}, "no_committee")]
)
def test_a_device_without_its_place_at_the_centre_makes_no_report_numbers(
    cache: Cache, change: dict[str, object], code: str
) -> None:
    with cache.write() as conn:
        device.save(conn, replace(DEVICE, **change))
        with pytest.raises(NotEnrolled) as caught:
            device.next_report(conn)
    assert caught.value.code == code


def test_what_is_printed_of_a_device_has_no_key() -> None:
    assert DEVICE.seed.hex() not in repr(DEVICE)
    assert repr(DEVICE.seed) not in repr(DEVICE)


def test_the_draft_of_a_report_ends_with_it(cache: Cache) -> None:
    draft = drafts.Draft(id="d", kind="visit", user_id="ins", record_id="v1", started_at=NOON, saved_at=NOON)
    with cache.write() as conn:
        drafts.save(conn, draft)
        outbox.commit(conn, submission(draft_id="d"), INSPECTOR, NOON)
    with cache.read() as conn:
        assert drafts.get(conn, "d") is None


def test_each_result_of_the_centre_finds_its_state(cache: Cache) -> None:
    outcomes = {
        "applied": "confirmed",
        "merged": "confirmed",
        "conflict": "refused",
        "rejected": "refused",
        "quarantined": "held",
        "blocked": "blocked",
    }
    events = {outcome: do(cache, opening(f"case-{outcome}")) for outcome in outcomes}
    with cache.write() as conn:
        delivery.settle(conn, [e.EventResult(id=ev.id, outcome=o) for o, ev in events.items()], EVENING)  # type: ignore[arg-type]  # one of the literals
    assert states(cache) == {events[outcome].id: state for outcome, state in outcomes.items()}


def test_a_blocked_event_is_sent_again_and_a_parked_one_only_when_asked(cache: Cache) -> None:
    blocked, parked = do(cache, opening("a")), do(cache, opening("b"))
    with cache.write() as conn:
        delivery.settle(conn, [e.EventResult(id=blocked.id, outcome="blocked", blocked_by=("x",))], EVENING)
        delivery.park(conn, parked.id, "internal")
        assert [waiting.id for waiting in delivery.waiting(conn, 10)] == [blocked.id]
        assert cases.get(conn, "b") is not None, "what was parked is still shown"
        outbox.retry(conn, parked.id)
        assert [waiting.id for waiting in delivery.waiting(conn, 10)] == [blocked.id, parked.id]


def test_what_depends_on_a_refused_event_is_parked_with_it(cache: Cache) -> None:
    opened = do(cache, opening())
    first = do(cache, step("comment", text="أول", depends_on=(opened.id,)))
    second = do(cache, step("comment", text="ثان", depends_on=(first.id,)))
    with cache.write() as conn:
        delivery.settle(conn, [e.EventResult(id=opened.id, outcome="rejected", code="outside_scope")], EVENING)
    assert states(cache) == {opened.id: "refused", first.id: "parked", second.id: "parked"}
    with cache.read() as conn:
        entry = outbox.entry(conn, second.id)
        assert cases.entries(conn, "c1") == ()
    assert entry is not None
    assert entry.result is not None
    assert entry.result.blocked_by == (first.id,)


def test_a_contact_of_a_case_that_was_refused_is_kept_in_the_tray_and_shown_nowhere(cache: Cache) -> None:
    opened = do(cache, opening(reporter="named"))
    contact = NewEvent(
        kind="contact",
        record="t1",
        action="give",
        data=e.ContactGiven(case_id="c1", name="حاج"),
        depends_on=(opened.id,),
    )
    given = do(cache, contact)
    with cache.write() as conn:
        delivery.settle(conn, [e.EventResult(id=opened.id, outcome="rejected", code="outside_scope")], EVENING)
        assert rows.get(conn, "contact", "t1") is None
    assert states(cache) == {opened.id: "refused", given.id: "parked"}


def test_what_is_tried_again_without_what_it_depends_on_comes_back_to_the_tray(cache: Cache) -> None:
    opened = do(cache, opening())
    comment = do(cache, step("comment", text="أول", depends_on=(opened.id,)))
    with cache.write() as conn:
        delivery.settle(conn, [e.EventResult(id=opened.id, outcome="rejected", code="outside_scope")], EVENING)
        outbox.retry(conn, comment.id)
        again = e.EventResult(id=comment.id, outcome="blocked", blocked_by=(opened.id,))
        delivery.settle(conn, [again], EVENING)
    assert states(cache) == {opened.id: "refused", comment.id: "parked"}


def test_the_depth_counts_what_waits_since_when_and_what_needs_attention(cache: Cache) -> None:
    with cache.read() as conn:
        assert outbox.depth(conn) == outbox.Depth(
            waiting=0, since=None, evidence_waiting=0, evidence_bytes=0, attention=0, carried=0
        )
    stored = cache.vault.put(b"x" * 1000)
    with cache.write() as conn:
        evidence.add(conn, stored, media_type="image/jpeg", role="photo", owner="d", at=NOON)
    event = do(cache, submission(evidence=(stored.sha256,), draft_id="d"))
    refused = do(cache, opening())
    with cache.write() as conn:
        conn.exec_driver_sql('UPDATE evidence SET "offset" = 400')
        delivery.settle(conn, [e.EventResult(id=refused.id, outcome="rejected", code="outside_scope")], EVENING)
        assert outbox.depth(conn) == outbox.Depth(
            waiting=1, since=NOON, evidence_waiting=1, evidence_bytes=600, attention=1, carried=0
        )
        delivery.settle(conn, [e.EventResult(id=event.id, outcome="rejected", code="outside_scope")], EVENING)
        assert outbox.depth(conn).evidence_waiting == 0, "evidence of a refused report does not wait"


def test_entries_say_what_became_of_each_newest_first(cache: Cache) -> None:
    first, second = do(cache, opening("a", "شكوى")), do(cache, opening("b"))
    with cache.write() as conn:
        delivery.settle(conn, [applied(first)], EVENING)
    with cache.read() as conn:
        assert [entry.id for entry in outbox.entries(conn)] == [second.id, first.id]
        [confirmed] = outbox.entries(conn, [EventState.CONFIRMED])
        assert [entry.id for entry in outbox.entries_of(conn, "case", "a")] == [first.id]
    assert (confirmed.text, confirmed.settled_at, confirmed.result) == ("شكوى", EVENING, applied(first))


def test_somebody_of_the_committee_can_go_on_with_a_returned_report(cache: Cache) -> None:
    do(cache, submission())
    with cache.write() as conn:
        conn.exec_driver_sql("UPDATE visit SET state = 'returned', event_id = NULL")
        conn.exec_driver_sql("UPDATE event SET laid = 0")
        outbox.commit(conn, submission(revision=2, exit_="conform"), HEAD, EVENING)
        visit = visits.get(conn, "v1")
        assert visit is not None
        assert (visit.revision, visit.findings, visit.inspector_id) == (2, 0, INSPECTOR.id)
        assert [finding.revision for finding in visits.findings(conn, "v1", 1)] == [1]
