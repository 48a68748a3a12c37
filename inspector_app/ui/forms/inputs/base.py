"""What every input of a form is: it shows a state, and gives what the user wants the answer to be."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

import xforms
from inspector_app.ui.look import Look


class Input(QWidget):
    """The part of a question that takes the answer; label, hint and problem stand around it.

    Signals:
        given(str): What the answer is to be, as the engine takes it; ``""`` takes the answer away. A value that is
            wrong is given too: the checklist flags it.
    """

    given = Signal(str)

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        """``name`` is the object name; parts inside are named ``name.part``."""
        super().__init__()
        self.setObjectName(name)
        self.question = question
        self.look = look

    def show_state(self, state: xforms.State) -> None:
        """Shows an answer, its choices and texts, without giving anything; called again after every change.

        What is being typed stays as it is while it means ``state.value``.
        """
        raise NotImplementedError

    def set_open(self, answerable: bool) -> None:
        """Whether the answer may be changed now."""
        self.setEnabled(answerable)

    def focus_input(self) -> None:
        """Puts the cursor where answering begins."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
