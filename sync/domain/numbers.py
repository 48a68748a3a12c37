"""Report numbers: made without a connection, never reused, easy to say over the telephone.

Source: domain catalogue, "What is recorded on site": committee, device, running number and a check digit. The check
digit is Damm's: every single wrong digit and every swap of two neighbours is caught.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from sync.domain.errors import DomainError
from sync.domain.text import to_latin_digits

MAX_COMMITTEE: Final = 99
MAX_DEVICE: Final = 999
MAX_RUNNING: Final = 999_999

# Damm's totally anti-symmetric quasigroup of order ten, one row a line.
_DAMM: Final = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_DIGITS: Final = re.compile(r"(\d{2})(\d{3})(\d{4}|[1-9]\d{4,5})(\d)", re.ASCII)


class Number(NamedTuple):
    """What a report number says: committee 1-99, its device 1-999, the device's own running number 1-999,999."""

    committee: int
    device: int
    running: int


class MalformedNumber(DomainError):
    """The text is not a report number at all; ``params`` has ``text``."""

    def __init__(self, text: str) -> None:
        super().__init__("malformed", text=text)


class BadCheckDigit(DomainError):
    """A report number with a slip in it: a wrong digit, or two swapped; ``params`` has ``text``."""

    def __init__(self, text: str) -> None:
        super().__init__("bad_check_digit", text=text)


def check_digit(digits: str) -> str:
    """Damm's check digit over decimal digits."""
    row = 0
    for digit in digits:
        row = int(_DAMM[row][int(digit)])
    return str(row)


def format(number: Number) -> str:
    """The number as it is printed and said: ``CC-DDD-RRRR-K``; a running number over 9999 takes the digits it needs.

    Raises:
        ValueError: A part is outside its range.
    """
    if not (
        1 <= number.committee <= MAX_COMMITTEE
        and 1 <= number.device <= MAX_DEVICE
        and 1 <= number.running <= MAX_RUNNING
    ):
        raise ValueError(f"no report number can be made of {number}")
    committee, device, running = f"{number.committee:02d}", f"{number.device:03d}", f"{number.running:04d}"
    return f"{committee}-{device}-{running}-{check_digit(committee + device + running)}"


def parse(text: str) -> Number:
    """A report number as somebody typed it: either script's digits, spaces, any dash or none.

    Raises:
        MalformedNumber: It has not the shape of a report number.
        BadCheckDigit: It has the shape, and a slip in it.
    """
    found = _DIGITS.fullmatch("".join(char for char in to_latin_digits(text) if not _between_digits(char)))
    if found is None:
        raise MalformedNumber(text)
    *parts, check = found.groups()
    if check_digit("".join(parts)) != check:
        raise BadCheckDigit(text)
    number = Number(*(int(part) for part in parts))
    if 0 in number:
        raise MalformedNumber(text)
    return number


def _between_digits(char: str) -> bool:
    """Whether a character only separates digits: white space, a dash, the minus sign, tatweel, a bidi mark."""
    return char.isspace() or char in "\u2212\u0640" or unicodedata.category(char) in ("Pd", "Cf")
