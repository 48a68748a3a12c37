"""Values of expressions at run time, and the conversions between them that XPath and XForms prescribe."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from xforms.data import Element

Value: TypeAlias = str | float | bool | list[Element]
"""A string, number or boolean, or a node set in document order."""

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_SHORT_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?![0-9])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_EPOCH_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400.0


def text_of(value: Value) -> str:
    """Converts to a string; of a node set, its first node."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    return value[0].string if value else ""


def stored_text(value: Value) -> str:
    """A value as a field stores it or a label shows it: ``""`` for NaN, which means that something is not answered."""
    if isinstance(value, float) and math.isnan(value):
        return ""
    return text_of(value)


def number_of(value: Value) -> float:
    """Converts to a number; dates become days since 1970-01-01, anything else that is no number becomes NaN."""
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float):
        return value
    if isinstance(value, DateText):
        return value.days
    text = value if isinstance(value, str) else text_of(value)
    if not text:
        return math.nan
    if text.isdecimal() and text.isascii():
        return float(text)
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    return days_of(text)


def truth_of(value: Value) -> bool:
    """Converts to a boolean; a string is true when it is not empty, a node set when it has a node that is not empty.

    The last rule is that of XForms engines, where ``if(/data/field, ...)`` asks whether the field is answered; plain
    XPath would ask whether the field exists, which is always so.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    if isinstance(value, str):
        return value != ""
    return any(node.string for node in value)


def strings_of(value: Value) -> list[str]:
    """The string values in a node set; another value counts as a set of one."""
    return [node.string for node in value] if isinstance(value, list) else [text_of(value)]


def number_text(number: float) -> str:
    """A number as XPath writes it: no exponent, no decimals on a whole number."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == int(number):
        return str(int(number))
    return format(Decimal(repr(number)), "f")


def days_of(text: str) -> float:
    """Days since 1970-01-01T00:00Z of an ISO date (its midnight in the local zone) or date and time; else NaN."""
    try:
        if _DATE.fullmatch(text):
            midnight = datetime.fromisoformat(text).astimezone()
            return (midnight - _EPOCH_MOMENT).total_seconds() / _DAY
        moment = moment_of(text)
    except (ValueError, OverflowError):  # no such day, or one at the edge of the calendar moved by its zone
        return math.nan
    return math.nan if moment is None else (moment - _EPOCH_MOMENT).total_seconds() / _DAY


def moment_of(text: str) -> datetime | None:
    """The moment an ISO date-time names (a missing zone is the local one); None where it names none.

    Raises:
        ValueError: It has the shape of a date-time but is not one, such as a thirteenth month.
    """
    if not _DATE_TIME.fullmatch(text):
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.astimezone()


class DateText(str):
    """A date or date-time as text that remembers its moment: two of them are equal when their moments are."""

    __slots__ = ("days",)
    days: float

    def __new__(cls, text: str, days: float) -> DateText:
        """``days`` since 1970-01-01T00:00Z."""
        made = super().__new__(cls, text)
        made.days = days
        return made

    def __eq__(self, other: object) -> bool:
        return self.days == other.days if isinstance(other, DateText) else str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return str.__hash__(self)


def date_of(value: Value) -> str:
    """An ISO date from a number of days, a date, or a date and time; ``""`` from anything else."""
    moment = _moment_of(value)
    if moment is None:
        return ""
    return DateText(moment.date().isoformat(), (moment - _EPOCH_MOMENT).total_seconds() / _DAY)


def date_time_of(value: Value) -> str:
    """An ISO date and time in the local zone from the same; ``""`` from anything else."""
    moment = _moment_of(value)
    if moment is None:
        return ""
    written = moment.isoformat(timespec="milliseconds")
    return DateText(written, (moment - _EPOCH_MOMENT).total_seconds() / _DAY)


def _moment_of(value: Value) -> datetime | None:
    days = value if isinstance(value, float) and not isinstance(value, bool) else number_of(padded(text_of(value)))
    if math.isnan(days) or not -719_160 <= days <= 2_932_894 or isinstance(value, bool):
        return None
    # Parts of a millisecond are no part of a date, but would make the evening before of a midnight.
    return (_EPOCH_MOMENT + timedelta(milliseconds=round(days * _DAY * 1000))).astimezone()


def padded(text: str) -> str:
    """A date whose month or day has one digit, as ``date()`` also takes it, with two."""
    match = _SHORT_DATE.match(text)
    return text if match is None else f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}{text[match.end() :]}"


def compare(operator: str, left: Value, right: Value) -> bool:
    """Compares by XPath 1.0, section 3.4: a node set against a value holds when it holds for one of its nodes."""
    if isinstance(left, bool) or isinstance(right, bool):
        if operator in ("=", "!="):
            return (truth_of(left) == truth_of(right)) == (operator == "=")
        if not (isinstance(left, list) or isinstance(right, list)):
            return _ordered(operator, number_of(left), number_of(right))
        # As both reference engines do, and unlike XPath 1.0, which would make a boolean of the node set.
        ones, others = ([number_of(each) for each in _members(side)] for side in (left, right))
        return any(_ordered(operator, one, other) for one in ones for other in others)
    if isinstance(left, list) or isinstance(right, list):
        return _any_pair(operator, _members(left), _members(right))
    if operator not in ("=", "!="):
        return _ordered(operator, number_of(left), number_of(right))
    if isinstance(left, float) or isinstance(right, float):
        return (number_of(left) == number_of(right)) == (operator == "=")
    return (left == right) == (operator == "=")


def _members(value: Value) -> Sequence[str | float | bool]:
    return [node.string for node in value] if isinstance(value, list) else [value]


def _any_pair(operator: str, left: Sequence[str | float | bool], right: Sequence[str | float | bool]) -> bool:
    return any(compare(operator, one, other) for one in left for other in right)


def _ordered(operator: str, left: float, right: float) -> bool:
    if operator == "<":
        return left < right
    if operator == "<=":
        return left <= right
    if operator == ">":
        return left > right
    return left >= right
