"""A value between two ends: on a line, as stars, or picked from all there are."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt

import xforms
from inspector_app.ui.forms.inputs.base import Input, Tools
from inspector_app.ui.forms.inputs.choices import OneOfInput
from inspector_app.ui.forms.inputs.numerals import show_numeral
from inspector_app.ui.forms.inputs.scales import LineScale, Scale, Stars
from inspector_app.ui.forms.inputs.steps import Steps
from inspector_app.ui.kit.buttons import PlainButton
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.text import Label, restyle
from inspector_app.ui.look import Look
from inspector_app.words.markup import to_plain
from sync.domain.text import Digits

MOST_STARS: Final = 10
"""More than a row of a small window holds are set on a line."""
MOST_PICKED: Final = 10_000
"""Values a range is picked from; a finer one belongs on a line."""


class RangeInput(Input):
    """A line with a handle, or stars (``rating``), with its value in figures and a button that takes it back."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        words, parameters = question.appearance.lower().split(), question.parameters
        self._names: dict[str, str] = {}
        self._steps = Steps(question.parameters, whole=question.type == "int")
        self._value = ""
        self._stars = "rating" in words and self._steps.last < MOST_STARS
        vertical = "vertical" in words and not self._stars
        self.scale: Scale = (
            Stars(name, look, self._steps.last + 1)
            if self._stars
            else LineScale(
                name,
                look,
                vertical=vertical,
                ticks=0 if "no-ticks" in words else self._steps.between_ticks(parameters.get("tick-interval", "")),
                ghost=self._steps.place(parameters.get("placeholder", "")),
            )
        )
        self.scale.setRange(0, self._steps.last)
        self.scale.set_at.connect(lambda place: self.given.emit(self._steps.value(place)))
        self.scale.taken_back.connect(lambda: self.given.emit(""))
        self.scale.sliderMoved.connect(lambda place: self._say(self._steps.value(place)))
        self._figure = Label(role="heading")
        self._clear = PlainButton(f"{name}.clear", look, "close")
        self._clear.clicked.connect(self._take_back)
        # Its place stays kept while it is away, so that nothing moves under the hand that sets a first value.
        policy = self._clear.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._clear.setSizePolicy(policy)
        self.setFocusProxy(self.scale)
        self._lay_out(vertical=vertical)

    def _lay_out(self, *, vertical: bool) -> None:
        if vertical:
            top = row(self._figure, self._clear, spacing=8)
            self.setLayout(row(self.scale, column(top, 1), 1, spacing=40))
        elif self._stars:
            self.setLayout(row(self.scale, self._figure, self._clear, 1, spacing=12))
        else:
            self.setLayout(column(row(self._figure, 1, self._clear), self.scale, spacing=0))

    def show_state(self, state: xforms.State) -> None:
        self._value = state.value
        self.scale.setAccessibleName(self.accessibleName())
        self.scale.show_place(self._steps.place(state.value))
        self._names = {choice.value: to_plain(choice.label) for choice in state.choices if choice.label}
        if isinstance(self.scale, LineScale):
            self.scale.show_labels(self._labels())
        self._say(state.value)
        said = self.look.words.say("inputs.clear")
        self._clear.setAccessibleName(f"{said}: {self.accessibleName()}")
        self._clear.setToolTip(said)
        self._clear.setVisible(bool(state.value))

    def _labels(self) -> dict[int, str]:
        """What stands at places of the line: the ends in figures, and the names that the checklist gives values."""
        labels = {place: self._written(self._steps.value(place)) for place in (0, self._steps.last)}
        places = ((self._steps.place(value), name) for value, name in self._names.items())
        # An ``or_other`` elsewhere adds a choice without a number to the list.
        return labels | {place: name for place, name in places if place is not None}

    def _say(self, value: str) -> None:
        words = self.look.words
        if not value:
            said = words.say("inputs.not_answered")
        elif self._stars and self._steps.place(value) is not None:
            said = words.say(
                "inputs.of", value=self._written(value), most=self._written(self._steps.value(self._steps.last))
            )
        else:
            name = self._names.get(value, "")
            said = words.join(self._written(value), name) if name else self._written(value)
        restyle(self._figure, "role", "heading" if value else "soft")
        self._figure.setText(said)
        self.scale.setAccessibleDescription(said)

    def _written(self, value: str) -> str:
        return show_numeral(value, self.look.words.digits)

    def _take_back(self) -> None:
        self.scale.setFocus(Qt.FocusReason.OtherFocusReason)
        self.given.emit("")


class RangePickerInput(OneOfInput):
    """A value between two ends, picked from all there are (``picker`` of a range)."""

    def __init__(self, name: str, question: xforms.Question, tools: Tools) -> None:
        super().__init__(name, question, tools)
        self._steps = Steps(question.parameters, whole=question.type == "int")
        self._words |= {"minimal"}
        self._digits: Digits | None = None
        self._all: tuple[xforms.Choice, ...] = ()

    def show_state(self, state: xforms.State) -> None:
        digits = self.look.words.digits
        if digits != self._digits:
            values = [self._steps.value(place) for place in range(min(self._steps.last, MOST_PICKED) + 1)]
            self._all = tuple(xforms.Choice(value, show_numeral(value, digits)) for value in values)
            self._digits = digits
        super().show_state(replace(state, choices=self._all))
