"""Pages of the centre's rows: what arrives is kept, what is unknown is kept aside, and a restart loses no work."""

from __future__ import annotations

from datetime import datetime

import pytest

from inspector_app.storage import cases, delivery, device, evidence, feed, log, outbox, people, projection, rows, search
from inspector_app.storage.cache import Cache
from inspector_app.storage.errors import NotEnrolled
from inspector_app.storage.sync_store import SyncStore
from sync.contract import events as e
from sync.contract import records as r
from sync.contract import wire
from sync.engine.ports import Identity, Piece, Store
from tests.storage.field_season import CHECKLIST, EVENING, NOON, SEASON, company, opening, page, place, step, submission
from tests.support.laptop import DEVICE
from tests.support.season import INSPECTOR


@pytest.fixture
def store(cache: Cache) -> SyncStore:
    return SyncStore(cache, lambda: datetime.fromisoformat(EVENING))


def places(cache: Cache) -> set[str]:
    with cache.read() as conn:
        return {record.id for record in rows.where(conn, "place", "true")}


def asides(cache: Cache) -> list[tuple[str, str, str]]:
    with cache.read() as conn:
        found = conn.exec_driver_sql("SELECT kind, id, reason FROM aside ORDER BY kind, id")
        return [tuple(row) for row in found]


def test_rows_and_cursor_arrive_together(cache: Cache, store: SyncStore) -> None:
    port: Store = store
    assert port.cursor() == ("", 0)
    port.apply(page(place("p2"), company("co2"), more=True))
    assert port.cursor() == ("epoch1", 2)
    assert places(cache) == {"p1", "p2"}
    with cache.read() as conn:
        assert [hit.id for hit in search.find(conn, "العليان")] == ["co1", "co2"]


def test_a_page_that_cannot_be_written_moves_no_cursor(cache: Cache, store: SyncStore) -> None:
    wrong = page(place("p2"))._replace(next="not a number")  # type: ignore[arg-type]  # on purpose
    short = wrong._replace(changes=(*wrong.changes, wire.Change("place", "p3", 2, 1, ("too", "few"))))
    with pytest.raises(ValueError, match="zip"):
        store.apply(short)
    assert store.cursor() == ("", 0)
    assert places(cache) == {"p1"}


def test_a_page_that_another_engine_has_overtaken_is_dropped_and_moves_nothing_back(
    cache: Cache, store: SyncStore
) -> None:
    leaving = SyncStore(cache, lambda: datetime.fromisoformat(EVENING))  # of the person whose turn has just ended
    assert leaving.cursor() == store.cursor()
    feed_restarted = page(place("p2"), place("p3"), more=True)
    with cache.write() as conn:
        feed.begin_again(conn, "scope_changed")
    store.apply(feed_restarted)
    leaving.apply(page(place("p4")))
    assert store.cursor() == ("epoch1", 2)
    assert places(cache) >= {"p1", "p2", "p3"}


def test_a_deleted_row_goes_and_cannot_be_found_any_more(cache: Cache, store: SyncStore) -> None:
    store.apply(page(gone=(("place", "p1"), ("place", "never here"))))
    assert places(cache) == set()
    with cache.read() as conn:
        assert search.find(conn, "اجياد") == ()


def test_a_kind_of_a_newer_centre_is_kept_aside_until_it_is_known(cache: Cache, store: SyncStore) -> None:
    newer = wire.Page(
        "epoch1",
        0,
        2,
        False,
        {"drone": ("name",)},
        (wire.Change("drone", "x", 1, 1, ("طائرة",)), wire.Change("drone", "y", 2, 1, None)),
    )
    store.apply(newer)
    assert asides(cache) == [("drone", "x", "unknown_kind")]
    store.apply(newer._replace(changes=(wire.Change("drone", "x", 3, 2, None),), since=2, next=3))
    assert asides(cache) == []


