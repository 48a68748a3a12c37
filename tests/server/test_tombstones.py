"""Deletions are remembered for 180 days, and whoever was away for longer reads everything again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from sync.contract import records as r
from sync.contract import scopes, wire
from sync.contract.problems import Refused
from sync.server import cli
from sync.server.http.daily import daily
from sync.server.services import feed, snapshots, tombstones
from sync.server.services.centre import Centre, open_centre
from sync.server.services.cursors import Cursor
from sync.server.storage import changes, devices
from sync.server.storage import tables as t
from sync.server.storage.rows import writing
from tests.conftest import ExpectLog
from tests.support.server import MovedClock

MAKKAH, MADINAH = scopes.region("makkah"), scopes.region("madinah")
BEGINNING = Cursor(0, "")


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def centre(request: pytest.FixtureRequest, tmp_path: Path, clock: MovedClock) -> Iterator[Centre]:
    """An empty centre on either database."""
    url = str(tmp_path / "centre.db") if request.param == "sqlite" else request.getfixturevalue("empty_postgresql")
    opened = open_centre(url, tmp_path / "blobs", clock)
    yield opened
    opened.close()


@pytest.fixture
def device(centre: Centre) -> devices.Device:
    """A device of an inspector in Makkah."""
    person = r.Person(id="p", name_ar="", name_en="", role="inspector", committee_id="k", regions=("makkah",))
    made = devices.Device("d", 1, "k", "laptop", "00", False)
    with writing(centre.database) as rows:
        rows.put([person], [scopes.GLOBAL])
        devices.add(rows.connection, made, "tests", 0)
        devices.bind(rows.connection, made.id, person.id, 1)
    return made


def code(name: str) -> r.Code:
    return r.Code(id=f"l:{name}", list="l", code=name, name_ar="", name_en="")


def put(centre: Centre, *names: str, scope: str = MAKKAH) -> None:
    with writing(centre.database) as rows:
        rows.put(map(code, names), [scope])


def delete(centre: Centre, *names: str) -> None:
    with writing(centre.database) as rows:
        for name in names:
            rows.delete("code", f"l:{name}")


def pull(centre: Centre, device: devices.Device, cursor: Cursor = BEGINNING) -> wire.Page:
    read = feed.page(centre, device, cursor)
    assert read is not None
    return wire.read_page(wire.decompress(read, wire.MAX_PAGE_BYTES))


def at(page: wire.Page) -> Cursor:
    return Cursor(page.next, page.epoch)


def after(centre: Centre, clock: MovedClock, days: float) -> int:
    """Let days pass, tidied up as a serving centre is: now, and after them."""
    tombstones.tidy(centre)
    clock.ahead += timedelta(days=days)
    return tombstones.tidy(centre)


def test_a_deletion_is_told_for_180_days(centre: Centre, device: devices.Device, clock: MovedClock) -> None:
    put(centre, "a", "b")
    page = pull(centre, device)
    delete(centre, "a")
    assert after(centre, clock, 179) == 0
    [change] = pull(centre, device, at(page)).changes
    assert (change.id, change.values) == ("l:a", None)


def test_after_that_it_is_forgotten_and_a_cursor_from_before_it_is_too_old(
    centre: Centre, device: devices.Device, clock: MovedClock
) -> None:
    put(centre, "a", "b")
    before = pull(centre, device)
    delete(centre, "a")
    told = pull(centre, device, at(before))
    assert after(centre, clock, 181) == told.next
    with pytest.raises(Refused, match="cursor_too_old") as caught:
        pull(centre, device, at(before))
    assert caught.value.fields == {"floor": str(told.next)}
    assert pull(centre, device, at(told)).changes == ()
    with centre.database.read() as connection:
        for table in (t.feed, t.row_scope, t.blob_ref):
            assert connection.execute(sa.select(table).where(table.c.id == "l:a")).all() == []
    assert {change.id for change in pull(centre, device).changes} == {"p", "l:b"}


def test_a_device_that_begins_after_deletions_were_forgotten_reads_page_by_page_to_the_end(
    centre: Centre, device: devices.Device, clock: MovedClock
) -> None:
    put(centre, "a", "b", "c")
    put(centre, "gone")
    delete(centre, "gone")
    floor = after(centre, clock, 181)
    assert floor > 1
    cursor: Cursor = BEGINNING
    seen: list[str] = []
    for _ in range(10):
        read = feed.page(centre, device, cursor, 1)
        assert read is not None
        page = wire.read_page(wire.decompress(read, wire.MAX_PAGE_BYTES))
        seen += [change.id for change in page.changes]
        cursor = at(page)
        if not page.more:
            break
    assert {"l:a", "l:b", "l:c"} <= set(seen)
    assert cursor.since >= floor
    assert pull(centre, device, cursor).changes == ()


def test_a_device_that_missed_no_deletion_goes_on_however_long_it_was_silent(
    centre: Centre, device: devices.Device, clock: MovedClock
) -> None:
    put(centre, "a")
    page = pull(centre, device)
    put(centre, "b")
    assert after(centre, clock, 400) == 0
    assert [change.id for change in pull(centre, device, at(page)).changes] == ["l:b"]


def test_only_what_is_old_is_forgotten(centre: Centre, device: devices.Device, clock: MovedClock) -> None:
    put(centre, "a", "b")
    delete(centre, "a")
    page = pull(centre, device)
    after(centre, clock, 100)
    delete(centre, "b")
    assert after(centre, clock, 100) == page.next
    [change] = pull(centre, device, at(page)).changes
    assert (change.id, change.values) == ("l:b", None)


def test_that_a_row_was_in_a_scope_is_forgotten_too_and_the_row_lives_on_in_the_others(
    centre: Centre, device: devices.Device, clock: MovedClock
) -> None:
    put(centre, "a")
    before = pull(centre, device)
    put(centre, "a", scope=MADINAH)
    floor = after(centre, clock, 181)
    assert floor == before.next + 1
    with pytest.raises(Refused, match="cursor_too_old"):
        pull(centre, device, at(before))
    with centre.database.read() as connection:
        assert [change.id for change in changes.scan(connection, 0, [MAKKAH]).changes] == []
        assert [change.id for change in changes.scan(connection, 0, [MADINAH]).changes] == ["l:a"]


def test_a_row_that_was_forgotten_can_be_written_again(
    centre: Centre, device: devices.Device, clock: MovedClock
) -> None:
    put(centre, "a")
    delete(centre, "a")
    after(centre, clock, 181)
    put(centre, "a")
    page = pull(centre, device)
    assert [change.id for change in page.changes if change.kind == "code"] == ["l:a"]


def test_a_snapshot_from_before_what_was_forgotten_is_made_anew(
    centre: Centre, device: devices.Device, clock: MovedClock
) -> None:
    put(centre, *map(str, range(30)))
    before = snapshots.manifest(centre, device)
    delete(centre, "7")
    assert snapshots.manifest(centre, device).id == before.id
    floor = after(centre, clock, 181)
    now = snapshots.manifest(centre, device)
    assert now.since >= floor > before.since
    assert sum(entry.rows for entry in now.frames) == sum(entry.rows for entry in before.frames) - 1
    assert pull(centre, device, Cursor(now.since, now.epoch)).changes == ()


def test_the_floor_never_sinks(centre: Centre, device: devices.Device, clock: MovedClock) -> None:
    put(centre, "a", "b")
    delete(centre, "a")
    floor = after(centre, clock, 181)
    assert floor
    assert after(centre, clock, 500) == floor
    assert pull(centre, device).changes


def test_a_mark_is_made_once_a_day_and_the_old_ones_go(centre: Centre, clock: MovedClock) -> None:
    for day in range(200):
        put(centre, f"{day}")
        tombstones.tidy(centre)
        tombstones.tidy(centre)
        clock.ahead += timedelta(days=1, seconds=1)
    with centre.database.read() as connection:
        [count] = connection.execute(sa.select(sa.func.count()).select_from(t.feed_mark)).scalars()
    assert count <= 182


def test_the_administrator_can_tidy_up_by_hand(tmp_path: Path) -> None:
    where = ["--db", f"sqlite:///{tmp_path / 'centre.db'}", "--blobs", str(tmp_path / "blobs")]
    assert cli.main(["tidy", *where]) == 0
    centre = open_centre(str(tmp_path / "centre.db"), tmp_path / "blobs")
    with centre.database.read() as connection:
        assert len(connection.execute(sa.select(t.feed_mark)).all()) == 1
    centre.close()


def test_daily_work_is_done_at_once_and_again_and_ends_with_its_block() -> None:
    done = threading.Semaphore(0)
    with daily(done.release, every_s=0.001):
        assert all(done.acquire(timeout=10) for _ in range(3))
    assert not any(thread.name == "midan-daily" for thread in threading.enumerate())


def test_a_day_on_which_the_disk_is_full_is_made_up_for_by_the_next(expected_log: ExpectLog) -> None:
    done = threading.Semaphore(0)
    tries = iter([OSError(28, "No space left on device"), None])

    def work() -> None:
        error = next(tries, None)
        if error is not None:
            raise error
        done.release()

    with expected_log("the daily work failed", level=40), daily(work, every_s=0.001):
        assert done.acquire(timeout=10)
