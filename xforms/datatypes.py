"""Whether a text is a value of a bind's type."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

_INT = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZONE = r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?" + _ZONE)


def _is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None and _parses(date.fromisoformat, text)


def _is_time(text: str) -> bool:
    return _TIME.fullmatch(text) is not None and _parses(time.fromisoformat, text)


def _is_date_time(text: str) -> bool:
    day, mark, rest = text.partition("T")
    return mark == "T" and _is_date(day) and _is_time(rest) and _parses(datetime.fromisoformat, text)


def is_place(text: str) -> bool:
    """Latitude and longitude in degrees, then optionally altitude and accuracy in metres, separated by spaces."""
    numbers = text.split(" ")
    if not 2 <= len(numbers) <= 4 or not all(_DECIMAL.fullmatch(number) for number in numbers):
        return False
    return abs(float(numbers[0])) <= 90 and abs(float(numbers[1])) <= 180


def _is_geotrace(text: str) -> bool:
    """Two points or more, divided by ``;``."""
    points = [point.strip() for point in text.strip().rstrip(";").split(";")]
    return len(points) >= 2 and all(map(is_place, points))


def _is_geoshape(text: str) -> bool:
    """A line that ends where it begins."""
    points = [point.strip() for point in text.strip().rstrip(";").split(";")]
    return len(points) >= 4 and points[0] == points[-1] and all(map(is_place, points))


def _parses(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _anything(text: str) -> bool:
    return True


_CHECKS: dict[str, Callable[[str], bool]] = {
    "string": _anything,
    "barcode": _anything,
    "binary": _anything,
    "int": lambda text: _INT.fullmatch(text) is not None,
    "decimal": lambda text: _DECIMAL.fullmatch(text) is not None,
    "boolean": lambda text: text in ("true", "false", "1", "0"),
    "date": _is_date,
    "time": _is_time,
    "dateTime": _is_date_time,
    "geopoint": is_place,
    "geotrace": _is_geotrace,
    "geoshape": _is_geoshape,
}
_ALIASES = {
    "": "string",
    "integer": "int",
    "select1": "string",
    "select": "string",
    "rank": "string",
    "datetime": "dateTime",
}

WRITTEN = frozenset({"int", "date", "geopoint", "geotrace", "geoshape"})
"""The types whose values have a spelling of their own."""
ANYTHING: frozenset[str] = frozenset(kind for kind, check in _CHECKS.items() if check is _anything)
"""The types that every text is a value of."""
TYPES: frozenset[str] = frozenset(_CHECKS)
"""The types of fields this engine knows."""


def canonical(name: str | None) -> str | None:
    """The engine's name for the type of a bind (``xsd:`` prefix and aliases resolved); None for an unknown type."""
    bare = (name or "").rpartition(":")[2]
    bare = _ALIASES.get(bare, bare)
    return bare if bare in TYPES else None


def given(kind: str, text: str) -> str:
    """A value that the form itself gives a field (a default, a calculation) as the field's type writes it."""
    if kind not in WRITTEN:
        return text
    if kind == "int" and _DECIMAL.fullmatch(text):
        return str(int(float(text))) if "." in text else text
    if kind == "date" and _is_date_time(text):
        return text[:10]
    return answered(kind, text)


def answered(kind: str, text: str) -> str:
    """An answer as the field's type writes it: the numbers of a place with a point, without needless zeros."""
    if kind == "geopoint" and is_place(text):
        return " ".join(_plain(float(number)) for number in text.split(" "))
    if kind in ("geotrace", "geoshape") and fits("geotrace", text):
        return ";".join(answered("geopoint", point.strip()) for point in text.strip().rstrip(";").split(";"))
    return text


def _plain(number: float) -> str:
    """A number without powers of ten, which no type takes."""
    text = repr(number)
    return f"{Decimal(text):f}" if "e" in text else text


def fits(kind: str, text: str) -> bool:
    """Whether a non-empty text is a value of the type."""
    return _CHECKS[kind](text)
