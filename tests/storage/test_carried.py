"""What other devices gave us: shown in its order, relayed word for word, settled once, by whichever way it came."""

from __future__ import annotations

import hashlib
import itertools
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector_app.storage import carried, cases, delivery, feed, outbox, rows, visits
from inspector_app.storage.cache import Cache
from inspector_app.storage.outbox import EventState, NewEvent
from sync.contract import events as e
from sync.contract import ids
from sync.contract import records as r
from sync.engine.ports import Batch
from tests.storage.field_season import EVENING, NOON, fill, opening, page, step, submission
from tests.support import desks
from tests.support.season import INSPECTOR, SUPERVISOR

LATER = "2026-11-23T09:00:00.000+03:00"
_numbers = itertools.count(1)


def event(new: NewEvent, person: r.Person = INSPECTOR, **more: object) -> e.Event:
    """What another device did."""
    return msgspec.structs.replace(
        e.Event(
            id=ids.uuid7(),
            n=next(_numbers),
            kind=new.kind,
            record=new.record,
            action=new.action,
            user=person.id,
            made_at=NOON,
            data=msgspec.to_builtins(new.data),
            expected_state=new.expected_state,
            depends_on=new.depends_on,
        ),
        **more,
    )


def batch(*events: e.Event, device_id: str = "field") -> Batch:
    lines = tuple(e.encode(one) for one in events)
    name = hashlib.sha256(device_id.encode() + b"\n".join(lines)).hexdigest()
    return Batch(name, device_id, "00", lines)


def receive(cache: Cache, given: Batch, **more: bool) -> carried.Arrived:
    with cache.write() as conn:
        return carried.receive(conn, given, EVENING, **more)


def review(action: str, visit_id: str = "v1", text: str = "", **more: object) -> NewEvent:
    data = e.VisitReview(revision=1, text=text, remarks=(r.Remark(item="", text="أعد"),) if action == "return" else ())
    return NewEvent(kind="visit", record=visit_id, action=action, data=data, **more)  # type: ignore[arg-type]


def state_of(cache: Cache, event_id: str) -> tuple[EventState, str]:
    with cache.read() as conn:
        found = outbox.entry(conn, event_id)
    assert found is not None
    return found.state, found.device_id


def visit(cache: Cache) -> r.Visit:
    with cache.read() as conn:
        found = visits.get(conn, "v1")
    assert found is not None
    return found


def revision_of(sent: e.Event, **changes: object) -> r.VisitRevision:
    made = r.VisitRevision(
        id="v1.1",
        visit_id="v1",
        revision=1,
        author_id=sent.user,
        submitted_at=sent.made_at,
        instance=sent.data["instance"],
        attachments=(),
        signature=msgspec.convert(sent.data["signature"], r.Signature),
    )
    return msgspec.structs.replace(made, **changes)


def test_a_carried_report_stands_as_received_and_counts_nowhere_as_our_own(cache: Cache) -> None:
    sent = event(submission())
    assert receive(cache, batch(sent)) == carried.Arrived((sent,), 0)
    assert visit(cache).state == "received"
    assert state_of(cache, sent.id) == (EventState.CARRIED, "field")
    with cache.read() as conn:
        assert outbox.entries(conn) == ()
        assert outbox.entries_of(conn, "visit", "v1") == ()
        assert delivery.waiting(conn, 10) == ()
        assert carried.undelivered(conn) == ()
        assert (outbox.depth(conn).waiting, outbox.depth(conn).carried) == (0, 1)
        assert carried.is_carried(conn, "visit", "v1")


def test_what_is_known_already_changes_nothing_and_is_not_relayed_twice(cache: Cache) -> None:
    sent, more = event(submission()), event(opening())
    receive(cache, batch(sent))
    assert receive(cache, batch(sent)) == carried.Arrived((), 1)
    assert receive(cache, batch(sent, more)) == carried.Arrived((more,), 1)
    with cache.read() as conn:
        assert [one.lines for one in carried.batches(conn)] == [batch(sent).lines, batch(sent, more).lines]


