"""What is chosen: one of several, some of several, and a tick that something was read."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QVBoxLayout

import xforms
from inspector_app.ui.forms.inputs.base import Input
from inspector_app.ui.kit.buttons import Choice, Choices
from inspector_app.ui.kit.fields import Picker
from inspector_app.ui.kit.text import restyle
from inspector_app.ui.look import Look

FEW: Final = 5
"""Up to so many choices stand side by side; more go into a list."""


class OneOfInput(Input):
    """One of several: side by side where they are few, else in a list."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._choices: Choices | None = None
        self._picker: Picker | None = None

    def show_state(self, state: xforms.State) -> None:
        few = len(state.choices) <= FEW
        if few:
            self._show_few(state)
        else:
            self._show_many(state)
        if self._choices is not None:
            self._choices.setVisible(few)
        if self._picker is not None:
            self._picker.setVisible(not few)

    def _show_few(self, state: xforms.State) -> None:
        if self._choices is None:
            self._choices = Choices(self.objectName())
            self._choices.chosen.connect(self.given)
            self._column.addWidget(self._choices)
        self._choices.setAccessibleName(self.accessibleName())
        self._choices.offer([Choice(choice.value, choice.label) for choice in state.choices])
        self._choices.choose(state.value)

    def _show_many(self, state: xforms.State) -> None:
        if self._picker is None:
            self._picker = Picker(self.objectName())
            self._picker.chosen.connect(self.given)
            self._column.addWidget(self._picker)
        self._picker.setAccessibleName(self.accessibleName())
        choose = ("", self.look.words.say("forms.choose"))
        self._picker.offer([choose, *((choice.value, choice.label) for choice in state.choices)])
        self._picker.choose(state.value)

    def set_wrong(self, wrong: bool) -> None:
        if self._picker is not None:
            restyle(self._picker, "invalid", wrong)

    def focus_input(self) -> None:
        parts = [part for part in self.findChildren(QAbstractButton) if part.isVisibleTo(self)]
        (parts[0] if parts else self._picker or self).setFocus(Qt.FocusReason.OtherFocusReason)


class SomeOfInput(Input):
    """A tick for each choice; the value is the chosen ones with spaces between, in the checklist's order."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self._ticks: dict[str, QCheckBox] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_state(self, state: xforms.State) -> None:
        if [choice.value for choice in state.choices] != list(self._ticks):
            self._rebuild(state)
        chosen = state.value.split()
        for choice in state.choices:
            tick = self._ticks[choice.value]
            tick.setText(choice.label)
            with QSignalBlocker(tick):
                tick.setChecked(choice.value in chosen)

    def focus_input(self) -> None:
        next(iter(self._ticks.values()), self).setFocus(Qt.FocusReason.OtherFocusReason)

    def _rebuild(self, state: xforms.State) -> None:
        for tick in self._ticks.values():
            self._column.removeWidget(tick)
            tick.hide()
            tick.deleteLater()
        self._ticks = {}
        for choice in state.choices:
            tick = QCheckBox(choice.label, self)
            tick.setObjectName(f"{self.objectName()}.{choice.value}")
            tick.toggled.connect(self._toggled)
            self._column.addWidget(tick)
            self._ticks[choice.value] = tick

    def _toggled(self) -> None:
        self.given.emit(" ".join(value for value, tick in self._ticks.items() if tick.isChecked()))


class ReadInput(Input):
    """A tick that something was read (``trigger``)."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self._tick = QCheckBox()
        self._tick.setObjectName(name)
        self._tick.toggled.connect(lambda on: self.given.emit("OK" if on else ""))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._tick)
        self.setFocusProxy(self._tick)

    def show_state(self, state: xforms.State) -> None:
        self._tick.setText(self.look.words.say("forms.acknowledge"))
        with QSignalBlocker(self._tick):
            self._tick.setChecked(state.value == "OK")
