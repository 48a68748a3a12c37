"""What is typed: a line of text, a line of digits, a secret, an address that can be opened, and several lines."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLineEdit

import xforms
from inspector_app.ui.forms.inputs.base import Input
from inspector_app.ui.kit.buttons import LinkButton, PlainButton
from inspector_app.ui.kit.fields import LineEdit, TextArea
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.text import restyle
from inspector_app.ui.look import Look
from sync.domain.text import to_latin_digits

LONGEST_LINE: Final = 1 << 20
"""Letters a line holds; Qt would cut what is longer than 32,767 and give back the rest as the answer."""
_LINES: Final = 3
_MOST_LINES: Final = 20
_OPENED: Final = frozenset({"http", "https", "mailto", "tel"})
"""Addresses that are handed to the system; others could start a program."""


class LineInput(Input):
    """One line of text, in the direction of its first letter."""

    line_kind: type[LineEdit] = LineEdit

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self.line = self.line_kind(name)
        self.line.setMaxLength(LONGEST_LINE)
        self.line.textEdited.connect(lambda _: self.given.emit(self.meant()))
        self._row = row(self.line, 0, spacing=8)
        self._row.setStretch(0, 1)
        self.setLayout(column(self._row, spacing=4))
        self.setFocusProxy(self.line)

    def meant(self) -> str:
        """What the answer is to be by what is typed."""
        return self.line.text()

    def shown(self, value: str) -> str:
        """An answer as it is written on the line."""
        return value

    def show_state(self, state: xforms.State) -> None:
        self.line.setAccessibleName(self.accessibleName())
        self.line.setAccessibleDescription(self.accessibleDescription())
        if self.meant() != state.value:
            self.line.setText(self.shown(state.value))

    def set_wrong(self, wrong: bool) -> None:
        restyle(self.line, "invalid", wrong)


class DigitsInput(LineInput):
    """A text of digits (``numbers``), such as a telephone number: zeros at its head and a plus sign are part of it."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers)
        self.line.setMaximumWidth(320)

    def meant(self) -> str:
        return to_latin_digits(self.line.text())


class SecretInput(LineInput):
    """A line that nobody beside may read (``masked``), with a button that shows what was typed."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        hints = Qt.InputMethodHint
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setInputMethodHints(hints.ImhSensitiveData | hints.ImhNoPredictiveText)
        self._reveal = PlainButton(f"{name}.reveal", look, "review")
        self._reveal.setCheckable(True)
        self._reveal.toggled.connect(self._show)
        self._row.insertWidget(1, self._reveal)

    def show_state(self, state: xforms.State) -> None:
        super().show_state(state)
        said = self.look.words.say("inputs.reveal")
        self._reveal.setAccessibleName(f"{said}: {self.accessibleName()}")
        self._reveal.setToolTip(said)

    def _show(self, shown: bool) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)


class AddressInput(LineInput):
    """An address (``url``) with a button that opens it; it may be one that is only shown."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhUrlCharactersOnly)
        self._open = LinkButton(f"{name}.open", look, "forward")
        self._open.clicked.connect(self._go)
        self._row.insertWidget(1, self._open)

    def show_state(self, state: xforms.State) -> None:
        super().show_state(state)
        self._open.setText(self.look.words.say("inputs.open_address"))
        self._open.setVisible(_address(state.value) is not None)
        self._open.setToolTip(state.value)

    def set_open(self, answerable: bool) -> None:
        """An address that may not be changed may be opened all the same."""
        self.line.setReadOnly(not answerable)

    def _go(self) -> None:
        address = _address(self.line.text())
        if address is not None:
            QDesktopServices.openUrl(address)


def _address(text: str) -> QUrl | None:
    url = QUrl(text.strip(), QUrl.ParsingMode.StrictMode)
    return url if url.isValid() and url.scheme().lower() in _OPENED else None


class TextInput(Input):
    """Several lines; ``rows`` says how many are seen at once."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self.area = TextArea(name, lines=_rows(question))
        self._put, self._stands = "", ""
        self.area.textChanged.connect(lambda: self.given.emit(self._meant()))
        self.setLayout(column(self.area, spacing=0))
        self.setFocusProxy(self.area)

    def _meant(self) -> str:
        """What the answer is to be: untouched, it is the very text that was put here.

        The area gives a no-break space as a space, and every line's end as its own.
        """
        text = self.area.toPlainText()
        return self._put if text == self._stands else text

    def show_state(self, state: xforms.State) -> None:
        self.area.setAccessibleName(self.accessibleName())
        self.area.setAccessibleDescription(self.accessibleDescription())
        if self._meant() != state.value:
            with QSignalBlocker(self.area):
                self.area.setPlainText(state.value)
            self._put, self._stands = state.value, self.area.toPlainText()

    def set_open(self, answerable: bool) -> None:
        """A long text that may not be changed can be scrolled and copied from."""
        self.area.setReadOnly(not answerable)

    def set_wrong(self, wrong: bool) -> None:
        restyle(self.area, "invalid", wrong)


def _rows(question: xforms.Question) -> int:
    asked = question.parameters.get("rows", "")
    return max(1, min(_MOST_LINES, int(asked))) if asked.isdecimal() else _LINES
