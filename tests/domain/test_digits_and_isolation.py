"""Digits of both scripts, and names that keep their direction to themselves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.domain.text import FSI, PDI, isolate, to_arabic_digits, to_latin_digits, with_digits


def test_digits_change_script_and_everything_else_stays() -> None:
    assert to_arabic_digits("غرفة 12 (۳)") == "غرفة ١٢ (٣)"
    assert to_latin_digits("غرفة ١٢ (۳)") == "غرفة 12 (3)"
    assert with_digits("١2", "latin") == "12"
    assert with_digits("١2", "arabic") == "١٢"


@given(st.text())
def test_latin_digits_survive_the_way_to_arabic_and_back(text: str) -> None:
    latin = to_latin_digits(text)
    assert to_latin_digits(to_arabic_digits(latin)) == latin


def test_an_isolated_name_stands_between_its_marks() -> None:
    assert isolate("Hilton 3") == "\u2068Hilton 3\u2069"


@given(st.text(alphabet="aب\u2066\u2067\u2068\u2069"))
def test_an_isolated_text_is_balanced_whatever_marks_it_brought(text: str) -> None:
    depth, lowest = 0, 1
    isolated = isolate(text)
    for char in isolated[:-1]:
        depth += 1 if char in "\u2066\u2067\u2068" else -1 if char == PDI else 0
        lowest = min(lowest, depth)
    assert isolated.startswith(FSI)
    assert isolated.endswith(PDI)
    assert (lowest, depth) == (1, 1)
