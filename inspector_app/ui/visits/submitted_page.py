"""The number of a visit just submitted, big enough to be read out over the telephone."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from inspector_app.services.views.drafts import Submitted
from inspector_app.ui.kit.buttons import PrimaryButton, QuietButton
from inspector_app.ui.kit.cards import Card
from inspector_app.ui.kit.layout import row
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Caption, Figure, Lead, Title
from inspector_app.ui.look import Look
from inspector_app.ui.visits.report import spaced


class SubmittedPage(QWidget):
    """Done.

    Signals:
        show_asked(str): The report is wanted, by the visit's id.
        left(): Back to the list.
    """

    show_asked = Signal(str)
    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._result: Submitted | None = None
        spoken = Spoken(look, self)
        self._sign = QLabel()
        self._title, self._lead = Title(wrap=True), Lead()
        spoken.put(self._title.setText, "visits.submitted_title")
        spoken.put(self._lead.setText, "visits.submitted_text")
        caption = Caption()
        spoken.put(caption.setText, "visits.its_number")
        self.number = Figure()
        self.number.setObjectName("visit.submitted.number")
        self.number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.read = PrimaryButton("visit.submitted.read", look, "visit")
        spoken.put(self.read.setText, "visits.read_report")
        self.read.clicked.connect(self._ask_report)
        back = QuietButton("visit.submitted.back")
        spoken.put(back.setText, "visits.to_list")
        back.clicked.connect(self.left)
        card = Card(padding=32, spacing=16)
        card.setMaximumWidth(640)
        for part in (self._sign, self._title, caption, self.number, self._lead):
            card.body.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        card.body.addLayout(row(1, self.read, back, 1))
        whole = QVBoxLayout(self)
        whole.addStretch(1)
        whole.addLayout(row(1, card, 1))
        whole.addStretch(2)
        look.changed.connect(self._say)

    def show_result(self, result: Submitted) -> None:
        """Show the number of this submission."""
        self._result = result
        self._say()

    def _ask_report(self) -> None:
        if self._result is not None:
            self.show_asked.emit(self._result.visit_id)

    def _say(self) -> None:
        self._sign.setPixmap(self._look.pixmap("check", 48, "good_text"))
        if self._result is not None:
            self.number.setText(self._look.words.code(spaced(self._result.number)))
            self.number.setAccessibleName(self._result.number)
