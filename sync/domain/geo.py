"""Positions: the distance between two, whether one may be measured from, and what is wrong with a doubtful one.

Source: domain catalogue, register data: real feeds have empty, equal, swapped and meaningless coordinates; such a row
is flagged and listed, never dropped. Degrees are WGS 84, distances are metres.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final, NamedTuple

EARTH_RADIUS: Final = 6_371_008.8
"""The mean radius of the Earth (IUGG), in metres."""

MEASURABLE: Final = frozenset({"A", "B"})
"""The confidences of a coordinate that a distance may be measured from; C and D are guesses, N is none."""


class Position(NamedTuple):
    """Degrees WGS 84."""

    lat: float
    lon: float


class Region(StrEnum):
    """The regions that committees work in."""

    MAKKAH = "makkah"
    MADINAH = "madinah"
    JEDDAH = "jeddah"


class Flag(StrEnum):
    """What is wrong with a coordinate."""

    MISSING = "coordinate_missing"
    NOT_A_COORDINATE = "not_a_coordinate"
    EQUAL = "lat_equals_lon"
    SWAPPED = "lat_lon_swapped"
    OUTSIDE_KINGDOM = "outside_kingdom"
    OUTSIDE_REGION = "outside_region"


class _Box(NamedTuple):
    south: float
    north: float
    west: float
    east: float

    def holds(self, lat: float, lon: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lon <= self.east


# Generous boxes for sanity only, not borders: the Makkah box runs from the edge of Jeddah to Taif and its miqat, the
# Madinah box reaches the airport and port of Yanbu, the Jeddah box the airport, the port and the coast.
_KINGDOM: Final = _Box(16.0, 32.3, 34.4, 55.7)
_REGIONS: Final = {
    Region.MAKKAH: _Box(21.0, 21.9, 39.45, 40.75),
    Region.MADINAH: _Box(23.6, 25.2, 37.8, 40.2),
    Region.JEDDAH: _Box(20.9, 22.2, 38.9, 39.6),
}


def distance(one: Position, other: Position) -> float:
    """The way between two positions over the ground, in metres, by the haversine formula."""
    lat, other_lat = math.radians(one.lat), math.radians(other.lat)
    half_lat = (other_lat - lat) / 2
    half_lon = math.radians(other.lon - one.lon) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat) * math.cos(other_lat) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(min(1.0, chord)))


def between(one: Position | None, other: Position | None) -> float | None:
    """The distance in metres, or None where either end is not known."""
    return None if one is None or other is None else distance(one, other)


def measurable(confidence: str) -> bool:
    """Whether a distance may be measured from a coordinate of this confidence (A to D, N)."""
    return confidence in MEASURABLE


def flags(lat: float | None, lon: float | None, region: Region | None = None) -> tuple[Flag, ...]:
    """What is wrong with a coordinate of the register; nothing for a good one.

    Args:
        lat: Degrees north, as the feed has them.
        lon: Degrees east, as the feed has them.
        region: The region the row says it belongs to, if it does.
    """
    if lat is None or lon is None:
        return (Flag.MISSING,)
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        return (Flag.NOT_A_COORDINATE,)
    if lat == lon:
        return (Flag.EQUAL,)
    if not _KINGDOM.holds(lat, lon):
        return (Flag.SWAPPED,) if _KINGDOM.holds(lon, lat) else (Flag.OUTSIDE_KINGDOM,)
    if region is not None and not _REGIONS[region].holds(lat, lon):
        return (Flag.OUTSIDE_REGION,)
    return ()
