"""The camera of the tour: photographs as a telephone makes them, with the place and time written inside."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

_MAKER = "Midan tour camera"


def take(path: Path, latitude: float = 21.4207, longitude: float = 39.8315) -> Path:
    """Write a JPEG of a blocked corridor, its position (degrees WGS 84) and moment in its EXIF.

    Returns:
        The path.
    """
    picture = Image.new("RGB", (1600, 1200), "#c9c2b2")
    draw = ImageDraw.Draw(picture)
    draw.polygon([(0, 0), (420, 300), (420, 900), (0, 1200)], fill="#a89f8b")
    draw.polygon([(1600, 0), (1180, 300), (1180, 900), (1600, 1200)], fill="#b4ab97")
    draw.rectangle((420, 300, 1180, 900), fill="#ded8ca")
    draw.rectangle((620, 380, 980, 900), fill="#7d2b22", outline="#4d1a14", width=12)
    draw.rectangle((700, 300, 900, 360), fill="#0b6e4f")
    for left, top in ((520, 640), (700, 560), (880, 680), (600, 780), (800, 800)):
        draw.rectangle((left, top, left + 190, top + 190), fill="#b98a4e", outline="#6e4f28", width=8)
    exif = Image.Exif()
    exif[0x010F] = _MAKER
    exif[0x9003] = "2026:11:22 09:41:00"
    position = exif.get_ifd(0x8825)
    position.update({1: "N", 2: _degrees(latitude), 3: "E", 4: _degrees(longitude)})
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, "JPEG", quality=88, exif=exif)
    return path


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = (value % 1) * 60
    return (float(int(value)), float(int(minutes)), round((minutes % 1) * 60, 2))
