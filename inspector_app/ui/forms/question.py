"""One question on its page: its words, its input, and what is wrong with the answer."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

import xforms
from inspector_app.ui.forms.inputs.base import Tools
from inspector_app.ui.forms.inputs.making import appearance, make_input
from inspector_app.ui.forms.inputs.numbers import TYPES as NUMBERS
from inspector_app.ui.forms.inputs.numerals import show_numeral
from inspector_app.ui.forms.media import LabelMedia
from inspector_app.ui.forms.said import SaidLabel, name_of, problem_text
from inspector_app.ui.kit.buttons import PlainButton
from inspector_app.ui.kit.layout import row
from inspector_app.ui.kit.text import Label
from inspector_app.viewmodels.filling import Filler
from inspector_app.words.markup import to_plain

CELLS: Final = frozenset({"label", "list-nolabel"})
"""Words of a question that is one line of a grid: choices as columns, questions as rows."""
_WORDS, _CELLS = 2, 3
"""How a line of a grid is shared between the words and the cells."""


class QuestionRow(QWidget):
    """One question; shown by ``renew`` once it is on its page."""

    def __init__(self, filler: Filler, tools: Tools, question: xforms.Question) -> None:
        super().__init__()
        self.question = question
        self._filler, self._tools, self._look = filler, tools, tools.look
        self._told = False
        self._name = f"visit.question.{name_of(question.ref)}"
        self._label = SaidLabel("label")
        self._label.setObjectName(f"{self._name}.label")
        # A page has hundreds of questions, and most never show these: each is made when it is first needed.
        self._help: PlainButton | None = None
        self._guidance: SaidLabel | None = None
        self._media: LabelMedia | None = None
        self._hint: SaidLabel | None = None
        self._value: Label | None = None
        self._error: Label | None = None
        self.input = make_input(question, self._name, tools)
        self.input.given.connect(lambda value: filler.answer(self.question.ref, value))
        self._top = row(self._label, spacing=8)
        self._top.setStretch(0, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        if appearance(question).isdisjoint(CELLS):
            self._words = self._column
            self._column.addLayout(self._top)
            self._column.addWidget(self.input)
        else:
            self._words = self._lay_out_line()

    def _lay_out_line(self) -> QVBoxLayout:
        """As a line of a grid: the words before, the cells after, so that columns stand under one another."""
        words = QWidget()  # of its share also where there are no words, as at the head of the grid
        inside = QVBoxLayout(words)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(2)
        inside.addLayout(self._top)
        line = QHBoxLayout()
        line.setSpacing(12)
        sides: tuple[tuple[QWidget, int], ...] = ((words, _WORDS), (self.input, _CELLS))
        for side, share in sides:
            # Only the shares count, not what either would like: the columns of all lines stand under one another.
            side.setSizePolicy(QSizePolicy.Policy.Ignored, side.sizePolicy().verticalPolicy())
            line.addWidget(side, share)
        self._column.addLayout(line)
        return inside

    # ------------------------------------------------------------------------------------------------------ showing

    def show_problems(self) -> None:
        """Say what is still missing here, also where nothing was typed yet."""
        self._told = True
        self.renew()

    def renew(self) -> None:
        """Show the question as it stands now."""
        state = self._filler.session.state(self.question.ref)
        words = self._look.words
        label = to_plain(state.label)
        self._label.say(words.say("forms.required", label=state.label) if state.required else state.label)
        self._renew_media(state, label)
        self._renew_hint(state.hint)
        self._renew_guidance(state, label)
        # An address may be opened also where it may not be changed.
        only_said = state.readonly and self.question.control == "input" and "url" not in appearance(self.question)
        self._renew_value(state.value if only_said else "")
        self.input.setVisible(not only_said)
        if only_said:
            self._renew_error("")
            return
        self.input.setAccessibleName(label or name_of(self.question.ref))
        self.input.setAccessibleDescription(to_plain(state.hint))
        self.input.set_open(self._filler.may_answer(self.question.ref))
        self.input.show_state(state)
        problem = problem_text(words, state.problem, told=self._told)
        self.input.set_wrong(bool(problem))
        self._renew_error(problem)

    def _renew_hint(self, hint: str) -> None:
        if self._hint is None and hint:
            self._hint = SaidLabel("caption")
            self._words.insertWidget(1 + (self._media is not None), self._hint)
        if self._hint is not None:
            self._hint.say(hint)

    def _renew_value(self, value: str) -> None:
        """The answer of a question that only shows it."""
        if self._value is None and value:
            self._value = Label(wrap=True)
            self._column.addWidget(self._value)
        if self._value is not None:
            grouped = "thousands-sep" in appearance(self.question)
            shown = show_numeral(value, self._look.words.digits, grouped=grouped)
            self._value.setText(shown if self.question.type in NUMBERS else value)
            self._value.setVisible(bool(value))

    def _renew_error(self, problem: str) -> None:
        if self._error is None and problem:
            self._error = Label(role="error", wrap=True)
            self._error.setObjectName(f"{self._name}.error")
            self._words.addWidget(self._error)
        if self._error is not None:
            self._error.setText(problem)
            self._error.setVisible(bool(problem))

    def _renew_guidance(self, state: xforms.State, label: str) -> None:
        if self._guidance is None or self._help is None:
            if not state.guidance:
                return
            self._help = PlainButton(f"{self._name}.guidance", self._look, "help")
            self._help.setCheckable(True)
            self._guidance = SaidLabel("lead")
            self._help.toggled.connect(lambda _: self.renew())
            self._top.addWidget(self._help, 0, Qt.AlignmentFlag.AlignTop)
            above = sum(part is not None for part in (self._media, self._hint))
            self._words.insertWidget(1 + above, self._guidance)
        said = self._look.words.say("forms.guidance")
        self._help.setToolTip(said)
        self._help.setAccessibleName(self._look.words.say("forms.guidance_for", label=label))
        self._help.setVisible(bool(state.guidance))
        self._guidance.say(state.guidance if self._help.isChecked() else "")

    def _renew_media(self, state: xforms.State, label: str) -> None:
        if self._media is None:
            if not state.media:
                return
            self._media = LabelMedia(f"{self._name}.media", self._tools)
            self._words.insertWidget(1, self._media)
        self._media.show_media(state.media, label)

    def focus_input(self) -> None:
        """Put the cursor here."""
        self.input.focus_input()
