"""What is answered with a day."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

import xforms
from inspector_app.ui.forms.dates import DayEdit
from inspector_app.ui.forms.inputs.base import Input
from inspector_app.ui.kit.text import restyle
from inspector_app.ui.look import Look


class DayInput(Input):
    """A day, typed in either calendar."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self._day = DayEdit(name)
        self._day.day_given.connect(self.given)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._day)
        self.setFocusProxy(self._day.line)

    def show_state(self, state: xforms.State) -> None:
        self._day.setAccessibleName(self.accessibleName())
        self._day.show_day(state.value, self.look.words)

    def set_wrong(self, wrong: bool) -> None:
        restyle(self._day.line, "invalid", wrong)
