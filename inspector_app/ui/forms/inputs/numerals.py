"""Numbers as people write and read them, and as a checklist keeps them: any digits, thousands apart, a minus sign."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from sync.domain.text import Digits, to_arabic_digits, to_latin_digits

_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_SIGNS: Final = str.maketrans(
    {"−": "-", "﹣": "-", "－": "-", "＋": "+", "٫": ".", "٬": "", "\u00a0": "", "\u202f": ""}
)
"""Signs that keyboards and tables write where a checklist wants its own; U+066B and U+066C part a number nowhere else
than at its fraction and its thousands, so that they leave nothing to guess."""
_GROUPED: Final = re.compile(r"([-+]?)([0-9]{1,3}(?:,[0-9]{3})+)((?:\.[0-9]*)?)")


def read_numeral(text: str, *, grouped: bool = False) -> str:
    """The number that a text means, as a checklist keeps it.

    Args:
        text: What was typed or pasted.
        grouped: Whether commas part thousands here; elsewhere ``1,5`` may mean a fraction, and is left to be flagged.

    Returns:
        The number, or the text itself, without spaces at its ends, where it is none.
    """
    bare = "".join(char for char in text.strip() if unicodedata.category(char) != "Cf")
    plain = to_latin_digits(bare).translate(_SIGNS)
    if grouped and (found := _GROUPED.fullmatch(plain)):
        sign, whole, fraction = found.groups()
        plain = sign + whole.replace(",", "") + fraction
    return plain if _NUMBER.fullmatch(plain) else to_latin_digits(text.strip())


def show_numeral(value: str, digits: Digits, *, grouped: bool = False) -> str:
    """A number in the reader's digits, every one of them; what is no number stays as it is.

    Args:
        value: As a checklist keeps it.
        digits: Those the reader chose.
        grouped: Whether thousands stand apart.
    """
    if not _NUMBER.fullmatch(value):
        return value
    sign = value[:1] if value[:1] in "+-" else ""
    whole, point, fraction = value[len(sign) :].partition(".")
    if grouped:
        whole = _apart(whole)
    text = sign + whole + point + fraction
    if digits == "arabic":
        text = to_arabic_digits(text.replace(",", "٬").replace(".", "٫"))
    return text


def _apart(whole: str) -> str:
    first = len(whole) % 3 or 3
    return ",".join([whole[:first], *(whole[at : at + 3] for at in range(first, len(whole), 3))])
