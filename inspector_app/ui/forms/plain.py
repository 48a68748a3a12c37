"""Questions that are not checklist items: a number, a date, a line of text, one of several, some of several."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QVBoxLayout, QWidget

import xforms
from inspector_app.ui.forms.dates import DayEdit
from inspector_app.ui.kit.buttons import Choice, Choices
from inspector_app.ui.kit.fields import Field, LineEdit, Picker, TextArea
from inspector_app.ui.kit.text import Lead
from inspector_app.ui.look import Look
from inspector_app.viewmodels.visit_editor import VisitEditor
from inspector_app.words import Words
from sync.domain.text import to_latin_digits

FEW = 5
"""Up to so many choices stand side by side; more go into a list."""
NUMBERS = frozenset({"int", "decimal"})


def name_of(ref: str) -> str:
    """A question's part of an object name: the last name of its reference."""
    return ref.rsplit("/", 1)[-1]


def problem_text(words: Words, problem: xforms.Problem | None, *, told: bool) -> str:
    """What is wrong with an answer: the checklist's own sentence, or ours.

    That something is still missing is said only once the user asked what is (``told``), not while he fills it in.
    """
    if problem is None or (problem.kind == "required" and not told):
        return ""
    return problem.message or words.say(f"forms.problem.{problem.kind}")


class PlainRow(QWidget):
    """One plain question, shown by ``renew`` once it is on its page; it hides while it is not asked."""

    def __init__(self, editor: VisitEditor, look: Look, question: xforms.Question) -> None:
        super().__init__()
        self.question = question
        self._editor, self._look = editor, look
        self._told = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._said = Lead()
        column.addWidget(self._said)
        self._input = _make(question, editor.session.state(question.ref), self._give)
        self._field = Field(self._input)
        column.addWidget(self._field)

    def _give(self, value: str) -> None:
        self._editor.answer(self.question.ref, value)

    def show_problems(self) -> None:
        """Say what is still missing here, also where nothing was typed yet."""
        self._told = True
        self.renew()

    def renew(self) -> None:
        """Show the question as it stands now."""
        state = self._editor.session.state(self.question.ref)
        words = self._look.words
        self.setVisible(state.relevant)
        only_said = state.readonly and self.question.control == "input"
        self._said.setVisible(only_said)
        self._field.setVisible(not only_said)
        if only_said:
            self._said.setText(words.join(state.label, state.value))
            return
        self._field.set_label(words.say("forms.required", label=state.label) if state.required else state.label)
        self._field.set_hint(state.hint or state.guidance)
        self._field.set_error(problem_text(words, state.problem, told=self._told))
        self._input.setEnabled(self._editor.may_answer(self.question.ref))
        self._input.show_value(state, words)

    def focus_input(self) -> None:
        """Put the cursor here."""
        inside = self._input.findChild(QAbstractButton) if isinstance(self._input, (_Few, _SomeOf)) else None
        (inside or self._input).setFocus(Qt.FocusReason.OtherFocusReason)


def _make(question: xforms.Question, state: xforms.State, give: Callable[[str], None]) -> _Input:
    name = f"visit.question.{name_of(question.ref)}"
    if question.control == "select1":
        return _Few(name, give) if len(state.choices) <= FEW else _OneOf(name, give)
    if question.control == "select":
        return _SomeOf(name, give)
    if question.control == "trigger":
        return _Acknowledged(name, give)
    if question.type == "date":
        return _Day(name, give)
    if "multiline" in question.appearance:
        return _Text(name, give)
    return _Line(name, give, numeric=question.type in NUMBERS)


class _Line(LineEdit):
    def __init__(self, name: str, give: Callable[[str], None], *, numeric: bool) -> None:
        super().__init__(name)
        self._numeric = numeric
        self.textEdited.connect(lambda text: give(to_latin_digits(text.strip()) if numeric else text))
        if numeric:
            self.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
            self.setMaximumWidth(240)

    def show_value(self, state: xforms.State, words: Words) -> None:
        shown = to_latin_digits(self.text().strip()) if self._numeric else self.text()
        if shown != state.value:
            self.setText(state.value)


class _Text(TextArea):
    def __init__(self, name: str, give: Callable[[str], None]) -> None:
        super().__init__(name)
        self.textChanged.connect(lambda: give(self.toPlainText()))

    def show_value(self, state: xforms.State, words: Words) -> None:
        if self.toPlainText() != state.value:
            with QSignalBlocker(self):
                self.setPlainText(state.value)


class _Few(Choices):
    def __init__(self, name: str, give: Callable[[str], None]) -> None:
        super().__init__(name)
        self.chosen.connect(give)

    def show_value(self, state: xforms.State, words: Words) -> None:
        self.offer([Choice(choice.value, choice.label) for choice in state.choices])
        self.choose(state.value)


class _OneOf(Picker):
    def __init__(self, name: str, give: Callable[[str], None]) -> None:
        super().__init__(name)
        self.chosen.connect(give)

    def show_value(self, state: xforms.State, words: Words) -> None:
        self.offer([("", words.say("forms.choose")), *((choice.value, choice.label) for choice in state.choices)])
        self.choose(state.value)


class _SomeOf(QWidget):
    """A tick for each choice; the value is the chosen ones with spaces between, in the checklist's order."""

    changed = Signal(str)

    def __init__(self, name: str, give: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName(name)
        self._ticks: dict[str, QCheckBox] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.changed.connect(give)

    def show_value(self, state: xforms.State, words: Words) -> None:
        if [choice.value for choice in state.choices] != list(self._ticks):
            self._rebuild(state)
        chosen = state.value.split()
        for choice in state.choices:
            tick = self._ticks[choice.value]
            tick.setText(choice.label)
            with QSignalBlocker(tick):
                tick.setChecked(choice.value in chosen)

    def _rebuild(self, state: xforms.State) -> None:
        for tick in self._ticks.values():
            tick.deleteLater()
        self._ticks = {}
        for choice in state.choices:
            tick = QCheckBox(choice.label, self)
            tick.setObjectName(f"{self.objectName()}.{choice.value}")
            tick.toggled.connect(self._toggled)
            self._column.addWidget(tick)
            self._ticks[choice.value] = tick

    def _toggled(self) -> None:
        self.changed.emit(" ".join(value for value, tick in self._ticks.items() if tick.isChecked()))


class _Acknowledged(QCheckBox):
    def __init__(self, name: str, give: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName(name)
        self.toggled.connect(lambda on: give("OK" if on else ""))

    def show_value(self, state: xforms.State, words: Words) -> None:
        self.setText(words.say("forms.acknowledge"))
        with QSignalBlocker(self):
            self.setChecked(bool(state.value))


class _Day(DayEdit):
    def __init__(self, name: str, give: Callable[[str], None]) -> None:
        super().__init__(name)
        self.day_given.connect(give)

    def show_value(self, state: xforms.State, words: Words) -> None:
        self.show_day(state.value, words)


_Input = _Line | _Text | _Few | _OneOf | _SomeOf | _Acknowledged | _Day
