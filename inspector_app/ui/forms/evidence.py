"""What goes with a failing answer: the note on what was seen, and its pictures."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QWidget

from inspector_app.services.desk import Desk
from inspector_app.ui.forms.photos import PhotoAdder, PhotoStrip
from inspector_app.ui.forms.said import problem_text
from inspector_app.ui.kit.fields import Field, TextArea
from inspector_app.ui.kit.layout import column
from inspector_app.ui.look import Look
from inspector_app.viewmodels.checklist import Entry
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visit_editor import VisitEditor


class EvidencePart(QWidget):
    """Note and pictures of one item; made only once its answer asks for them."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, editor: VisitEditor, entry: Entry) -> None:
        super().__init__()
        self._entry, self._editor, self._look = entry, editor, look
        self._note_text = TextArea(f"visit.note.{entry.code}", lines=2)
        self._note_text.textChanged.connect(self._noted)
        self._note = Field(self._note_text)
        self._adder = PhotoAdder(f"visit.photo.{entry.code}", look)
        self._adder.given.connect(lambda source: editor.attach(entry, source))
        self._photos = PhotoStrip(f"visit.photos.{entry.code}", desk.evidence, look, tasks)
        self._photos.removed.connect(lambda attachment: editor.detach(entry, attachment))
        self.setLayout(column(self._note, self._photos, self._adder, spacing=10))

    @staticmethod
    def asked(editor: VisitEditor, entry: Entry) -> bool:
        """Whether there is anything of it to show now."""
        parts = [part for part in (entry.note, entry.photo) if part is not None]
        return bool(editor.pictures(entry.code)) or any(editor.session.state(part.ref).relevant for part in parts)

    @property
    def needs_words(self) -> bool:
        """Whether the note is what is still missing."""
        note = self._entry.note
        return note is not None and self._editor.session.state(note.ref).problem is not None

    def focus_note(self) -> None:
        """Put the cursor into the note."""
        self._note_text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _noted(self) -> None:
        if self._entry.note is not None:
            self._editor.answer(self._entry.note.ref, self._note_text.toPlainText())

    def renew(self, *, told: bool) -> None:
        """Show note and pictures as they stand now; ``told``: the user asked what is still missing."""
        self._renew_note(told=told)
        photo = self._entry.photo
        open_ = photo is not None and self._editor.may_answer(photo.ref)
        asked = photo is not None and self._editor.session.state(photo.ref).relevant
        self._adder.setVisible(asked and open_)
        self._photos.removable = open_
        self._photos.show_pictures(self._editor.pictures(self._entry.code))

    def _renew_note(self, *, told: bool) -> None:
        note = self._entry.note
        state = None if note is None else self._editor.session.state(note.ref)
        self._note.setVisible(state is not None and state.relevant)
        if note is None or state is None or not state.relevant:
            return
        words = self._look.words
        self._note.set_label(words.say("forms.required", label=state.label) if state.required else state.label)
        self._note_text.setAccessibleName(f"{self._entry.code} {state.label}")
        self._note.set_error(problem_text(words, state.problem, told=told))
        self._note_text.setReadOnly(not self._editor.may_answer(note.ref))
        if self._note_text.toPlainText() != state.value:
            with QSignalBlocker(self._note_text):
                self._note_text.setPlainText(state.value)
