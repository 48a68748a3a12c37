"""Pictures as a printed page needs them: no larger than paper shows, decoded within bounds."""

from __future__ import annotations

import io
from typing import Final, NamedTuple

from PIL import Image, UnidentifiedImageError

_SIDE: Final = 1200
_QUALITY: Final = 80
_MOST_PIXELS: Final = 80_000_000
_FORMATS: Final = ("JPEG", "PNG")
"""Evidence was cleaned when it was kept: it has no other format."""


_NO_PICTURE: Final = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class Picture(NamedTuple):
    """A JPEG and its size in pixels."""

    jpeg: bytes
    width: int
    height: int


class BadPicture(Exception):
    """The bytes are no picture that can be printed."""


def printable(data: bytes) -> Picture:
    """The picture for a page: at most 1200 pixels either way, transparency on white.

    Raises:
        BadPicture: The bytes are no JPEG or PNG, or it has more than 80 million pixels.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise BadPicture(f"{image.width} x {image.height} pixels")
            image.draft("RGB", (_SIDE, _SIDE))
            image.thumbnail((_SIDE, _SIDE))
            flat = Image.new("RGB", image.size, "white")
            layer = image.convert("RGBA")
            flat.paste(layer, mask=layer)
    except _NO_PICTURE as error:
        raise BadPicture(str(error)) from error
    written = io.BytesIO()
    flat.save(written, "JPEG", quality=_QUALITY)
    return Picture(written.getvalue(), flat.width, flat.height)
