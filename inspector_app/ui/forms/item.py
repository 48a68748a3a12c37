"""One checklist item: its words, four large answers, guidance, what the last visit said, note and pictures."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QWidget

from inspector_app.services.desk import Desk
from inspector_app.ui.forms.photos import PhotoAdder, PhotoStrip
from inspector_app.ui.forms.plain import problem_text
from inspector_app.ui.kit.buttons import Choice, PlainButton, SegmentedAnswers
from inspector_app.ui.kit.cards import Banner, Card
from inspector_app.ui.kit.fields import Field, TextArea
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.text import Caption, Chip, Label, Lead
from inspector_app.ui.look import Look
from inspector_app.viewmodels.checklist import Entry
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visit_editor import VisitEditor
from inspector_app.viewmodels.visits import ANSWER_TONES, SEVERITY_TONES, answer, severity

ICONS: Final = {"conform": "check", "nonconform": "close", "partial": "partial", "na": "minus"}
"""The shape beside the word of an answer, so that its colour is never alone."""


class ItemCard(Card):
    """A checklist item, shown by ``renew`` once it is on its page.

    It hides while the item is not asked; note and pictures come and go with the answer.
    """

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, editor: VisitEditor, entry: Entry) -> None:
        super().__init__(padding=16, spacing=10)
        self.entry = entry
        self._look, self._editor = look, editor
        self._told = False
        name = f"visit.answer.{entry.code}"
        self.setObjectName(f"visit.item.{entry.code}")
        self._remark = Banner(f"visit.remark.{entry.code}", look, "warning")
        self._code = Caption()
        self._label = Label(role="label", wrap=True)
        self._severity = Chip()
        self._help = PlainButton(f"visit.guidance.{entry.code}", look, "help")
        self._help.setCheckable(True)
        self._guidance = Lead()
        self._guidance.hide()
        self._help.toggled.connect(self._guidance.setVisible)
        self.answers = SegmentedAnswers(name)
        self.answers.chosen.connect(self._answered)
        self._earlier = Caption(wrap=True)
        self._earlier_photos = PhotoStrip(f"visit.earlier.{entry.code}", desk, look, tasks)
        self._error = Label(role="error", wrap=True)
        self._note_text = TextArea(f"visit.note.{entry.code}", lines=2)
        self._note_text.textChanged.connect(self._noted)
        self._note = Field(self._note_text)
        self._adder = PhotoAdder(f"visit.photo.{entry.code}", look)
        self._adder.given.connect(lambda source: editor.attach(entry, source))
        self._photos = PhotoStrip(f"visit.photos.{entry.code}", desk, look, tasks)
        self._photos.removed.connect(lambda attachment: editor.detach(entry, attachment))
        self._lay_out()

    def _lay_out(self) -> None:
        top = row(self._code, self._label, self._severity, self._help, spacing=8)
        top.setStretch(1, 1)
        self.body.addWidget(self._remark)
        self.body.addLayout(top)
        part: QWidget
        for part in (self._guidance, self.answers, self._error):
            self.body.addWidget(part)
        self.body.addLayout(column(self._earlier, self._earlier_photos, spacing=4))
        for part in (self._note, self._photos, self._adder):
            self.body.addWidget(part)

    def _answered(self, value: str) -> None:
        self._editor.answer(self.entry.question.ref, value)

    def _noted(self) -> None:
        if self.entry.note is not None:
            self._editor.answer(self.entry.note.ref, self._note_text.toPlainText())

    def show_problems(self) -> None:
        """Say what is still missing here, also where nothing was answered yet."""
        self._told = True
        self.renew()

    def focus_input(self) -> None:
        """Put the cursor on the answers, or on the note where that is what is missing."""
        first = next(iter(self._editor.session.state(self.entry.question.ref).choices), None)
        note = self.entry.note
        if note is not None and self._editor.session.state(note.ref).problem is not None:
            self._note_text.setFocus(Qt.FocusReason.OtherFocusReason)
        elif first is not None:
            self.answers.button(first.value).setFocus(Qt.FocusReason.OtherFocusReason)

    # ------------------------------------------------------------------------------------------------------ showing

    def renew(self) -> None:
        """Show the item as it stands now."""
        state = self._editor.session.state(self.entry.question.ref)
        words = self._look.words
        self.setVisible(state.relevant)
        if not state.relevant:
            return
        self._code.setText(words.verbatim(self.entry.code))
        self._label.setText(state.label)
        tone = SEVERITY_TONES.get(self.entry.severity, "neutral")
        self._severity.show_state(severity(words, self.entry.severity), tone)
        self._help.setVisible(bool(state.guidance))
        self._help.setAccessibleName(words.say("forms.guidance_of", code=self.entry.code))
        self._help.setToolTip(words.say("forms.guidance"))
        self._guidance.setText(state.guidance)
        self.answers.setAccessibleName(state.label)
        self.answers.offer(
            [
                Choice(one.value, one.label, ANSWER_TONES.get(one.value, "accent"), ICONS.get(one.value, ""))
                for one in state.choices
            ],
            self._look,
        )
        self.answers.choose(state.value)
        self.answers.setEnabled(self._editor.may_answer(self.entry.question.ref))
        problem = problem_text(words, state.problem, told=self._told)
        self._error.setText(problem)
        self._error.setVisible(bool(problem))
        self._renew_remark()
        self._renew_earlier()
        self._renew_note()
        self._renew_photos()

    def _renew_remark(self) -> None:
        remarks = self._editor.remarks_on(self.entry.code)
        self._remark.show_text(self._look.words.say("forms.remark") if remarks else "", "\n".join(remarks))

    def _renew_earlier(self) -> None:
        earlier = self._editor.earlier(self.entry.code)
        words = self._look.words
        self._earlier.setVisible(earlier is not None)
        if earlier is not None:
            said = words.join(words.say("forms.earlier", answer=answer(words, earlier.answer)), earlier.note)
            self._earlier.setText(said)
        self._earlier_photos.show_pictures(() if earlier is None else earlier.photos)

    def _renew_note(self) -> None:
        note = self.entry.note
        state = None if note is None else self._editor.session.state(note.ref)
        self._note.setVisible(state is not None and state.relevant)
        if note is None or state is None or not state.relevant:
            return
        words = self._look.words
        self._note.set_label(words.say("forms.required", label=state.label) if state.required else state.label)
        self._note_text.setAccessibleName(f"{self.entry.code} {state.label}")
        self._note.set_error(problem_text(words, state.problem, told=self._told))
        self._note_text.setReadOnly(not self._editor.may_answer(note.ref))
        if self._note_text.toPlainText() != state.value:
            with QSignalBlocker(self._note_text):
                self._note_text.setPlainText(state.value)

    def _renew_photos(self) -> None:
        photo = self.entry.photo
        open_ = photo is not None and self._editor.may_answer(photo.ref)
        asked = photo is not None and self._editor.session.state(photo.ref).relevant
        self._adder.setVisible(asked and open_)
        self._photos.removable = open_
        self._photos.show_pictures(self._editor.pictures(self.entry.code))
