"""A tick that something was read, and yes or no."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QCheckBox

import xforms
from inspector_app.ui.forms.inputs.base import Input
from inspector_app.ui.kit.buttons import Choice, TakenBack
from inspector_app.ui.kit.layout import column
from inspector_app.ui.look import Look

READ: Final = "OK"
"""What a checklist keeps where something was read."""
_YES: Final = ("true", "1")
_NO: Final = ("false", "0")


class ReadInput(Input):
    """A tick that something was read (``trigger``)."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self._tick = QCheckBox()
        self._tick.setObjectName(name)
        self._tick.toggled.connect(lambda on: self.given.emit(READ if on else ""))
        self.setLayout(column(self._tick))
        self.setFocusProxy(self._tick)

    def show_state(self, state: xforms.State) -> None:
        said = self.look.words.say("forms.acknowledge")
        self._tick.setText(said)
        self._tick.setAccessibleName(f"{said}: {self.accessibleName()}")
        with QSignalBlocker(self._tick):
            self._tick.setChecked(state.value == READ)


class YesNoInput(Input):
    """Yes or no (``boolean``); the one that holds again takes the answer back."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self._both = TakenBack(name)
        self._both.chosen.connect(self.given)
        self.setLayout(column(self._both))

    def show_state(self, state: xforms.State) -> None:
        say = self.look.words.say
        self._both.setAccessibleName(self.accessibleName())
        self._both.offer([Choice("true", say("inputs.yes")), Choice("false", say("inputs.no"))])
        self._both.choose("true" if state.value in _YES else "false" if state.value in _NO else "")

    def focus_input(self) -> None:
        held = self._both.value or "true"
        self._both.button(held).setFocus(Qt.FocusReason.OtherFocusReason)