def test_a_field_of_a_newer_centre_is_kept_aside_and_the_rest_of_its_row_used(cache: Cache, store: SyncStore) -> None:
    sent = page(place("p2"))
    [change] = sent.changes
    assert change.values is not None
    store.apply(
        sent._replace(
            columns={"place": (*sent.columns["place"], "roof")},
            changes=(change._replace(values=(*change.values, "flat")),),
        )
    )
    assert places(cache) == {"p1", "p2"}
    assert asides(cache) == [("place", "p2", "unknown_fields")]


def test_what_was_unknown_is_asked_for_again_by_a_version_that_knows_it(cache: Cache, store: SyncStore) -> None:
    store.apply(page(place("p2")))
    with cache.write() as conn:
        conn.exec_driver_sql("INSERT INTO aside VALUES ('place', 'p2', 'unknown_fields', '{\"stars\": 4}', NULL)")
    upgraded = SyncStore(cache, lambda: datetime.fromisoformat(EVENING))
    assert upgraded.cursor() == ("epoch1", 0)
    assert asides(cache) == []
    assert places(cache) == {"p1", "p2"}, "rows stay shown meanwhile"


def test_a_row_that_does_not_fit_is_kept_aside_and_noted_and_the_page_goes_on(cache: Cache, store: SyncStore) -> None:
    sent = page(place("p2"), place("p3"))
    bad = sent.changes[0]._replace(values=(17, *sent.changes[0].values[1:]))  # type: ignore[index]  # not deleted
    store.apply(sent._replace(changes=(bad, sent.changes[1])))
    assert places(cache) == {"p1", "p3"}
    assert asides(cache) == [("place", "p2", "malformed")]
    with cache.read() as conn:
        [line] = log.lines(conn)
    assert (line.level, line.code, line.params["id"]) == ("error", "row_malformed", "p2")


def test_after_a_restart_rows_stay_until_the_feed_has_ended_without_them(cache: Cache, store: SyncStore) -> None:
    store.apply(page(*(place(f"x{n}") for n in range(9))))
    store.restart("scope_changed")
    assert store.cursor() == ("epoch1", 0)
    store.apply(page(place("x0"), more=True))
    assert len(places(cache)) == 10
    store.apply(page(place("x1"), since=1))
    assert places(cache) == {"x0", "x1"}


def test_a_restart_that_would_take_much_away_is_held_back_and_noted(cache: Cache, store: SyncStore) -> None:
    store.apply(page(*(place(f"x{n}") for n in range(9))))
    store.restart("cursor_too_old")
    store.apply(page(place("x0")))
    assert len(places(cache)) == 10
    with cache.read() as conn:
        assert {line.code for line in log.lines(conn)} == {"sweep_held_back"}


def test_a_restart_takes_a_few_missing_rows_away(cache: Cache, store: SyncStore) -> None:
    names = [place(f"x{n}") for n in range(9)]
    store.apply(page(*names))
    store.restart("cursor_too_old")
    store.apply(page(*names))
    assert places(cache) == {f"x{n}" for n in range(9)}


def test_a_change_of_rights_never_takes_unsent_work_away(cache: Cache, store: SyncStore) -> None:
    with cache.write() as conn:
        opened = outbox.commit(conn, opening(), INSPECTOR, NOON)
        case = cases.get(conn, "c1")
        assert case is not None
    store.settle([e.EventResult(id=opened.id, outcome="applied")])
    store.apply(page(case, *cases_entries(cache)))
    with cache.write() as conn:
        outbox.commit(conn, submission(), INSPECTOR, NOON)
        outbox.commit(conn, opening("c2"), INSPECTOR, NOON)
    store.restart("scope_changed")
    store.apply(page(SEASON, CHECKLIST))
    with cache.read() as conn:
        assert cases.get(conn, "c1") is None
        assert cases.get(conn, "c2") is not None
        assert rows.get(conn, "visit", "v1") is not None
        assert people.person(conn, INSPECTOR.id) == INSPECTOR, "a member stays known by what he was"


