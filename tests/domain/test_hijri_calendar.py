"""The Umm al-Qura calendar against the published table of its months, and how a date is written."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain import hijri
from sync.domain.hijri import HijriDate, OutOfCalendar

TABLE = Path(__file__).parent / "data" / "umm_alqura_months.csv"
MONTHS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


def test_every_month_of_the_calendar_begins_and_ends_on_its_day() -> None:
    wrong = []
    for row in MONTHS:
        year, month, days = int(row["hijri_year"]), int(row["hijri_month"]), int(row["days"])
        first = date.fromisoformat(row["gregorian_first_day"])
        last = first + timedelta(days=days - 1)
        if (
            hijri.to_gregorian(HijriDate(year, month, 1)) != first
            or hijri.to_hijri(first) != (year, month, 1)
            or hijri.to_hijri(last) != (year, month, days)
            or hijri.month_length(year, month) != days
        ):
            wrong.append(row)
    assert len(MONTHS) == (hijri.LAST_YEAR - hijri.FIRST_YEAR + 1) * 12
    assert wrong == []


def test_every_month_has_the_name_of_the_published_table() -> None:
    named = {(int(row["hijri_month"]), row["name_ar"], row["name_en"]) for row in MONTHS}
    assert named == {(month, hijri.month_name(month, "ar"), hijri.month_name(month, "en")) for month in range(1, 13)}


@pytest.mark.parametrize(
    ("day", "gregorian"),
    [(HijriDate(1434, 2, 1), date(2012, 12, 14)), (HijriDate(1447, 9, 1), date(2026, 2, 18))],
)
def test_the_days_that_everybody_knows_agree(day: HijriDate, gregorian: date) -> None:
    assert hijri.to_gregorian(day) == gregorian
    assert hijri.to_hijri(gregorian) == day


@given(st.dates(hijri.FIRST_DAY, hijri.LAST_DAY))
def test_every_day_comes_back_from_the_other_calendar(day: date) -> None:
    assert hijri.to_gregorian(hijri.to_hijri(day)) == day


@given(st.dates(hijri.FIRST_DAY, hijri.LAST_DAY - timedelta(days=1)))
def test_hijri_days_are_in_the_order_of_time(day: date) -> None:
    assert hijri.to_hijri(day) < hijri.to_hijri(day + timedelta(days=1))


@pytest.mark.parametrize("day", [hijri.FIRST_DAY - timedelta(days=1), hijri.LAST_DAY + timedelta(days=1)])
def test_a_day_outside_the_tables_is_refused_with_their_ends(day: date) -> None:
    with pytest.raises(OutOfCalendar) as refusal:
        hijri.to_hijri(day)
    assert refusal.value.code == "out_of_calendar"
    assert refusal.value.params == {"day": day.isoformat(), "first": "1924-08-01", "last": "2077-11-16"}


@pytest.mark.parametrize(
    "day",
    [
        HijriDate(1342, 12, 29),
        HijriDate(1501, 1, 1),
        HijriDate(1447, 13, 1),
        HijriDate(1447, 0, 1),
        HijriDate(1447, 9, 31),
        HijriDate(1343, 2, 30),  # that month has 29 days
    ],
)
def test_a_hijri_day_that_does_not_exist_is_refused(day: HijriDate) -> None:
    with pytest.raises(OutOfCalendar):
        hijri.to_gregorian(day)


def test_the_length_of_a_month_that_does_not_exist_is_refused() -> None:
    with pytest.raises(OutOfCalendar):
        hijri.month_length(1501, 1)


@pytest.mark.parametrize("month", [0, 13])
def test_a_month_that_does_not_exist_has_no_name(month: int) -> None:
    with pytest.raises(ValueError, match="months 1 to 12"):
        hijri.month_name(month, "ar")
    with pytest.raises(ValueError, match="months 1 to 12"):
        hijri.gregorian_month_name(month, "en")


def test_a_date_is_written_in_both_calendars_both_languages_and_both_digits() -> None:
    day = date(2026, 2, 18)
    assert hijri.format_both(day, "ar", "arabic") == "١ رمضان ١٤٤٧هـ، ١٨ فبراير ٢٠٢٦م"
    assert hijri.format_both(day, "ar") == "1 رمضان 1447هـ، 18 فبراير 2026م"
    assert hijri.format_both(day, "en") == "1 Ramadan 1447 AH, 18 February 2026"


def test_a_moment_is_the_day_it_falls_on() -> None:
    assert hijri.to_hijri(datetime(2026, 2, 18, 23, 59)) == (1447, 9, 1)  # noqa: DTZ001 - only the day is read
    assert str(HijriDate(1447, 9, 1)) == "1447-09-01"
