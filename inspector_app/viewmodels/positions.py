"""A position as it is typed: read from any digits, and what is wrong with it in words."""

from __future__ import annotations

import re
from typing import Final

from inspector_app.words import Words
from sync.contract import records as r
from sync.domain import geo
from sync.domain.text import to_latin_digits

_NUMBER: Final = r"([+-]?\d{1,3}(?:\.\d+)?)"
_PAIR: Final = re.compile(rf"{_NUMBER}(?:\s*[,;]\s*|\s+){_NUMBER}")
_PLAIN: Final = str.maketrans(
    {"٫": ".", "،": ",", "؛": ";", "°": " ", "\u200e": "", "\u200f": "", "\u2066": "", "\u2069": ""}
)
_REGIONS: Final = frozenset(geo.Region)
DOUBTFUL: Final = frozenset({geo.Flag.OUTSIDE_REGION})
"""What may be true all the same: it is said, and the position is kept."""


def read(text: str) -> geo.Position | None:
    """Latitude and longitude in degrees, as ``21.4225, 39.8262`` in any digits; None where it is no pair of numbers."""
    found = _PAIR.fullmatch(to_latin_digits(text.translate(_PLAIN)).strip())
    return None if found is None else geo.Position(float(found[1]), float(found[2]))


def fault(position: geo.Position | None, place: r.Place | None) -> geo.Flag | None:
    """What is wrong with a position that was typed at a place; None: nothing."""
    if position is None:
        return geo.Flag.NOT_A_COORDINATE
    region = geo.Region(place.region) if place is not None and place.region in _REGIONS else None
    return next(iter(geo.flags(position.lat, position.lon, region)), None)


def told(words: Words, flag: geo.Flag | None) -> str:
    """A fault in a sentence; nothing where there is none."""
    return "" if flag is None else words.say(f"visits.position.{flag}")


def written(fix: r.Fix | None) -> str:
    """A position as it would be typed."""
    return "" if fix is None else f"{fix.lat:.5f}, {fix.lon:.5f}"