def test_a_row_kept_for_unsent_work_when_rights_changed_goes_with_the_answer(cache: Cache, store: SyncStore) -> None:
    with cache.write() as conn:
        opened = outbox.commit(conn, opening(), INSPECTOR, NOON)
        case = cases.get(conn, "c1")
        assert case is not None
    store.settle([e.EventResult(id=opened.id, outcome="applied")])
    store.apply(page(case, *cases_entries(cache)))
    with cache.write() as conn:
        comment = outbox.commit(conn, step("comment", text="نص"), INSPECTOR, NOON)
    store.restart("scope_changed")
    store.apply(page(SEASON, CHECKLIST))
    with cache.read() as conn:
        assert cases.get(conn, "c1") is not None
    store.settle([e.EventResult(id=comment.id, outcome="rejected", code="user_not_on_device")])
    with cache.read() as conn:
        assert cases.get(conn, "c1") is None


def cases_entries(cache: Cache) -> tuple[r.Record, ...]:
    with cache.read() as conn:
        return cases.entries(conn, "c1")


def test_a_restored_centre_gets_what_it_had_confirmed_again(cache: Cache, store: SyncStore) -> None:
    stored = cache.vault.put(b"photo")
    with cache.write() as conn:
        evidence.add(conn, stored, media_type="image/jpeg", role="photo", owner="d", at=NOON)
        event = outbox.commit(conn, submission(evidence=(stored.sha256,), draft_id="d"), INSPECTOR, NOON)
    store.settle([e.EventResult(id=event.id, outcome="applied")])
    store.evidence_at(stored.sha256, 5, True)
    assert store.next_evidence() is None
    store.restart("epoch_changed")
    assert [waiting.id for waiting in store.waiting(10)] == [event.id]
    store.settle([e.EventResult(id=event.id, outcome="applied")])
    assert store.next_evidence() == Piece(stored.sha256, 5)


def test_a_case_that_has_left_our_rights_is_given_again_to_a_restored_centre_and_not_shown_again(
    cache: Cache, store: SyncStore
) -> None:
    with cache.write() as conn:
        opened = outbox.commit(conn, opening(), INSPECTOR, NOON)
        case = cases.get(conn, "c1")
        assert case is not None
    store.settle([e.EventResult(id=opened.id, outcome="applied")])
    entries = cases_entries(cache)
    store.apply(page(case, *entries))
    store.apply(page(since=2, gone=(("case", "c1"), *(("case_entry", entry.id) for entry in entries))))
    store.restart("epoch_changed", "another life")
    assert [waiting.id for waiting in store.waiting(10)] == [opened.id]
    with cache.write() as conn:
        projection.refresh(conn, "case", "c1")
        assert cases.get(conn, "c1") is None


def test_a_centre_restored_twice_goes_on_showing_what_we_did_with_a_case_that_came_back(
    cache: Cache, store: SyncStore
) -> None:
    with cache.write() as conn:
        opened = outbox.commit(conn, opening(), INSPECTOR, NOON)
        case = cases.get(conn, "c1")
        assert case is not None
    store.settle([e.EventResult(id=opened.id, outcome="applied")])
    entries = cases_entries(cache)
    store.apply(page(case, *entries))
    with cache.write() as conn:
        stepped = outbox.commit(conn, step("comment", text="نص"), INSPECTOR, NOON)
    store.settle([e.EventResult(id=stepped.id, outcome="applied")])
    store.apply(page(since=2, gone=(("case", "c1"), *(("case_entry", entry.id) for entry in entries))))
    with cache.write() as conn:
        conn.exec_driver_sql("UPDATE event SET laid = 0")
        projection.refresh(conn, "case", "c1")
        assert cases.get(conn, "c1") is None
    store.restart("epoch_changed", "second life")
    store.settle([e.EventResult(id=event.id, outcome="applied") for event in (opened, stepped)])
    store.apply(page(case, *entries)._replace(epoch="second life.mark"))
    store.restart("epoch_changed", "third life")
    assert stepped.id in {entry.id for entry in cases_entries(cache)}


