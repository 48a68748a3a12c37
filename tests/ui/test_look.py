"""The look: what the stylesheet does to real widgets, and icons in the colours of the theme."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.ui import look as looks
from inspector_app.ui.kit.buttons import ICON, Choice, PrimaryButton, SegmentedAnswers
from inspector_app.ui.kit.text import Title
from inspector_app.ui.look import Look

AWKWARD = "a folder (of mine) [2]; with 'quotes' {and} braces"


@pytest.fixture
def awkward_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Temporary files lie in a folder whose name means much in a stylesheet."""
    folder = tmp_path / AWKWARD
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    looks.tinted_icons.cache_clear()
    yield folder
    looks.tinted_icons.cache_clear()


def test_the_stylesheet_holds_in_a_folder_of_any_name(awkward_folder: Path, qtbot: QtBot) -> None:
    look = Look(theme="dark")
    look.apply()
    title = Title("عنوان")
    qtbot.addWidget(title)
    title.ensurePolished()
    assert title.font().pixelSize() == look.px(1.55)
    assert AWKWARD in looks.tinted_icons().path()
    Look().apply()


def test_the_answers_of_an_item_are_large_targets(look: Look, qtbot: QtBot) -> None:
    page = QWidget()
    answers = SegmentedAnswers("answers", page)
    answers.offer([Choice("conform", "مطابق", "good", "check"), Choice("na", "لا ينطبق")], look)
    QVBoxLayout(page).addWidget(answers)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitExposed(page)
    for value in ("", "conform", "na"):
        answers.choose(value)
        assert {answers.button(one).height() for one in ("conform", "na")} == {48}


def test_the_icon_of_a_shut_button_is_as_soft_as_its_word(look: Look, qtbot: QtBot) -> None:
    button = PrimaryButton("button", look, "check")
    qtbot.addWidget(button)
    for text in ("", "احفظ"):
        button.setText(text)
        assert inks(button.icon(), QIcon.Mode.Normal) == {look.tokens["on_accent"].lower()}
        assert inks(button.icon(), QIcon.Mode.Disabled) == {look.tokens["text_soft"].lower()}


def inks(icon: QIcon, mode: QIcon.Mode) -> set[str]:
    """The colours of an icon where it covers what is under it."""
    image = icon.pixmap(QSize(ICON.width() * 2, ICON.height() * 2), 1.0, mode).toImage()
    image = image.convertToFormat(QImage.Format.Format_ARGB32)
    dots = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {dot.name() for dot in dots if dot.alpha() == 255}


def test_an_icon_is_painted_once_for_each_colour(look: Look) -> None:
    first = look.pixmap("check", 20)
    assert look.pixmap("check", 20).cacheKey() == first.cacheKey()
    look.set_theme("dark")
    assert look.pixmap("check", 20).cacheKey() != first.cacheKey()
    look.set_theme("light")
    assert look.pixmap("check", 20).cacheKey() == first.cacheKey()
