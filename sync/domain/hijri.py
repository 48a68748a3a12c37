"""The Umm al-Qura calendar beside the Gregorian one: conversion, month names and how a date is written.

Source: domain catalogue, "Language, dates, names": both calendars everywhere a date is shown, entered, filtered or
exported. The tables are those of hijridate, 1343 to 1500 AH.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from hijridate import Gregorian, Hijri

from sync.domain.errors import DomainError
from sync.domain.text import Digits, Language, with_digits

FIRST_YEAR: Final = 1343
LAST_YEAR: Final = 1500
FIRST_DAY: Final = date(1924, 8, 1)
"""1 Muharram 1343."""
LAST_DAY: Final = date(2077, 11, 16)
"""30 Dhu al-Hijjah 1500."""

_HIJRI_MONTHS: Final[dict[Language, tuple[str, ...]]] = {
    "ar": (
        "محرم",
        "صفر",
        "ربيع الأول",
        "ربيع الآخر",
        "جمادى الأولى",
        "جمادى الآخرة",
        "رجب",
        "شعبان",
        "رمضان",
        "شوال",
        "ذو القعدة",
        "ذو الحجة",
    ),
    "en": (
        "Muharram",
        "Safar",
        "Rabi al-Awwal",
        "Rabi al-Thani",
        "Jumada al-Ula",
        "Jumada al-Akhirah",
        "Rajab",
        "Shaban",
        "Ramadan",
        "Shawwal",
        "Dhu al-Qidah",
        "Dhu al-Hijjah",
    ),
}
_GREGORIAN_MONTHS: Final[dict[Language, tuple[str, ...]]] = {
    "ar": (
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
_ERA: Final[dict[str, dict[Language, str]]] = {
    "hijri": {"ar": "هـ", "en": " AH"},
    "gregorian": {"ar": "م", "en": ""},
}


class HijriDate(NamedTuple):
    """A day of the Umm al-Qura calendar; compares in the order of time."""

    year: int
    month: int
    day: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"


class OutOfCalendar(DomainError):
    """The calendar has no such day; ``params`` has ``day`` (as it was given), ``first`` and ``last``."""

    def __init__(self, day: str, first: str, last: str) -> None:
        super().__init__("out_of_calendar", day=day, first=first, last=last)


def to_hijri(day: date) -> HijriDate:
    """The Umm al-Qura day of a Gregorian day.

    Raises:
        OutOfCalendar: Before 1 August 1924 or after 16 November 2077.
    """
    try:
        found = Gregorian(day.year, day.month, day.day).to_hijri()
    except OverflowError as error:
        raise OutOfCalendar(
            date(day.year, day.month, day.day).isoformat(), FIRST_DAY.isoformat(), LAST_DAY.isoformat()
        ) from error
    return HijriDate(found.year, found.month, found.day)


def to_gregorian(day: HijriDate) -> date:
    """The Gregorian day of an Umm al-Qura day.

    Raises:
        OutOfCalendar: Outside 1343 to 1500 AH, or the month has no such day.
    """
    try:
        found = Hijri(day.year, day.month, day.day).to_gregorian()
    except (OverflowError, ValueError) as error:
        last = HijriDate(LAST_YEAR, 12, 30)
        raise OutOfCalendar(str(day), str(HijriDate(FIRST_YEAR, 1, 1)), str(last)) from error
    return date(found.year, found.month, found.day)


def month_length(year: int, month: int) -> int:
    """29 or 30: the days of an Umm al-Qura month.

    Raises:
        OutOfCalendar: There is no such month.
    """
    to_gregorian(HijriDate(year, month, 1))
    return Hijri(year, month, 1).month_length()


def month_name(month: int, language: Language) -> str:
    """The name of a Hijri month, 1 to 12.

    Raises:
        ValueError: There is no such month.
    """
    return _name(_HIJRI_MONTHS[language], month)


def gregorian_month_name(month: int, language: Language) -> str:
    """The name of a Gregorian month, 1 to 12.

    Raises:
        ValueError: There is no such month.
    """
    return _name(_GREGORIAN_MONTHS[language], month)


def _name(names: tuple[str, ...], month: int) -> str:
    if not 1 <= month <= 12:
        raise ValueError(f"a year has months 1 to 12, not {month}")
    return names[month - 1]


def format_hijri(day: HijriDate, language: Language, digits: Digits = "latin") -> str:
    """The day in words: ``1 رمضان 1447هـ`` or ``1 Ramadan 1447 AH``."""
    written = f"{day.day} {month_name(day.month, language)} {day.year}{_ERA['hijri'][language]}"
    return with_digits(written, digits)


def format_gregorian(day: date, language: Language, digits: Digits = "latin") -> str:
    """The day in words: ``18 فبراير 2026م`` or ``18 February 2026``."""
    written = f"{day.day} {gregorian_month_name(day.month, language)} {day.year}{_ERA['gregorian'][language]}"
    return with_digits(written, digits)


def format_both(day: date, language: Language, digits: Digits = "latin") -> str:
    """Both calendars, the Hijri day first: ``1 رمضان 1447هـ، 18 فبراير 2026م``.

    Raises:
        OutOfCalendar: The Hijri calendar does not reach the day.
    """
    comma = "، " if language == "ar" else ", "
    return format_hijri(to_hijri(day), language, digits) + comma + format_gregorian(day, language, digits)
