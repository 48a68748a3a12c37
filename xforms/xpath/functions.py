"""The functions an expression may call: each with the kinds it takes, the kind it gives, and what it does.

Functions that need more than their arguments' values (``if``, ``once``, ``today``, ``position``, ``jr:itext``, ...) are
built where expressions are compiled; the names of all of them together are in ``xforms.xpath.compile.FUNCTIONS``.

A signature is one letter an argument: ``s`` string, ``n`` number, ``b`` boolean, ``v`` any value, ``l`` all remaining
arguments as one flat list of the strings in them. What follows ``?`` may be left out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from xforms.errors import XPathError
from xforms.xpath.patterns import fits
from xforms.xpath.values import DateText, Value, date_of, date_time_of, days_of, moment_of, number_of, padded, text_of


class Function(NamedTuple):
    """A function of its arguments alone."""

    signature: str
    gives: str
    """``s``, ``n`` or ``b``."""
    run: Callable[..., Value]


MAX_TEXT = 100_000
"""Letters of a text that is put together from others, and of a calculated value."""
_HALF = Decimal("0.5")
_SPACES = re.compile("[ \t\r\n]+")


def _round(number: float, digits: float = 0.0) -> float:
    """Halves go up, with digits and without."""
    if math.isnan(number) or math.isinf(number) or math.isnan(digits):
        return number
    if digits == 0:
        return float(math.floor(number + 0.5))
    places = Decimal(1).scaleb(-int(max(-300.0, min(30.0, digits))))
    exact = Decimal(repr(number))
    if digits > 0 and int(exact.as_tuple().exponent) >= -int(min(30.0, digits)):
        return number
    return float((exact / places + _HALF).to_integral_value(rounding=ROUND_FLOOR) * places)


def _int(number: float) -> float:
    return number if math.isnan(number) or math.isinf(number) else float(math.trunc(number))


def _selected(text: str, choice: str) -> bool:
    """Whether a choice is among those chosen; nothing is where nothing is chosen."""
    return choice.strip() in (text.split() or [""])


def _selected_at(text: str, index: float) -> str:
    chosen = text.split()
    return chosen[int(index)] if index >= 0 and index < len(chosen) else ""


def _substr(text: str, start: float, end: float = math.inf) -> str:
    """From ``start`` up to but not including ``end``, from 0; negative counts from the end."""
    # Both places as whole numbers; what is none counts as 0.
    start, end = (0.0 if math.isnan(place) else _int(place) for place in (start, end))
    size = len(text)
    begin = max(0.0, size + start if start < 0 else start)
    stop = min(float(size), size + end if end < 0 else end)
    return text[int(begin) : int(stop)] if begin < stop else ""


def _substring(text: str, start: float, length: float = math.inf) -> str:
    """XPath 1.0, section 4.2: positions from 1, both ends rounded."""
    first = _round(start)
    last = first + _round(length)
    return "".join(letter for place, letter in enumerate(text, 1) if first <= place < last)


def _before(text: str, mark: str) -> str:
    return text.partition(mark)[0] if mark and mark in text else ""


def _after(text: str, mark: str) -> str:
    return text.partition(mark)[2] if mark else text


def _translate(text: str, letters: str, replacements: str) -> str:
    table: dict[int, str | None] = {}
    for place, letter in enumerate(letters):
        table.setdefault(ord(letter), replacements[place] if place < len(replacements) else None)
    return text.translate(table)


def _joined(mark: str, texts: Sequence[str]) -> str:
    """All texts with a mark between them; no more of them than make ``MAX_TEXT`` letters."""
    if len(texts) * len(mark) + sum(map(len, texts)) <= MAX_TEXT:
        return mark.join(texts)
    length, kept = 0, []
    for text in texts:
        length += len(mark) + len(text)
        if length > MAX_TEXT:
            break
        kept.append(text)
    return mark.join(kept)


def _numbers(texts: list[str]) -> list[float]:
    """As JavaRosa does, what is not answered is left out: a sum stands while a repeat is being filled."""
    return [number_of(text) for text in texts if text and not text.isspace()]


def _minimum(texts: list[str]) -> float:
    numbers = _numbers(texts)
    return math.nan if not numbers or any(map(math.isnan, numbers)) else min(numbers)


def _maximum(texts: list[str]) -> float:
    numbers = _numbers(texts)
    return math.nan if not numbers or any(map(math.isnan, numbers)) else max(numbers)


def _power(base: float, exponent: float) -> float:
    if math.isnan(exponent):
        return math.nan  # Python takes 1 to the power of anything for 1
    try:
        result = base**exponent
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return result if isinstance(result, float) else math.nan


def _date_time(value: Value) -> str:
    text = text_of(value)
    if text and not isinstance(value, float) and not math.isnan(days_of(text)):
        return DateText(text, days_of(text))
    return date_time_of(value)


def _decimal_date_time(value: Value) -> float:
    """Days since 1970-01-01T00:00Z; a date alone means its first moment in the local zone. A number is days already."""
    if isinstance(value, float) and not isinstance(value, bool):
        return value
    text = padded(text_of(value).strip())
    moment = f"{text}T00:00" if "T" not in text and not math.isnan(days_of(text)) else text
    return days_of(moment)


def _decimal_time(text: str) -> float:
    """The share of the day that has passed, in the local zone; NaN for what is no time."""
    match = re.fullmatch(
        r"((?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?)"
        r"(Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?",
        text.strip(),
    )
    if match is None:
        return math.nan
    moment = datetime.fromisoformat(f"1970-01-02T{match[1]}{match[2] or ''}")
    if moment.tzinfo is not None:
        moment = moment.astimezone()
    return (moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6) / 86_400


_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_FORMATS: dict[str, Callable[[datetime], str]] = {
    "Y": lambda moment: f"{moment.year:04}",
    "y": lambda moment: f"{moment.year % 100:02}",
    "m": lambda moment: f"{moment.month:02}",
    "n": lambda moment: str(moment.month),
    "b": lambda moment: _MONTHS[moment.month - 1],
    "d": lambda moment: f"{moment.day:02}",
    "e": lambda moment: str(moment.day),
    "a": lambda moment: _DAYS[moment.weekday()],
    "H": lambda moment: f"{moment.hour:02}",
    "h": lambda moment: str(moment.hour),
    "M": lambda moment: f"{moment.minute:02}",
    "S": lambda moment: f"{moment.second:02}",
    "3": lambda moment: f"{moment.microsecond // 1000:03}",
    "%": lambda moment: "%",
}


def _format_date(value: Value, layout: str) -> str:
    """Writes a date or date-time by the ``%`` letters of the XForms specification; ``""`` without a date."""
    text = _date_time(value)
    if not text:
        return ""
    moment = moment_of(text) or datetime.fromisoformat(text)

    def written(match: re.Match[str]) -> str:
        form = _FORMATS.get(match[1])
        return form(moment) if form else match[0]

    return re.sub(r"%(.)", written, layout)


def _regex(text: str, expression: str) -> bool:
    """Whether the whole text fits; a pattern that an answer made and that is no pattern fits nothing."""
    try:
        return fits(expression, text)
    except XPathError:
        return False


def check_date_format(layout: str) -> None:
    """Raises XPathError ``bad_date_format`` for a letter that ``format-date`` does not know."""
    for letter in re.findall(r"%(.)", layout):
        if letter not in _FORMATS:
            raise XPathError("bad_date_format", f"unknown date format letter %{letter}")


PURE: dict[str, Function] = {
    "abs": Function("n", "n", abs),
    "boolean": Function("b", "b", lambda truth: truth),
    "boolean-from-string": Function("s", "b", lambda text: text in ("1", "true")),
    "ceiling": Function("n", "n", lambda number: number if not math.isfinite(number) else float(math.ceil(number))),
    "concat": Function("l", "s", lambda texts: _joined("", texts)),
    "contains": Function("ss", "b", lambda text, part: part in text),
    "count-selected": Function("s", "n", lambda text: float(len(text.split()))),
    "date": Function("v", "s", date_of),
    "date-time": Function("v", "s", _date_time),
    "decimal-date-time": Function("v", "n", _decimal_date_time),
    "decimal-time": Function("s", "n", _decimal_time),
    "ends-with": Function("ss", "b", lambda text, part: text.endswith(part)),
    "floor": Function("n", "n", lambda number: number if not math.isfinite(number) else float(math.floor(number))),
    "format-date": Function("vs", "s", _format_date),
    "format-date-time": Function("vs", "s", _format_date),
    "int": Function("n", "n", _int),
    "is-selected": Function("ss", "b", _selected),
    "join": Function("s?l", "s", lambda mark, texts=(): _joined(mark, texts)),
    "max": Function("l", "n", _maximum),
    "min": Function("l", "n", _minimum),
    "normalize-space": Function("s", "s", lambda text: _SPACES.sub(" ", text.strip(" \t\r\n"))),
    "not": Function("b", "b", lambda truth: not truth),
    "number": Function("n", "n", lambda number: number),
    "pow": Function("nn", "n", _power),
    "regex": Function("ss", "b", _regex),
    "round": Function("n?n", "n", _round),
    "selected": Function("ss", "b", _selected),
    "selected-at": Function("sn", "s", _selected_at),
    "sqrt": Function("n", "n", lambda number: math.sqrt(number) if number >= 0 else math.nan),
    "starts-with": Function("ss", "b", lambda text, part: text.startswith(part)),
    "string": Function("s", "s", lambda text: text),
    "string-length": Function("s", "n", lambda text: float(len(text))),
    "substr": Function("sn?n", "s", _substr),
    "substring": Function("sn?n", "s", _substring),
    "substring-after": Function("ss", "s", _after),
    "substring-before": Function("ss", "s", _before),
    "sum": Function("l", "n", lambda texts: float(sum(_numbers(texts)))),
    "translate": Function("sss", "s", _translate),
}
"""By name; ``count`` and everything that looks at the form, the clock or the item stands in ``compile``."""
