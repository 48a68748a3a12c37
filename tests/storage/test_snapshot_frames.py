"""A first sync by frames: each is in wholly or not at all, none twice, and what an older one left does no harm."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector_app.storage import cases, outbox, rows, search
from inspector_app.storage.cache import Cache
from inspector_app.storage.sync_store import SyncStore
from sync.contract import events as e
from sync.contract import records as r
from sync.contract import snapshots
from tests.storage.field_season import EVENING, NOON, company, opening, page, place, step
from tests.support.season import INSPECTOR


@pytest.fixture
def store(cache: Cache) -> SyncStore:
    return another(cache)


def another(cache: Cache) -> SyncStore:
    return SyncStore(cache, lambda: datetime.fromisoformat(EVENING))


def frame(*records: r.Record, rev: int = 1) -> snapshots.Frame:
    kind = r.KIND_OF[type(records[0])]
    columns = tuple(column.name for column in r.columns(kind))[1:]
    told = [r.to_row(record) for record in records]
    return snapshots.Frame(
        kind=kind, columns=columns, rows=[[row["id"], rev, *(row[name] for name in columns)] for row in told]
    )


def manifest_of(
    *frames: snapshots.Frame, name: str = "a", epoch: str = "life1.mark", since: int = 50
) -> snapshots.Manifest:
    offset, entries = 0, []
    for one in frames:
        data = snapshots.pack_frame(one)
        entries.append(
            snapshots.FrameEntry(offset=offset, length=len(data), rows=len(one.rows), sha256=sha256(data).hexdigest())
        )
        offset += len(data)
    return snapshots.Manifest(id=name, epoch=epoch, since=since, schema=1, frames=tuple(entries))


def take_in(store: SyncStore, *frames: snapshots.Frame, **more: object) -> None:
    store.cursor()
    store.begin_snapshot(manifest_of(*frames, **more))  # type: ignore[arg-type]  # as given
    for number in store.missing_frames():
        store.apply_frame(number, frames[number])
    store.end_snapshot(complete=True)


def names(cache: Cache, kind: str = "place") -> set[str]:
    with cache.read() as conn:
        return {record.id for record in rows.where(conn, kind, "true")}


def found(cache: Cache, query: str) -> set[str]:
    with cache.read() as conn:
        return {hit.id for hit in search.find(conn, query)}


def test_when_every_frame_is_in_the_feed_goes_on_from_the_manifests_cursor(cache: Cache, store: SyncStore) -> None:
    first, second = frame(place("p2", "فندق النخيل"), place("p3")), frame(company("co2"))
    store.cursor()
    store.begin_snapshot(manifest_of(first, second))
    assert store.manifest() == manifest_of(first, second)
    assert list(store.missing_frames()) == [0, 1]
    store.apply_frame(1, second)
    assert list(store.missing_frames()) == [0]
    assert store.cursor() == ("", 0), "a death now goes on with what is missing"
    store.apply_frame(0, first)
    store.end_snapshot(complete=True)
    assert store.cursor() == ("life1.mark", 50)
    assert store.manifest() is None
    assert names(cache) == {"p1", "p2", "p3"}
    assert found(cache, "النخيل") == {"p2"}


def test_a_snapshot_cannot_be_said_complete_while_a_frame_is_missing(store: SyncStore) -> None:
    store.begin_snapshot(manifest_of(frame(place("p2"))))
    with pytest.raises(RuntimeError):
        store.end_snapshot(complete=True)
    assert store.cursor() == ("", 0)
    assert list(store.missing_frames()) == [0]


def test_a_frame_that_is_in_both_of_two_snapshots_is_not_fetched_again(cache: Cache, store: SyncStore) -> None:
    kept, changed, new = frame(place("p2")), frame(place("p3")), frame(place("p3", "دار السلام"), rev=2)
    store.begin_snapshot(manifest_of(kept, changed))
    store.apply_frame(0, kept)
    store.end_snapshot(complete=False)
    assert store.manifest() is None
    store.begin_snapshot(manifest_of(kept, new, name="b", since=60))
    assert list(store.missing_frames()) == [1]
    store.apply_frame(1, new)
    store.end_snapshot(complete=True)
    assert names(cache) == {"p1", "p2", "p3"}
    assert store.cursor() == ("life1.mark", 60)


def test_frames_read_for_other_rights_are_forgotten_with_what_came_in_them(cache: Cache, store: SyncStore) -> None:
    theirs, ours = frame(place("p2"), place("p3")), frame(place("p4"))
    store.begin_snapshot(manifest_of(theirs, ours))
    store.apply_frame(0, theirs)
    store.apply_frame(1, ours)
    store.end_snapshot(complete=False)
    take_in(store, ours, name="b", epoch="life1.other")
    store.cursor()
    store.apply(page(since=50)._replace(next=50, epoch="life1.other"))
    assert names(cache) == {"p4"}


def test_a_frame_of_a_snapshot_that_another_engine_has_left_is_dropped(cache: Cache, store: SyncStore) -> None:
    leaving = another(cache)
    old, new = frame(place("p2")), frame(place("p3"))
    store.begin_snapshot(manifest_of(old))
    assert leaving.manifest() is not None
    store.end_snapshot(complete=False)
    store.begin_snapshot(manifest_of(new, name="b"))
    leaving.apply_frame(0, old)
    leaving.end_snapshot(complete=True)
    assert list(store.missing_frames()) == [0]
    assert names(cache) == {"p1"}


def test_within_one_life_a_frame_never_puts_an_older_version_over_a_newer_one(cache: Cache, store: SyncStore) -> None:
    store.cursor()
    store.apply(page(place("p2", "الاسم الجديد"), rev=7)._replace(epoch="life1.mark"))
    store.restart("scope_changed")
    take_in(store, frame(place("p2", "الاسم القديم"), place("p1"), rev=6))
    assert found(cache, "الجديد") == {"p2"}
    assert found(cache, "القديم") == set()


def test_in_another_life_revisions_mean_nothing_and_the_frame_is_right(cache: Cache, store: SyncStore) -> None:
    store.cursor()
    store.apply(page(place("p2", "الاسم الضائع"), rev=7)._replace(epoch="life1.mark"))
    store.restart("epoch_changed", "life2")
    assert store.cursor() == ("life2.", 0), "another restoration would be noticed"
    take_in(store, frame(place("p2", "الاسم الباقي"), place("p1"), rev=6), epoch="life2.mark")
    assert found(cache, "الباقي") == {"p2"}
    assert found(cache, "الضائع") == set()


def test_what_a_snapshot_does_not_name_again_goes_with_the_last_page_after_it(cache: Cache, store: SyncStore) -> None:
    store.cursor()
    store.apply(page(place("p2"), place("p3")))
    store.restart("scope_changed")
    take_in(store, frame(place("p2")))
    assert names(cache) == {"p1", "p2", "p3"}, "shown until the feed has ended"
    store.cursor()
    store.apply(page(since=50)._replace(next=50))
    assert names(cache) == {"p2"}


def test_unsent_work_stays_laid_over_a_row_that_comes_in_a_frame(cache: Cache, store: SyncStore) -> None:
    with cache.write() as conn:
        opened = outbox.commit(conn, opening(), INSPECTOR, NOON)
    store.settle([e.EventResult(id=opened.id, outcome="applied")])
    with cache.read() as conn:
        case, lines = cases.get(conn, "c1"), cases.entries(conn, "c1")
    assert case is not None
    with cache.write() as conn:
        outbox.commit(conn, step("comment", text="ملاحظة لم ترسل"), INSPECTOR, NOON)
    take_in(store, frame(case), frame(*lines))
    with cache.read() as conn:
        assert cases.get(conn, "c1") == case
        assert [line.text for line in cases.entries(conn, "c1")][-1] == "ملاحظة لم ترسل"


def test_a_row_that_does_not_fit_does_not_keep_its_frame_out(cache: Cache, store: SyncStore) -> None:
    some = frame(place("p2"), place("p3"))
    some.rows[0][3] = 17
    take_in(store, some)
    assert names(cache) == {"p1", "p3"}


def test_columns_this_version_has_and_the_centre_does_not_hold_what_the_contract_says(
    cache: Cache, store: SyncStore
) -> None:
    whole = frame(place("p2", flags=("duplicate",)))
    without = whole.columns.index("flags")
    row = [value for number, value in enumerate(whole.rows[0]) if number != without + 2]
    take_in(
        store, snapshots.Frame(kind="place", columns=whole.columns[:without] + whole.columns[without + 1 :], rows=[row])
    )
    with cache.read() as conn:
        assert rows.get(conn, "place", "p2") == place("p2")


PLACES = st.lists(
    st.builds(
        place,
        st.sampled_from([f"p{n}" for n in range(1, 9)]),
        st.sampled_from(["فندق اجياد", "دار الأمان", "برج البيت", "نزل"]),
        lat=st.none() | st.floats(16, 32),
        capacity=st.none() | st.integers(0, 9000),
        flags=st.lists(st.sampled_from(["a", "b"])).map(tuple),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda one: one.id,
)


@given(first=PLACES, second=PLACES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
def test_rows_put_in_by_the_thousand_are_what_each_alone_would_be(
    cache: Cache, first: list[r.Place], second: list[r.Place]
) -> None:
    store = another(cache)
    store.restart("scope_changed")
    store.restart("epoch_changed")
    take_in(store, frame(*first), frame(*second, rev=2), name="whole")
    with cache.read() as conn:
        for one in {record.id: record for record in (*first, *second)}.values():
            assert rows.get(conn, "place", one.id) == one
            assert one.id in {hit.id for hit in search.find(conn, one.name_ar)}
    store.cursor()
    store.apply(page(since=50)._replace(next=50))
    assert names(cache) == {one.id for one in (*first, *second)}
