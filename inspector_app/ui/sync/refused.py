"""One event the centre did not take: the reason, what to do, and the text as it was written."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from inspector_app.services.views.sync import EventRow
from inspector_app.ui.kit.buttons import QuietButton
from inspector_app.ui.kit.cards import Banner, Card
from inspector_app.ui.kit.fields import Field, TextArea
from inspector_app.ui.kit.layout import row
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Caption, Heading, Lead
from inspector_app.ui.look import Look
from inspector_app.viewmodels import sending


class RefusedCard(Card):
    """The detail beside the list of what needs the user."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sync.refused")
        self._look = look
        self._row: EventRow | None = None
        self._choose = Lead()
        self._deed = Heading(wrap=True)
        self._when = Caption(wrap=True)
        self._reason = Banner("sync.refused.reason", look, "danger")
        self._text = Field(TextArea("sync.refused.text", lines=8))
        self._text.editor.setReadOnly(True)
        self._copy = QuietButton("sync.refused.copy", look, "copy")
        self._said = Caption()
        spoken = Spoken(look, self)
        spoken.put(self._choose.setText, "sync.choose")
        spoken.put(self._text.set_label, "sync.text_kept")
        spoken.put(self._copy.setText, "sync.copy_text")
        for part in (self._choose, self._deed, self._when, self._reason, self._text):
            self.body.addWidget(part)
        self.body.addLayout(row(self._copy, self._said, 1))
        self.body.addStretch(1)
        self._copy.clicked.connect(self._copy_text)
        look.changed.connect(self._show)
        self._show()

    def show_event(self, event: EventRow | None) -> None:
        """Show one, or ask to choose one."""
        self._row = event
        self._said.setText("")
        self._show()

    def _show(self) -> None:
        event, words = self._row, self._look.words
        self._choose.setVisible(event is None)
        for part in (self._deed, self._when, self._text, self._copy, self._said):
            part.setVisible(event is not None)
        if event is None:
            self._reason.clear()
            return
        self._deed.setText(sending.deed(words, event))
        self._when.setText(words.moment(event.receipt.made_at))
        self._text.editor.setPlainText(event.text or words.say("sync.no_text"))
        self._copy.setEnabled(bool(event.text))
        if event.receipt.code:
            told = words.explain(event.receipt.code, event.receipt.fields)
            self._reason.show_text(told.title, told.text)
        else:
            self._reason.show_text(sending.reason(words, event))

    def _copy_text(self) -> None:
        if self._row is not None:
            QGuiApplication.clipboard().setText(self._row.text)
            self._said.setText(self._look.words.say("common.copied"))
