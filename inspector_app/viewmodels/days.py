"""Days, months, years and times as they are typed: read in either calendar and any digits, and written back."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Final, NamedTuple

from inspector_app.words.words import RIYADH
from sync.domain import arabic, hijri
from sync.domain.text import Language, to_latin_digits

_MARKS: Final = str.maketrans("", "", "\u200e\u200f\u061c\u2066\u2067\u2068\u2069")
_YMD: Final = re.compile(r"(\d{4})[-/.\s](\d{1,2})[-/.\s](\d{1,2})")
_DMY: Final = re.compile(r"(\d{1,2})[-/.\s](\d{1,2})[-/.\s](\d{4})")
_D_NAME_Y: Final = re.compile(r"(\d{1,2})\s+(\D+?)\s+(\d{4})")
_YM: Final = re.compile(r"(\d{4})[-/.\s](\d{1,2})")
_MY: Final = re.compile(r"(\d{1,2})[-/.\s](\d{4})")
_NAME_Y: Final = re.compile(r"(\D+?)\s+(\d{4})")
_YEAR: Final = re.compile(r"\d{4}")
_ERA: Final = re.compile(r"\s*(?:هـ?|م|ah|ad|ce)\.?$", re.IGNORECASE)
_TIME: Final = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?:[:.](\d{2}))?\s*(ص|صباحا|م|مساء|am|pm|a\.m\.|p\.m\.)?", re.I)
_PACKED: Final = re.compile(r"(\d{2})(\d{2})")
_AFTER_NOON: Final = frozenset({"م", "مساء", "pm", "p.m."})
_TANWIN: Final = str.maketrans("", "", "\u064b\u064c\u064d")
_LANGUAGES: Final[tuple[Language, ...]] = ("ar", "en")
_ZONE: Final = "+03:00"


class Span(NamedTuple):
    """A month or a year: the day it begins with, and the calendar that it is one of."""

    first: date
    islamic: bool


def read_day(text: str) -> date | None:
    """The day that was typed, as year-month-day or day-month-year, the month in figures or by name.

    A year up to 1500 is a Hijri one. None: no day.
    """
    plain = _plain(text)
    if found := _YMD.fullmatch(plain):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DMY.fullmatch(plain):
        day, month, year = (int(part) for part in found.groups())
    elif found := _D_NAME_Y.fullmatch(plain):
        day, year = int(found[1]), int(found[3])
        month = _named(found[2], year)
    else:
        return None
    return _day(year, month, day)


def read_month(text: str) -> Span | None:
    """The month that was typed, as year-month, month-year or by its name; a day stands for its month."""
    plain = _plain(text)
    if found := _YM.fullmatch(plain):
        year, month = int(found[1]), int(found[2])
    elif found := _MY.fullmatch(plain):
        month, year = int(found[1]), int(found[2])
    elif (found := _NAME_Y.fullmatch(plain)) and (month := _named(found[1], int(found[2]))):
        year = int(found[2])
    else:
        return None
    first = _day(year, month, 1)
    return None if first is None else Span(first, year <= hijri.LAST_YEAR)


def read_year(text: str) -> Span | None:
    """The year that was typed; up to 1500 it is a Hijri one."""
    plain = _plain(text)
    first = _day(int(plain), 1, 1) if _YEAR.fullmatch(plain) else None
    return None if first is None else Span(first, int(plain) <= hijri.LAST_YEAR)


def read_time(text: str) -> time | None:
    """The time of day that was typed: ``14:03``, ``1403``, ``2:03 م``, ``2 pm``; None where it is none."""
    plain = _plain(text, era=False).translate(_TANWIN)
    if found := _PACKED.fullmatch(plain):
        return _time(int(found[1]), int(found[2]), 0)
    found = _TIME.fullmatch(plain)
    if found is None or not (found[2] or found[4]):
        return None
    hour, half = int(found[1]), (found[4] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in _AFTER_NOON else 0)
    return _time(hour, int(found[2] or 0), int(found[3] or 0))


def stored_time(at: time) -> str:
    """A time of day as an answer keeps it: ``14:03:00.000+03:00``, the time of the field."""
    return f"{at.strftime('%H:%M:%S')}.{at.microsecond // 1000:03d}{_ZONE}"


def stored_moment(day: date, at: time) -> str:
    """A moment as an answer keeps it: ``2026-11-22T14:03:00.000+03:00``."""
    return f"{day.isoformat()}T{stored_time(at)}"


def time_of(value: str) -> time | None:
    """The time of day, here, that an answer keeps; an answer without a zone is from here."""
    try:
        found = time.fromisoformat(value)
    except ValueError:
        return None
    if found.tzinfo is None or found.utcoffset() is None:
        return found
    there = datetime.combine(date(2000, 1, 2), found)
    return there.astimezone(RIYADH).time()


def moment_of(value: str) -> datetime | None:
    """The moment that an answer keeps, in the time of the field."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    if "T" not in value:
        return None
    return found.replace(tzinfo=RIYADH) if found.tzinfo is None else found.astimezone(RIYADH)


def written_time(at: time) -> str:
    """A time of day as it would be typed: seconds only where there are some."""
    return at.strftime("%H:%M:%S" if at.second else "%H:%M")


def written_day(day: date, *, islamic: bool) -> str:
    """A day as it would be typed: ``2026-11-22``, or ``1448-06-02``; outside the Hijri tables as a Gregorian one."""
    if islamic and hijri.FIRST_DAY <= day <= hijri.LAST_DAY:
        return str(hijri.to_hijri(day))
    return day.isoformat()


def month_of(day: date, *, islamic: bool) -> Span:
    """The month that a day lies in."""
    if islamic and hijri.FIRST_DAY <= day <= hijri.LAST_DAY:
        lunar = hijri.to_hijri(day)
        return Span(hijri.to_gregorian(lunar._replace(day=1)), islamic=True)
    return Span(day.replace(day=1), islamic=False)


def day_of(value: str) -> date | None:
    """The day that an answer keeps; of a moment its day, here."""
    moment = moment_of(value)
    if moment is not None:
        return moment.date()
    try:
        return date.fromisoformat(value) if len(value) == len("2026-11-22") else None
    except ValueError:
        return None


def _plain(text: str, *, era: bool = True) -> str:
    bare = " ".join(to_latin_digits(text.translate(_MARKS)).replace("،", " ").replace(",", " ").split())
    return _ERA.sub("", bare) if era else bare


def _named(name: str, year: int) -> int:
    """The number of a month by its name in either language; 0 for none."""
    islamic = year <= hijri.LAST_YEAR
    of = hijri.month_name if islamic else hijri.gregorian_month_name
    wanted = arabic.fold(name)
    for language in _LANGUAGES:
        for month in range(1, 13):
            if wanted and arabic.fold(of(month, language)) == wanted:
                return month
    return 0


def _day(year: int, month: int, day: int) -> date | None:
    try:
        if year <= hijri.LAST_YEAR:
            return hijri.to_gregorian(hijri.HijriDate(year, month, day))
        return date(year, month, day)
    except (ValueError, hijri.OutOfCalendar):
        return None


def _time(hour: int, minute: int, second: int) -> time | None:
    try:
        return time(hour, minute, second)
    except ValueError:
        return None