def test_another_body_under_a_known_id_takes_nothing_of_its_batch(cache: Cache) -> None:
    sent, other = event(submission()), event(opening())
    receive(cache, batch(sent))
    forged = event(opening("c9"), id=sent.id)
    with pytest.raises(carried.OtherBody) as refused:
        receive(cache, batch(other, forged))
    assert refused.value.params == {"event": sent.id}
    with cache.read() as conn:
        assert outbox.entry(conn, other.id) is None
        assert len(carried.batches(conn)) == 1


def test_what_is_done_with_a_carried_record_depends_on_all_that_was_carried_of_it(cache: Cache) -> None:
    opened, comment = event(opening()), event(step("comment", text="أول"))
    receive(cache, batch(opened, comment))
    with cache.write() as conn:
        done = outbox.commit(conn, step("comment", text="رد"), SUPERVISOR, EVENING)
        other = outbox.commit(conn, opening("c2"), INSPECTOR, EVENING)
    assert done.depends_on == (opened.id, comment.id)
    assert other.depends_on == ()


def test_a_decision_that_was_carried_back_is_laid_over_our_own_report(cache: Cache) -> None:
    with cache.write() as conn:
        mine = outbox.commit(conn, submission(), INSPECTOR, NOON)
    assert visit(cache).state == "submitted"
    back = event(review("return", expected_state="received", depends_on=(mine.id,)), SUPERVISOR)
    receive(cache, batch(back, device_id="desk"))
    assert visit(cache).state == "returned"
    with cache.write() as conn:
        again = outbox.commit(conn, submission(revision=2, expected_state="returned"), INSPECTOR, EVENING)
    assert again.depends_on == (back.id,)
    assert (visit(cache).state, visit(cache).revision) == ("submitted", 2)


@given(st.permutations(range(3)))
def test_batches_may_come_in_any_order(order: list[int]) -> None:
    first = event(submission(), id="a")
    back = event(review("return", expected_state="received", depends_on=("a",)), SUPERVISOR, id="b")
    second = event(submission(revision=2, expected_state="returned", depends_on=("b",)), id="c")
    batches = (batch(first), batch(back, device_id="desk"), batch(second))
    with TemporaryDirectory() as folder, desks.cache_in(Path(folder) / "midan", ()) as cache:
        with cache.write() as conn:
            fill(conn)
        for place in order:
            receive(cache, batches[place])
        assert (visit(cache).state, visit(cache).revision) == ("received", 2)


def test_a_circle_of_events_that_wait_for_each_other_harms_nobody(cache: Cache) -> None:
    opened = event(opening())
    one = event(step("comment", text="أ", depends_on=("two",)), id="one")
    two = event(step("comment", text="ب", depends_on=("one",)), id="two")
    receive(cache, batch(opened, one, two))
    with cache.read() as conn:
        assert {entry.text for entry in cases.entries(conn, "c1")} == {"", "أ", "ب"}


def test_what_the_centre_said_to_a_relayed_batch_settles_its_events(cache: Cache) -> None:
    good, bad, held = event(opening("c1")), event(opening("c2")), event(opening("c3"))
    receive(cache, batch(good, bad, held))
    results = [
        e.EventResult(id=good.id, outcome="applied", received_at=EVENING),
        e.EventResult(id=bad.id, outcome="rejected", code="outside_scope", received_at=EVENING),
        e.EventResult(id=held.id, outcome="quarantined", received_at=EVENING),
    ]
    with cache.write() as conn:
        waiting = carried.next_batch(conn)
        assert waiting == batch(good, bad, held)
        carried.relayed(conn, waiting.id, results, EVENING)
        assert carried.next_batch(conn) is None
        assert carried.batches(conn) == ()
    assert [state_of(cache, one.id)[0] for one in (good, bad, held)] == ["confirmed", "refused", "held"]
    with cache.read() as conn:
        assert cases.get(conn, "c1") is not None
        assert cases.get(conn, "c2") is None, "what is refused is shown no longer"
        assert outbox.depth(conn).attention == 0, "it is its author's to look after"


