"""What is answered with a barcode: typed, or read by a scanner that types like a keyboard and ends with Enter."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QLineEdit

import xforms
from inspector_app.ui.forms.inputs.base import Input
from inspector_app.ui.kit.buttons import PlainButton
from inspector_app.ui.kit.fields import LineEdit
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.text import Caption, restyle
from inspector_app.ui.look import Look
from sync.domain.text import to_latin_digits

_WIDTH: Final = 320


class BarcodeInput(Input):
    """A code in Latin digits whatever the keyboard writes; after Enter the next scan takes its place.

    ``hidden-answer`` shows that a code was read and how long it is, never the code.
    """

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self._hidden = "hidden-answer" in question.appearance.lower().split()
        self.line = LineEdit(name)
        self.line.setFixedWidth(_WIDTH)
        if self._hidden:
            self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.textEdited.connect(lambda _: self.given.emit(self._meant()))
        self.line.returnPressed.connect(self.line.selectAll)
        self.clear = PlainButton(f"{name}.clear", look, "close")
        self.clear.clicked.connect(self._clear)
        self._said = Caption()
        self.setLayout(column(row(self.line, self.clear, 1, spacing=8), self._said, spacing=4))
        self.setFocusProxy(self.line)

    def show_state(self, state: xforms.State) -> None:
        words = self.look.words
        self.line.setAccessibleName(self.accessibleName())
        self.line.setAccessibleDescription(self.accessibleDescription())
        if self._meant() != state.value:
            self.line.setText(state.value)
        self.clear.setVisible(bool(state.value))
        self.clear.setAccessibleName(words.say("forms.clear_code"))
        self.clear.setToolTip(words.say("forms.clear_code"))
        read = words.say("forms.code_read", n=len(state.value)) if state.value and self._hidden else ""
        self._said.setText(read or words.say("forms.code_hint"))

    def set_wrong(self, wrong: bool) -> None:
        restyle(self.line, "invalid", wrong)

    def _meant(self) -> str:
        return to_latin_digits(self.line.text().strip())

    def _clear(self) -> None:
        self.line.clear()
        self.given.emit("")
        self.focus_input()
