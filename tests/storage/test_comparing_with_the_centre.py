"""The rows here compared with the centre's: what counts, when it is time, and what a wrong bucket becomes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from inspector_app.storage import checking, feed, log, outbox, people, rows, search
from inspector_app.storage.cache import Cache
from inspector_app.storage.sync_store import SyncStore
from sync.contract import records as r
from sync.contract import snapshots, wire
from tests.storage.field_season import EVENING, NOON, opening, page, place
from tests.support.season import INSPECTOR


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = datetime.fromisoformat(EVENING)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(empty_cache: Cache, clock: Clock) -> SyncStore:
    return SyncStore(empty_cache, clock)


def named(*records: r.Record, rev: int = 1) -> tuple[snapshots.Bucket, ...]:
    return snapshots.buckets((r.KIND_OF[type(record)], record.id, rev) for record in records)


def bucket(kind: str, number: int, *records: r.Record, rev: int = 1) -> wire.Page:
    """What the centre answers for one bucket."""
    mine = [record for record in records if snapshots.bucket_of(record.id) == number]
    return page(*mine, rev=rev)._replace(since=0, next=0)


def held(cache: Cache) -> dict[str, int]:
    with cache.read() as conn:
        return feed.held_back(conn)


def names(cache: Cache) -> set[str]:
    with cache.read() as conn:
        return {record.id for record in rows.where(conn, "place", "true")}


MANY = [place(f"x{n}") for n in range(40)]


def test_a_device_that_has_every_row_has_the_centres_buckets(empty_cache: Cache, store: SyncStore) -> None:
    store.apply(page(*MANY))
    assert tuple(store.buckets()) == named(*MANY)


def test_rows_this_version_cannot_read_count_with_the_revision_they_came_with(
    empty_cache: Cache, store: SyncStore
) -> None:
    sent = page(place("p1"), place("p2"), rev=3)
    bad = sent.changes[0]._replace(values=(17, *sent.changes[0].values[1:]))  # type: ignore[index]  # not deleted
    drone = wire.Change("drone", "d", 9, 4, ("طائرة",))
    columns = {**sent.columns, "drone": ("name",)}
    store.apply(sent._replace(columns=columns, changes=(bad, sent.changes[1], drone)))
    assert tuple(store.buckets()) == snapshots.buckets([("drone", "d", 4), ("place", "p1", 3), ("place", "p2", 3)])


def test_a_newer_version_that_cannot_be_read_counts_instead_of_the_older_one_that_is_shown(
    empty_cache: Cache, store: SyncStore
) -> None:
    store.apply(page(place("p1"), rev=1))
    sent = page(place("p1"), rev=2)
    store.apply(sent._replace(changes=(sent.changes[0]._replace(values=(17, *sent.changes[0].values[1:])),)))  # type: ignore[index]  # not deleted
    assert tuple(store.buckets()) == snapshots.buckets([("place", "p1", 2)])
    assert names(empty_cache) == {"p1"}


def test_what_was_made_here_and_what_waits_for_its_deletion_do_not_count(cache: Cache, store: SyncStore) -> None:
    before = tuple(store.buckets())
    with cache.write() as conn:
        outbox.commit(conn, opening(), INSPECTOR, NOON)
    assert tuple(store.buckets()) == before


def test_rows_are_compared_after_a_first_sync_after_a_restart_and_once_a_day(store: SyncStore, clock: Clock) -> None:
    store.apply(page(*MANY))
    assert store.check_due()
    store.checked(())
    assert not store.check_due()
    clock.now += timedelta(hours=23)
    assert not store.check_due()
    clock.now += timedelta(hours=1)
    assert store.check_due()
    store.checked(())
    store.restart("scope_changed")
    assert store.check_due()


def test_a_clock_that_is_put_back_makes_a_comparison_due(store: SyncStore, clock: Clock) -> None:
    store.checked(())
    clock.now -= timedelta(days=300)
    assert store.check_due()


def test_what_differed_is_in_the_log_and_on_the_screen(empty_cache: Cache, store: SyncStore) -> None:
    store.checked(named(place("p1"), place("p2")))
    with empty_cache.read() as conn:
        [line] = log.lines(conn)
        assert checking.last(conn) == (EVENING, 2)
    assert (line.level, line.code, line.params) == ("warning", "rows_differed", {"kinds": "place", "buckets": "2"})


def test_a_damaged_a_missing_and_a_surplus_row_are_put_right_bucket_by_bucket(
    empty_cache: Cache, store: SyncStore
) -> None:
    store.apply(page(*MANY))
    with empty_cache.write() as conn:
        conn.exec_driver_sql("UPDATE place SET rev = 9, name_ar = 'تالف' WHERE id = 'x3'")
        rows.delete(conn, "place", ["x4"])
        rows.put(conn, "place", [rows.Row(place("stray", "غريب"), rev=1)])
    truth = {(one.kind, one.bucket): one for one in named(*MANY)}
    wrong = [one for one in store.buckets() if truth.get((one.kind, one.bucket)) != one]
    numbers = {one.bucket for one in wrong} | {snapshots.bucket_of(name) for name in ("x3", "x4", "stray")}
    for number in numbers:
        store.replace_bucket("place", number, bucket("place", number, *MANY))
    assert tuple(store.buckets()) == named(*MANY)
    with empty_cache.read() as conn:
        assert search.find(conn, "غريب") == ()
        assert "x3" in {hit.id for hit in search.find(conn, "اجياد")}


def test_an_answer_to_a_comparison_that_the_feed_has_overtaken_is_dropped(
    empty_cache: Cache, store: SyncStore, clock: Clock
) -> None:
    store.apply(page(*MANY))
    store.buckets()
    other = SyncStore(empty_cache, clock)
    other.cursor()
    other.apply(page(place("new"), since=40))
    store.replace_bucket("place", snapshots.bucket_of("new"), bucket("place", snapshots.bucket_of("new"), *MANY))
    assert "new" in names(empty_cache)


def test_a_centre_that_names_almost_nothing_any_more_takes_nothing_without_a_persons_word(
    empty_cache: Cache, store: SyncStore
) -> None:
    store.apply(page(*MANY))
    for number in range(snapshots.BUCKETS):
        store.replace_bucket("place", number, bucket("place", number))
    left = names(empty_cache)
    assert len(left) >= 0.8 * len(MANY), "a fifth at most, however many buckets it comes in"
    assert held(empty_cache) == {"place": len(left)}
    assert tuple(store.buckets()) == (), "nobody is asked for them again and again"


@pytest.fixture
def holding(empty_cache: Cache, store: SyncStore) -> Cache:
    """A device that has begun again and of whose places the centre named half."""
    store.apply(page(*MANY))
    store.restart("cursor_too_old")
    store.apply(page(*MANY[:20]))
    return empty_cache


def test_rows_held_back_stay_shown_and_are_counted_for_a_person_to_decide(holding: Cache) -> None:
    assert held(holding) == {"place": 20}
    assert len(names(holding)) == 40


def test_a_person_may_let_the_rows_held_back_go(holding: Cache) -> None:
    with holding.write() as conn:
        feed.sweep_held(conn, "place")
    assert names(holding) == {one.id for one in MANY[:20]}
    assert held(holding) == {}


def test_a_person_may_keep_them_and_is_not_asked_again_before_the_next_restart(
    holding: Cache, store: SyncStore
) -> None:
    with holding.write() as conn:
        feed.keep_held(conn, "place")
        feed.sweep_held(conn, "place")
    assert held(holding) == {}
    assert len(names(holding)) == 40
    assert tuple(store.buckets()) == named(*MANY[:20])
    store.restart("cursor_too_old")
    assert held(holding) == {}, "a restart that is under way has not said which"
    store.apply(page(*MANY[:20]))
    assert held(holding) == {"place": 20}


def test_a_row_held_back_that_the_centre_names_after_all_is_one_like_the_others(
    holding: Cache, store: SyncStore
) -> None:
    store.apply(page(*MANY[20:], since=20))
    assert held(holding) == {}
    assert tuple(store.buckets()) == named(*MANY)


def test_a_restart_for_changed_rights_stays_one_whatever_reason_comes_after(
    empty_cache: Cache, store: SyncStore
) -> None:
    store.apply(page(*MANY))
    store.restart("scope_changed")
    store.restart("cursor_too_old")
    store.apply(page(MANY[0]))
    assert names(empty_cache) == {"x0"}


def test_a_kind_of_a_newer_centre_goes_too_when_a_restart_does_not_name_it(
    empty_cache: Cache, store: SyncStore
) -> None:
    drone = wire.Page("life1", 0, 1, False, {"drone": ("name",)}, (wire.Change("drone", "d", 1, 1, ("طائرة",)),))
    store.apply(drone)
    store.restart("scope_changed")
    store.apply(page(place("p1")))
    assert tuple(store.buckets()) == named(place("p1"))


def test_members_bound_before_the_first_page_are_no_rows_of_the_centre(empty_cache: Cache, store: SyncStore) -> None:
    with empty_cache.write() as conn:
        people.bind(conn, INSPECTOR, NOON)
    assert tuple(store.buckets()) == ()
