"""Places from feeds as they really are: every row is kept, what is wrong with it becomes a flag, nothing is fatal."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from sync.contract import records as r
from sync.domain import geo

_OTHER_LETTERS = re.compile(
    "[\u0640\u064b-\u065f\u06a9\u06be\u06c1\u06cc\u06d2\u200b-\u200f\u202a-\u202e\u2066-\u2069]|  "
)
"""Tatweel, marks, Farsi and Urdu letters, invisible controls, doubled spaces: they make a name hard to find."""

_KINDS = {"w c": "toilet", "holy site": "holy_site"}
"""Spellings of a kind in the feeds that are not our code for it."""


class Feed(NamedTuple):
    """How a file is to be read.

    Attributes:
        source: What stands in ``Place.source``.
        id_column: The column that names a row.
        prefix: What an id gets in front.
        kind: The kind of all rows; empty where a column says it.
        confidence: The confidence of all coordinates; empty where a column says it.
    """

    source: str
    id_column: str
    prefix: str = ""
    kind: str = ""
    confidence: str = ""


def read(path: Path, feed: Feed, assigned: Mapping[str, str]) -> Iterator[r.Place]:
    """The places of a CSV file.

    Args:
        path: UTF-8, with a header line.
        feed: How to read it.
        assigned: The region for each city that lies in none of ours: the one that receives its pilgrims.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield _place(row, feed, assigned)


def _place(row: Mapping[str, str], feed: Feed, assigned: Mapping[str, str]) -> r.Place:
    flags: list[str] = []
    city = row["city"].strip()
    region = _region(city, assigned, flags)
    lat, lon = _number(row["lat"], flags), _number(row["lon"], flags)
    wrong = geo.flags(lat, lon, region)
    flags += wrong
    name_ar, name_en = row["name_ar"].strip(), row["name_en"].strip()
    flags += _name_flags(name_ar, name_en)
    kind = feed.kind or row.get("kind") or row.get("type") or ""
    return r.Place(
        id=feed.prefix + row[feed.id_column],
        kind=_KINDS.get(kind, kind),
        name_ar=name_ar,
        name_en=name_en,
        region=str(region or ""),
        city=city,
        lat=lat,
        lon=lon,
        confidence=_confidence(row, feed, wrong),
        stars=_whole(row.get("stars", ""), flags),
        distance_haram_m=_whole(row.get("dist_haram_m", ""), flags),
        source=feed.source,
        flags=tuple(dict.fromkeys(str(flag) for flag in flags)),
    )


def _region(city: str, assigned: Mapping[str, str], flags: list[str]) -> geo.Region | None:
    if city in set(geo.Region):
        return geo.Region(city)
    if city in assigned:
        flags.append("region_assigned")
        return geo.Region(assigned[city])
    flags.append("region_unknown")
    return None


def _confidence(row: Mapping[str, str], feed: Feed, wrong: tuple[geo.Flag, ...]) -> str:
    """What a coordinate is worth: nothing when it is missing, a guess when something is wrong with it."""
    if geo.Flag.MISSING in wrong:
        return "N"
    return "D" if wrong else feed.confidence or row["confidence"]


def _name_flags(name_ar: str, name_en: str) -> list[str]:
    flags = []
    if not name_ar:
        flags.append("name_ar_missing" if name_en else "name_missing")
    elif _OTHER_LETTERS.search(name_ar):
        flags.append("name_letters")
    if name_ar and not name_en:
        flags.append("name_en_missing")
    return flags


def _number(text: str, flags: list[str]) -> float | None:
    if not text.strip():
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if number != number or abs(number) == float("inf"):
        flags.append("figure_unreadable")
        return None
    return number


def _whole(text: str, flags: list[str]) -> int | None:
    if not text.strip():
        return None
    if not (text.isascii() and text.strip().isdigit() and len(text) < 10):
        flags.append("figure_unreadable")
        return None
    return int(text)
