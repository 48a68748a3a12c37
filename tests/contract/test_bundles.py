"""A bundle is opened by whom it is for, comes whole or not at all, and nothing in it can be changed unnoticed."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.signing import SigningKey

from sync.contract import bundles, wire
from sync.contract.bundles import BadBundle, BatchHead, Item, PieceHead

SERVER = "server-1"
SENDER, READER, STRANGER = (SigningKey(bytes([n]) * 32) for n in (1, 2, 3))
ABOUT = bundles.About(SERVER, "laptop-1", "2026-11-22T12:00:00.000+03:00", 0)


def public(key: SigningKey) -> str:
    return bytes(key.verify_key).hex()


def signed(*lines: bytes) -> bundles.SignedBatch:
    return bundles.sign(SERVER, "laptop-1", bytes(SENDER), lines)


def piece(data: bytes, part: int = 1000) -> Item:
    parts = [data[start : start + part] for start in range(0, len(data), part)]
    return Item(PieceHead(size=len(data), sha256=hashlib.sha256(data).hexdigest()), parts)


def packed(*items: Item) -> bytes:
    return b"".join(bundles.pack(ABOUT, bytes(SENDER), {"desk-1": public(READER)}, items))


def opened(data: bytes, device_id: str = "desk-1", key: SigningKey = READER) -> list[tuple[bundles.Head, bytes]]:
    sealed = bundles.Sealed(io.BytesIO(data).read)
    return [(item.head, b"".join(item.data)) for item in sealed.items(device_id, bytes(key))]


def test_what_was_packed_comes_out_in_its_order() -> None:
    batch = signed(b'{"a":1}', b'{"b":2}')
    photo = bytes(range(256)) * 2000
    (head, data), (piece_head, pixels), (last, nothing) = opened(
        packed(bundles.batch_item(batch), piece(photo), piece(b""))
    )
    assert isinstance(head, BatchHead)
    read = bundles.read_batch(head, [data])
    assert read == batch
    assert bundles.is_signed(read, SERVER, public(SENDER))
    assert isinstance(piece_head, PieceHead)
    assert (pixels, piece_head.sha256) == (photo, hashlib.sha256(photo).hexdigest())
    assert (last.size, nothing) == (0, b"")


def test_the_header_says_who_sent_it_and_proves_it() -> None:
    sealed = bundles.Sealed(io.BytesIO(packed()).read)
    assert (sealed.header.server_id, sealed.header.sender) == (SERVER, "laptop-1")
    assert sealed.is_sent_by(public(SENDER))
    assert not sealed.is_sent_by(public(STRANGER))
    assert not sealed.is_sent_by("no key")


@pytest.mark.parametrize(("device_id", "key"), [("desk-2", READER), ("desk-1", STRANGER)])
def test_nobody_else_can_open_it(device_id: str, key: SigningKey) -> None:
    with pytest.raises(BadBundle, match="bundle_not_for_us"):
        opened(packed(piece(b"photo")), device_id, key)


def test_nothing_of_what_it_holds_can_be_read_from_outside() -> None:
    assert b"photograph" not in packed(piece(b"photograph"))


def test_every_recipient_opens_the_same_bundle() -> None:
    to = {"desk-1": public(READER), "desk-2": public(STRANGER)}
    data = b"".join(bundles.pack(ABOUT, bytes(SENDER), to, [piece(b"photo")]))
    assert opened(data) == opened(data, "desk-2", STRANGER)


def test_a_batch_signed_for_another_centre_or_by_another_device_is_not_taken_for_signed() -> None:
    batch = signed(b"{}")
    assert bundles.is_signed(batch, SERVER, public(SENDER))
    assert not bundles.is_signed(batch, "server-2", public(SENDER))
    assert not bundles.is_signed(batch, SERVER, public(STRANGER))
    assert not bundles.is_signed(batch._replace(device_id="laptop-2"), SERVER, public(SENDER))
    assert not bundles.is_signed(batch._replace(lines=(b"{} ",)), SERVER, public(SENDER))
    assert not bundles.is_signed(batch._replace(signature="é"), SERVER, public(SENDER))


WHOLE = packed(bundles.batch_item(signed(b'{"a":1}')), piece(bytes(5000)), piece(b"second"))
ITEMS = opened(WHOLE)


def read_into(found: list[tuple[bundles.Head, bytes]], data: bytes) -> None:
    """What can be read of a bundle that claims to be the sender's; what was read before it broke off stays found."""
    sealed = bundles.Sealed(io.BytesIO(data).read)
    if not sealed.is_sent_by(public(SENDER)):
        raise BadBundle("bundle_signature_wrong")
    for item in sealed.items("desk-1", bytes(READER)):
        found.append((item.head, b"".join(item.data)))


