"""Whole numbers and fractions: typed in any digits, shown in the reader's, or counted with two buttons."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

import xforms
from inspector_app.ui.forms.inputs.numerals import read_numeral, show_numeral
from inspector_app.ui.forms.inputs.text import LineInput
from inspector_app.ui.kit.buttons import QuietButton
from inspector_app.ui.kit.fields import LineEdit
from inspector_app.ui.look import Look
from sync.domain.text import Digits

TYPES: Final = frozenset({"int", "decimal"})
_WIDE: Final = 240
_WIDEST_COUNT: Final = 10**18 - 1
"""The checklist takes no whole number of more digits."""


class NumberInput(LineInput):
    """A number. While it is typed it stays as it is typed; once it is left it stands in the reader's digits.

    ``thousands-sep`` sets its thousands apart; ``bearing`` is a number of degrees like any other.
    """

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self._grouped = "thousands-sep" in question.appearance.lower().split()
        self._digits: Digits = look.words.digits
        whole = question.type == "int"
        hints = Qt.InputMethodHint
        self.line.setInputMethodHints(hints.ImhDigitsOnly if whole else hints.ImhFormattedNumbersOnly)
        self.line.setMaximumWidth(_WIDE)
        self.line.editingFinished.connect(self._write_out)

    def meant(self) -> str:
        return read_numeral(self.line.text(), grouped=self._grouped)

    def shown(self, value: str) -> str:
        return show_numeral(value, self._digits, grouped=self._grouped)

    def show_state(self, state: xforms.State) -> None:
        turned = self._digits != self.look.words.digits
        self._digits = self.look.words.digits
        super().show_state(state)
        if turned:
            self._write_out()

    def _write_out(self) -> None:
        """The same number in the reader's digits; the cursor stays before the same digit."""
        text = self.shown(self.meant())
        if text == self.line.text() or not self.line.text():
            return
        behind = len(self.line.text()) - self.line.cursorPosition()
        self.line.setText(text)
        self.line.setCursorPosition(max(0, len(text) - behind))


class _Middle(LineEdit):
    """A short line between two buttons, its number in the middle."""

    def _align(self) -> None:
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)


class CounterInput(NumberInput):
    """A number counted with a button at each side of it (``counter``); Up and Down count as well."""

    line_kind = _Middle

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self.line.setMaximumWidth(120)
        self.fewer = QuietButton(f"{name}.fewer", look, "minus")
        self.more = QuietButton(f"{name}.more", look, "plus")
        self.fewer.clicked.connect(lambda: self._count(-1))
        self.more.clicked.connect(lambda: self._count(1))
        for button in (self.fewer, self.more):
            button.setAutoRepeat(True)
            button.setMinimumWidth(48)
        self._row.insertWidget(0, self.fewer)
        self._row.insertWidget(2, self.more)
        self.line.installEventFilter(self)

    def show_state(self, state: xforms.State) -> None:
        super().show_state(state)
        say = self.look.words.say
        for button, key in ((self.fewer, "inputs.one_fewer"), (self.more, "inputs.one_more")):
            button.setAccessibleName(f"{say(key)}: {self.accessibleName()}")
            button.setToolTip(say(key))
        number = self._number()
        self.fewer.setEnabled(number is not None and number > 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        steps = {int(Qt.Key.Key_Up): 1, int(Qt.Key.Key_Down): -1}
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in steps:
            self._count(steps[event.key()])
            return True
        return super().eventFilter(watched, event)

    def _number(self) -> int | None:
        text = self.meant()
        sign = text[:1] == "-"
        return int(text) if text[sign:].isdecimal() else None

    def _count(self, step: int) -> None:
        """One more or fewer, never below nothing; what is no number begins again at one."""
        number = self._number()
        if number is None:
            number = 0
        if (step > 0 or number > 0) and number + step <= _WIDEST_COUNT:
            self.given.emit(str(number + step))
