"""The length of a recording is read from its file, and nonsense is no length."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector_app.services.durations import seconds
from tests.services.test_pieces_of_questions import MP4, PDF, sound


def ogg(samples: int, head: bytes) -> bytes:
    page = b"OggS\0\2" + struct.pack("<q", 0) + b"\0" * 12 + b"\1" + bytes([len(head)]) + head
    return page + b"OggS\0\4" + struct.pack("<q", samples) + b"\0" * 12 + b"\1\1\0"


def mp4(scale: int, length: int, *, wide: bool = False) -> bytes:
    body = b"\1\0\0\0" + b"\0" * 16 + struct.pack(">IQ", scale, length) if wide else (
        b"\0\0\0\0" + b"\0" * 8 + struct.pack(">II", scale, length)
    )  # fmt: skip
    mvhd = struct.pack(">I4s", 8 + len(body), b"mvhd") + body
    moov = struct.pack(">I4s", 8 + len(mvhd), b"moov") + mvhd
    media = struct.pack(">I4s", 16, b"mdat") + b"\0" * 8
    return struct.pack(">I4s", 16, b"ftyp") + b"isom\0\0\0\0" + media + moov


def vorbis(rate: int) -> bytes:
    return b"\x01vorbis" + struct.pack("<IBI", 0, 1, rate)


def opus(skipped: int) -> bytes:
    return b"OpusHead\1\1" + struct.pack("<HI", skipped, 48_000)


MP3 = b"\xff\xfb\x90\x00" + b"\0" * (417 - 4)
"""One frame of 128 kbit/s at 44.1 kHz."""


@pytest.mark.parametrize(
    ("data", "length"),
    [
        (sound(2.5), 2.5),
        (ogg(88_200, vorbis(44_100)), 2.0),
        (ogg(48_000 * 90 + 312, opus(312)), 90.0),
        (mp4(1000, 61_500), 61.5),
        (mp4(90_000, 90_000 * 5400, wide=True), 5400.0),
        (MP3 * 1000, 26.06),
        (b"ID3\4\0\0\0\0\0\x0a" + b"\0" * 10 + MP3 * 1000, 26.06),
        (b"\xff\xfb\x90\x00" + b"\0" * 32 + b"Xing\0\0\0\1" + struct.pack(">I", 3828) + MP3 * 3, 100.0),
        (b"#!AMR\n" + (b"\x3c" + b"\0" * 31) * 50, 1.0),
    ],
)
def test_the_length_is_what_the_file_says(data: bytes, length: float) -> None:
    assert seconds(data) == pytest.approx(length, abs=0.01)


@pytest.mark.parametrize("data", [b"", PDF, MP4, b"RIFF\0\0\0\0WAVE", b"OggS", b"ID3", mp4(0, 5), mp4(1, 2**31)])
def test_a_file_that_says_nothing_or_nonsense_has_no_length(data: bytes) -> None:
    assert seconds(data) is None


@given(
    st.sampled_from([sound(0.1), ogg(9, vorbis(9)), ogg(9, opus(1)), mp4(1, 9), MP3 * 3, b"#!AMR\n" + b"\x3c" * 99]),
    st.integers(0, 400),
    st.binary(max_size=40),
)
def test_a_damaged_file_is_measured_or_not_and_never_a_mistake(data: bytes, at: int, harm: bytes) -> None:
    found = seconds(data[:at] + harm + data[at + len(harm) :])
    assert found is None or found > 0