def test_a_batch_with_a_blocked_event_waits_and_lets_the_others_go_first(cache: Cache) -> None:
    one, two, third = event(opening("c1")), event(step("comment", text="x")), event(opening("c3"))
    receive(cache, batch(one, two))
    receive(cache, batch(third))
    with cache.write() as conn:
        first = carried.next_batch(conn)
        assert first is not None
        results = [
            e.EventResult(id=one.id, outcome="applied"),
            e.EventResult(id=two.id, outcome="blocked", blocked_by=("elsewhere",)),
        ]
        carried.relayed(conn, first.id, results, EVENING)
        assert carried.next_batch(conn) == batch(third)
        carried.relayed(conn, batch(third).id, [e.EventResult(id=third.id, outcome="applied")], EVENING)
        assert carried.next_batch(conn) == first
    assert [state_of(cache, one_.id)[0] for one_ in (one, two)] == ["confirmed", "carried"]
    with cache.read() as conn:
        assert delivery.waiting(conn, 10) == (), "a carried event is never sent by itself"


@pytest.mark.parametrize(("decision", "settled"), [("accepted", "confirmed"), ("refused", "refused")])
def test_what_was_held_and_is_decided_is_not_held_again_while_its_batch_waits_for_another_event(
    cache: Cache, decision: str, settled: str
) -> None:
    held, waits = event(opening("c1")), event(step("comment", case_id="c2", text="x"))
    receive(cache, batch(held, waits))
    said = [
        e.EventResult(id=held.id, outcome="quarantined"),
        e.EventResult(id=waits.id, outcome="blocked", blocked_by=("elsewhere",)),
    ]
    row = r.Quarantined(
        id=held.id,
        device_id="field",
        by=held.user,
        event_kind="case",
        action="open",
        record_id="c1",
        at=NOON,
        received_at=EVENING,
        reason="person_released",
        text="",
        body="{}",
        state=decision,
    )
    with cache.write() as conn:
        carried.relayed(conn, batch(held, waits).id, said, EVENING)
        feed.apply(conn, page(row), LATER)
        carried.relayed(conn, batch(held, waits).id, said, LATER)
    assert state_of(cache, held.id)[0] == settled


def relay_a_reused_number(cache: Cache, sent: e.Event) -> None:
    receive(cache, batch(sent))
    with cache.write() as conn:
        reused = e.EventResult(id=sent.id, outcome="rejected", code="number_reused")
        carried.relayed(conn, batch(sent).id, [reused], EVENING)
    assert state_of(cache, sent.id) == (EventState.CARRIED, "field")


@pytest.mark.parametrize(
    ("said", "settled"),
    [
        (e.EventResult(id="", outcome="applied"), EventState.CONFIRMED),
        (e.EventResult(id="", outcome="rejected", code="outside_scope"), EventState.REFUSED),
        (e.EventResult(id="", outcome="quarantined"), EventState.HELD),
    ],
)
def test_an_event_whose_number_was_reused_is_asked_about_until_its_own_device_has_sent_it(
    cache: Cache, said: e.EventResult, settled: EventState
) -> None:
    sent, other = event(opening()), event(opening("c2"))
    relay_a_reused_number(cache, sent)
    receive(cache, batch(other))
    with cache.write() as conn:
        assert carried.next_batch(conn) == batch(other), "what was not tried yet goes first"
        carried.relayed(conn, batch(other).id, [e.EventResult(id=other.id, outcome="applied")], EVENING)
        assert carried.next_batch(conn) == batch(sent)
        carried.relayed(conn, batch(sent).id, [msgspec.structs.replace(said, id=sent.id)], LATER)
        assert carried.next_batch(conn) is None
        assert outbox.depth(conn).carried == 0
    assert state_of(cache, sent.id)[0] is settled


def test_an_event_whose_number_is_another_devices_may_come_again_from_its_own_device(cache: Cache) -> None:
    sent = event(opening())
    relay_a_reused_number(cache, sent)
    anew = batch(sent, device_id="field-2")
    assert receive(cache, anew) == carried.Arrived((), 1)
    assert state_of(cache, sent.id) == (EventState.CARRIED, "field-2")
    with cache.read() as conn:
        assert carried.next_batch(conn) == anew


def test_a_batch_that_the_centre_does_not_take_is_kept_and_shown(cache: Cache) -> None:
    sent = event(opening())
    receive(cache, batch(sent))
    with cache.write() as conn:
        carried.failed(conn, batch(sent).id, "batch_signature_wrong")
        assert carried.next_batch(conn) is None
        (listed,) = carried.listed(conn)
    assert (listed.state, listed.problem, listed.device_id) == ("failed", "batch_signature_wrong", "field")
    assert state_of(cache, sent.id)[0] is EventState.CARRIED


