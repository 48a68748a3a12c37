"""The first sync by frames: what a device may hold and nothing else, in any pieces, true with the feed after it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract import records as r
from sync.contract import scopes, wire
from sync.contract import snapshots as contract
from sync.contract.ids import uuid7
from sync.contract.problems import Refused
from sync.server.services import enrolment, people, snapshots
from sync.server.services.centre import Centre, open_centre
from sync.server.services.packing import Packer
from sync.server.storage import devices
from sync.server.storage.holdings import Row
from sync.server.storage.parts import Packed
from sync.server.storage.rows import writing
from tests.server.conftest import MakeDevice
from tests.support import reports
from tests.support.server import Device, LiveServer, MovedClock

Held = dict[tuple[str, str], r.Record]


def manifest(device: Device) -> contract.Manifest:
    return msgspec.json.decode(device.ask("GET", wire.SNAPSHOT).content, type=contract.Manifest)


def stretch(device: Device, snapshot: str, first: int, last: int | str = "") -> bytes:
    """Bytes of a snapshot, the last one among them."""
    answer = device.ask("GET", f"{wire.SNAPSHOT}/{snapshot}", headers={"Range": f"bytes={first}-{last}"})
    assert answer.status_code == 206
    assert answer.headers["content-type"] == wire.FRAMES
    return answer.content


def frames(device: Device, listed: contract.Manifest) -> Iterator[contract.Frame]:
    data = device.ask("GET", f"{wire.SNAPSHOT}/{listed.id}").content if listed.frames else b""
    for entry in listed.frames:
        yield contract.read_frame(data[entry.offset : entry.offset + entry.length], entry.sha256)


def records(listed: Sequence[contract.Frame]) -> Held:
    held: Held = {}
    for frame in listed:
        for row_id, _, *values in frame.rows:
            named = dict(zip(frame.columns, values, strict=True))
            held[frame.kind, row_id] = r.from_row(frame.kind, {"id": row_id, **named})
    return held


def first_sync(device: Device) -> Held:
    """What a device holds after a snapshot and the feed behind it."""
    listed = manifest(device)
    held = records(list(frames(device, listed)))
    since, epoch, more = listed.since, listed.epoch, True
    while more:
        page = device.page(since, epoch)
        for change in page.changes:
            if change.values is None:
                held.pop((change.kind, change.id), None)
            else:
                named = dict(zip(page.columns[change.kind], change.values, strict=True))
                held[change.kind, change.id] = r.from_row(change.kind, {"id": change.id, **named})
        since, epoch, more = page.next, page.epoch, page.more
    return held


def known_as(centre: Centre, device: Device) -> devices.Device:
    with centre.database.read() as connection:
        known = devices.get(connection, device.id)
    assert known is not None
    return known


def parts_on_disk(centre: Centre) -> set[Path]:
    return {path for path in (centre.evidence / "snapshots").rglob("*") if path.is_file()}


def test_who_accepts_frames_gets_them_behind_the_manifest_in_one_answer(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    listed = manifest(device)
    answer = device.ask("GET", wire.SNAPSHOT, headers={"Accept": wire.FRAMES})
    assert answer.headers["content-type"] == wire.FRAMES
    line, _, behind = answer.content.partition(b"\n")
    assert contract.read_manifest_line(line) == listed
    assert behind == device.ask("GET", f"{wire.SNAPSHOT}/{listed.id}").content
    with pytest.raises(Refused, match="bad_request"):
        device.ask("GET", wire.SNAPSHOT, headers={"Accept": wire.FRAMES, "Range": "bytes=0-9"})


def test_a_device_that_may_hold_nothing_gets_a_manifest_without_frames(make_device: MakeDevice) -> None:
    answer = make_device("makkah").ask("GET", wire.SNAPSHOT, headers={"Accept": wire.FRAMES})
    assert msgspec.json.decode(answer.content, type=contract.Manifest).frames == ()


def test_a_snapshot_brings_what_the_whole_feed_would(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    listed = manifest(device)
    whole, page = device.pull()
    assert records(list(frames(device, listed))) == whole
    assert sum(entry.rows for entry in listed.frames) == len(whole)
    assert (listed.since, listed.epoch) == (page.next, page.epoch)
    assert device.page(listed.since, listed.epoch).changes == ()


def test_a_supervisors_snapshot_has_the_reports_of_his_region_and_another_region_has_none_of_it(
    make_device: MakeDevice,
) -> None:
    makkah, saad, omar = make_device("makkah", "ahmad"), make_device("none", "saad"), make_device("madinah", "omar")
    case = uuid7()
    makkah.push(makkah.event("case", case, "open", "person-ahmad", reports.case("11-001-0001-2")))
    assert ("case", case) in records(list(frames(saad, manifest(saad))))
    held = records(list(frames(omar, manifest(omar))))
    assert ("case", case) not in held
    assert {record.region for record in held.values() if isinstance(record, r.Place)} == {"madinah"}


def test_frames_lie_one_behind_the_other_and_none_is_larger_than_allowed(make_device: MakeDevice) -> None:
    listed = manifest(make_device("makkah", "ahmad"))
    end = 0
    for entry in listed.frames:
        assert entry.offset == end
        assert entry.length <= contract.FRAME_BYTES or entry.rows == 1
        end += entry.length
    assert len(listed.frames) > 1


def test_any_stretch_of_frames_can_be_asked_for_also_across_parts(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    listed = manifest(device)
    whole = device.ask("GET", f"{wire.SNAPSHOT}/{listed.id}").content
    end = len(whole)
    assert len(listed.id.split(".")) > 1
    for first in {0, 1, end - 1, *(entry.offset for entry in listed.frames)}:
        for last in {first, end - 1, end + 100, min(first + 70_000, end - 1)}:
            assert stretch(device, listed.id, first, last) == whole[first : last + 1], (first, last)
        assert stretch(device, listed.id, first) == whole[first:]


def test_a_stretch_says_where_it_lies(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    listed = manifest(device)
    total = listed.frames[-1].offset + listed.frames[-1].length
    answer = device.ask("GET", f"{wire.SNAPSHOT}/{listed.id}", headers={"Range": "bytes=5-9"})
    assert answer.headers["content-range"] == f"bytes 5-9/{total}"
    assert answer.headers["content-length"] == "5"


@pytest.mark.parametrize("asked", ["bytes=9-5", "bytes=99999999999-", "bytes=-5", "bytes=0-1,3-4", "lines=1-2", "x"])
def test_a_range_that_is_none_is_refused(make_device: MakeDevice, asked: str) -> None:
    device = make_device("makkah", "ahmad")
    with pytest.raises(Refused, match="bad_request"):
        device.ask("GET", f"{wire.SNAPSHOT}/{manifest(device).id}", headers={"Range": asked})


@pytest.mark.parametrize("name", ["0" * 24, "..%5c..%5ccentre.db", "a.b", "*", "0" * 24 + ".begun"])
def test_a_snapshot_that_is_not_there_is_gone(make_device: MakeDevice, name: str) -> None:
    device = make_device("makkah", "ahmad")
    manifest(device)
    with pytest.raises(Refused, match="snapshot_gone"):
        device.ask("GET", f"{wire.SNAPSHOT}/{name}")


def test_a_name_of_more_parts_than_there_are_scopes_is_not_looked_for(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    listed = manifest(device)
    with pytest.raises(Refused, match="snapshot_gone"):
        device.ask("GET", f"{wire.SNAPSHOT}/{'.'.join([listed.id] * 100)}")


def test_a_part_of_a_scope_that_the_device_does_not_hold_is_gone_for_it(make_device: MakeDevice) -> None:
    makkah, madinah = make_device("makkah", "ahmad"), make_device("madinah", "omar")
    theirs = set(manifest(makkah).id.split(".")) - set(manifest(madinah).id.split("."))
    assert theirs
    for part in theirs:
        with pytest.raises(Refused, match="snapshot_gone"):
            madinah.ask("GET", f"{wire.SNAPSHOT}/{part}")


def test_a_device_without_people_gets_an_empty_snapshot(make_device: MakeDevice) -> None:
    listed = manifest(make_device("makkah"))
    assert listed.frames == ()


def test_parts_are_made_once_for_all_devices_of_a_scope(live_server: LiveServer, make_device: MakeDevice) -> None:
    first, second = make_device("makkah", "ahmad"), make_device("makkah-2", "yasir")
    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(lambda device: manifest(device).id, [first, second] * 4))
    made = parts_on_disk(live_server.centre)
    assert len(ids) == 1
    manifest(second)
    assert parts_on_disk(live_server.centre) == made


def test_a_part_serves_on_while_little_of_its_scope_changed_and_the_feed_tells_the_rest(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device = make_device("makkah", "ahmad")
    before = manifest(device)
    with writing(live_server.centre.database) as rows:
        place = rows.get("place", reports.MAKKAH_HOTEL)
        assert isinstance(place, r.Place)
        rows.put([msgspec.structs.replace(place, name_en="Renamed")], [scopes.region("makkah")])
        rows.delete("code", "country:SA")
    after = manifest(device)
    assert (after.id, after.since) == (before.id, before.since)
    held = first_sync(device)
    assert held == device.pull()[0]
    renamed = held["place", reports.MAKKAH_HOTEL]
    assert isinstance(renamed, r.Place)
    assert renamed.name_en == "Renamed"
    assert ("code", "country:SA") not in held


def test_a_part_is_made_anew_once_a_tenth_of_its_scope_changed(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device = make_device("makkah", "ahmad")
    before = manifest(device)
    places = [record for record in device.pull()[0].values() if isinstance(record, r.Place)]
    with writing(live_server.centre.database) as rows:
        rows.put(places[: len(places) // 10 + 1], [scopes.region("makkah")])
    after = manifest(device)
    assert after.id != before.id
    assert after.since > before.since
    assert first_sync(device) == device.pull()[0]
    assert stretch(device, before.id, 0), "who is in the middle of the older one goes on with it"


def test_changes_of_others_let_a_snapshot_be_as_of_now(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    before = manifest(device)
    code = r.Code(id="l:1", list="l", code="1", name_ar="", name_en="")
    with writing(live_server.centre.database) as rows:
        rows.put([code], [scopes.region("madinah")])
    after = manifest(device)
    assert (after.id, after.since) == (before.id, before.since + 1)


def test_a_snapshot_of_an_earlier_life_is_gone(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    before = manifest(device)
    people.begin_new_epoch(live_server.centre)
    with pytest.raises(Refused, match="snapshot_gone"):
        stretch(device, before.id, 0)
    assert manifest(device).epoch != before.epoch


def test_a_device_whose_rights_changed_gets_another_snapshot(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    before = manifest(device)
    device.bind("saad")
    after = manifest(device)
    assert after.epoch != before.epoch
    assert first_sync(device) == device.pull()[0]


def test_older_parts_go_after_a_day_and_the_newest_stay(
    live_server: LiveServer, make_device: MakeDevice, clock: MovedClock
) -> None:
    device, centre = make_device("makkah", "ahmad"), live_server.centre
    before = manifest(device)
    places = [record for record in device.pull()[0].values() if isinstance(record, r.Place)]
    with writing(centre.database) as rows:
        rows.put(places, [scopes.region("makkah")])
    after = manifest(device)
    snapshots.prune(centre)
    assert stretch(device, before.id, 0)
    clock.ahead = timedelta(days=1, hours=1)
    snapshots.prune(centre)
    device.sign_in()
    assert stretch(device, after.id, 0)
    with pytest.raises(Refused, match="snapshot_gone"):
        stretch(device, before.id, 0)
    clock.ahead = timedelta(days=40)
    snapshots.prune(centre)
    assert parts_on_disk(centre) == set()
    device.sign_in()
    assert first_sync(device) == device.pull()[0]


def test_a_build_that_failed_leaves_no_part_behind(
    live_server: LiveServer, make_device: MakeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> Iterator[Packed]:
        yield Packed(b"half", 1)
        raise OSError(28, "No space left on device")

    device = make_device("makkah", "ahmad")
    with monkeypatch.context() as patched:
        patched.setattr(snapshots, "_frames", failing)
        with pytest.raises(OSError, match="No space left"):
            snapshots.manifest(live_server.centre, known_as(live_server.centre, device))
    assert parts_on_disk(live_server.centre) == set()
    assert first_sync(device) == device.pull()[0]


@pytest.mark.parametrize("place", [100, -100, -3], ids=["in a frame", "in what it says of itself", "in its length"])
def test_a_part_that_was_damaged_on_the_disk_is_made_anew(
    live_server: LiveServer, make_device: MakeDevice, place: int
) -> None:
    device, centre = make_device("makkah", "ahmad"), live_server.centre
    manifest(device)
    whole = {path: path.read_bytes() for path in parts_on_disk(centre)}
    for path, data in whole.items():
        damaged = bytearray(data)
        damaged[place] ^= 0x80
        path.write_bytes(damaged)
    snapshots.prune(centre)
    assert parts_on_disk(centre) == set()
    assert first_sync(device) == device.pull()[0]
    assert {path: path.read_bytes() for path in parts_on_disk(centre)} == whole


def test_a_withdrawn_device_reads_nothing_more(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    listed = manifest(device)
    enrolment.revoke(live_server.centre, device.id)
    device.sign_in()
    with pytest.raises(Refused, match="device_revoked"):
        manifest(device)
    with pytest.raises(Refused, match="device_revoked"):
        stretch(device, listed.id, 0)


@pytest.fixture(params=["sqlite", "postgresql"])
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Centre]:
    """An empty centre on either database."""
    url = str(tmp_path / "centre.db") if request.param == "sqlite" else request.getfixturevalue("empty_postgresql")
    opened = open_centre(url, tmp_path / "blobs")
    yield opened
    opened.close()


def reader_of(centre: Centre, *where: str) -> devices.Device:
    """A device of an inspector who works in these regions."""
    person = r.Person(id="p", name_ar="", name_en="", role="inspector", committee_id="k", regions=where)
    device = devices.Device("d", 1, "k", "laptop", "00", False)
    with writing(centre.database) as rows:
        rows.put([person], [scopes.GLOBAL])
        devices.add(rows.connection, device, "tests", 0)
        devices.bind(rows.connection, device.id, person.id, 1)
    return device


def test_every_kind_of_record_comes_through_a_snapshot_as_it_is(centre: Centre, example: dict[str, r.Record]) -> None:
    device = reader_of(centre)
    with writing(centre.database) as rows:
        rows.put(example.values(), [scopes.GLOBAL])
    listed = snapshots.manifest(centre, device)
    data = b"".join(file.path.read_bytes()[: file.length] for file in snapshots.files(centre, device, listed.id))
    read = [contract.read_frame(data[one.offset : one.offset + one.length], one.sha256) for one in listed.frames]
    held = records(read)
    assert [held[kind, record.id] for kind, record in example.items()] == list(example.values())
    assert [frame.kind for frame in read] == list(r.KINDS)


def test_rows_that_left_a_scope_or_were_deleted_are_not_in_its_part(centre: Centre) -> None:
    device = reader_of(centre, "makkah")
    codes = [r.Code(id=f"l:{name}", list="l", code=name, name_ar="", name_en="") for name in ("a", "b", "c")]
    with writing(centre.database) as rows:
        rows.put(codes, [scopes.region("makkah")])
    with writing(centre.database) as rows:
        rows.put(codes[:1], [scopes.region("madinah")])
        rows.delete("code", "l:b")
    listed = snapshots.manifest(centre, device)
    data = b"".join(file.path.read_bytes()[: file.length] for file in snapshots.files(centre, device, listed.id))
    read = [contract.read_frame(data[one.offset : one.offset + one.length], one.sha256) for one in listed.frames]
    assert {row_id for kind, row_id in records(read) if kind == "code"} == {"l:c"}


@given(
    sizes=st.lists(st.integers(0, 4_000), max_size=60),
    limit=st.integers(300, 5_000),
    noise=st.randoms(use_true_random=False),
)
def test_rows_of_any_size_are_packed_whole_and_in_order_into_frames_within_the_limit(
    sizes: list[int], limit: int, noise: Random
) -> None:
    rows = [
        Row(f"l:{place}", place, ("l", "c", noise.randbytes(size // 2).hex(), "", "", "", place))
        for place, size in enumerate(sizes)
    ]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(contract, "FRAME_BYTES", limit)
        packed = list(Packer().pack("code", rows))
    read = [contract.read_frame(one.data, hashlib.sha256(one.data).hexdigest()) for one in packed]
    assert [tuple(row) for frame in read for row in frame.rows] == [(row.id, row.rev, *row.values) for row in rows]
    for one in packed:
        assert len(one.data) <= limit or one.rows == 1
    if all(size < limit / 10 for size in sizes):
        small = [one for one in packed[:-1] if len(one.data) < limit / 3]
        assert len(small) <= 2 + len(packed) // 4, "a frame is filled"
