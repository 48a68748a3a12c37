"""Handing a case over: which committee takes it, and a word for its timeline."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from inspector_app.ui.boxes import Box
from inspector_app.ui.kit.buttons import PrimaryButton, QuietButton
from inspector_app.ui.kit.fields import Field, Picker, TextArea
from inspector_app.ui.look import Look
from sync.contract import records as r


class MoveBox(Box):
    """Which committee, and why.

    Signals:
        chosen(str, str): The committee's id, and what was written.
    """

    chosen = Signal(str, str)

    def __init__(self, look: Look, over: QWidget, committees: Sequence[r.Committee]) -> None:
        say = look.words.say
        text = say("cases.step_text.move" if committees else "cases.move_nowhere")
        super().__init__("case.move", look, over, title=say("cases.step.move"), text=text)
        self._committee = Field(Picker("case.move.committee"))
        self._committee.set_label(say("cases.move_to"))
        self._committee.editor.offer([(one.id, look.words.name(one)) for one in committees])
        self._text = Field(TextArea("case.move.text"))
        self._text.set_label(say("cases.move_why"))
        self.body.addWidget(self._committee)
        self.body.addWidget(self._text)
        self._sure = PrimaryButton("case.move.yes")
        self._sure.setText(say("cases.step.move"))
        self._sure.setEnabled(bool(committees))
        self._sure.setDefault(True)
        stop = QuietButton("case.move.no")
        stop.setText(say("common.cancel"))
        self.buttons.addButton(self._sure, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(stop, QDialogButtonBox.ButtonRole.RejectRole)
        self._sure.clicked.connect(self._choose)
        stop.clicked.connect(self.reject)

    def _choose(self) -> None:
        self.chosen.emit(self._committee.editor.value, self._text.editor.toPlainText().strip())
        self.accept()
