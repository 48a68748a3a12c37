"""A case: what it is about, its timeline, and what may be done with it now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.cases import CaseDetail, EntryView
from inspector_app.ui import boxes
from inspector_app.ui.cases.move_box import MoveBox
from inspector_app.ui.forms.photos import LARGE, PhotoStrip
from inspector_app.ui.kit.buttons import LinkButton, PlainButton, PrimaryButton, QuietButton
from inspector_app.ui.kit.cards import Banner
from inspector_app.ui.kit.fields import Field, TextArea
from inspector_app.ui.kit.layout import Page, clear, column, row
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Caption, Chip, Label, Rule, Title
from inspector_app.ui.look import Look
from inspector_app.ui.register.parts import Facts, Part
from inspector_app.viewmodels import cases as shown
from inspector_app.viewmodels.register import called
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visits import STANDING_TONES, mark
from inspector_app.words import Words
from sync.contract import records as r
from sync.domain.workflow import CaseAction, CaseState


class CasePage(QWidget):
    """One case.

    Signals:
        left(): The user went back to the list.
        changed(): The user did something with the case.
        place_asked(str), company_asked(str), visit_asked(str): The user wants to see what it is about.
    """

    left = Signal()
    changed = Signal()
    place_asked = Signal(str)
    company_asked = Signal(str)
    visit_asked = Signal(str)

    def __init__(self, desk: Desk, look: Look, tasks: Tasks) -> None:
        super().__init__()
        self._desk, self._look, self._tasks = desk, look, tasks
        self._case_id = ""
        self._detail: CaseDetail | None = None
        spoken = Spoken(look, self)
        self.back = PlainButton("case.detail.back", look, "back")
        spoken.put(self.back.setText, "cases.title")
        self.back.clicked.connect(self.left)
        self._steps = QWidget()
        self._steps_row = row(spacing=8)
        self._steps.setLayout(self._steps_row)
        self._banner = Banner("case.detail.state", look, "danger")
        self._page = Page(width=920, padding=20, spacing=12)
        self.comment = TextArea("case.comment", lines=2)
        self._comment = Field(self.comment)
        spoken.put(self._comment.set_label, "cases.comment")
        self.send = QuietButton("case.comment.send", look, "note")
        spoken.put(self.send.setText, "cases.comment_send")
        self.send.setEnabled(False)
        self.comment.textChanged.connect(lambda: self.send.setEnabled(bool(self.comment.toPlainText().strip())))
        self.send.clicked.connect(lambda: self._act(CaseAction.COMMENT, self.comment.toPlainText().strip()))
        self._foot = QWidget()
        foot = row(self._comment, self.send)
        foot.setStretch(0, 1)
        foot.setContentsMargins(20, 0, 20, 12)
        self._foot.setLayout(foot)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 0)
        whole.setSpacing(8)
        whole.addLayout(row(self.back, 1, self._steps))
        whole.addWidget(self._banner)
        whole.addWidget(self._page, 1)
        whole.addWidget(self._foot)
        look.changed.connect(self._render)

    def show_case(self, case_id: str) -> None:
        """Read a case."""
        if case_id != self._case_id:
            clear(self._page.body)
            self._detail = None
            self.comment.clear()
        self._case_id = case_id
        self.refresh()

    def refresh(self) -> None:
        """Read it again."""
        if self._case_id:
            self._tasks.run(self._desk.cases.detail, self._case_id, done=self._show, owner=self)

    def _show(self, detail: CaseDetail) -> None:
        if detail.case.id == self._case_id:
            self._detail = detail
            self._render()

    # ------------------------------------------------------------------------------------------------------- saying

    def _render(self) -> None:
        detail = self._detail
        if detail is None:
            return
        bar = self._page.verticalScrollBar()
        place = bar.value()
        clear(self._page.body)
        self._page.body.addWidget(self._head(detail))
        self._page.body.addWidget(self._text(detail))
        if detail.contact is not None:
            self._page.body.addWidget(self._contact(detail.contact))
        self._page.body.addWidget(self._timeline(detail))
        self._page.body.addStretch(1)
        self._page.body.activate()
        bar.setValue(place)
        self._offer_steps(detail)
        self._say_attention(detail)

    def _head(self, detail: CaseDetail) -> QWidget:
        words, case = self._look.words, detail.case
        category = case.category if detail.category is None else words.name(detail.category)
        below = "" if detail.subcategory is None else words.name(detail.subcategory)
        chips = [
            Chip(words.say(f"cases.state.{case.state}"), shown.STATE_TONES.get(CaseState(case.state), "neutral")),
            Chip(shown.priority(words, case.priority), shown.PRIORITY_TONES.get(case.priority, "neutral")),
        ]
        if detail.standing is not None:
            chips.append(Chip(shown.due(words, case), STANDING_TONES[detail.standing]))
        title = Title(category, wrap=True)
        number = words.join(words.say(f"cases.kind.{case.kind}"), words.code(case.number), below)
        part = Part("")
        part.body.addLayout(column(title, Caption(number, wrap=True), row(*chips, 1, spacing=8), spacing=6))
        part.body.addWidget(Facts(self._facts(detail)))
        links = row(spacing=8)
        for known, icon, name, asked in (
            (detail.place, "place", "place", self.place_asked),
            (detail.company, "company", "company", self.company_asked),
        ):
            if known is not None:
                links.addWidget(self._link(name, icon, words.name(known), partial(asked.emit, known.id)))
        if detail.visit is not None:
            number = words.say("cases.from_visit", number=words.code(detail.visit.number))
            links.addWidget(self._link("visit", "visit", number, partial(self.visit_asked.emit, detail.visit.id)))
        if links.count():
            links.addStretch(1)
            part.body.addLayout(links)
        return part

    def _link(self, name: str, icon: str, text: str, go: Callable[[], object]) -> LinkButton:
        button = LinkButton(f"case.link.{name}", self._look, icon)
        button.setText(text)
        button.clicked.connect(go)
        return button

    def _facts(self, detail: CaseDetail) -> list[tuple[str, str]]:
        words, case = self._look.words, detail.case
        return [
            (words.say("cases.fact.about"), called(words, detail.place, detail.company)),
            (words.say("cases.fact.opened"), words.moment(case.opened_at)),
            (words.say("cases.fact.due"), words.moment(case.due_at)),
            (words.say("cases.fact.opened_by"), "" if detail.opened_by is None else words.name(detail.opened_by)),
            (words.say("cases.reporter"), words.say(f"cases.reporter.{case.reporter}")),
            (words.say("cases.fact.sent"), mark(words, detail.mark)),
        ]

    def _text(self, detail: CaseDetail) -> QWidget:
        part = Part(self._look.words.say("cases.text"), Label(detail.case.text, wrap=True))
        if detail.case.attachments:
            strip = PhotoStrip("case.detail.photos", self._desk.evidence, self._look, self._tasks, side=LARGE)
            part.body.addWidget(strip)
            strip.show_pictures(detail.case.attachments)
        return part

    def _contact(self, contact: r.Contact) -> QWidget:
        words = self._look.words
        facts = [
            (words.say("cases.reporter_name"), contact.name),
            (words.say("cases.reporter_phone"), words.verbatim(contact.phone) if contact.phone else ""),
            (words.say("cases.reporter_language"), contact.language),
        ]
        return Part(words.say("cases.contact"), Caption(words.say("cases.contact_hint"), wrap=True), Facts(facts))

    def _timeline(self, detail: CaseDetail) -> QWidget:
        part = Part(self._look.words.say("cases.timeline"))
        for number, view in enumerate(detail.entries):
            if number:
                part.body.addWidget(Rule())
            part.body.addWidget(self._entry(self._look.words, view))
        return part

    def _entry(self, words: Words, view: EntryView) -> QWidget:
        entry = view.entry
        who = "" if view.by is None else words.name(view.by)
        whole = QWidget()
        line = column(
            Label(words.say(f"cases.done.{entry.action}"), role="label"),
            Caption(words.join(who, words.moment(entry.at), mark(words, view.mark)), wrap=True),
            spacing=2,
        )
        if entry.text:
            line.addWidget(Label(entry.text, wrap=True))
        whole.setLayout(line)
        return whole

    def _say_attention(self, detail: CaseDetail) -> None:
        if detail.mark == "attention" and detail.receipt is not None:
            told = self._look.words.explain(detail.receipt.code, detail.receipt.fields)
            self._banner.show_text(told.title, told.text)
        else:
            self._banner.clear()

    # -------------------------------------------------------------------------------------------------------- doing

    def _offer_steps(self, detail: CaseDetail) -> None:
        say = self._look.words.say
        clear(self._steps_row)
        self._foot.setVisible(CaseAction.COMMENT in detail.actions)
        steps = [action for action in detail.actions if action != CaseAction.COMMENT]
        for number, action in enumerate(steps):
            button = (PrimaryButton if number == 0 else QuietButton)(f"case.step.{action}")
            button.setText(say(f"cases.step.{action}"))
            button.clicked.connect(partial(self._ask_step, action))
            self._steps_row.addWidget(button)

    def _ask_step(self, action: str) -> None:
        """Ask before a step, with its reason where it must have one, and room for words where it may."""
        if action == CaseAction.MOVE:
            self._ask_where()
            return
        say = self._look.words.say
        title, text = say(f"cases.step.{action}"), say(f"cases.step_text.{action}")
        if self._desk.cases.needs_reason(action):
            boxes.ask_text(
                self._look,
                self,
                title=title,
                text=text,
                label=say("cases.reason"),
                yes=title,
                then=lambda reason: self._act(action, reason),
                name="case.step.box",
            )
            return
        area = TextArea("case.step.box.text")
        box = boxes.ask(
            self._look,
            self,
            title=title,
            text=text,
            yes=title,
            then=lambda: self._act(action, area.toPlainText().strip()),
            name="case.step.box",
        )
        field = Field(area)
        field.set_label(say("cases.what_was_done"))
        box.body.addWidget(field)

    def _ask_where(self) -> None:
        """Ask which committee takes the case over; the list of them is read first."""

        def offer(committees: Sequence[r.Committee]) -> None:
            box = MoveBox(self._look, self, committees)
            box.chosen.connect(self._move)
            box.open()

        self._tasks.run(self._desk.cases.committees, self._case_id, done=offer, owner=self)

    def _move(self, committee_id: str, text: str) -> None:
        def done(_: object) -> None:
            self.changed.emit()

        work = self._desk.cases.move
        self._tasks.run(work, self._case_id, committee_id, text, done=done, lane="write", owner=self)

    def _act(self, action: str, text: str) -> None:
        def done(_: object) -> None:
            if action == CaseAction.COMMENT:
                self.comment.clear()
            self.changed.emit()

        self._tasks.run(self._desk.cases.act, self._case_id, action, text, done=done, lane="write", owner=self)