def test_the_epoch_is_told_even_when_the_feed_begins_again_until_it_is_the_epoch_that_changed(
    cache: Cache, store: SyncStore
) -> None:
    store.apply(page(place()))
    epoch, _ = store.cursor()
    store.restart("scope_changed")
    assert epoch
    assert store.cursor() == (epoch, 0)
    store.restart("epoch_changed")
    assert store.cursor() == ("", 0)


def test_a_restored_centre_is_offered_what_the_one_before_had_given_up(cache: Cache, store: SyncStore) -> None:
    stored = cache.vault.put(b"photo")
    with cache.write() as conn:
        evidence.add(conn, stored, media_type="image/jpeg", role="photo", owner="d", at=NOON)
        event = outbox.commit(conn, submission(evidence=(stored.sha256,), draft_id="d"), INSPECTOR, NOON)
    store.settle([e.EventResult(id=event.id, outcome="applied")])
    store.evidence_failed(stored.sha256, "upload_hash_wrong")
    store.restart("epoch_changed")
    store.settle([e.EventResult(id=event.id, outcome="applied")])
    assert store.next_evidence() == Piece(stored.sha256, 5)


def test_evidence_goes_only_after_its_event_is_confirmed(cache: Cache, store: SyncStore) -> None:
    stored = cache.vault.put(b"photo")
    with cache.write() as conn:
        evidence.add(conn, stored, media_type="image/jpeg", role="photo", owner="d", at=NOON)
        event = outbox.commit(conn, submission(evidence=(stored.sha256,), draft_id="d"), INSPECTOR, NOON)
    assert store.next_evidence() is None
    store.settle([e.EventResult(id=event.id, outcome="applied")])
    assert store.next_evidence() == Piece(stored.sha256, 5)
    assert store.read_evidence(stored.sha256, 1, 3) == b"hot"
    store.evidence_at(stored.sha256, 5, False)
    assert store.next_evidence() == Piece(stored.sha256, 5, offset=5)
    store.evidence_at(stored.sha256, 5, True)
    assert store.next_evidence() is None


def test_evidence_that_cannot_be_sent_is_shown_with_its_reason_and_holds_nothing_up(
    cache: Cache, store: SyncStore
) -> None:
    stored = cache.vault.put(b"photo")
    with cache.write() as conn:
        evidence.add(conn, stored, media_type="image/jpeg", role="photo", owner="d", at=NOON)
        event = outbox.commit(conn, submission(evidence=(stored.sha256,), draft_id="d"), INSPECTOR, NOON)
    store.settle([e.EventResult(id=event.id, outcome="applied")])
    cache.vault.remove(stored.name)
    with pytest.raises(ValueError, match="evidence_missing"):
        store.read_evidence(stored.sha256, 0, 5)
    store.evidence_failed(stored.sha256, "evidence_unreadable")
    assert store.next_evidence() is None
    with cache.read() as conn:
        [piece] = evidence.unsent(conn)
        assert outbox.depth(conn).attention == 1
    assert piece.problem == "evidence_unreadable"


def test_the_engine_learns_who_the_device_is_only_once_it_is_enrolled(cache: Cache, store: SyncStore) -> None:
    assert store.identity() == Identity("d1", "centre", DEVICE.seed)
    with cache.write() as conn:
        conn.exec_driver_sql("DELETE FROM meta")
        assert device.load(conn) is None
    with pytest.raises(NotEnrolled):
        store.identity()


def test_the_log_keeps_the_newest_lines_and_lets_the_oldest_go(
    cache: Cache, store: SyncStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "KEPT", 3)
    for n in range(5):
        store.note("info", f"code{n}", {"n": str(n)})
    with cache.read() as conn:
        assert [line.code for line in log.lines(conn)] == ["code4", "code3", "code2"]


def test_an_answer_to_an_event_nobody_knows_changes_nothing(cache: Cache) -> None:
    with cache.write() as conn:
        delivery.settle(conn, [e.EventResult(id="unknown", outcome="applied")], EVENING)
        assert outbox.entries(conn) == ()
        assert feed.cursor(conn) == ("", 0)
