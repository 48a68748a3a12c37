"""Evidence: resumed after any break, believed only when its hash is right, read only by those who may."""

from __future__ import annotations

import hashlib
import os

import pytest

from sync.contract import records as r
from sync.contract import wire
from sync.contract.ids import uuid7
from sync.contract.problems import Refused
from sync.server.storage.rows import writing
from tests.server.conftest import MakeDevice
from tests.support import reports
from tests.support.server import Device, LiveServer

PHOTO = os.urandom(700_000)
SHA = hashlib.sha256(PHOTO).hexdigest()
ADDRESS = f"{wire.BLOBS}/{SHA}"


def begin(device: Device, size: int = len(PHOTO)) -> wire.BlobState:
    answer = device.ask("POST", ADDRESS, headers={wire.LENGTH: str(size)}).json()
    return wire.BlobState(**answer)


def name_in_a_case(device: Device, user: str) -> str:
    photo = r.Attachment(sha256=SHA, size=len(PHOTO), media_type="image/jpeg", role="photo")
    number = reports.report_number(device.number, 1)
    event = device.event("case", uuid7(), "open", user, reports.case(number, attachments=(photo,)), evidence=(SHA,))
    assert device.push(event)[0].outcome == "applied"
    return event.record


def test_an_upload_goes_on_where_the_centre_says_it_stands(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    assert begin(device) == wire.BlobState(offset=0, complete=False)
    device.patch(SHA, 0, PHOTO[:200_000])
    stands = device.ask("HEAD", ADDRESS)
    assert (stands.headers[wire.OFFSET], stands.headers[wire.LENGTH], stands.headers[wire.COMPLETE]) == (
        "200000",
        "700000",
        "0",
    )
    with pytest.raises(Refused, match="upload_offset_wrong") as caught:
        device.patch(SHA, 0, PHOTO[:200_000])
    assert caught.value.fields == {"offset": "200000"}
    assert begin(device) == wire.BlobState(offset=200_000, complete=False)
    for offset in range(200_000, len(PHOTO), 250_000):
        state = device.patch(SHA, offset, PHOTO[offset : offset + 250_000])
    assert state == wire.BlobState(offset=len(PHOTO), complete=True)
    assert device.ask("HEAD", ADDRESS).headers[wire.COMPLETE] == "1"


def test_the_same_photo_is_sent_once_by_whoever_comes_first(make_device: MakeDevice) -> None:
    make_device("makkah", "ahmad").upload(PHOTO)
    assert begin(make_device("makkah-2", "yasir")) == wire.BlobState(offset=len(PHOTO), complete=True)


def test_a_wrong_hash_is_found_and_the_upload_begins_again(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    spoiled = PHOTO[:-1] + bytes([PHOTO[-1] ^ 1])
    begin(device)
    for offset in (0, 250_000):
        device.patch(SHA, offset, spoiled[offset : offset + 250_000])
    with pytest.raises(Refused, match="upload_hash_wrong"):
        device.patch(SHA, 500_000, spoiled[500_000:])
    assert begin(device) == wire.BlobState(offset=0, complete=False)
    assert device.upload(PHOTO) == SHA
    assert begin(device).complete


def test_bytes_beyond_the_length_announced_are_refused(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    begin(device, 1000)
    with pytest.raises(Refused, match="too_large"):
        device.patch(SHA, 0, PHOTO[:1001])
    assert begin(device, 1000).offset == 0


def test_a_wrong_length_announced_does_not_keep_the_right_one_out(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    begin(device, 10)
    assert device.upload(PHOTO) == SHA
    assert begin(device).complete


def test_evidence_is_read_by_devices_that_hold_a_row_which_names_it(make_device: MakeDevice) -> None:
    device, desk = make_device("makkah", "ahmad"), make_device("none", "saad")
    stranger = make_device("madinah", "omar")
    name_in_a_case(device, "person-ahmad")
    with pytest.raises(Refused, match="upload_incomplete"):
        desk.ask("GET", ADDRESS)
    device.upload(PHOTO)
    assert device.ask("GET", ADDRESS).content == PHOTO
    assert desk.ask("GET", ADDRESS).content == PHOTO
    with pytest.raises(Refused, match="not_found"):
        stranger.ask("GET", ADDRESS)


def test_evidence_of_a_deleted_row_is_read_by_nobody(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    case = name_in_a_case(device, "person-ahmad")
    device.upload(PHOTO)
    with writing(live_server.centre.database) as rows:
        rows.delete("case", case)
    with pytest.raises(Refused, match="not_found"):
        device.ask("GET", ADDRESS)


def test_evidence_of_a_refused_event_is_kept_for_its_sender(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    refused = device.event(
        "case", uuid7(), "open", "person-ahmad", reports.case("11-001-0001-2", region="madinah"), evidence=(SHA,)
    )
    assert device.push(refused)[0].outcome == "rejected"
    device.upload(PHOTO)
    assert device.ask("GET", ADDRESS).content == PHOTO


def test_what_was_on_the_disk_beyond_the_stated_offset_is_written_over(
    live_server: LiveServer, make_device: MakeDevice
) -> None:
    device = make_device("makkah", "ahmad")
    begin(device)
    device.patch(SHA, 0, PHOTO[:100_000])
    with (live_server.centre.evidence / SHA[:2] / SHA).open("ab") as file:
        file.write(b"a piece that was written when the power failed, and never stated")
    for offset in range(100_000, len(PHOTO), 200_000):
        state = device.patch(SHA, offset, PHOTO[offset : offset + 200_000])
    assert state.complete


@pytest.mark.parametrize("length", [None, "0", "-5", "many", str(wire.MAX_EVIDENCE_BYTES + 1)])
def test_a_length_that_is_none_is_refused(make_device: MakeDevice, length: str | None) -> None:
    device = make_device("makkah", "ahmad")
    answer = device.send("POST", ADDRESS, headers={} if length is None else {wire.LENGTH: length})
    assert answer.status_code in (400, 413)
