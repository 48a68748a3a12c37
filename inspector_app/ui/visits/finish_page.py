"""Finishing a visit: score, findings, what is still required, the signature, and submitting."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.drafts import Outcome, OutcomeFinding, OutcomeProblem
from inspector_app.ui.forms.said import name_of, problem_text, question_name
from inspector_app.ui.forms.signature import SignatureForm
from inspector_app.ui.kit.buttons import LinkButton, PrimaryButton
from inspector_app.ui.kit.cards import Banner, Card
from inspector_app.ui.kit.fields import Field, TextArea
from inspector_app.ui.kit.layout import Page, clear, column, row
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Caption, Chip, Figure, Heading, Lead
from inspector_app.ui.look import Look
from inspector_app.ui.register.parts import short_list
from inspector_app.ui.visits.circumstances import Circumstances
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visit_editor import VisitEditor
from inspector_app.viewmodels.visits import RESULT_TONES, outcome_face, result
from xforms import Problem

SHOWN_PROBLEMS = 12


class FinishPage(Page):
    """The last page of a visit.

    Signals:
        go_asked(str): The user wants to see the question with this reference.
    """

    go_asked = Signal(str)

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, editor: VisitEditor) -> None:
        super().__init__(width=920, padding=20, spacing=12)
        self._look, self._editor = look, editor
        self._outcome: Outcome | None = None
        spoken = Spoken(look, self)
        self._score = Card(padding=16)
        self._problems = Card(padding=16)
        self._findings = Card(padding=16)
        self.note = TextArea("visit.report_note")
        self.note.textChanged.connect(lambda: editor.write_note(self.note.toPlainText()))
        self._note = Field(self.note)
        spoken.put(self._note.set_label, "visits.report_note")
        spoken.put(self._note.set_hint, "visits.report_note_hint")
        with QSignalBlocker(self.note):
            self.note.setPlainText(editor.note)
        note = Card(padding=16)
        note.body.addWidget(self._note)
        self.circumstances = Circumstances(desk, look, tasks, editor)
        self.signature = SignatureForm(look)
        self.signature.given.connect(editor.sign)
        self._state = Banner("visit.ready", look, "info")
        self.submit = PrimaryButton("visit.submit", look, "upload")
        spoken.put(self.submit.setText, "visits.submit")
        self.submit.clicked.connect(self._submit)
        hint = Caption(wrap=True)
        spoken.put(hint.setText, "visits.submit_hint")
        for part in (
            self._score,
            self._problems,
            self._findings,
            self.circumstances,
            note,
            self.signature,
            self._state,
        ):
            self.body.addWidget(part)
        self.body.addLayout(column(row(self.submit, 1), hint, spacing=6))
        self.body.addStretch(1)
        for card in (self._score, self._problems, self._findings):
            card.hide()  # until there is something in it
        editor.outcome_worked_out.connect(self._show)
        editor.signature_changed.connect(self._signed)
        editor.submit_failed.connect(self._say_state)
        look.changed.connect(self._render)
        self.submit.setEnabled(False)
        self._signed()

    def came(self) -> None:
        """Work everything out anew."""
        self._editor.work_out()

    def _show(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._render()

    def _signed(self) -> None:
        self.signature.show_kept(self._editor.signature)
        self._say_state()

    def _submit(self) -> None:
        self.submit.setEnabled(False)
        self._editor.submit()

    # ------------------------------------------------------------------------------------------------------- saying

    def _render(self) -> None:
        outcome = self._outcome
        if outcome is None:
            return
        self._score.show()
        self._findings.show()
        self._render_score(outcome)
        self._render_problems(outcome.problems)
        self._render_findings(outcome.findings)
        self._say_state()

    def _render_score(self, outcome: Outcome) -> None:
        words, score = self._look.words, outcome.score
        clear(self._score.body)
        self._score.body.addWidget(Heading(words.say("visits.score")))
        if score.percent is None or score.result is None:
            self._score.body.addWidget(Lead(words.say("visits.no_score")))
            return
        figure = Figure(words.percent(float(score.percent)))
        figure.setObjectName("visit.score")
        chip = Chip(result(words, score.result), RESULT_TONES.get(score.result, "neutral"))
        points = words.say("visits.points", earned=float(score.earned), possible=float(score.possible))
        self._score.body.addLayout(row(figure, chip, Caption(points), 1))
        if score.capped:
            self._score.body.addWidget(Lead(words.say("visits.capped")))

    def _render_problems(self, problems: tuple[OutcomeProblem, ...]) -> None:
        words = self._look.words
        clear(self._problems.body)
        self._problems.setVisible(bool(problems))
        self._problems.body.addWidget(Heading(words.say("visits.still_required", n=len(problems)), wrap=True))
        for problem in problems[:SHOWN_PROBLEMS]:
            self._problems.body.addWidget(self._problem(problem))
        if len(problems) > SHOWN_PROBLEMS:
            rest = words.say("visits.more_required", n=len(problems) - SHOWN_PROBLEMS)
            self._problems.body.addWidget(Caption(rest))

    def _problem(self, problem: OutcomeProblem) -> QWidget:
        words = self._look.words
        button = LinkButton(f"visit.required.{name_of(problem.ref)}", self._look, "forward")
        why = problem_text(words, Problem(problem.kind, problem.message), told=True)
        label = self._label(problem.ref)
        text = label if problem.kind == "required" else words.join(label, why)
        room = max(320, self.viewport().width() - 140)
        button.setText(button.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room))
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.clicked.connect(lambda: self.go_asked.emit(problem.ref))
        return button

    def _render_findings(self, findings: tuple[OutcomeFinding, ...]) -> None:
        words = self._look.words
        clear(self._findings.body)
        self._findings.body.addWidget(Heading(words.say("visits.findings_title", n=len(findings)), wrap=True))
        if not findings:
            self._findings.body.addWidget(Lead(words.say("visits.no_findings")))
            return
        faces = [(one.ref, lambda words, one=one: outcome_face(words, one, self._label(one.ref))) for one in findings]
        rows = short_list("visit.findings", self._look, faces, self.go_asked.emit)
        rows.setAccessibleName(words.say("visits.findings_title", n=len(findings)))
        self._findings.body.addWidget(rows)

    def _label(self, ref: str) -> str:
        """The words of a question in the language of the moment, with the instances it stands in."""
        return question_name(self._look.words, self._editor.session, ref)

    def _say_state(self) -> None:
        words, outcome = self._look.words, self._outcome
        missing = 0 if outcome is None else len(outcome.problems)
        unsigned = self._editor.signature is None
        self.submit.setEnabled(outcome is not None and not missing and not unsigned and not self._editor.busy)
        if outcome is None:
            self._state.clear()
        elif missing:
            self._state.show_text(words.say("visits.not_ready", n=missing), tone="warning")
        elif unsigned:
            self._state.show_text(words.say("visits.not_signed"), tone="warning")
        else:
            self._state.show_text(words.say("visits.ready"), tone="good")
