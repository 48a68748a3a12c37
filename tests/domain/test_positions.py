"""Positions: distances, what may be measured from, and what is wrong with the coordinates of real feeds."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain.geo import EARTH_RADIUS, Flag, Position, Region, distance, flags, measurable

HARAM = Position(21.4225, 39.8262)
NABAWI = Position(24.4672, 39.6111)
POSITIONS = st.builds(Position, st.floats(-90, 90), st.floats(-180, 180))


def test_the_two_mosques_are_339_kilometres_apart() -> None:
    assert distance(HARAM, NABAWI) == pytest.approx(339_300, abs=300)


def test_one_degree_of_latitude_is_111_kilometres() -> None:
    assert distance(Position(21, 39), Position(22, 39)) == pytest.approx(math.radians(1) * EARTH_RADIUS)


@given(POSITIONS, POSITIONS)
def test_a_distance_is_the_same_both_ways_and_never_more_than_half_round_the_earth(
    one: Position, other: Position
) -> None:
    there = distance(one, other)
    assert there == pytest.approx(distance(other, one), abs=1e-3)
    assert 0 <= there <= math.pi * EARTH_RADIUS * (1 + 1e-9)
    assert distance(one, one) == 0


def test_distances_are_measured_from_confident_coordinates_only() -> None:
    assert [letter for letter in "ABCDN" if measurable(letter)] == ["A", "B"]
    assert not measurable("")


@pytest.mark.parametrize(
    ("lat", "lon", "flag"),
    [
        (None, 39.8, Flag.MISSING),
        (21.4, None, Flag.MISSING),
        (math.nan, 39.8, Flag.NOT_A_COORDINATE),
        (21.4, math.inf, Flag.NOT_A_COORDINATE),
        (91.0, 39.8, Flag.NOT_A_COORDINATE),
        (21.4, 181.0, Flag.NOT_A_COORDINATE),
        (21.4, 21.4, Flag.EQUAL),
        (0.0, 0.0, Flag.EQUAL),
        (39.8262, 21.4225, Flag.SWAPPED),
        (60.0, 180.0, Flag.OUTSIDE_KINGDOM),
        (24.4672, 39.6111, Flag.OUTSIDE_REGION),
    ],
)
def test_a_doubtful_coordinate_is_flagged_with_what_is_wrong(lat: float | None, lon: float | None, flag: Flag) -> None:
    assert flags(lat, lon, Region.MAKKAH) == (flag,)


@pytest.mark.parametrize(
    ("lat", "lon", "region"),
    [
        (*HARAM, Region.MAKKAH),
        (21.3549, 39.9841, Region.MAKKAH),  # Arafat
        (21.6311, 40.4286, Region.MAKKAH),  # the miqat towards Taif
        (*NABAWI, Region.MADINAH),
        (24.1442, 38.0634, Region.MADINAH),  # Yanbu airport
        (21.6796, 39.1565, Region.JEDDAH),  # King Abdulaziz airport
        (28.45, 34.80, None),  # a land port of the north, in no region
    ],
)
def test_a_good_coordinate_has_no_flag(lat: float, lon: float, region: Region | None) -> None:
    assert flags(lat, lon, region) == ()


@given(st.none() | st.floats(), st.none() | st.floats(), st.none() | st.sampled_from(Region))
def test_any_pair_from_a_feed_has_at_most_one_flag(lat: float | None, lon: float | None, region: Region | None) -> None:
    assert len(flags(lat, lon, region)) <= 1
