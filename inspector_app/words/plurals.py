"""Which plural form a count takes in a language, by the rules of CLDR."""

from __future__ import annotations

from typing import Literal

from sync.domain.text import Language

Category = Literal["zero", "one", "two", "few", "many", "other"]


def category(language: Language, n: int) -> Category:
    """The plural category of a whole number: Arabic has six, English two.

    Args:
        language: ``ar`` or ``en``.
        n: How many; 0 or more.
    """
    if language == "en":
        return "one" if n == 1 else "other"
    if n == 0:
        return "zero"
    if n <= 2:
        return "one" if n == 1 else "two"
    if 3 <= n % 100 <= 10:
        return "few"
    return "many" if n % 100 >= 11 else "other"
