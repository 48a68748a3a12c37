"""Positions are read in every spelling that people type, paste or are sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import xforms
from inspector_app.viewmodels import positions
from inspector_app.viewmodels.positions import Point
from sync.domain import geo
from sync.domain.text import to_arabic_digits

LATS = st.floats(-90, 90).map(lambda one: round(one, 6))
LONS = st.floats(-180, 180).map(lambda one: round(one, 6))


@pytest.mark.parametrize(
    "text",
    [
        "21.4225, 39.8262",
        "21.4225 39.8262",
        "(21.4225, 39.8262)",
        "٢١٫٤٢٢٥، ٣٩٫٨٢٦٢",
        "21,4225; 39,8262",
        "21.4225°N 39.8262°E",
        "39.8262E, 21.4225N",
        "39.8262 شرقا 21.4225 شمالا",
        "lat: 21.4225, lon: 39.8262",
        "خط العرض ٢١٫٤٢٢٥ خط الطول ٣٩٫٨٢٦٢",
        "geo:21.4225,39.8262?z=17",
        "https://www.google.com/maps?q=21.4225,39.8262",
        "https://www.google.com/maps/@21.4225,39.8262,17z",
        "https://www.google.com/maps/place/X/@21.4,39.8,17z/data=!3m1!4b1!8m2!3d21.4225!4d39.8262!16s",
        "https://www.google.com/maps/search/?api=1&query=21.4225%2C39.8262",
        "https://maps.apple.com/?ll=21.4225,39.8262&q=Pin",
        "https://www.openstreetmap.org/?mlat=21.4225&mlon=39.8262#map=17/21.4/39.8",
        "https://www.openstreetmap.org/#map=17/21.4225/39.8262",
        "https://waze.com/ul?ll=21.4225%2C39.8262&navigate=yes",
        "https://bing.com/maps?cp=21.4225~39.8262&lvl=16",
        "الموقع: https://maps.google.com/?q=21.4225,39.8262 شكرًا",
    ],
)
def test_a_position_is_read_however_it_is_written(text: str) -> None:
    assert positions.read(text) == geo.Position(21.4225, 39.8262)


@pytest.mark.parametrize(
    "text",
    [
        "21°25'21\"N 39°49'34\"E",
        "21° 25′ 21.0″ ش، 39° 49′ 34.0″ ق",
        "39°49'34\"E, 21°25'21\"N",
        "N 21 25 21 E 39 49 34",
        "21:25:21 N 39:49:34 E",
        "٢١°٢٥'٢١\" شمالا ٣٩°٤٩'٣٤\" شرقا",
    ],
)
def test_minutes_and_seconds_are_read_in_either_language_and_order(text: str) -> None:
    found = positions.read(text)
    assert found is not None
    assert found == pytest.approx((21.4225, 39.826111), abs=1e-6)


@pytest.mark.parametrize(
    "text",
    ["", "21", "مكة", "2026-11-22", "21 N 39 N", "21°75'N 39°E", "https://maps.app.goo.gl/Xy12", "1, 2, 3", "4031"],
)
def test_what_is_no_position_is_none(text: str) -> None:
    assert positions.read(text) is None


@given(LATS, LONS)
def test_a_decimal_pair_is_read_as_itself_in_any_digits(lat: float, lon: float) -> None:
    text = f"{lat:.6f}, {lon:.6f}"
    assert positions.read(text) == geo.Position(float(f"{lat:.6f}"), float(f"{lon:.6f}"))
    assert positions.read(to_arabic_digits(text).replace(".", "٫").replace(",", "،")) == positions.read(text)


@given(st.integers(0, 89), st.integers(0, 59), st.integers(0, 59), st.integers(0, 179), st.sampled_from("NS"))
def test_degrees_minutes_and_seconds_are_what_they_say(d: int, m: int, s: int, e: int, half: str) -> None:
    found = positions.read(f"{d}°{m}'{s}\"{half} {e}°{s}'{m}\"W")
    assert found is not None
    sign = -1 if half == "S" else 1
    assert found.lat == pytest.approx(sign * (d + m / 60 + s / 3600))
    assert found.lon == pytest.approx(-(e + s / 60 + m / 3600))


@given(LATS | st.just(0.000001), LONS, st.floats(-400, 9000), st.floats(0, 10_000))
def test_what_an_answer_keeps_is_a_place_to_the_engine_and_read_back(
    lat: float, lon: float, high: float, near: float
) -> None:
    point = Point(lat, lon, round(high, 1), round(near, 1))
    assert positions.point_of(point.stored()) == pytest.approx(point, abs=1e-9)
    form = xforms.load(
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>T'
        '</h:title><model><instance><data id="t" version="1"><q/></data></instance>'
        '<bind nodeset="/data/q" type="geopoint"/></model></h:head><h:body><input ref="/data/q"/></h:body></h:html>'
    )
    session = form.new()
    session.answer("/data/q", point.stored())
    assert not session.problems()
    assert positions.point_of(session.state("/data/q").value) == pytest.approx(point, abs=1e-9)


@given(st.text(max_size=60) | st.text("0123456789.,;:°'\"NSEW -+/?=&@!#", max_size=80))
def test_whatever_is_pasted_is_a_position_or_none(text: str) -> None:
    found = positions.read(text)
    assert found is None or len(found) == 2
    assert all(isinstance(one, Point) for one in positions.read_all(text))


@pytest.mark.parametrize(
    "text",
    [
        "21.4 39.8 0 0;21.5 39.9 0 0",
        "21.4, 39.8\n21.5, 39.9\n",
        "21.4,39.8; 21.5,39.9",
        "21.4, 39.8\nبعدها\n21.5, 39.9",
    ],
)
def test_a_list_of_positions_may_be_pasted_whole(text: str) -> None:
    assert positions.read_all(text) == (Point(21.4, 39.8), Point(21.5, 39.9))
