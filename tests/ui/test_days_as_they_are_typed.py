"""Days, months, years and times of day are read as people write them, in either calendar and any digits."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector_app.viewmodels import days
from inspector_app.words.words import RIYADH
from sync.domain import hijri
from sync.domain.text import to_arabic_digits

HIJRI_DAYS = st.dates(hijri.FIRST_DAY, hijri.LAST_DAY)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-11-22", date(2026, 11, 22)),
        ("22/11/2026", date(2026, 11, 22)),
        ("٢٢-١١-٢٠٢٦", date(2026, 11, 22)),
        ("22 11 2026", date(2026, 11, 22)),
        ("22 نوفمبر 2026م", date(2026, 11, 22)),
        ("22 November 2026", date(2026, 11, 22)),
        ("1-9-1447", date(2026, 2, 18)),
        ("١٤٣٤/٢/١", date(2012, 12, 14)),
        ("٢ جمادى الآخرة ١٤٤٨هـ", date(2026, 11, 12)),
        ("2 جمادي الاخره 1448 ه", date(2026, 11, 12)),
        ("31/2/2026", None),
        ("30-13-1447", None),
        ("22 فلان 2026", None),
        ("غدًا", None),
        ("", None),
    ],
)
def test_a_day_is_read_in_either_calendar_and_any_digits(typed: str, day: date | None) -> None:
    assert days.read_day(typed) == day


@given(HIJRI_DAYS)
def test_every_hijri_day_is_read_as_itself(day: date) -> None:
    lunar = hijri.to_hijri(day)
    assert days.read_day(f"{lunar.day}-{lunar.month}-{lunar.year}") == day
    assert days.read_day(days.written_day(day, islamic=True)) == day


@given(HIJRI_DAYS, st.sampled_from(["ar", "en"]), st.sampled_from(["arabic", "latin"]))
def test_a_day_as_the_product_writes_it_is_read_as_itself(day: date, language: str, digits: str) -> None:
    assert language in ("ar", "en")
    lunar = hijri.format_hijri(hijri.to_hijri(day), language, digits)  # type: ignore[arg-type]  # sampled from them
    solar = hijri.format_gregorian(day, language, digits)  # type: ignore[arg-type]
    assert days.read_day(lunar) == day
    assert days.read_day(solar) == day


@given(st.dates(date(1501, 1, 1)))
def test_a_gregorian_day_is_read_from_its_figures_in_arabic_too(day: date) -> None:
    assert days.read_day(to_arabic_digits(f"{day.day}/{day.month}/{day.year:04d}")) == day


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("11-2026", date(2026, 11, 1)),
        ("٢٠٢٦/١١", date(2026, 11, 1)),
        ("نوفمبر 2026", date(2026, 11, 1)),
        ("6-1448", date(2026, 11, 11)),
        ("جمادى الآخرة ١٤٤٨", date(2026, 11, 11)),
        ("13-2026", None),
        ("2026", None),
        ("قريبًا 2026", None),
    ],
)
def test_a_month_is_its_first_day(typed: str, first: date | None) -> None:
    read = days.read_month(typed)
    assert (None if read is None else read.first) == first


@given(HIJRI_DAYS)
def test_a_month_as_it_is_written_is_read_as_itself(day: date) -> None:
    month = days.month_of(day, islamic=True)
    assert month.first <= day < month.first + timedelta(days=30)
    assert days.read_month(days.written_day(month.first, islamic=True)[:-3]) == month


@pytest.mark.parametrize(
    ("typed", "first"), [("2026", date(2026, 1, 1)), ("١٤٤٨", date(2026, 6, 16)), ("26", None), ("1200", None)]
)
def test_a_year_is_its_first_day(typed: str, first: date | None) -> None:
    read = days.read_year(typed)
    assert (None if read is None else read.first) == first


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("14:03", time(14, 3)),
        ("٢:٠٣ م", time(14, 3)),
        ("2:03 مساءً", time(14, 3)),
        ("2 pm", time(14)),
        ("12 am", time(0)),
        ("12:30 ص", time(0, 30)),
        ("1403", time(14, 3)),
        ("14.03", time(14, 3)),
        ("9:05:30", time(9, 5, 30)),
        ("14:03 pm", None),
        ("24:00", None),
        ("9:60", None),
        ("9", None),
        ("", None),
    ],
)
def test_a_time_of_day_is_read_with_or_without_its_half(typed: str, at: time | None) -> None:
    assert days.read_time(typed) == at


@given(st.times().map(lambda at: at.replace(microsecond=0)))
def test_a_time_of_day_is_kept_with_the_field_s_zone_and_read_back(at: time) -> None:
    stored = days.stored_time(at)
    assert stored.endswith(".000+03:00")
    assert days.time_of(stored) == at
    assert days.read_time(days.written_time(at)) == at


@given(st.dates(date(1600, 1, 1)), st.times().map(lambda at: at.replace(microsecond=0)))
def test_a_moment_is_kept_as_the_reference_engine_writes_it(day: date, at: time) -> None:
    stored = days.stored_moment(day, at)
    assert stored == f"{day.isoformat()}T{at.isoformat()}.000+03:00"
    assert days.moment_of(stored) == datetime.combine(day, at, RIYADH)
    assert days.day_of(stored) == day


def test_a_moment_of_another_zone_is_shown_as_it_was_here() -> None:
    assert days.moment_of("2026-11-22T23:30:00.000+00:00") == datetime(2026, 11, 23, 2, 30, tzinfo=RIYADH)
    assert days.day_of("2026-11-22T23:30:00.000+00:00") == date(2026, 11, 23)
    assert days.time_of("11:00:00.000Z") == time(14)


@given(st.text(max_size=20))
def test_whatever_is_typed_is_read_or_is_nothing(text: str) -> None:
    for read in (days.read_day, days.read_month, days.read_year, days.read_time, days.day_of, days.time_of):
        read(text)
