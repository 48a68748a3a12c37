"""Questions that are not checklist items: a number, a date, a line of text, one of several, some of several."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

import xforms
from inspector_app.ui.forms.inputs.base import Input, Tools
from inspector_app.ui.forms.inputs.making import make_input
from inspector_app.ui.kit.fields import Field
from inspector_app.ui.kit.text import Lead
from inspector_app.viewmodels.visit_editor import VisitEditor
from inspector_app.words import Words


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

    def __init__(self, editor: VisitEditor, tools: Tools, question: xforms.Question) -> None:
        super().__init__()
        self.question = question
        self._editor, self._look = editor, tools.look
        self._told = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._said = Lead()
        column.addWidget(self._said)
        self._input = make_input(question, f"visit.question.{name_of(question.ref)}", tools)
        self._input.given.connect(self._give)
        self._field: Field[Input] = Field(self._input)
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
        problem = problem_text(words, state.problem, told=self._told)
        self._field.set_error(problem)
        self._input.set_open(self._editor.may_answer(self.question.ref))
        self._input.show_state(state)
        self._input.set_wrong(bool(problem))

    def focus_input(self) -> None:
        """Put the cursor here."""
        self._input.focus_input()