@settings(max_examples=300)
@given(st.integers(0, len(WHOLE) * 8 - 1))
def test_a_bundle_with_any_bit_changed_never_says_anything_else(bit: int) -> None:
    changed = bytearray(WHOLE)
    changed[bit // 8] ^= 1 << bit % 8
    found: list[tuple[bundles.Head, bytes]] = []
    with pytest.raises(BadBundle):
        read_into(found, bytes(changed))
    assert found == ITEMS[: len(found)]


@settings(max_examples=100)
@given(st.integers(0, len(WHOLE) - 1))
def test_a_bundle_that_was_cut_says_so_and_gives_only_what_came_whole(length: int) -> None:
    found: list[tuple[bundles.Head, bytes]] = []
    with pytest.raises(BadBundle) as cut:
        read_into(found, WHOLE[:length])
    assert cut.value.code == ("bundle_foreign" if length < 8 else "bundle_damaged")
    assert found == ITEMS[: len(found)]


def frames_of(data: bytes) -> tuple[bytes, list[bytes]]:
    """The beginning of a bundle, and its frames with their lengths."""
    start = 12 + int.from_bytes(data[8:12], "big") + 64
    frames, place = [], start
    while place < len(data):
        length = 4 + int.from_bytes(data[place : place + 4], "big")
        frames.append(data[place : place + length])
        place += length
    return data[:start], frames


@pytest.mark.parametrize(
    "change",
    [
        lambda frames: [frames[1], frames[0], *frames[2:]],
        lambda frames: [frames[0], frames[0], *frames[1:]],
        lambda frames: frames[1:],
        lambda frames: [*frames[:2], *frames[3:]],
        lambda frames: frames[:-1],
    ],
    ids=["exchanged", "repeated", "first left out", "one left out", "last left out"],
)
def test_frames_cannot_be_moved_repeated_or_left_out(change: Callable[[list[bytes]], list[bytes]]) -> None:
    start, frames = frames_of(WHOLE)
    with pytest.raises(BadBundle, match="bundle_damaged"):
        opened(start + b"".join(change(frames)))


def test_frames_of_another_bundle_do_not_fit() -> None:
    other = packed(bundles.batch_item(signed(b'{"a":1}')), piece(bytes(5000)), piece(b"second"))
    with pytest.raises(BadBundle, match="bundle_damaged"):
        opened(frames_of(WHOLE)[0] + b"".join(frames_of(other)[1]))


def test_what_a_newer_program_adds_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    class Newer(BatchHead, frozen=True, tag="map", tag_field="item"):
        """A kind of item that is not known yet."""

    newer = Item(Newer(size=7, device_id="", signature=""), [b"unknown"])
    assert opened(packed(newer, piece(b"photo"), newer)) == opened(packed(piece(b"photo")))
    monkeypatch.setattr(bundles, "_DATA", b"X")
    of_another_type = packed(piece(b"extra"))
    monkeypatch.undo()
    with pytest.raises(BadBundle, match="bundle_damaged"):  # passed over, so the announced bytes are missing
        opened(of_another_type)


def test_a_bundle_of_a_newer_version_says_that_it_is_newer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "VERSION", 2)
    newer = packed()
    monkeypatch.undo()
    with pytest.raises(BadBundle, match="bundle_newer"):
        opened(newer)


@pytest.mark.parametrize("data", [b"", b"MIDAN", b"PK\x03\x04 something else altogether"])
def test_what_is_no_bundle_is_called_so(data: bytes) -> None:
    with pytest.raises(BadBundle, match="bundle_foreign"):
        opened(data)


def test_a_header_or_an_item_larger_than_allowed_is_not_read() -> None:
    with pytest.raises(BadBundle, match="bundle_damaged"):
        opened(WHOLE[:8] + (bundles.MAX_HEADER + 1).to_bytes(4, "big") + bytes(bundles.MAX_HEADER + 1))
    huge = Item(PieceHead(size=wire.MAX_EVIDENCE_BYTES + 1, sha256=""), [])
    with pytest.raises(ValueError, match="announced"):
        packed(huge)
    made = bundles.pack(ABOUT, bytes(SENDER), {"desk-1": public(READER)}, [huge])
    begun = next(made) + next(made)
    with pytest.raises(BadBundle, match="bundle_too_large"):
        opened(begun)


def test_a_bundle_is_written_as_it_is_read_and_never_held_whole() -> None:
    asked: list[int] = []

    def parts() -> Iterator[bytes]:
        for number in range(1000):
            asked.append(number)
            yield bytes(1000)

    made = bundles.pack(
        ABOUT, bytes(SENDER), {"desk-1": public(READER)}, [Item(PieceHead(size=10**6, sha256=""), parts())]
    )
    for _ in range(3):
        next(made)
    assert asked == [0]


def test_a_bundle_that_would_not_fit_on_a_stick_is_not_written_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MAX_BYTES", 2000)
    with pytest.raises(BadBundle, match="bundle_too_large"):
        packed(piece(bytes(5000)))


def test_a_recipient_without_a_usable_key_is_refused_before_anything_is_written() -> None:
    with pytest.raises(ValueError, match="public key"):
        next(bundles.pack(ABOUT, bytes(SENDER), {"desk-1": "00" * 32}, []))
