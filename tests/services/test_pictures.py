"""A picture is kept upright, small, and without what the camera wrote into it."""

from __future__ import annotations

import contextlib
import io
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from inspector_app.services import images
from inspector_app.services.errors import UserError


def jpeg(size: tuple[int, int] = (300, 200), exif: Image.Exif | None = None) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, (10, 120, 90)).save(written, "JPEG", exif=exif or Image.Exif())
    return written.getvalue()


def camera(**gps: object) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # the camera was held upright
    exif[ExifTags.Base.Make] = "Secret Camera Works"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:22 12:05:07"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({ExifTags.GPS[name]: value for name, value in gps.items()})
    return exif


MAKKAH = {
    "GPSLatitudeRef": "N",
    "GPSLatitude": (21.0, 25.0, 21.0),
    "GPSLongitudeRef": "E",
    "GPSLongitude": (39.0, 49.0, 34.2),
}


def test_what_the_camera_wrote_goes_into_fields_and_out_of_the_file() -> None:
    cleaned = images.clean_photo(jpeg(exif=camera(**MAKKAH)))
    assert cleaned.taken_at == "2026-11-22T12:05:07+03:00"
    assert cleaned.fix is not None
    assert (cleaned.fix.lat, cleaned.fix.lon) == pytest.approx((21.4225, 39.826167), abs=1e-6)
    with Image.open(io.BytesIO(cleaned.data)) as image:
        assert not image.getexif()
        assert image.size == (200, 300)
    assert b"Secret Camera" not in cleaned.data


def test_a_camera_that_knows_its_zone_is_believed() -> None:
    exif = camera()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.OffsetTimeOriginal] = "+05:00"
    taken = images.clean_photo(jpeg(exif=exif)).taken_at
    assert taken == datetime.fromisoformat("2026-11-22T12:05:07+05:00").isoformat()


@pytest.mark.parametrize(
    "nonsense",
    [
        {"GPSLatitude": (500.0, 0.0, 0.0), "GPSLongitude": (39.0, 0.0, 0.0)},
        {"GPSLatitude": (21.0, 25.0), "GPSLongitude": (39.0, 0.0, 0.0)},
        {"GPSLatitudeRef": "N", "GPSLongitudeRef": "E"},
    ],
)
def test_a_nonsense_position_does_not_cost_the_picture(nonsense: dict[str, object]) -> None:
    cleaned = images.clean_photo(jpeg(exif=camera(**nonsense)))
    assert cleaned.fix is None
    assert cleaned.data


def test_transparency_becomes_paper() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(written, "PNG")
    with Image.open(io.BytesIO(images.clean_photo(written.getvalue()).data)) as image:
        assert image.getpixel((10, 10)) == (255, 255, 255)


def test_a_picture_that_would_unpack_to_gigabytes_is_refused() -> None:
    written = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(written, "PNG")
    with pytest.raises(UserError) as refused:
        images.clean_photo(written.getvalue())
    assert refused.value.code == "image_too_large"


def test_formats_that_cameras_do_not_write_are_refused() -> None:
    written = io.BytesIO()
    Image.new("RGB", (20, 20)).save(written, "TIFF")
    with pytest.raises(UserError) as refused:
        images.clean_photo(written.getvalue())
    assert refused.value.code == "image_unreadable"


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data:UserWarning")
@given(st.binary(max_size=400), st.integers(0, 600))
def test_damaged_pictures_are_refused_or_kept_and_never_crash(noise: bytes, at: int) -> None:
    whole = jpeg((64, 64))
    with contextlib.suppress(UserError):
        cleaned = images.clean_photo(whole[:at] + noise + whole[at + len(noise) :])
        with Image.open(io.BytesIO(cleaned.data)) as image:
            assert image.format == "JPEG"
