"""Comparing what a device has with what it should have: buckets that agree, and those that do not given whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from sync.contract import records as r
from sync.contract import scopes, snapshots, wire
from sync.contract.ids import uuid7
from sync.contract.problems import Refused
from sync.server.services import checking, enrolment, feed, people
from sync.server.services.centre import Centre, open_centre
from sync.server.services.cursors import Cursor
from sync.server.storage import devices
from sync.server.storage.rows import writing
from tests.server.conftest import MakeDevice
from tests.support import reports
from tests.support.server import Device, LiveServer

Heads = dict[tuple[str, str], int]


def last_page(device: Device, since: int, epoch: str) -> wire.Page:
    """The last page from a cursor on, asked for with what is to be compared after it."""
    answer = device.ask("GET", wire.CHANGES, params={"since": since, "epoch": epoch, "quiet": 1, "check": 1})
    return wire.read_page(wire.decompress(answer.content, wire.MAX_PAGE_BYTES))


def ask(device: Device, since: int, epoch: str) -> snapshots.CheckReply:
    answer = device.ask("GET", wire.CHECK, params={"since": since, "epoch": epoch})
    return msgspec.json.decode(answer.content, type=snapshots.CheckReply)


def bucket(device: Device, kind: str, number: int, epoch: str) -> wire.Page:
    answer = device.ask("GET", wire.BUCKET, params={"kind": kind, "bucket": number, "epoch": epoch})
    return wire.read_page(wire.decompress(answer.content, wire.MAX_PAGE_BYTES))


def pulled(device: Device) -> tuple[Heads, wire.Page]:
    """Kind, id and revision of everything that the feed gives a device, and the last page."""
    heads: Heads = {}
    since, epoch, more = 0, "", True
    while more:
        page = device.page(since, epoch)
        for change in page.changes:
            heads[change.kind, change.id] = change.rev
            if change.values is None:
                del heads[change.kind, change.id]
        since, epoch, more = page.next, page.epoch, page.more
    return heads, page


def buckets(heads: Heads) -> tuple[snapshots.Bucket, ...]:
    return snapshots.buckets((kind, row_id, rev) for (kind, row_id), rev in heads.items())


def test_who_asks_for_it_gets_the_buckets_with_the_last_page_as_of_that_page(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    heads, page = pulled(device)
    nothing_new = last_page(device, page.next, page.epoch)
    assert (nothing_new.changes, nothing_new.buckets) == ((), buckets(heads))
    device.push(device.event("case", uuid7(), "open", "person-ahmad", reports.case("11-001-0001-2")))
    newer = last_page(device, page.next, page.epoch)
    assert newer.changes
    assert newer.buckets == buckets(heads | {(one.kind, one.id): one.rev for one in newer.changes})
    assert newer.buckets == ask(device, newer.next, newer.epoch).buckets


def test_a_page_that_is_not_the_last_has_nothing_to_compare_with(
    make_device: MakeDevice, live_server: LiveServer
) -> None:
    device = make_device("makkah", "ahmad")
    with live_server.centre.database.read() as connection:
        known = devices.get(connection, device.id)
    assert known is not None
    packed = feed.page(live_server.centre, known, Cursor(0, ""), 5, compared=True)
    assert packed is not None
    page = wire.read_page(wire.decompress(packed, wire.MAX_PAGE_BYTES))
    assert page.more
    assert page.buckets is None


def test_a_device_that_read_everything_has_the_buckets_of_the_centre(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad", "saad")  # an inspector and his supervisor: some rows by two scopes
    device.push(device.event("case", uuid7(), "open", "person-ahmad", reports.case("11-001-0001-2")))
    heads, page = pulled(device)
    reply = ask(device, page.next, page.epoch)
    assert reply.level
    assert reply.buckets == buckets(heads)
    assert sum(one.rows for one in reply.buckets) == len(heads)


def test_a_device_that_is_behind_is_told_so_and_nothing_else(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    _, page = pulled(device)
    device.push(device.event("case", uuid7(), "open", "person-ahmad", reports.case("11-001-0001-2")))
    assert ask(device, page.next, page.epoch) == snapshots.CheckReply(level=False)


def test_what_others_changed_does_not_put_a_device_behind(make_device: MakeDevice) -> None:
    device, other = make_device("makkah", "ahmad"), make_device("madinah", "omar")
    _, page = pulled(device)
    other.push(other.event("case", uuid7(), "open", "person-omar", reports.case("21-001-0001-0", region="madinah")))
    assert ask(device, page.next, page.epoch).level


@pytest.mark.parametrize("damage", ["one is missing", "one is of an older revision", "one too many"])
def test_any_difference_shows_in_its_own_bucket_only(make_device: MakeDevice, damage: str) -> None:
    device = make_device("makkah", "ahmad")
    heads, page = pulled(device)
    row = ("place", reports.MAKKAH_HOTEL)
    if damage == "one is missing":
        del heads[row]
    elif damage == "one is of an older revision":
        heads[row] -= 1
    else:
        row = ("place", "OSM-0")
        heads[row] = 1
    wrong = set(buckets(heads)) ^ set(ask(device, page.next, page.epoch).buckets)
    assert {(one.kind, one.bucket) for one in wrong} == {("place", snapshots.bucket_of(row[1]))}


def test_a_bucket_is_given_with_every_row_that_is_in_it_and_no_other(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    heads, page = pulled(device)
    whole, _ = device.pull()
    given: Heads = {}
    for number in range(snapshots.BUCKETS):
        part = bucket(device, "place", number, page.epoch)
        assert (part.since, part.next, part.more, part.epoch) == (0, 0, False, page.epoch)
        for change in part.changes:
            assert snapshots.bucket_of(change.id) == number
            assert change.values is not None
            named = dict(zip(part.columns["place"], change.values, strict=True))
            assert r.from_row("place", {"id": change.id, **named}) == whole["place", change.id]
            given["place", change.id] = change.rev
    assert given == {key: rev for key, rev in heads.items() if key[0] == "place"}


def test_a_bucket_has_nothing_that_the_device_may_not_hold(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("madinah", "omar")
    _, page = pulled(device)
    number = snapshots.bucket_of(reports.MAKKAH_HOTEL)
    assert reports.MAKKAH_HOTEL not in {change.id for change in bucket(device, "place", number, page.epoch).changes}
    with writing(live_server.centre.database) as rows:
        place = rows.get("place", reports.MAKKAH_HOTEL)
        assert place is not None
        rows.put([place], [scopes.region("madinah")])
    assert reports.MAKKAH_HOTEL in {change.id for change in bucket(device, "place", number, page.epoch).changes}


def test_what_left_or_was_deleted_is_in_no_bucket(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    with writing(live_server.centre.database) as rows:
        rows.delete("code", "country:SA")
        place = rows.get("place", reports.MAKKAH_HOTEL)
        assert place is not None
        rows.put([place], [scopes.region("madinah")])
    heads, page = pulled(device)
    assert not {("code", "country:SA"), ("place", reports.MAKKAH_HOTEL)} & heads.keys()
    assert ask(device, page.next, page.epoch).buckets == buckets(heads)


@pytest.mark.parametrize(("kind", "number"), [("no-such-kind", "1"), ("place", "16"), ("place", "-1"), ("place", "")])
def test_what_is_no_bucket_is_refused(make_device: MakeDevice, kind: str, number: str) -> None:
    device = make_device("makkah", "ahmad")
    epoch = device.page().epoch
    with pytest.raises(Refused, match="bad_request"):
        device.ask("GET", wire.BUCKET, params={"kind": kind, "bucket": number, "epoch": epoch})


def test_a_check_is_refused_for_the_reasons_that_the_feed_is(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    _, page = pulled(device)
    with pytest.raises(Refused, match="cursor_ahead"):
        ask(device, page.next + 1, page.epoch)
    device.bind("saad")
    with pytest.raises(Refused, match="scope_changed"):
        ask(device, page.next, page.epoch)
    with pytest.raises(Refused, match="scope_changed"):
        bucket(device, "place", 0, page.epoch)
    people.begin_new_epoch(live_server.centre)
    with pytest.raises(Refused, match="epoch_changed"):
        ask(device, page.next, page.epoch)
    with pytest.raises(Refused, match="epoch_changed"):
        bucket(device, "place", 0, page.epoch)


def test_a_withdrawn_device_learns_nothing_by_checking(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    _, page = pulled(device)
    enrolment.revoke(live_server.centre, device.id)
    device.sign_in()
    with pytest.raises(Refused, match="device_revoked"):
        ask(device, page.next, page.epoch)
    with pytest.raises(Refused, match="device_revoked"):
        bucket(device, "place", 0, page.epoch)
    with pytest.raises(Refused, match="device_revoked"):
        device.page(page.next, page.epoch)


@pytest.fixture(params=["sqlite", "postgresql"])
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Centre]:
    """An empty centre on either database."""
    url = str(tmp_path / "centre.db") if request.param == "sqlite" else request.getfixturevalue("empty_postgresql")
    opened = open_centre(url, tmp_path / "blobs")
    yield opened
    opened.close()


def test_buckets_are_the_same_on_either_database(centre: Centre, example: dict[str, r.Record]) -> None:
    person = r.Person(id="p", name_ar="", name_en="", role="inspector", committee_id="k", regions=("makkah",))
    device = devices.Device("d", 1, "k", "laptop", "00", False)
    with writing(centre.database) as rows:
        rows.put([person, *example.values()], [scopes.GLOBAL, scopes.region("makkah")])
        devices.add(rows.connection, device, "tests", 0)
        devices.bind(rows.connection, device.id, person.id, 1)
    read = feed.page(centre, device, Cursor(0, ""))
    assert read is not None
    page = wire.read_page(wire.decompress(read, wire.MAX_PAGE_BYTES))
    reply = checking.check(centre, device, Cursor(page.next, page.epoch))
    assert reply == snapshots.CheckReply(
        level=True, buckets=snapshots.buckets((change.kind, change.id, change.rev) for change in page.changes)
    )
    for one in reply.buckets:
        given = wire.decompress(checking.bucket(centre, device, page.epoch, one.kind, one.bucket), 10**6)
        assert len(wire.read_page(given).changes) == one.rows
