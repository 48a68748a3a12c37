"""The check: what is here is compared with the centre's, and what differs is repaired, bucket by bucket."""

from __future__ import annotations

from sync.contract import snapshots, wire
from tests.engine.desk import Desk, place


def due(desk: Desk, rows: int = 40) -> None:
    """A device that has everything, and is to check it."""
    desk.modern(rows)
    desk.round()
    desk.store.due = True


def test_a_device_that_has_everything_is_told_so_by_one_request(desk: Desk) -> None:
    due(desk)
    before = len(desk.centre.requests)
    desk.round()
    assert desk.store.reports == [[]]
    assert len(desk.centre.requests) - before == 2
    assert not desk.store.due


def test_a_centre_that_gives_the_buckets_with_the_last_page_is_asked_once_for_both(desk: Desk) -> None:
    due(desk)
    desk.centre.compares = True
    desk.centre.rows.append(place("new", 41))
    before = len(desk.centre.requests)
    desk.round()
    assert len(desk.centre.requests) - before == 1
    assert desk.store.reports == [[]]
    assert "new" in desk.store.rows


def test_what_differs_from_the_buckets_of_a_page_is_repaired_and_everything_compared_once_more(desk: Desk) -> None:
    due(desk)
    desk.centre.compares = True
    del desk.store.rows["p3"]
    desk.round()
    assert desk.store.reports == [[("place", snapshots.bucket_of("p3"))]]
    assert len(desk.centre.sent(wire.CHECK)) == 1
    assert set(desk.store.rows) == {row.id for row in desk.centre.rows}


def test_buckets_of_a_page_after_which_the_rows_have_moved_on_are_compared_with_nothing(desk: Desk) -> None:
    due(desk)
    desk.centre.compares = True
    apply = desk.store.apply

    def another_engine_is_faster(page: wire.Page) -> None:
        apply(page)
        desk.centre.rows.append(place("new", 41))
        apply(page._replace(next=41, changes=(desk.centre.rows[-1],)))

    desk.store.apply = another_engine_is_faster  # type: ignore[method-assign]
    desk.round()
    assert desk.store.reports == [[]]
    assert len(desk.centre.sent(wire.CHECK)) == 1
    assert not desk.centre.sent(wire.BUCKET)


def test_a_row_that_is_lost_one_that_is_old_and_one_too_many_are_repaired_and_reported(desk: Desk) -> None:
    due(desk)
    del desk.store.rows["p3"]
    desk.store.rows["p5"] = place("p5", 0, rev=9)
    desk.store.rows["ghost"] = place("ghost", 0)
    wrong = {("place", snapshots.bucket_of(one)) for one in ("p3", "p5", "ghost")}
    desk.round()
    assert set(desk.store.rows) == {row.id for row in desk.centre.rows}
    assert desk.store.rows["p5"].rev == 1
    assert [set(report) for report in desk.store.reports] == [wrong]
    assert len(desk.centre.sent(wire.BUCKET)) == len(wrong)
    assert desk.store.notes.count("bucket_wrong") == len(wrong)


def test_a_bucket_that_stays_wrong_is_asked_for_once_and_reported(desk: Desk) -> None:
    due(desk)
    del desk.store.rows["p3"]
    desk.store.replace_bucket = lambda *_: None  # type: ignore[method-assign]
    desk.round()
    assert len(desk.centre.sent(wire.BUCKET)) == 1
    assert desk.store.reports == [[("place", snapshots.bucket_of("p3"))]]


def test_a_device_that_is_behind_checks_when_it_has_caught_up(desk: Desk) -> None:
    due(desk)

    def a_row_appears() -> None:
        desk.centre.rows.append(place("new", 41))

    desk.centre.faults = [lambda: None, a_row_appears]  # between the last page and the check
    desk.round()
    assert desk.store.reports == []
    assert desk.store.due
    desk.round()
    assert desk.store.reports == [[]]
    assert "new" in desk.store.rows


def test_a_centre_older_than_the_check_is_asked_once(desk: Desk) -> None:
    due(desk)
    desk.centre.modern = False
    desk.round()
    desk.round()
    assert len(desk.centre.sent(wire.CHECK)) == 1
    assert desk.store.reports == []


def test_nothing_new_costs_an_answer_without_a_body_and_still_counts_as_a_page(desk: Desk) -> None:
    desk.modern(rows=5)
    desk.round()
    before = desk.engine.traffic
    desk.round()
    after = desk.engine.traffic
    assert after.requests - before.requests == 1
    assert after.received == before.received
    assert desk.store.cursor() == ("e1.s", 5)
