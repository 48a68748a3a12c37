"""What is typed: a line of text or a number, and several lines."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QVBoxLayout

import xforms
from inspector_app.ui.forms.inputs.base import Input
from inspector_app.ui.kit.fields import LineEdit, TextArea
from inspector_app.ui.kit.text import restyle
from inspector_app.ui.look import Look
from sync.domain.text import to_latin_digits

NUMBERS: Final = frozenset({"int", "decimal"})


class LineInput(Input):
    """One line; numbers are taken in any digits."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self._numeric = question.type in NUMBERS
        self._line = LineEdit(name)
        self._line.textEdited.connect(lambda _: self.given.emit(self._meant()))
        if self._numeric:
            self._line.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
            self._line.setMaximumWidth(240)
        _fill(self, self._line)

    def show_state(self, state: xforms.State) -> None:
        self._line.setAccessibleName(self.accessibleName())
        self._line.setAccessibleDescription(self.accessibleDescription())
        if self._meant() != state.value:
            self._line.setText(state.value)

    def set_wrong(self, wrong: bool) -> None:
        restyle(self._line, "invalid", wrong)

    def _meant(self) -> str:
        return to_latin_digits(self._line.text().strip()) if self._numeric else self._line.text()


class TextInput(Input):
    """Several lines."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self._area = TextArea(name)
        self._area.textChanged.connect(lambda: self.given.emit(self._area.toPlainText()))
        _fill(self, self._area)

    def show_state(self, state: xforms.State) -> None:
        self._area.setAccessibleName(self.accessibleName())
        self._area.setAccessibleDescription(self.accessibleDescription())
        if self._area.toPlainText() != state.value:
            with QSignalBlocker(self._area):
                self._area.setPlainText(state.value)

    def set_wrong(self, wrong: bool) -> None:
        restyle(self._area, "invalid", wrong)


def _fill(one: Input, part: LineEdit | TextArea) -> None:
    column = QVBoxLayout(one)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(part)
    one.setFocusProxy(part)