def test_what_the_centres_rows_show_has_arrived_by_another_way(cache: Cache) -> None:
    sent = event(submission())
    receive(cache, batch(sent))
    received = visit(cache)
    with cache.write() as conn:
        feed.apply(conn, page(received, revision_of(sent)), LATER)
        assert carried.next_batch(conn) is None
    assert state_of(cache, sent.id)[0] is EventState.CONFIRMED
    with cache.read() as conn:
        found = rows.get_row(conn, "visit", "v1")
    assert found is not None
    assert (found.event_id, found.base) == (None, None)


def test_a_revision_that_somebody_else_wrote_settles_nothing(cache: Cache) -> None:
    sent = event(submission())
    receive(cache, batch(sent))
    with cache.write() as conn:
        feed.apply(conn, page(visit_by_another(sent), revision_of(sent, author_id="col")), LATER)
        assert carried.next_batch(conn) == batch(sent)
    assert state_of(cache, sent.id)[0] is EventState.CARRIED


def visit_by_another(sent: e.Event) -> r.Visit:
    return r.Visit(
        id="v1",
        number=sent.data["number"],
        inspection_type="IT04",
        checklist_id="f@1",
        place_id="p1",
        company_id="co1",
        committee_id="k11",
        region="makkah",
        inspector_id="col",
        state="received",
        revision=1,
        started_at=NOON,
        submitted_at=NOON,
        percent=None,
        result="",
        findings=0,
        worst="",
    )


def test_what_is_at_the_centre_already_is_not_laid_over_its_rows(cache: Cache) -> None:
    sent = event(submission())
    approved = msgspec.structs.replace(visit_by_another(sent), inspector_id="ins", state="approved")
    with cache.write() as conn:
        feed.apply(conn, page(approved, revision_of(sent)), EVENING)
    receive(cache, batch(sent))
    assert visit(cache).state == "approved"
    assert state_of(cache, sent.id)[0] is EventState.CONFIRMED
    with cache.read() as conn:
        assert carried.next_batch(conn) is None


def test_a_restored_centre_gets_what_was_relayed_once_more(cache: Cache) -> None:
    sent = event(opening())
    receive(cache, batch(sent))
    with cache.write() as conn:
        carried.relayed(conn, batch(sent).id, [e.EventResult(id=sent.id, outcome="applied")], EVENING)
        carried.send_again(conn)
        assert carried.next_batch(conn) == batch(sent)
        assert delivery.waiting(conn, 10) == ()
    assert state_of(cache, sent.id)[0] is EventState.CARRIED


def test_what_nobody_of_this_device_may_hold_is_carried_and_not_shown(cache: Cache) -> None:
    stranger = r.Person(
        id="far", name_ar="بعيد", name_en="", role="inspector", committee_id="k21", regions=("madinah",)
    )
    with cache.write() as conn:
        rows.put(conn, "person", [rows.Row(stranger, rev=1)])
    sent = event(opening(region="madinah"), stranger)
    receive(cache, batch(sent))
    with cache.read() as conn:
        assert cases.get(conn, "c1") is None
        assert carried.next_batch(conn) == batch(sent)


@pytest.mark.parametrize(("user", "action"), [("nobody", "open"), ("ins", "praise")])
def test_an_event_that_cannot_be_shown_is_relayed_all_the_same(cache: Cache, user: str, action: str) -> None:
    sent = event(opening(), user=user, action=action)
    receive(cache, batch(sent))
    with cache.read() as conn:
        assert cases.get(conn, "c1") is None
        assert carried.next_batch(conn) == batch(sent)


def test_an_event_of_a_kind_of_a_newer_program_is_relayed_all_the_same(cache: Cache) -> None:
    sent = event(opening(), kind="permit", action="grant")
    receive(cache, batch(sent))
    with cache.read() as conn:
        assert carried.next_batch(conn) == batch(sent)


def test_what_a_withdrawn_device_did_is_not_shown(cache: Cache) -> None:
    sent = event(opening())
    receive(cache, batch(sent), show=False)
    with cache.read() as conn:
        assert cases.get(conn, "c1") is None
        assert carried.next_batch(conn) == batch(sent)
