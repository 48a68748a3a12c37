"""Distances, areas and enclosure on the globe, as the two reference engines compute them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

RADIUS = 6_378_100.0
"""Metres; the radius both reference engines use."""
MAX_POINTS = 100_000


class Point(NamedTuple):
    """Degrees."""

    latitude: float
    longitude: float


def points_of(texts: Iterable[str]) -> list[Point] | None:
    """Points of geopoints, or of one geotrace or geoshape; None when a text holds none."""
    found: list[Point] = []
    for text in texts:
        for part in text.strip().rstrip(";").split(";"):
            point = _point(part)
            if point is None or len(found) >= MAX_POINTS:
                return None
            found.append(point)
    return found


def _point(text: str) -> Point | None:
    numbers = text.split()
    try:
        point = Point(float(numbers[0]), float(numbers[1]))
    except (ValueError, IndexError):
        return None
    return point if abs(point.latitude) <= 90 and abs(point.longitude) <= 180 else None


def distance(texts: Iterable[str]) -> float:
    """Metres along all points, rounded to two decimals; 0 for none at all, NaN where a point is none.

    One text may hold a whole line; of several each must be one point.
    """
    given = [text.strip() for text in texts if text.strip()]
    if len(given) > 1 and any(";" in text.rstrip(";") for text in given):
        return math.nan
    points = points_of(given)
    if points is None:
        return math.nan
    return round(math.fsum(_between(one, other) for one, other in pairwise(points)), 2)


def area(texts: Iterable[str]) -> float:
    """Square metres inside the points, rounded to two decimals; 0 for fewer than three."""
    points = points_of(text for text in texts if text.strip())
    if points is None:
        return math.nan
    if len(points) < 3:
        return 0.0
    total = 0.0
    for one, other in zip(points, [*points[1:], points[0]], strict=True):
        turn = math.radians(other.longitude - one.longitude)
        total += turn * (2 + math.sin(math.radians(one.latitude)) + math.sin(math.radians(other.latitude)))
    return round(abs(total * RADIUS * RADIUS / 2), 2)


def inside(text: str, shape: str) -> bool:
    """Whether a geopoint lies in a geoshape, by counting the edges that a ray crosses."""
    point, corners = points_of([text]), points_of([shape])
    if not point or not corners or len(corners) < 3:
        return False
    return _crossings(point[0], corners) % 2 == 1


def _crossings(point: Point, corners: Sequence[Point]) -> int:
    count = 0
    for one, other in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (one.longitude > point.longitude) != (other.longitude > point.longitude):
            share = (point.longitude - one.longitude) / (other.longitude - one.longitude)
            count += point.latitude < one.latitude + share * (other.latitude - one.latitude)
    return count


def _between(one: Point, other: Point) -> float:
    high, low = math.radians(one.latitude), math.radians(other.latitude)
    turn = math.radians(one.longitude - other.longitude)
    cosine = math.sin(high) * math.sin(low) + math.cos(high) * math.cos(low) * math.cos(turn)
    return math.acos(max(-1.0, min(1.0, cosine))) * RADIUS
