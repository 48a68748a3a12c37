"""How long a recording or a film lasts, as far as its file says it, without playing it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

_OPUS_RATE: Final = 48_000
_AMR_FRAME_S: Final = 0.02
_AMR_BYTES: Final = (13, 14, 16, 18, 20, 21, 27, 32, 6)
"""Bytes of a frame of narrow-band AMR by its mode, with the byte that names the mode."""
_MP3_KBITS: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MP3_KBITS_LOW: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MP3_RATES: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_LONGEST_S: Final = 7 * 24 * 3600.0


def seconds(data: bytes) -> float | None:
    """How long a sound or a film lasts; None where its file does not say it, or says nonsense.

    Args:
        data: The whole file: WAV, Ogg (Vorbis, Opus), MP3, MP4 and its relatives, or narrow-band AMR.
    """
    read = next((read for mark, at, read in _READERS if data[at : at + len(mark)] == mark), None)
    if read is None:
        return None
    try:
        found = read(data)
    except (struct.error, IndexError, ZeroDivisionError):
        return None  # cut off, or not what it begins like: it is kept all the same, and its length not told
    return found if found is not None and 0 < found < _LONGEST_S else None


def _wav(data: bytes) -> float | None:
    at, rate, size = 12, 0, 0
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"fmt ":
            rate = struct.unpack_from("<I", data, at + 16)[0]
        elif name == b"data":
            return float(min(size, len(data) - at - 8) / rate)
        at += 8 + size + size % 2
    return None


def _ogg(data: bytes) -> float | None:
    last = data.rfind(b"OggS")
    end: int = struct.unpack_from("<q", data, last + 6)[0]
    if (opus := data.find(b"OpusHead", 0, 512)) >= 0:
        skipped: int = struct.unpack_from("<H", data, opus + 10)[0]
        return (end - skipped) / _OPUS_RATE
    if (vorbis := data.find(b"\x01vorbis", 0, 512)) >= 0:
        rate: int = struct.unpack_from("<I", data, vorbis + 12)[0]
        return end / rate
    return None


def _mp3(data: bytes) -> float | None:
    start = 0
    if data[:3] == b"ID3":
        start = 10 + sum((data[6 + n] & 0x7F) << (21 - 7 * n) for n in range(4))
    while data[start] != 0xFF or data[start + 1] & 0xE6 != 0xE2:  # layer III, any version
        start = data.find(b"\xff", start + 1)
        if start < 0:
            return None
    version, mono = data[start + 1] >> 3 & 3, data[start + 3] >> 6 == 3
    rate = _MP3_RATES[version][data[start + 2] >> 2 & 3] if version in _MP3_RATES else 0
    # The first frame may say how many there are: that is the only way to know where the bits per second vary.
    summary = start + 4 + ((17 if mono else 32) if version == 3 else (9 if mono else 17))
    if data[summary : summary + 4] in (b"Xing", b"Info") and data[summary + 7] & 1:
        frames: int = struct.unpack_from(">I", data, summary + 8)[0]
        return frames * (1152 if version == 3 else 576) / rate
    kbits = (_MP3_KBITS if version == 3 else _MP3_KBITS_LOW)[data[start + 2] >> 4]
    return (len(data) - start) / (kbits * 125)


def _mp4(data: bytes) -> float | None:
    for name, start, end in _boxes(data, 0, len(data)):
        if name == b"moov":
            for inner, at, _ in _boxes(data, start, end):
                if inner == b"mvhd":
                    return _movie(data, at)
    return None


def _movie(data: bytes, at: int) -> float:
    if data[at] == 1:
        scale, length = struct.unpack_from(">IQ", data, at + 20)
    else:
        scale, length = struct.unpack_from(">II", data, at + 12)
    return float(length / scale)


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes of a stretch of an MP4: name, first byte of the content, end."""
    while at + 8 <= end:
        size, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        size = size or end - at
        if size < head:
            return
        yield name, at + head, min(at + size, end)
        at += size


def _amr(data: bytes) -> float:
    at, frames = 6, 0
    while at < len(data):
        at += _AMR_BYTES[min(data[at] >> 3 & 15, 8)]
        frames += 1
    return frames * _AMR_FRAME_S


_READERS: Final = (
    (b"WAVE", 8, _wav),
    (b"OggS", 0, _ogg),
    (b"ID3", 0, _mp3),
    (b"\xff\xfb", 0, _mp3),
    (b"\xff\xf3", 0, _mp3),
    (b"\xff\xf2", 0, _mp3),
    (b"\xff\xfa", 0, _mp3),
    (b"ftyp", 4, _mp4),
    (b"#!AMR\n", 0, _amr),
)
