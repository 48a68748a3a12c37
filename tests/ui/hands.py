"""What a hand does on a screen, by the names of its widgets."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

W = TypeVar("W", bound=QWidget)


def find(kind: type[W], page: QWidget, name: str) -> W:
    """The newest widget of that name; a page made anew leaves the old one to be deleted by the event loop."""
    found: list[W] = page.findChildren(kind, name)
    assert found, name
    return found[-1]


def press(page: QWidget, name: str) -> None:
    """Press a button that can be pressed."""
    button = find(QPushButton, page, name)
    assert button.isEnabled(), f"{name} is shut"
    button.click()


def type_in(line: QWidget, text: str) -> None:
    """Type letters that no key of QTest has."""
    for letter in text:
        key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, letter)
        QApplication.sendEvent(line, key)


def write(page: QWidget, name: str, text: str) -> None:
    """Type into the line of that name."""
    type_in(find(QLineEdit, page, name), text)


def draw(pad: QWidget, qtbot: QtBot) -> None:
    """Draw one stroke."""
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(40, 60))
    QTest.mouseMove(pad, QPoint(120, 90))
    QTest.mouseMove(pad, QPoint(200, 50))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(200, 50))
