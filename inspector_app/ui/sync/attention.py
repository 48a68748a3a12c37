"""One thing that needs the user: the reason, what to do, the text as it was written, and sending it once more."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector_app.services.views.sync import EventRow, EvidenceRow
from inspector_app.ui.kit.buttons import PrimaryButton, QuietButton
from inspector_app.ui.kit.cards import Banner, Card
from inspector_app.ui.kit.fields import Field, TextArea
from inspector_app.ui.kit.layout import Page, row
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Caption, Heading, Lead
from inspector_app.ui.look import Look
from inspector_app.viewmodels import sending


class AttentionCard(Card):
    """The detail beside the list of what needs the user.

    Signals:
        again: The event, or the piece of evidence, shall be sent once more.
    """

    again = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=0)
        self.setObjectName("sync.refused")
        self._look = look
        self._row: EventRow | EvidenceRow | None = None
        self._choose = Lead()
        self._deed = Heading(wrap=True)
        self._when = Caption(wrap=True)
        self._reason = Banner("sync.refused.reason", look, "danger")
        self._text = Field(TextArea("sync.refused.text", lines=5))
        self._text.editor.setReadOnly(True)
        self._copy = QuietButton("sync.refused.copy", look, "copy")
        self._again = PrimaryButton("sync.refused.again", look, "upload")
        self._said = Caption()
        self._build()
        self._copy.clicked.connect(self._copy_text)
        self._again.clicked.connect(lambda: self.again.emit(self._row))
        look.changed.connect(self._show)
        self._show()

    def _build(self) -> None:
        spoken = Spoken(self._look, self)
        spoken.put(self._choose.setText, "sync.choose")
        spoken.put(self._text.set_label, "sync.text_kept")
        spoken.put(self._copy.setText, "sync.copy_text")
        spoken.put(self._again.setText, "sync.again")
        page = Page(padding=20, spacing=12)
        for part in (self._choose, self._deed, self._when, self._reason, self._text):
            page.body.addWidget(part)
        page.body.addStretch(1)
        foot = QWidget()
        line = QVBoxLayout(foot)
        line.setContentsMargins(20, 0, 20, 16)
        line.addLayout(row(self._again, self._copy, self._said, 1))
        self.body.setSpacing(0)
        self.body.addWidget(page, 1)
        self.body.addWidget(foot)

    def show_row(self, chosen: EventRow | EvidenceRow | None) -> None:
        """Show one, or ask to choose one."""
        self._row = chosen
        self._said.setText("")
        self._show()

    def _show(self) -> None:
        chosen = self._row
        self._choose.setVisible(chosen is None)
        of_all: tuple[QWidget, ...] = (self._deed, self._when)
        of_events: tuple[QWidget, ...] = (self._text, self._copy, self._said)
        for part in of_all:
            part.setVisible(chosen is not None)
        for part in of_events:
            part.setVisible(isinstance(chosen, EventRow))
        if chosen is None:
            self._again.hide()
            self._reason.clear()
        elif isinstance(chosen, EventRow):
            self._show_event(chosen)
        else:
            self._show_piece(chosen)

    def _show_event(self, event: EventRow) -> None:
        words = self._look.words
        self._deed.setText(sending.deed(words, event))
        self._when.setText(words.moment(event.receipt.made_at))
        self._text.editor.setPlainText(event.text or words.say("sync.no_text"))
        self._copy.setEnabled(bool(event.text))
        self._again.setVisible(sending.can_go_again(event))
        told = sending.advice(words, event)
        self._reason.show_text(told.title, told.text)

    def _show_piece(self, piece: EvidenceRow) -> None:
        words = self._look.words
        told = words.explain(piece.problem)
        self._deed.setText(sending.piece_called(words, piece))
        self._when.setText(sending.share(words, piece))
        self._reason.show_text(told.title, words.say("sync.given_up_text"))
        self._again.setVisible(True)

    def _copy_text(self) -> None:
        if isinstance(self._row, EventRow):
            QGuiApplication.clipboard().setText(self._row.text)
            self._said.setText(self._look.words.say("common.copied"))
