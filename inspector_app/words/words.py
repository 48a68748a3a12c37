"""One language's words: sentences by key, and how numbers, moments, sizes and names are written in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Day
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple, Protocol

from inspector_app.words.paths import resource
from inspector_app.words.plurals import category
from sync.domain import hijri
from sync.domain.text import Digits, Language, isolate, with_digits
from sync.domain.zone import RIYADH as RIYADH

Entry = str | dict[str, str]
"""A text, or one text for each plural category of the parameter ``n``."""

_SEPARATOR: Final = " · "
_NO_BREAK: Final = "\u00a0"
_LRI, _PDI, _RLM = "\u2066", "\u2069", "\u200f"
_ISOLATES: Final = ("\u2066", "\u2067", "\u2068")
_UNITS: Final = ("byte", "kilobyte", "megabyte", "gigabyte")


class MissingWord(KeyError):
    """A key has no text in a language: a mistake of ours, which the tests look for."""


class Named(Protocol):
    """Whatever carries its name in both languages."""

    @property
    def name_ar(self) -> str:
        """The Arabic name."""
        ...

    @property
    def name_en(self) -> str:
        """The English name."""
        ...


class Explanation(NamedTuple):
    """What went wrong in a few words, and what happened and what to do in full sentences."""

    title: str
    text: str


@cache
def texts(language: Language) -> Mapping[str, Entry]:
    """Every text of a language, merged from the files of its folder.

    Raises:
        ValueError: Two files, or two lines of one, give the same key.
    """
    merged: dict[str, Entry] = {}
    for path in sorted(resource("translations", language).glob("*.json")):
        for key, entry in json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_no_twins).items():
            if key in merged:
                raise ValueError(f"{language}/{path.name}: {key} has a text already")
            merged[key] = entry
    return merged


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"written twice: {sorted({key for key in keys if keys.count(key) > 1})}")
    return found


@dataclass(frozen=True)
class Words:
    """What is said in one language; immutable, so any thread may use it.

    Attributes:
        language: ``ar`` or ``en``.
        digits: The script numbers are written in.
    """

    language: Language
    digits: Digits = "latin"
    _texts: Mapping[str, Entry] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls, language: Language, digits: Digits | None = None) -> Words:
        """The words of a language, with its own digits unless others are asked for."""
        return cls(language, digits or ("arabic" if language == "ar" else "latin"), texts(language))

    @property
    def rtl(self) -> bool:
        """Whether the language is written from right to left."""
        return self.language == "ar"

    # ------------------------------------------------------------------------------------------------- sentences

    def has(self, key: str) -> bool:
        """Whether a key has a text."""
        return key in self._texts

    def say(self, key: str, /, **params: object) -> str:
        """The text of a key, with its parameters in place.

        Args:
            key: Such as ``today.drafts``.
            params: ``n`` (a whole number) chooses the plural. Numbers are written in the reader's digits; a text is
                isolated, so that a Latin name does not turn an Arabic sentence round.

        Raises:
            MissingWord: The key has no text.
            KeyError: The text has a parameter that was not given.
        """
        entry = self._texts.get(key)
        if entry is None:
            raise MissingWord(f"{self.language}: {key}")
        if isinstance(entry, dict):
            entry = entry.get(category(self.language, _count(params)), entry["other"])
        if params:
            entry = entry.format_map({name: self._written(value) for name, value in params.items()})
        return self._led(entry)

    def explain(self, code: str, params: Mapping[str, object] | None = None) -> Explanation:
        """What an error means and what to do about it, by its code.

        A code without a text is told as it is: the centre may be newer than this device.
        """
        key = f"error.{code}"
        said = self.say(key, **(params or {})) if self.has(key) else self.say("error.unknown_code", code=code)
        title, _, text = said.partition("\n")
        return Explanation(title, text)

    def name(self, record: Named) -> str:
        """A record's name in this language, or in the other where it has none."""
        first, second = (record.name_ar, record.name_en) if self.rtl else (record.name_en, record.name_ar)
        return first or second

    def join(self, *parts: str) -> str:
        """Short facts on one line, the empty ones left out, each kept whole whatever its direction."""
        return self._led(_SEPARATOR.join(isolate(part) for part in parts if part))

    # --------------------------------------------------------------------------------------------------- figures

    def number(self, value: int | float) -> str:
        """A number with its thousands apart; a fraction with at most two places."""
        text = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")
        if self.digits == "arabic":
            text = text.replace(",", "٬").replace(".", "٫")
        return with_digits(text, self.digits)

    def percent(self, value: float) -> str:
        """A percentage, one place at most: ``٨٧٫٥٪`` or ``87.5%``."""
        return self.number(round(value, 1)) + ("٪" if self.digits == "arabic" else "%")

    def code(self, text: str) -> str:
        """A report number as it is printed everywhere: Latin digits, left to right.

        Arabic digits with hyphens between them run from right to left whatever stands around them.
        """
        return self.verbatim(text)

    def verbatim(self, text: str) -> str:
        """A machine's text (an address, a licence number, coordinates) left to right, its digits untouched."""
        return _LRI + text + _PDI

    def bytes(self, count: int) -> str:
        """A size in the unit that keeps it readable, powers of 1024: ``٢٫٤ م.ب`` or ``2.4 MB``."""
        size, unit = float(count), 0
        while size >= 1024 and unit < len(_UNITS) - 1:
            size, unit = size / 1024, unit + 1
        figure = self.number(count) if unit == 0 else self.number(round(size, 1))
        return self.say(f"unit.{_UNITS[unit]}", figure=figure)

    def metres(self, distance: float) -> str:
        """A distance: metres below one kilometre, kilometres with one place above."""
        if distance < 1000:
            return self.say("unit.metre", figure=self.number(round(distance)))
        return self.say("unit.kilometre", figure=self.number(round(distance / 1000, 1)))

    def square_metres(self, area: float) -> str:
        """An area: square metres below a tenth of a square kilometre, square kilometres with two places above."""
        if area < 100_000:
            return self.say("unit.square_metre", figure=self.number(round(area)))
        return self.say("unit.square_kilometre", figure=self.number(round(area / 1_000_000, 2)))

    def lasting(self, seconds: float) -> str:
        """How long a recording lasts, as players write it: ``٢:٠٥``, ``1:02:05``; read from left to right."""
        minutes, rest = divmod(max(1, round(seconds)), 60)
        hours, minutes = divmod(minutes, 60)
        text = f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
        return self.verbatim(with_digits(text, self.digits))

    # ----------------------------------------------------------------------------------------------------- dates

    def date(self, when: str | Day | datetime) -> str:
        """A day in both calendars: ``١٢ جمادى الآخرة ١٤٤٨هـ · ٢٢ نوفمبر ٢٠٢٦م``."""
        day = _day(when)
        return _SEPARATOR.join(
            (
                hijri.format_hijri(hijri.to_hijri(day), self.language, self.digits),
                hijri.format_gregorian(day, self.language, self.digits),
            )
        )

    def short_date(self, when: str | Day | datetime) -> str:
        """A day in both calendars, without its years: for a row, where the year is plain."""
        day = _day(when)
        lunar = hijri.to_hijri(day)
        parts = (
            f"{lunar.day} {hijri.month_name(lunar.month, self.language)}",
            f"{day.day} {hijri.gregorian_month_name(day.month, self.language)}",
        )
        return with_digits(_SEPARATOR.join(parts), self.digits)

    def time(self, moment: str | datetime) -> str:
        """The time of day in Riyadh: ``١٤:٠٣``."""
        return with_digits(_moment(moment).strftime("%H:%M"), self.digits)

    def moment(self, moment: str | datetime) -> str:
        """Day in both calendars, and time, which never stands alone on the next line."""
        return self.date(moment) + _SEPARATOR.replace(" ", _NO_BREAK) + self.time(moment)

    def ago(self, moment: str | datetime, now: datetime) -> str:
        """How long ago something was, in the largest whole unit."""
        minutes = max(0, int((now - _moment(moment)).total_seconds() // 60))
        if minutes < 1:
            return self.say("ago.now")
        return self._span("ago", minutes)

    def until(self, moment: str | datetime, now: datetime) -> str:
        """How long a deadline leaves, or how long it has passed."""
        minutes = int((_moment(moment) - now).total_seconds() // 60)
        return self._span("left", max(1, minutes)) if minutes >= 0 else self._span("late", -minutes)

    def clock(self, ahead_s: float) -> str:
        """By how much this device's clock is ahead of the centre's (behind it, where negative), as a sentence."""
        return self._span("clock.ahead" if ahead_s > 0 else "clock.behind", max(1, int(abs(ahead_s) // 60)))

    def _span(self, family: str, minutes: int) -> str:
        if minutes < 60:
            return self.say(f"{family}.minutes", n=minutes)
        if minutes < 48 * 60:
            return self.say(f"{family}.hours", n=minutes // 60)
        return self.say(f"{family}.days", n=minutes // (24 * 60))

    def _led(self, text: str) -> str:
        """A text that begins with an isolate tells Qt nothing of its direction; a mark at its head does."""
        return _RLM + text if self.rtl and text[:1] in _ISOLATES else text

    def _written(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return isolate(str(value))
        return self.number(value)


def _count(params: Mapping[str, object]) -> int:
    n = params.get("n")
    if not isinstance(n, int):
        raise KeyError("n")
    return n


def _moment(moment: str | datetime) -> datetime:
    read = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if read.tzinfo is None:
        raise ValueError("a moment carries its zone")
    return read.astimezone(RIYADH)


def _day(when: str | Day | datetime) -> Day:
    if isinstance(when, datetime):
        return _moment(when).date()
    if isinstance(when, Day):
        return when
    return Day.fromisoformat(when) if len(when) == len("2026-11-22") else _moment(when).date()
