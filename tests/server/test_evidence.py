"""Evidence: resumed after any break, believed only when its hash is right, read only by those who may."""

from __future__ import annotations

import hashlib
import os

import pytest
import requests

from sync.contract import records as r
from sync.contract import wire
from sync.contract.ids import uuid7
from sync.contract.problems import Refused
from sync.server.services import enrolment
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


def create(device: Device, piece: bytes, size: int = len(PHOTO), **headers: str) -> requests.Response:
    """Begin an upload with its first bytes."""
    named = {wire.LENGTH: str(size), "Content-Type": wire.UPLOAD} | headers
    return device.ask("POST", ADDRESS, data=piece, headers=named)


def test_a_new_upload_may_bring_its_first_bytes(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    answer = create(device, PHOTO[:200_000])
    assert (answer.status_code, answer.headers[wire.OFFSET], answer.headers[wire.COMPLETE]) == (201, "200000", "0")
    assert wire.BlobState(**answer.json()) == wire.BlobState(offset=200_000, complete=False)
    for offset in range(200_000, len(PHOTO), 250_000):
        state = device.patch(SHA, offset, PHOTO[offset : offset + 250_000])
    assert state.complete


def test_a_small_photo_arrives_in_one_request(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    small = PHOTO[:90_000]
    sha256 = hashlib.sha256(small).hexdigest()
    for status in (201, 200):  # the second time because the first answer was lost
        answer = device.ask(
            "POST",
            f"{wire.BLOBS}/{sha256}",
            data=small,
            headers={wire.LENGTH: str(len(small)), "Content-Type": wire.UPLOAD},
        )
        assert answer.status_code == status
        assert wire.BlobState(**answer.json()) == wire.BlobState(offset=len(small), complete=True)


def test_first_bytes_that_come_again_change_nothing_that_is_on_the_disk(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    create(device, PHOTO[:200_000])
    device.patch(SHA, 200_000, PHOTO[200_000:400_000])
    answer = create(device, PHOTO[:200_000])
    assert (answer.status_code, answer.json()["offset"]) == (200, 400_000)
    for offset in range(400_000, len(PHOTO), 250_000):
        state = device.patch(SHA, offset, PHOTO[offset : offset + 250_000])
    assert state.complete


def test_an_upload_that_was_announced_bare_takes_first_bytes_too(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    begin(device)
    assert create(device, PHOTO[:200_000]).json()["offset"] == 200_000


def test_first_bytes_that_are_wrong_begin_again(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    spoiled = bytes([PHOTO[0] ^ 1]) + PHOTO[1:1000]
    sha256 = hashlib.sha256(PHOTO[:1000]).hexdigest()
    headers = {wire.LENGTH: "1000", "Content-Type": wire.UPLOAD}
    with pytest.raises(Refused, match="upload_hash_wrong"):
        device.ask("POST", f"{wire.BLOBS}/{sha256}", data=spoiled, headers=headers)
    answer = device.ask("POST", f"{wire.BLOBS}/{sha256}", data=PHOTO[:1000], headers=headers)
    assert answer.json()["complete"]


@pytest.mark.parametrize(
    ("size", "piece", "kind", "code"),
    [
        (999, PHOTO[:1000], wire.UPLOAD, "too_large"),
        (len(PHOTO), PHOTO[: wire.CHUNK_BYTES + 1], wire.UPLOAD, "too_large"),
        (len(PHOTO), PHOTO[:1000], "image/jpeg", "bad_request"),
    ],
    ids=["more than announced", "more than a piece may have", "of another kind"],
)
def test_first_bytes_keep_to_the_rules_of_every_piece(
    make_device: MakeDevice, size: int, piece: bytes, kind: str, code: str
) -> None:
    device = make_device("makkah", "ahmad")
    with pytest.raises(Refused, match=code):
        create(device, piece, size, **{"Content-Type": kind})
    assert device.send("HEAD", ADDRESS).status_code == 404


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


def test_any_stretch_of_a_piece_of_evidence_can_be_read(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    name_in_a_case(device, "person-ahmad")
    device.upload(PHOTO)
    end = len(PHOTO)
    for asked, expected in {
        "bytes=0-0": PHOTO[:1],
        "bytes=0-": PHOTO,
        "bytes=300000-599999": PHOTO[300_000:600_000],
        f"bytes={end - 1}-": PHOTO[-1:],
        f"bytes=650000-{end + 5}": PHOTO[650_000:],
    }.items():
        answer = device.ask("GET", ADDRESS, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (206, expected)
        first = int(asked[6:].partition("-")[0])
        assert answer.headers["content-range"] == f"bytes {first}-{first + len(expected) - 1}/{end}"
    with pytest.raises(Refused, match="bad_request"):
        device.ask("GET", ADDRESS, headers={"Range": f"bytes={end}-"})


def test_a_browser_would_save_evidence_and_never_show_it(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    name_in_a_case(device, "person-ahmad")
    device.upload(PHOTO)
    headers = device.ask("GET", ADDRESS).headers
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"].startswith("attachment")


def test_a_withdrawn_device_still_uploads_and_reads_nothing(live_server: LiveServer, make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    name_in_a_case(device, "person-ahmad")
    create(device, PHOTO[:200_000])
    enrolment.revoke(live_server.centre, device.id)
    device.sign_in()
    assert device.ask("HEAD", ADDRESS).headers[wire.OFFSET] == "200000"
    for offset in range(200_000, len(PHOTO), 250_000):
        state = device.patch(SHA, offset, PHOTO[offset : offset + 250_000])
    assert state.complete
    with pytest.raises(Refused, match="device_revoked"):
        device.ask("GET", ADDRESS)


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
