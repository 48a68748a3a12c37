"""The Qt binding that is installed keeps Python's own objects alive."""

from __future__ import annotations

import sys

import PySide6
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

CALLS = 200


def test_the_installed_release_is_of_the_series_that_was_proved() -> None:
    assert PySide6.__version_info__[:2] == (6, 11)


def test_calls_into_qt_take_no_reference_of_none(qtbot: QtBot) -> None:
    """PySide6 6.12.0 on Python 3.11 loses one at most calls, and the process dies after some thousands."""
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(CALLS):
        label.setText(str(number))
    assert sys.getrefcount(None) > before - CALLS // 10
