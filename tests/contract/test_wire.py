"""What travels survives the way, and what was damaged on the way is never used."""

from __future__ import annotations

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from sync.contract import events as e
from sync.contract import ids, wire
from sync.contract import records as r

VALUES = st.lists(
    st.none() | st.text(max_size=20) | st.integers(-(2**53), 2**53) | st.booleans(), min_size=2, max_size=2
)
CHANGES = st.lists(
    st.builds(
        lambda row_id, seq, rev, values: wire.Change("place", row_id, seq, rev, values and tuple(values)),
        st.text(min_size=1, max_size=8),
        st.integers(1, 10**9),
        st.integers(1, 99),
        st.none() | VALUES,
    ),
    max_size=20,
)


def page_of(changes: list[wire.Change]) -> wire.Page:
    """One with buckets to compare with, where there is an odd number of rows."""
    buckets = (wire.Bucket(kind="place", bucket=3, rows=len(changes), sum=2**63),) if len(changes) % 2 else None
    return wire.Page("epoch", 7, 99, True, {"place": ("name_ar", "name_en")}, tuple(changes), buckets)


@given(CHANGES)
def test_a_page_arrives_as_it_was_sent(changes: list[wire.Change]) -> None:
    sent = page_of(changes)
    data = wire.compress(wire.page_lines(sent))
    assert wire.read_page(wire.decompress(data, wire.MAX_PAGE_BYTES)) == sent


@given(st.lists(st.binary(min_size=1, max_size=60).filter(lambda line: b"\n" not in line), min_size=1), st.data())
def test_lines_with_any_bit_changed_on_the_way_are_never_others(lines: list[bytes], data: st.DataObject) -> None:
    sent = bytearray(wire.compress(lines))
    sent[data.draw(st.integers(0, len(sent) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        arrived = wire.decompress(bytes(sent), wire.MAX_PUSH_BYTES)
    except (wire.BadPage, wire.TooLarge):
        return
    assert arrived == lines


@given(CHANGES, st.data())
def test_a_page_with_any_byte_changed_or_cut_is_never_read(changes: list[wire.Change], data: st.DataObject) -> None:
    text = b"\n".join(wire.page_lines(page_of(changes)))
    at = data.draw(st.integers(0, len(text) - 1))
    flipped = text[:at] + bytes([text[at] ^ data.draw(st.integers(1, 255))]) + text[at + 1 :]
    for damaged in (flipped, text[:at]):
        try:
            read = wire.read_page(damaged.split(b"\n"))
        except wire.BadPage:
            continue
        assert read == page_of(changes), "the same page in other bytes is no damage"


def test_a_page_without_its_trailer_is_refused() -> None:
    lines = list(wire.page_lines(page_of([wire.Change("place", "a", 1, 1, ("x", "y"))])))
    with pytest.raises(wire.BadPage):
        wire.read_page(lines[:-1])


def test_a_row_that_does_not_fit_its_header_is_named_by_its_line() -> None:
    lines = list(wire.page_lines(page_of([wire.Change("place", "a", 1, 1, ("only one",))])))
    with pytest.raises(wire.BadPage, match="line 2"):
        wire.read_page(lines)


def test_a_frame_that_would_unpack_to_more_than_allowed_is_refused_before_it_is_unpacked() -> None:
    bomb = zstandard.ZstdCompressor(level=19).compress(b"0" * 50_000_000)
    assert len(bomb) < 10_000
    with pytest.raises(wire.TooLarge):
        wire.decompress(bomb, 1_000_000)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_frame_are_refused_and_nothing_else_happens(data: bytes) -> None:
    with pytest.raises((wire.BadPage, wire.TooLarge)):
        wire.decompress(data, 1000)


def test_a_cut_frame_is_refused() -> None:
    data = wire.compress([b"x" * 1000, bytes(range(256)).replace(b"\n", b"")])
    with pytest.raises(wire.BadPage):
        wire.decompress(data[:-3], 10_000)


@given(st.lists(st.integers(1, wire.BATCH_BYTES * 2), max_size=700))
def test_batches_keep_their_limits_and_always_get_on(sizes: list[int]) -> None:
    lines = [b"x" * min(size, 5000 if index else size) for index, size in enumerate(sizes)]
    count = wire.batch(lines)
    assert count == 0 if not lines else 1 <= count <= wire.BATCH_EVENTS
    assert count <= 1 or sum(len(line) + 1 for line in lines[:count]) <= wire.BATCH_BYTES


def test_an_event_is_the_same_bytes_every_time_it_is_written() -> None:
    event = e.Event(
        id=ids.uuid7(), n=1, kind="case", record="c", action="comment", user="u", made_at="2026-11-22T10:00:00+03:00",
        data={"text": "انقطاع الماء"},
    )  # fmt: skip
    line = e.encode(event)
    assert e.encode(e.decode(line)) == line
    assert "انقطاع الماء".encode() in line
    assert b"\n" not in line


def test_every_kind_of_record_goes_through_its_columns_and_back() -> None:
    for kind, record_type in r.KINDS.items():
        names = [column.name for column in r.columns(kind)]
        assert names[0] == "id"
        assert names == list(record_type.__struct_fields__)
    place = r.Place(id="p", kind="hotel", name_ar="فندق", name_en="Hotel", region="makkah", city="makkah", flags=("x",))
    assert r.from_row("place", r.to_row(place)) == place


def test_a_value_that_does_not_fit_its_field_is_named() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"\$\.name_ar"):
        r.from_row("place", {"id": "p", "kind": "hotel", "name_ar": 3, "name_en": "", "region": "", "city": ""})


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_identifiers_sort_by_the_time_of_their_making(first: int, second: int, noise: bytes) -> None:
    a, b = (ids.uuid7(lambda at=at: at, lambda _: noise) for at in sorted((first, second)))  # type: ignore[misc]
    assert a <= b
    assert a[14] == "7"
    assert a[19] in "89ab"


@given(st.binary(max_size=60) | st.just(b'{"data":' + b"[" * 20_000))
def test_a_line_that_is_no_event_is_refused_in_one_way(line: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        e.decode(line)
