"""Digits of both scripts, and isolation of a piece of text from the direction of what surrounds it."""

from __future__ import annotations

from typing import Final, Literal

Digits = Literal["arabic", "latin"]
"""Which digits a reader is shown: ١٢٣ or 123."""

Language = Literal["ar", "en"]
"""The languages of the product."""

_LATIN: Final = "0123456789"
_ARABIC: Final = "٠١٢٣٤٥٦٧٨٩"
_PERSIAN: Final = "۰۱۲۳۴۵۶۷۸۹"  # what a Farsi or Urdu keyboard writes

_TO_ARABIC: Final = str.maketrans(_LATIN + _PERSIAN, _ARABIC * 2)
_TO_LATIN: Final = str.maketrans(_ARABIC + _PERSIAN, _LATIN * 2)

FSI: Final = "\u2068"
"""First strong isolate."""
PDI: Final = "\u2069"
"""Pop directional isolate."""


def to_arabic_digits(text: str) -> str:
    """The text with every digit written ٠ to ٩."""
    return text.translate(_TO_ARABIC)


def to_latin_digits(text: str) -> str:
    """The text with every Arabic or Persian digit written 0 to 9."""
    return text.translate(_TO_LATIN)


def with_digits(text: str, digits: Digits) -> str:
    """The text with its digits in the script the reader chose."""
    return to_arabic_digits(text) if digits == "arabic" else to_latin_digits(text)


def isolate(text: str) -> str:
    """The text between U+2068 and U+2069, so that a Latin name or a number does not reorder an Arabic sentence.

    Isolates the text already carries without their partner are closed or dropped: an unbalanced mark in a name from
    the register would otherwise reach out into the sentence around it.
    """
    kept: list[str] = []
    depth = 0
    for char in text:
        if char in "\u2066\u2067\u2068":
            depth += 1
        elif char == PDI:
            if depth == 0:
                continue
            depth -= 1
        kept.append(char)
    return FSI + "".join(kept) + PDI * (depth + 1)
