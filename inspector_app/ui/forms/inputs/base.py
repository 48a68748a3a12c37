"""What every input of a form is: it shows a state, and gives what the user wants the answer to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

import xforms
from inspector_app.ui.forms.inputs.keeping import Keeper
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks

Files: TypeAlias = Callable[[str], bytes | None]
"""Reads a file that came with the form by its address, ``jr://images/tent.jpg``; None where it is not there.

It may be asked from any thread, and is not from that of the screen.
"""


def no_files(address: str) -> bytes | None:
    """For a form that nothing came with."""
    return None


class Tools(NamedTuple):
    """What inputs are made with."""

    look: Look
    tasks: Tasks
    keeper: Keeper
    files: Files = no_files


class Input(QWidget):
    """The part of a question that takes the answer; label, hint and problem stand around it.

    The one part that is typed into is its focus proxy and bears its name, so that a ``QLineEdit`` is found by the name
    of its question; other parts are named ``name.part``, and what stands for a choice ``name.value``.

    Signals:
        given(str): What the answer is to be, as the engine takes it; ``""`` takes the answer away. A value that is
            wrong is given too: the checklist flags it.
        done(): Nothing more is to be answered here (a ``quick`` choice): the page may move on.
    """

    given = Signal(str)
    done = Signal()

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        """``name`` is the object name; ``question.ref`` names the very instance inside of a repeat."""
        super().__init__()
        self.setObjectName(name)
        self.question = question
        self.look = look

    def show_state(self, state: xforms.State) -> None:
        """Shows an answer, its choices and texts, without giving anything; called again after every change.

        What is being typed stays as it is while it means ``state.value``. The accessible name and description of
        this widget are set before; parts that take the keyboard bear names of their own, made of it.
        """
        raise NotImplementedError

    def set_open(self, answerable: bool) -> None:
        """Whether the answer may be changed now."""
        self.setEnabled(answerable)

    def set_wrong(self, wrong: bool) -> None:
        """Whether the answer is flagged, for an input that has an edge to colour."""

    def focus_input(self) -> None:
        """Puts the cursor where answering begins."""
        (self.focusProxy() or self).setFocus(Qt.FocusReason.OtherFocusReason)
