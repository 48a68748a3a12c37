"""Pictures as they are kept: upright, no larger than needed, without what the camera wrote into them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from PIL import (
    ExifTags,
    Image,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from inspector_app.services.errors import UserError
from sync.contract import records as r
from sync.contract.wire import MAX_EVIDENCE_BYTES
from sync.domain.zone import RIYADH

SIDE: Final = 2560
_QUALITY: Final = 85
_MOST_PIXELS: Final = 80_000_000
"""More than any camera of a telephone or tablet makes; decoded, they take a quarter of a gigabyte."""
_FORMATS: Final = (
    JpegImagePlugin.JpegImageFile.format,
    PngImagePlugin.PngImageFile.format,
    WebPImagePlugin.WebPImageFile.format,
)
"""What cameras and screens write; each further format is more code that reads strangers' bytes."""
_UNREADABLE: Final = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError)


class Cleaned(NamedTuple):
    """A picture fit to be kept, with what its metadata said before it was taken out."""

    data: bytes
    media_type: str
    taken_at: r.Moment | None
    fix: r.Fix | None


def read_bounded(source: Path | bytes) -> bytes:
    """The bytes of a file, unless they are more than evidence may have.

    Raises:
        UserError: ``evidence_too_large``, ``image_unreadable``.
    """
    if isinstance(source, bytes):
        data = source
    else:
        try:
            with source.open("rb") as file:
                data = file.read(MAX_EVIDENCE_BYTES + 1)
        except OSError as error:
            raise UserError("image_unreadable", file=source.name) from error
    if len(data) > MAX_EVIDENCE_BYTES:
        raise UserError("evidence_too_large", most=str(MAX_EVIDENCE_BYTES))
    return data


def clean_photo(data: bytes, side: int = SIDE) -> Cleaned:
    """A photograph as JPEG, at most ``side`` and 2560 pixels either way, turned upright, transparency on white.

    Raises:
        UserError: ``image_unreadable``, ``image_too_large``.
    """
    with _opened(data) as image:
        taken_at, fix = _metadata(image)
        upright = _upright(image)
        most = max(1, min(side, SIDE))
        upright.thumbnail((most, most))
        return Cleaned(_jpeg(upright, _QUALITY), "image/jpeg", taken_at, fix)


def clean_drawing(data: bytes) -> Cleaned:
    """A drawn signature as PNG, without metadata, at most 2560 pixels either way.

    Raises:
        UserError: ``image_unreadable``, ``image_too_large``.
    """
    with _opened(data) as image:
        drawing = image.convert("RGBA")
    drawing.thumbnail((SIDE, SIDE))
    written = io.BytesIO()
    drawing.save(written, "PNG", optimize=True)
    return Cleaned(written.getvalue(), "image/png", None, None)


def thumbnail(data: bytes, side: int) -> bytes:
    """A small JPEG of a picture.

    Raises:
        UserError: ``image_unreadable``, ``image_too_large``.
    """
    with _opened(data, side) as image:
        image.thumbnail((side, side))
        return _jpeg(image, 80)


@contextmanager
def _opened(data: bytes, side: int | None = None) -> Iterator[Image.Image]:
    """A picture, decoded within bounds; with ``side``, a JPEG at a fraction of its size that is still larger."""
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
        if image.width * image.height > _MOST_PIXELS:
            raise UserError("image_too_large")
        if side is not None:
            image.draft("RGB", (side, side))
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UserError("image_too_large") from error
    except _UNREADABLE as error:
        raise UserError("image_unreadable", file="") from error
    with image:
        yield image


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except _UNREADABLE:
        return image  # as below


def _metadata(image: Image.Image) -> tuple[r.Moment | None, r.Fix | None]:
    """When and where a picture was taken, as far as its metadata can be read."""
    try:
        exif = image.getexif()
        return _taken_at(exif), _fix(exif)
    except _UNREADABLE:
        return None, None  # damaged metadata does not cost the picture


def _jpeg(image: Image.Image, quality: int) -> bytes:
    layer = image.convert("RGBA")
    flat = Image.new("RGB", layer.size, "white")
    flat.paste(layer, mask=layer)
    written = io.BytesIO()
    flat.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()


def _taken_at(exif: Image.Exif) -> r.Moment | None:
    """When the camera says it was; a camera that does not know its zone is taken to be here."""
    details = exif.get_ifd(ExifTags.IFD.Exif)
    text = str(details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime) or "").strip("\0 ")
    offset = str(details.get(ExifTags.Base.OffsetTimeOriginal) or "").strip("\0 ")
    try:
        taken = datetime.strptime(text, "%Y:%m:%d %H:%M:%S").replace(tzinfo=RIYADH)
        if offset:
            taken = datetime.strptime(text + offset, "%Y:%m:%d %H:%M:%S%z")
    except ValueError:
        return None  # absent, or not a moment: the picture is kept without one
    return taken.isoformat()


def _fix(exif: Image.Exif) -> r.Fix | None:
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "S")
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "W")
    if lat is None or lon is None or not (abs(lat) <= 90 and abs(lon) <= 180):
        return None
    return r.Fix(lat=round(lat, 6), lon=round(lon, 6), source="photo")


def _degrees(parts: object, ref: object, negative: str) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    try:
        degrees: float = sum(float(part) / 60**place for place, part in enumerate(parts))
    except (TypeError, ValueError, ZeroDivisionError):
        return None  # a camera that wrote nonsense: the picture is kept without a position
    return -degrees if str(ref).strip("\0 ").upper() == negative else degrees
