"""Positions as they are typed or pasted: read in any usual spelling and any digits, and what is wrong in words."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NamedTuple
from urllib.parse import unquote

from inspector_app.words import Words
from sync.contract import records as r
from sync.domain import geo
from sync.domain.text import to_latin_digits

_DECIMAL: Final = r"[+-]?\d{1,3}(?:\.\d+)?"
_PLAIN: Final = str.maketrans(
    {
        "٫": ".",
        "،": ",",
        "؛": ";",
        "−": "-",
        "–": "-",
        "º": "°",
        "˚": "°",
        "′": "'",
        "’": "'",
        "‘": "'",
        "´": "'",
        "`": "'",
        "″": '"',
        "”": '"',
        "“": '"',
        "\u00a0": " ",
        **dict.fromkeys("\u200e\u200f\u061c\u2066\u2067\u2068\u2069\ufeff", ""),
    }
)
_HALVES: Final = {
    "n": "N", "north": "N", "ش": "N", "شمال": "N", "شمالا": "N",
    "s": "S", "south": "S", "ج": "S", "جنوب": "S", "جنوبا": "S",
    "e": "E", "east": "E", "ق": "E", "شرق": "E", "شرقا": "E",
    "w": "W", "west": "W", "غ": "W", "غرب": "W", "غربا": "W",
}  # fmt: skip
_HALF: Final = r"(?:" + "|".join(sorted(_HALVES, key=len, reverse=True)) + r")(?![^\W\d_])"
_ANGLE: Final = (
    rf"(?P<before>{_HALF})?\s*(?P<degrees>[+-]?\d{{1,3}}(?:\.\d+)?)\s*(?:°|deg)?"
    r"(?:\s*(?P<minutes>\d{1,2}(?:\.\d+)?)\s*'"
    r"(?:\s*(?P<seconds>\d{1,2}(?:\.\d+)?)\s*(?:\"|'')?)?)?"
    rf"\s*(?(before)|(?P<after>{_HALF})?)"
)
_BARE_ANGLE: Final = (  # minutes and seconds told apart by spaces or colons alone
    rf"(?P<before>{_HALF})?\s*(?P<degrees>[+-]?\d{{1,3}})\s*[°: ]\s*(?P<minutes>\d{{1,2}}(?:\.\d+)?)"
    rf"(?:\s*[': ]\s*(?P<seconds>\d{{1,2}}(?:\.\d+)?)\s*\"?)?\s*(?(before)|(?P<after>{_HALF})?)"
)
_SPLIT: Final = r"(?:\s*[,;/]\s*|\s+|(?<=[^\W\d_])(?=[\d+-]))"


def _pair_of(angle: str) -> re.Pattern[str]:
    first, second = (re.sub(r"(\(\?(?:P<|\())(\w+)", rf"\g<1>\g<2>{n}", angle) for n in (1, 2))
    return re.compile(first + _SPLIT + second, re.IGNORECASE)


_PAIRS: Final = (
    re.compile(rf"(?P<degrees1>{_DECIMAL})(?:\s*[,;]\s*|\s+)(?P<degrees2>{_DECIMAL})"),
    _pair_of(_ANGLE),
    _pair_of(_BARE_ANGLE),
)
_NAMED: Final = re.compile(
    rf"(?:lat(?:itude)?|خط العرض|العرض|عرض)\s*[:=]?\s*({_DECIMAL})\W+"
    rf"(?:lo?ng?(?:itude)?|خط الطول|الطول|طول)\s*[:=]?\s*({_DECIMAL})",
    re.IGNORECASE,
)
_COMMA_DECIMALS: Final = re.compile(r"([+-]?\d{1,3}),(\d{3,})\s*[;\s]\s*([+-]?\d{1,3}),(\d{3,})")
_LINK: Final = re.compile(r"(?:https?://|geo:|www\.|maps\.)\S*", re.IGNORECASE)
_IN_LINKS: Final = tuple(
    re.compile(pattern.replace("#", f"({_DECIMAL})"), re.IGNORECASE)
    for pattern in (
        r"!3d#!4d#",  # the place itself, in a link that also says where the map was
        r"[?&]mlat=#&mlon=#",
        r"[?&](?:q|query|ll|sll|daddr|destination|center|cp|loc|coordinate|marker)=(?:loc:)?#\s*[,~+ ]\s*#",
        r"^geo:#,#",
        r"/(?:place|search|dir//?)/?#,\+?#",
        r"@#,#",
        r"[=/]\d+(?:\.\d+)?z?/#/#(?:$|[&/])",  # the zoom comes first
    )
)
_LONGEST: Final = 2_000
"""Characters of a link with all that maps put into it."""
_REGIONS: Final = frozenset(geo.Region)
DOUBTFUL: Final = frozenset({geo.Flag.OUTSIDE_REGION})
"""What may be true all the same: it is said, and the position is kept."""


class Point(NamedTuple):
    """A position as an answer keeps it: degrees WGS 84, then altitude and accuracy in metres."""

    lat: float
    lon: float
    altitude: float = 0.0
    accuracy: float = 0.0

    @property
    def position(self) -> geo.Position:
        """Without height and accuracy."""
        return geo.Position(self.lat, self.lon)

    def stored(self) -> str:
        """``21.4225 39.8262 0.0 5.0``."""
        return " ".join(_figure(part) for part in self)


def read(text: str) -> geo.Position | None:
    """Latitude and longitude in degrees of what was typed or pasted; None where it is no position.

    It may be two numbers in any digits, degrees with minutes and seconds, letters for north, south, east and west in
    either language and either order, or a link of the usual maps. A link that only a server can open out tells nothing.
    """
    plain = " ".join(to_latin_digits(text[:_LONGEST].translate(_PLAIN)).split())
    if (link := _LINK.search(plain)) is not None:
        return _in_link(unquote(link[0]))
    if (found := _NAMED.search(plain)) is not None:
        return geo.Position(float(found[1]), float(found[2]))
    if (found := _COMMA_DECIMALS.fullmatch(plain)) is not None:
        return geo.Position(float(f"{found[1]}.{found[2]}"), float(f"{found[3]}.{found[4]}"))
    for pattern in _PAIRS:
        if (found := pattern.fullmatch(plain.strip(" ()[]"))) is not None:
            return _position(found.groupdict())
    return None


def read_all(text: str) -> tuple[Point, ...]:
    """Every position of a pasted list: one a line, or as answers keep them with ``;`` between; others are left out."""
    stored = points_of(text.strip())
    if stored:
        return stored
    lines = [line for line in text.splitlines() if line.strip()]
    parts = lines if len(lines) > 1 else [part for part in text.split(";") if part.strip()]
    whole = read(text)
    if whole is not None:
        return (Point(*whole),)
    return tuple(Point(*found) for part in parts if (found := read(part)) is not None)


def point_of(value: str) -> Point | None:
    """The position that an answer keeps; None where it keeps none."""
    parts = value.split()
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    return Point(*numbers) if 2 <= len(numbers) <= 4 else None


def points_of(value: str) -> tuple[Point, ...]:
    """The positions of a line or an area as its answer keeps them; none where one of them is not one."""
    points = [point_of(part) for part in value.strip().rstrip(";").split(";")]
    known = tuple(point for point in points if point is not None)
    return known if len(known) == len(points) else ()


def geopoint(fix: r.Fix) -> str:
    """A position as an answer keeps it."""
    return Point(fix.lat, fix.lon, accuracy=fix.accuracy_m or 0.0).stored()


def fault(position: geo.Position | None, place: r.Place | None) -> geo.Flag | None:
    """What is wrong with a position that was typed at a place; None: nothing."""
    if position is None:
        return geo.Flag.NOT_A_COORDINATE
    region = geo.Region(place.region) if place is not None and place.region in _REGIONS else None
    return next(iter(geo.flags(position.lat, position.lon, region)), None)


def told(words: Words, flag: geo.Flag | None) -> str:
    """A fault in a sentence; nothing where there is none."""
    return "" if flag is None else words.say(f"visits.position.{flag}")


def written(fix: r.Fix | geo.Position | Point | None) -> str:
    """A position as it would be typed."""
    return "" if fix is None else f"{fix.lat:.5f}, {fix.lon:.5f}"


def _in_link(link: str) -> geo.Position | None:
    for pattern in _IN_LINKS:
        found = pattern.search(link)
        if found is not None:
            return geo.Position(float(found[1]), float(found[2]))
    return None


def _position(parts: dict[str, str | None]) -> geo.Position | None:
    first, second = _angle(parts, "1"), _angle(parts, "2")
    if first is None or second is None:
        return None
    (one, first_half), (two, second_half) = first, second
    if first_half in ("E", "W") or second_half in ("N", "S"):
        one, two, first_half, second_half = two, one, second_half, first_half
    if first_half in ("E", "W") or second_half in ("N", "S"):
        return None
    return geo.Position(one, two)


def _angle(parts: dict[str, str | None], which: str) -> tuple[float, str] | None:
    """Degrees with their sign, and the half of the Earth that was named; None for sixty minutes, or parts of parts."""
    before, after = parts.get(f"before{which}"), parts.get(f"after{which}")
    degrees = parts[f"degrees{which}"] or ""
    minutes, seconds = (float(parts.get(f"{name}{which}") or 0) for name in ("minutes", "seconds"))
    if minutes >= 60 or seconds >= 60 or ("." in degrees and (minutes or seconds)):
        return None
    half = _HALVES[(before or after or "").lower()] if before or after else ""
    size = abs(float(degrees)) + minutes / 60 + seconds / 3600
    negative = degrees.startswith("-") != (half in ("S", "W"))
    return (-size if negative else size), half


def _figure(number: float) -> str:
    """A number as the engine writes those of a place, never in powers of ten."""
    text = repr(number)
    return f"{Decimal(text):f}" if "e" in text else text
