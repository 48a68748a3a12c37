"""Hands on real widgets: find by name, click, type, choose, wait for what a person would wait for."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QFileDialog, QLineEdit, QScrollArea, QWidget

W = TypeVar("W", bound=QWidget)

_PATIENCE_S = 20.0
_LOOK_EVERY_S = 0.01


class NotSeen(AssertionError):
    """A person following the tour would be stuck here: what was looked for is not on the screen."""


class Hands:
    """What one person at one window can do; nothing here calls the program behind the widgets."""

    def __init__(self, window: Callable[[], QWidget]) -> None:
        """``window`` gives the window that is open now; it changes when the app is unlocked."""
        self._window = window

    @property
    def window(self) -> QWidget:
        """The window in front."""
        return self._window()

    async def until(self, seen: Callable[[], object], what: str, patience_s: float = _PATIENCE_S) -> None:
        """Wait until something can be seen.

        Raises:
            NotSeen: It did not come.
        """
        end = time.monotonic() + patience_s
        while not seen():
            if time.monotonic() > end:
                raise NotSeen(f"{what} did not come; on the screen: {self.words()[:600]}")
            await asyncio.sleep(_LOOK_EVERY_S)

    async def see(self, name: str) -> QWidget:
        """Wait for a widget of this name that is on the screen."""
        return await self.see_a(QWidget, name)

    async def see_a(self, kind: type[W], name: str) -> W:
        """Wait for a widget of this kind and name that is on the screen."""
        await self.until(lambda: self._visible(name, kind), f"{name!r}")
        widget = self._visible(name, kind)
        if widget is None:
            raise NotSeen(name)
        return widget

    async def read(self, words: str | re.Pattern[str]) -> None:
        """Wait until these words stand somewhere in the window."""
        pattern = re.compile(re.escape(words)) if isinstance(words, str) else words
        await self.until(lambda: pattern.search(self.words()), f"the words {pattern.pattern!r}")

    def words(self) -> str:
        """Everything that can be read in the window now."""
        roots = [root for root in (QApplication.activeModalWidget(), self.window) if root is not None]
        seen = [widget for root in roots for widget in root.findChildren(QWidget) if widget.isVisible()]
        return " | ".join(text for text in map(self.text_of, seen) if text)

    @staticmethod
    def text_of(widget: QWidget) -> str:
        """What a widget says."""
        for reader in ("text", "toPlainText", "title"):
            said = getattr(widget, reader, None)
            if callable(said):
                return str(said())
        return ""

    async def click(self, name: str) -> None:
        """Press a button, a tab, a row of answers."""
        widget = await self.see(name)
        await self.until(lambda: _usable(self._visible(name, QWidget)), f"{name!r} to be enabled")
        widget = await self.see(name)
        self._bring(widget)
        await asyncio.sleep(0)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, widget.rect().center())
        await asyncio.sleep(0)

    async def write(self, name: str, text: str, *, over: bool = True) -> None:
        """Type into a field, a letter at a time; ``over`` replaces what stands there."""
        widget = _typed_into(await self.see(name))
        self._bring(widget)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        widget.setFocus(Qt.FocusReason.MouseFocusReason)
        if over:
            QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            QTest.keyClick(widget, Qt.Key.Key_Delete)
        for letter in text:
            press(widget, letter)
            await asyncio.sleep(0)

    async def choose(self, name: str, words: str) -> None:
        """Choose from a combo box by the words it shows."""
        box = await self.see_a(QComboBox, name)
        await self.until(lambda: box.findText(words, Qt.MatchFlag.MatchContains) >= 0, f"{words!r} in {name!r}")
        at = box.findText(words, Qt.MatchFlag.MatchContains)
        self._bring(box)
        box.setFocus()
        while box.currentIndex() != at:
            before = box.currentIndex()
            QTest.keyClick(box, Qt.Key.Key_Down if before < at else Qt.Key.Key_Up)
            if box.currentIndex() == before:
                raise NotSeen(f"{words!r} cannot be reached in {name!r}")

    async def pick(self, name: str, words: str = "") -> None:
        """Click the first row of a list that says these words (to a screen reader, too)."""
        view = await self.see_a(QAbstractItemView, name)
        await self.until(lambda: _row(view, words) is not None, f"a row with {words!r} in {name!r}")
        row = _row(view, words)
        if row is None:
            raise NotSeen(words)
        view.scrollTo(row)
        where = view.visualRect(row).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
        await asyncio.sleep(0)

    def rows(self, name: str) -> list[str]:
        """What the rows of a list say; nothing where it is not on the screen."""
        view = self._visible(name, QAbstractItemView)
        model = None if view is None else view.model()
        return [] if model is None else [_said(model.index(row, 0)) for row in range(model.rowCount())]

    def sees(self, name: str) -> bool:
        """Whether a widget of this name is on the screen now."""
        return self._visible(name, QWidget) is not None

    def text_at(self, name: str) -> str:
        """What a widget says, or nothing where it is not on the screen."""
        widget = self._visible(name, QWidget)
        return "" if widget is None else self.text_of(_typed_into(widget))

    async def give_file(self, path: Path) -> None:
        """Answer the file dialog that is open, by pasting the file's name into it.

        Letter by letter, a name with folders has the dialog change its folder in the middle of the word.
        """
        await self.until(lambda: _dialog() is not None, "a file dialog")
        dialog = _dialog()
        if dialog is None:
            raise NotSeen("a file dialog")
        line = dialog.findChild(QLineEdit, "fileNameEdit")
        if line is None:
            raise NotSeen("the file dialog's name field")
        line.setFocus()
        line.clear()
        QApplication.clipboard().setText(str(path.absolute()))
        QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(line, Qt.Key.Key_Return)
        await self.until(lambda: _dialog() is None, "the file dialog to close")

    async def draw(self, name: str) -> None:
        """Sign: a few strokes with the mouse."""
        pad = await self.see(name)
        self._bring(pad)
        width, height = pad.width(), pad.height()
        for start, end in (((0.2, 0.6), (0.35, 0.3)), ((0.35, 0.3), (0.5, 0.7)), ((0.5, 0.7), (0.8, 0.4))):
            QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=_at(start, width, height))
            for part in range(1, 9):
                x = start[0] + (end[0] - start[0]) * part / 8
                y = start[1] + (end[1] - start[1]) * part / 8
                QTest.mouseMove(pad, _at((x, y), width, height))
            QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=_at(end, width, height))
            await asyncio.sleep(0)

    def picture(self, path: Path) -> None:
        """Keep what the window shows."""
        path.parent.mkdir(parents=True, exist_ok=True)
        QApplication.processEvents()
        if not self.window.grab().save(str(path)):
            raise OSError(f"cannot write {path}")

    def _visible(self, name: str, kind: type[W]) -> W | None:
        for root in (QApplication.activeModalWidget(), self.window):
            if root is not None:
                for widget in root.findChildren(kind, name):
                    if widget.isVisible():
                        return widget
        return None

    def _bring(self, widget: QWidget) -> None:
        """Scroll until the widget is on the screen, as a person would."""
        parent = widget.parentWidget()
        while parent is not None:
            if isinstance(parent, QScrollArea):
                parent.ensureWidgetVisible(widget, 16, 48)
            parent = parent.parentWidget()


def press(widget: QWidget, letter: str) -> None:
    """One key of a keyboard in any language; QTest's own ``keyClicks`` knows Latin-1 only."""
    key, text = (Qt.Key.Key_Return, "\r") if letter == "\n" else (Qt.Key.Key_unknown, letter)
    for kind in (QKeyEvent.Type.KeyPress, QKeyEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
        QApplication.sendEvent(widget, event)


def _typed_into(widget: QWidget) -> QWidget:
    """The line of an input that stands for it; any other widget itself."""
    return widget.focusProxy() or widget


def _usable(widget: QWidget | None) -> bool:
    return widget is not None and widget.isEnabled()


def _dialog() -> QFileDialog | None:
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog) and w.isVisible()]
    return found[0] if found else None


def _said(index: QModelIndex) -> str:
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole) or index.data(Qt.ItemDataRole.DisplayRole)
    return str(spoken or "")


def _row(view: QAbstractItemView, words: str) -> QModelIndex | None:
    model = view.model()
    for row in range(model.rowCount()):
        index = model.index(row, 0)
        if words in _said(index):
            return index
    return None


def _at(share: tuple[float, float], width: int, height: int) -> QPoint:
    return QPointF(share[0] * width, share[1] * height).toPoint()
