"""One checklist item: its words, four large answers, guidance, what the last visit said, note and pictures."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt

from inspector_app.services.desk import Desk
from inspector_app.services.views.drafts import EarlierAnswer
from inspector_app.ui.forms.evidence import EvidencePart
from inspector_app.ui.forms.photos import PhotoStrip
from inspector_app.ui.forms.said import problem_text
from inspector_app.ui.kit.buttons import Choice, PlainButton, SegmentedAnswers
from inspector_app.ui.kit.cards import Banner, Card
from inspector_app.ui.kit.layout import row
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

    It hides while the item is not asked; note and pictures come and go with the answer. A section has dozens of
    items, so whatever most of them never show is made when it is first needed.
    """

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, editor: VisitEditor, entry: Entry) -> None:
        super().__init__(padding=16, spacing=10)
        self.entry = entry
        self._desk, self._look, self._tasks, self._editor = desk, look, tasks, editor
        self._told = False
        self.setObjectName(f"visit.item.{entry.code}")
        self._code = Caption()
        self._label = Label(role="label", wrap=True)
        self._severity = Chip()
        self._help = PlainButton(f"visit.guidance.{entry.code}", look, "help")
        self._help.setCheckable(True)
        self._guidance = Lead()
        self._guidance.hide()
        self._help.toggled.connect(self._guidance.setVisible)
        self.answers = SegmentedAnswers(f"visit.answer.{entry.code}")
        self.answers.chosen.connect(lambda value: editor.answer(entry.question.ref, value))
        self._error = Label(role="error", wrap=True)
        self._remark: Banner | None = None
        self._earlier: Caption | None = None
        self._evidence: EvidencePart | None = None
        top = row(self._code, self._label, self._severity, self._help, spacing=8)
        top.setStretch(1, 1)
        self.body.addLayout(top)
        for part in (self._guidance, self.answers, self._error):
            self.body.addWidget(part)

    def show_problems(self) -> None:
        """Say what is still missing here, also where nothing was answered yet."""
        self._told = True
        self.renew()

    def focus_input(self) -> None:
        """Put the cursor on the answers, or on the note where that is what is missing."""
        first = next(iter(self._editor.session.state(self.entry.question.ref).choices), None)
        if self._evidence is not None and self._evidence.needs_words:
            self._evidence.focus_note()
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
        self._renew_evidence()

    def _renew_remark(self) -> None:
        remarks = self._editor.remarks_on(self.entry.code)
        if not remarks:
            return
        if self._remark is None:
            self._remark = Banner(f"visit.remark.{self.entry.code}", self._look, "warning")
            self.body.insertWidget(0, self._remark)
        self._remark.show_text(self._look.words.say("forms.remark"), "\n".join(remarks))

    def _renew_earlier(self) -> None:
        earlier = self._editor.earlier(self.entry.code)
        if earlier is None:
            return
        if self._earlier is None:
            self._earlier = self._add_earlier(earlier)
        words = self._look.words
        said = words.say("forms.earlier", answer=answer(words, earlier.answer))
        self._earlier.setText(words.join(said, earlier.note))

    def _add_earlier(self, earlier: EarlierAnswer) -> Caption:
        """Put what the last visit said under the answers, and above what this one says."""
        said = Caption(wrap=True)
        place = self.body.indexOf(self._error) + 1
        self.body.insertWidget(place, said)
        if earlier.photos:
            strip = PhotoStrip(f"visit.earlier.{self.entry.code}", self._desk.evidence, self._look, self._tasks)
            self.body.insertWidget(place + 1, strip)
            strip.show_pictures(earlier.photos)
        return said

    def _renew_evidence(self) -> None:
        asked = EvidencePart.asked(self._editor, self.entry)
        if self._evidence is None and asked:
            self._evidence = EvidencePart(self._desk, self._look, self._tasks, self._editor, self.entry)
            self.body.addWidget(self._evidence)
        if self._evidence is not None:
            self._evidence.setVisible(asked)
            self._evidence.renew(told=self._told)
