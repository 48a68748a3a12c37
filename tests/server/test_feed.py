"""What a device is told of changes: its own scopes, the newest state, whole pages, and why a cursor is no good."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract import records as r
from sync.contract import scopes, wire
from sync.contract.ids import uuid7
from sync.contract.problems import Refused
from sync.domain import geo
from sync.server.services import enrolment, people
from sync.server.services.centre import Centre, open_centre
from sync.server.storage import changes
from sync.server.storage.rows import writing
from tests.server.conftest import MakeDevice
from tests.support import reports
from tests.support.server import LiveServer, MovedClock


def test_a_new_device_gets_its_region_and_the_rules_of_the_season(make_device: MakeDevice) -> None:
    held, page = make_device("makkah", "ahmad").pull()
    kinds = {kind for kind, _ in held}
    assert {"season", "code", "committee", "person", "checklist", "company", "place"} <= kinds
    regions = {record.region for record in held.values() if isinstance(record, r.Place)}
    assert regions == {"makkah"}
    assert page.next > 0
    assert not page.more


def test_a_device_without_people_gets_nothing(make_device: MakeDevice) -> None:
    held, _ = make_device("makkah").pull()
    assert held == {}


def test_a_committee_never_receives_a_visit_a_case_or_a_place_of_another_region(make_device: MakeDevice) -> None:
    makkah, madinah = make_device("makkah", "ahmad"), make_device("madinah", "omar")
    held, _ = makkah.pull()
    checklist = reports.lodging_checklist(held.values())
    visit, case = uuid7(), uuid7()
    makkah.push(
        makkah.event("visit", visit, "submit", "person-ahmad", reports.submission(checklist, "11-001-0001-2")),
        makkah.event("case", case, "open", "person-ahmad", reports.case("11-001-0002-3")),
    )
    seen, _ = madinah.pull()
    assert not {kind for kind, _ in seen} & {"visit", "visit_revision", "finding", "case", "case_entry"}
    assert {record.region for record in seen.values() if isinstance(record, r.Place)} == {"madinah"}
    assert ("visit", visit) in makkah.pull()[0]
    assert ("case", case) in makkah.pull()[0]


def test_a_supervisor_of_the_region_sees_what_its_committees_send_and_another_region_does_not(
    make_device: MakeDevice,
) -> None:
    makkah, saad, nasser = make_device("makkah", "ahmad"), make_device("none", "saad"), make_device("none-2", "nasser")
    case = uuid7()
    makkah.push(makkah.event("case", case, "open", "person-ahmad", reports.case("11-001-0001-2")))
    assert ("case", case) in saad.pull()[0]
    assert ("case", case) not in nasser.pull()[0]


def test_a_second_pull_brings_only_what_changed_since(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    _, page = device.pull()
    assert device.page(page.next, page.epoch).changes == ()
    case = uuid7()
    device.push(device.event("case", case, "open", "person-ahmad", reports.case("11-001-0001-2")))
    held, _ = device.pull(page.next, page.epoch)
    assert {kind for kind, _ in held} == {"case", "case_entry"}


def test_a_cursor_of_another_life_of_the_database_is_refused(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    _, page = device.pull()
    people.begin_new_epoch(live_server.centre)
    with pytest.raises(Refused, match="epoch_changed"):
        device.page(page.next, page.epoch)
    assert device.page().epoch != page.epoch


def test_a_device_that_was_beginning_again_notices_that_the_centre_was_restored_meanwhile(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device = make_device("makkah", "ahmad")
    epoch = device.page().epoch
    assert device.page(0, epoch).epoch == epoch
    people.begin_new_epoch(live_server.centre)
    with pytest.raises(Refused, match="epoch_changed"):
        device.page(0, epoch)


def test_a_cursor_ahead_of_the_centre_is_refused(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    _, page = device.pull()
    with pytest.raises(Refused, match="cursor_ahead"):
        device.page(page.next + 1, page.epoch)


def test_a_device_whose_rights_changed_begins_again_and_then_goes_on(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    _, page = device.pull()
    device.bind("saad")
    with pytest.raises(Refused, match="scope_changed"):
        device.page(page.next, page.epoch)
    _, page = device.pull()
    assert device.page(page.next, page.epoch).changes == ()


def test_a_person_who_is_taken_off_a_device_changes_its_rights(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device = make_device("makkah", "ahmad", "saad")
    _, page = device.pull()
    enrolment.release(live_server.centre, device.id, "person-saad")
    with pytest.raises(Refused, match="scope_changed"):
        device.page(page.next, page.epoch)


def test_a_first_page_that_somebody_else_asked_for_does_not_make_an_older_cursor_good(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    _, page = device.pull()
    device.bind("saad")
    device.page()  # the copy of a laptop begins, or the network delivers an old request once more
    with pytest.raises(Refused, match="scope_changed"):
        device.page(page.next, page.epoch)


def test_a_cursor_that_does_not_say_its_scopes_is_read_again_without_sending_everything_again(
    make_device: MakeDevice,
) -> None:
    device = make_device("makkah", "ahmad")
    _, page = device.pull()
    with pytest.raises(Refused, match="scope_changed"):
        device.page(page.next, page.epoch.partition(".")[0])


def test_a_deleted_row_comes_as_a_tombstone(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    _, page = device.pull()
    with writing(live_server.centre.database) as rows:
        rows.delete("place", reports.MAKKAH_HOTEL)
    [change] = device.page(page.next, page.epoch).changes
    assert (change.kind, change.id, change.values) == ("place", reports.MAKKAH_HOTEL, None)


def test_a_row_that_leaves_a_scope_is_deleted_there_and_lives_on_elsewhere(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    makkah, madinah = make_device("makkah", "ahmad"), make_device("madinah", "omar")
    before = [makkah.pull()[1], madinah.pull()[1]]
    with writing(live_server.centre.database) as rows:
        place = rows.get("place", reports.MAKKAH_HOTEL)
        assert place is not None
        rows.put([place], [scopes.region(geo.Region.MADINAH)])
    [left] = makkah.page(before[0].next, before[0].epoch).changes
    [entered] = madinah.page(before[1].next, before[1].epoch).changes
    assert left.values is None
    assert entered.values is not None


def test_a_device_that_asks_quietly_hears_nothing_when_there_is_nothing(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    _, page = device.pull()
    asked = {"since": page.next, "epoch": page.epoch, "quiet": 1}
    answer = device.ask("GET", wire.CHANGES, params=asked)
    assert (answer.status_code, answer.content) == (204, b"")
    case = uuid7()
    device.push(device.event("case", case, "open", "person-ahmad", reports.case("11-001-0001-2")))
    answer = device.ask("GET", wire.CHANGES, params=asked)
    found = wire.read_page(wire.decompress(answer.content, wire.MAX_PAGE_BYTES))
    assert case in {change.id for change in found.changes}


def test_a_quiet_answer_is_short(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    _, page = device.pull()
    answer = device.ask("GET", wire.CHANGES, params={"since": page.next, "epoch": page.epoch, "quiet": 1})
    status = "HTTP/1.1 204 No Content\r\n\r\n"
    assert len(status) + sum(len(f"{name}: {value}\r\n") for name, value in answer.headers.items()) < 200


def test_a_device_that_begins_gets_its_cursor_also_when_it_asks_quietly(make_device: MakeDevice) -> None:
    answer = make_device("makkah").ask("GET", wire.CHANGES, params={"since": 0, "epoch": "", "quiet": 1})
    page = wire.read_page(wire.decompress(answer.content, wire.MAX_PAGE_BYTES))
    assert page.changes == ()
    assert page.next > 0


def test_a_quiet_device_is_moved_on_before_what_others_do_becomes_a_long_way(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device = make_device("makkah", "ahmad")
    _, page = device.pull()
    asked = {"since": page.next, "epoch": page.epoch, "quiet": 1}
    code = r.Code(id="l:1", list="l", code="1", name_ar="", name_en="")
    with writing(live_server.centre.database) as rows:
        rows.put([code], [scopes.region("madinah")])
    assert device.ask("GET", wire.CHANGES, params=asked).status_code == 204
    others = [msgspec.structs.replace(code, id=f"l:{number}") for number in range(600)]
    with writing(live_server.centre.database) as rows:
        rows.put(others, [scopes.region("madinah")])
    answer = device.ask("GET", wire.CHANGES, params=asked)
    moved = wire.read_page(wire.decompress(answer.content, wire.MAX_PAGE_BYTES))
    assert (moved.changes, moved.next) == ((), page.next + 601)


def test_a_page_of_what_changed_weighs_what_the_changed_rows_do(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device = make_device("makkah", "ahmad")
    held, page = device.pull()
    places = [record for record in held.values() if isinstance(record, r.Place)][::20]
    with writing(live_server.centre.database) as rows:
        rows.put([msgspec.structs.replace(place, capacity=1) for place in places], [scopes.region("makkah")])
    answer = device.ask("GET", wire.CHANGES, params={"since": page.next, "epoch": page.epoch})
    changes = wire.read_page(wire.decompress(answer.content, wire.MAX_PAGE_BYTES)).changes
    assert len(changes) == len(places)
    bare = wire.compress(msgspec.json.encode((change.id, change.rev, *(change.values or ()))) for change in changes)
    assert len(answer.content) <= 1.15 * len(bare)


def test_every_answer_says_the_time_of_the_centre(make_device: MakeDevice, clock: MovedClock) -> None:
    device = make_device("makkah", "ahmad")
    clock.ahead = timedelta(hours=-1)
    for answer in (
        device.send("GET", wire.HELLO),
        device.send("GET", wire.CHANGES),
        device.send("GET", "/v1/no-such-address"),
    ):
        said = datetime.fromisoformat(answer.headers[wire.SERVER_TIME])
        assert abs(said - clock()) < timedelta(seconds=30)


@pytest.fixture(scope="module")
def small_centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    folder = tmp_path_factory.mktemp("small")
    centre = open_centre(str(folder / "centre.db"), folder / "blobs")
    with writing(centre.database) as rows:
        for number in range(60):
            where = ("region:makkah", "region:madinah", scopes.GLOBAL)[number % 3]
            name = "x" * (number * 10)
            code = r.Code(id=f"l:{number}", list="l", code=str(number), name_ar=name, name_en="n")
            rows.put([code], [where])
    with writing(centre.database) as rows:
        for number in range(0, 60, 7):
            rows.delete("code", f"l:{number}")
    centre.close()
    return centre


@given(
    max_rows=st.integers(1, 70),
    max_bytes=st.integers(1, 5000),
    granted=st.sets(st.sampled_from(["region:makkah", "region:madinah", scopes.GLOBAL])),
)
def test_pages_of_any_size_lead_to_the_same_rows(
    small_centre: Centre, max_rows: int, max_bytes: int, granted: set[str]
) -> None:
    with small_centre.database.read() as connection:
        whole = changes.scan(connection, 0, granted)
        paged: list[wire.Change] = []
        since, more = 0, True
        while more:
            page = changes.scan(connection, since, granted, max_rows, max_bytes)
            assert len(page.changes) <= max_rows
            assert not page.more or page.next > since
            paged += page.changes
            since, more = page.next, page.more
    assert tuple(paged) == whole.changes
    assert since == whole.next


def test_a_database_file_is_readable_by_its_owner_only(small_centre: Centre, tmp_path: Path) -> None:
    centre = open_centre(str(tmp_path / "deep" / "centre.db"), tmp_path / "blobs")
    centre.close()
    modes = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "deep").iterdir()}
    assert set(modes.values()) == {0}, modes
