"""The fonts that are shipped can write what the product writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PySide6.QtGui import QFontDatabase
from pytestqt.qtbot import QtBot

FONTS = sorted((Path(__file__).parents[2] / "resources" / "fonts").glob("*.ttf"))
LATIN = "".join(map(chr, range(0x20, 0x7F)))
ARABIC = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي" + "ًٌٍَُِّْ" + "ـ،؛؟٪٫٬ٱ"
DIGITS = "٠١٢٣٤٥٦٧٨٩"
MARKS = "«»–—…•×←→"


def test_there_are_four_weights() -> None:
    assert [path.stem.partition("-")[2] for path in FONTS] == ["Bold", "Medium", "Regular", "SemiBold"]


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.stem)
def test_a_font_has_every_letter_digit_and_mark(path: Path) -> None:
    with TTFont(path) as font:
        letters = set(font.getBestCmap())
    assert {letter for letter in LATIN + ARABIC + DIGITS + MARKS if ord(letter) not in letters} == set()


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.stem)
def test_qt_loads_a_font_under_the_family_name(path: Path, qtbot: QtBot) -> None:
    number = QFontDatabase.addApplicationFont(str(path))
    assert any(name.startswith("IBM Plex Sans Arabic") for name in QFontDatabase.applicationFontFamilies(number))
    assert QFontDatabase.removeApplicationFont(number)
