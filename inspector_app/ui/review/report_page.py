"""A received report as its supervisor reads it: non-conformities first, remarks beside them, then his word."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.review import AnswerChange, ReviewDetail
from inspector_app.ui import boxes
from inspector_app.ui.kit.buttons import PlainButton, PrimaryButton, QuietButton
from inspector_app.ui.kit.cards import Banner
from inspector_app.ui.kit.fields import Field, TextArea
from inspector_app.ui.kit.layout import Page, clear, column, row
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Caption, Label
from inspector_app.ui.look import Look
from inspector_app.ui.register.parts import Part, notice
from inspector_app.ui.visits.report import ReportMaker
from inspector_app.viewmodels import visits as shown
from inspector_app.viewmodels.review import Reviewer
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.words import Words
from sync.domain.workflow import VisitAction


class RemarkField(QWidget):
    """A button that opens a line for a remark on one item; with words in it, it stays open."""

    def __init__(self, item: str, label: str, look: Look, reviewer: Reviewer) -> None:
        super().__init__()
        self.item = item
        self._reviewer = reviewer
        name = f"review.remark.{item or 'report'}"
        self.button = PlainButton(f"{name}.open", look, "note")
        self.button.setText(look.words.say("review.remark"))
        self.area = TextArea(name, lines=2)
        self._field = Field(self.area)
        self._field.set_label(look.words.say("review.remark_on", item=label))
        self.setLayout(column(row(self.button, 1), self._field, spacing=4))
        self.button.clicked.connect(self.open_field)
        self.area.textChanged.connect(lambda: reviewer.remark(item, self.area.toPlainText()))
        held = reviewer.remark_on(item)
        with QSignalBlocker(self.area):
            self.area.setPlainText(held)
        self._show(opened=bool(held))

    def open_field(self) -> None:
        """Let the remark be written."""
        self._show(opened=True)
        self.area.setFocus()

    def _show(self, *, opened: bool) -> None:
        self.button.setVisible(not opened)
        self._field.setVisible(opened)


class ReportPage(QWidget):
    """The report in front. Keys: A approves, R returns."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, reviewer: Reviewer) -> None:
        super().__init__()
        self._desk, self._look, self._tasks, self.reviewer = desk, look, tasks, reviewer
        self._labels: dict[str, str] = {}
        spoken = Spoken(look, self)
        self._maker = ReportMaker(desk, look, tasks, self._remark_field)
        self._page = Page(padding=0, spacing=12)
        self.approve = PrimaryButton("review.approve", look, "check")
        spoken.put(self.approve.setText, "review.approve")
        self.approve.clicked.connect(self.ask_approve)
        self.give_back = QuietButton("review.return", look, "reply")
        self.give_back.clicked.connect(self.ask_return)
        self.take_up = QuietButton("review.take_up", look, "review")
        spoken.put(self.take_up.setText, "review.take_up")
        self.take_up.clicked.connect(reviewer.take_up)
        self._own = Banner("review.own", look, "info")
        self._carried = Banner("review.carried", look, "info")
        for button, key in ((self.approve, "review.key_approve"), (self.give_back, "review.key_return")):
            spoken.put(button.setToolTip, key)
        foot = row(self.approve, self.give_back, self.take_up, 1, spacing=8)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addWidget(self._carried)
        whole.addWidget(self._own)
        whole.addWidget(self._page, 1)
        whole.addLayout(foot)
        for key, act in (("A", self.ask_approve), ("R", self.ask_return)):
            QShortcut(QKeySequence(key), self).activated.connect(act)
        reviewer.opened.connect(self._show)
        reviewer.remarks_changed.connect(lambda _: self._renew_buttons())
        self._renew_buttons()

    # ------------------------------------------------------------------------------------------------------ showing

    def _show(self, detail: ReviewDetail) -> None:
        self._render(detail)
        self._page.verticalScrollBar().setValue(0)

    def _render(self, detail: ReviewDetail) -> None:
        self._labels = {"": self._look.words.say("review.on_report")}
        self._labels |= {view.item: view.label for section in detail.detail.sections for view in section.answers}
        clear(self._page.body)
        add = self._page.body.addWidget
        add(self._maker.head(detail.detail, carried=detail.carried))
        add(self._about_place(detail))
        add(self._maker.nonconformities(detail.nonconformities))
        if detail.since_revision or detail.detail.visit.revision > 1:
            add(self._changes("review.since_revision", "revision", detail.since_revision))
        if detail.previous_visit is not None:
            add(self._changes("review.since_visit", "visit", detail.since_visit))
        if not detail.detail.readable:
            told = self._look.words.explain("checklist_missing")
            add(notice("review.unreadable", self._look, told.title, told.text))
        failing = frozenset(view.item for view in detail.nonconformities)
        for part in self._maker.sections(detail.detail.sections, failing):
            add(part)
        if detail.signature is not None:
            add(self._maker.signature(detail.signature))
        add(self._maker.history(detail.detail.revisions, detail.detail.decisions))
        add(self._on_report())
        self._page.body.addStretch(1)
        self._renew_buttons()
        self._carried.show_text(
            self._look.words.say("review.carried") if detail.carried else "",
            self._look.words.say("review.carried_text"),
        )

    def _about_place(self, detail: ReviewDetail) -> QWidget:
        words = self._look.words
        if detail.distance_m is None:
            said = words.say("review.distance_unknown")
        else:
            said = words.say("review.distance", distance=words.metres(detail.distance_m))
        return Part("", Label(said, wrap=True))

    def _changes(self, heading: str, name: str, changes: Sequence[AnswerChange]) -> QWidget:
        words = self._look.words
        part = Part(words.say(heading))
        part.setObjectName(f"review.changes.{name}")
        if not changes:
            part.body.addWidget(Label(words.say("review.no_changes"), role="soft"))
        for change in changes:
            part.body.addWidget(self._change(words, change))
        return part

    def _change(self, words: Words, change: AnswerChange) -> QWidget:
        before, after = shown.answer(words, change.before), shown.answer(words, change.after)
        whole = QWidget()
        title = words.join(words.verbatim(change.item), change.label)
        body = column(Label(title, wrap=True), spacing=2)
        if change.before != change.after:
            body.addWidget(Caption(words.say("review.changed", before=before, after=after), wrap=True))
        if change.note_before != change.note_after:
            said = words.say("review.note_changed", before=change.note_before or "—", after=change.note_after or "—")
            body.addWidget(Caption(said, wrap=True))
        whole.setLayout(body)
        return whole

    def _remark_field(self, item: str) -> QWidget | None:
        current = self.reviewer.current
        if current is None or VisitAction.RETURN not in current.actions:
            return None
        return RemarkField(item, self._labels.get(item, item), self._look, self.reviewer)

    def _on_report(self) -> QWidget:
        whole = self._remark_field("")
        part = Part(self._look.words.say("review.on_report"))
        if whole is None:
            part.hide()
        else:
            part.body.addWidget(whole)
        return part

    def _renew_buttons(self) -> None:
        current, words = self.reviewer.current, self._look.words
        actions = () if current is None else current.actions
        count = len(self.reviewer.remarks)
        self.approve.setEnabled(VisitAction.APPROVE in actions)
        self.take_up.setVisible(VisitAction.TAKE_UP in actions)
        self.give_back.setEnabled(VisitAction.RETURN in actions)
        self.give_back.setText(words.say("review.return_with", n=count) if count else words.say("review.return"))
        if current is not None and not {VisitAction.APPROVE, VisitAction.RETURN} & set(actions):
            self._own.show_text(words.say("review.no_word"), words.say("review.no_word_text"))
        else:
            self._own.clear()

    # -------------------------------------------------------------------------------------------------------- doing

    def ask_approve(self) -> None:
        """Approve, after a question."""
        if not self.approve.isEnabled():
            return
        say = self._look.words.say
        unsent = len(self.reviewer.remarks)
        boxes.ask(
            self._look,
            self,
            title=say("review.approve_title"),
            text=say("review.approve_unsent", n=unsent) if unsent else say("review.approve_text"),
            yes=say("review.approve"),
            then=self.reviewer.approve,
            name="review.approve.box",
        )

    def ask_return(self) -> None:
        """Return with the remarks that were written; without one, say where to write it."""
        if not self.give_back.isEnabled():
            return
        say = self._look.words.say
        count = len(self.reviewer.remarks)
        if not count:
            boxes.tell(self._look, self, say("review.needs_remarks"), say("review.needs_remarks_text"))
            return
        boxes.ask(
            self._look,
            self,
            title=say("review.return_title", n=count),
            text=say("review.return_text"),
            yes=say("review.return"),
            then=self.reviewer.give_back,
            name="review.return.box",
        )
