"""Held events: the list at the side, and the one in front with its words, answers and evidence, to accept or refuse."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.quarantine import QuarantineDetail
from inspector_app.ui import boxes
from inspector_app.ui.forms.photos import LARGE, PhotoStrip
from inspector_app.ui.kit.buttons import PrimaryButton, QuietButton
from inspector_app.ui.kit.cards import Banner, EmptyState
from inspector_app.ui.kit.layout import Page, clear, row
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Label, Title
from inspector_app.ui.look import Look
from inspector_app.ui.register.parts import Facts, Part
from inspector_app.ui.visits.report import ReportMaker
from inspector_app.viewmodels import quarantine as shown
from inspector_app.viewmodels.quarantine import Judge
from inspector_app.viewmodels.tasks import Tasks
from sync.domain.findings import FAILING
from sync.domain.workflow import QuarantineAction


class HeldPage(QWidget):
    """One held event."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, judge: Judge) -> None:
        super().__init__()
        self._desk, self._look, self._tasks, self._judge = desk, look, tasks, judge
        self._maker = ReportMaker(desk, look, tasks)
        self._why = Banner("quarantine.why", look, "warning")
        self._page = Page(padding=0, spacing=12)
        self.accept = PrimaryButton("quarantine.accept", look, "check")
        self.refuse = QuietButton("quarantine.refuse", look, "close")
        spoken = Spoken(look, self)
        spoken.put(self.accept.setText, "quarantine.accept")
        spoken.put(self.refuse.setText, "quarantine.refuse")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addWidget(self._why)
        whole.addWidget(self._page, 1)
        whole.addLayout(row(self.accept, self.refuse, 1, spacing=8))
        self.accept.clicked.connect(self.ask_accept)
        self.refuse.clicked.connect(self.ask_refuse)
        judge.opened.connect(self._show)

    def _show(self, detail: QuarantineDetail) -> None:
        words = self._look.words
        self._why.show_text(shown.reason(words, detail.row), shown.reason_text(words, detail.row))
        clear(self._page.body)
        add = self._page.body.addWidget
        add(self._head(detail))
        if detail.problem:
            add(self._problem(detail))
        if detail.row.held.text:
            add(Part(words.say("quarantine.text"), Label(detail.row.held.text, wrap=True)))
        if detail.attachments:
            strip = PhotoStrip("quarantine.photos", self._desk.evidence, self._look, self._tasks, side=LARGE)
            add(Part(words.say("quarantine.evidence"), strip))
            strip.show_pictures(detail.attachments)
        self._add_answers(detail)
        self._page.body.addStretch(1)
        self._page.verticalScrollBar().setValue(0)
        self.accept.setEnabled(QuarantineAction.ACCEPT in detail.actions)
        self.refuse.setEnabled(QuarantineAction.REFUSE in detail.actions)

    def _head(self, detail: QuarantineDetail) -> QWidget:
        words, one = self._look.words, detail.row
        device = one.held.device_id if one.device is None else one.device.name
        facts = [
            (words.say("quarantine.author"), shown.author(words, one)),
            (words.say("quarantine.device"), device),
            (words.say("quarantine.made"), words.moment(one.held.at)),
            (words.say("quarantine.received"), words.moment(one.held.received_at)),
            (words.say("cases.place"), "" if detail.place is None else words.name(detail.place)),
            (words.say("cases.company"), "" if detail.company is None else words.name(detail.company)),
            (words.say("quarantine.score"), "" if detail.percent is None else words.percent(detail.percent)),
        ]
        part = Part("", Title(shown.deed(words, one), wrap=True), Facts(facts))
        part.setObjectName("quarantine.head")
        return part

    def _problem(self, detail: QuarantineDetail) -> QWidget:
        words = self._look.words
        told = words.explain(detail.problem, detail.fields)
        holder = QWidget()
        banner = Banner("quarantine.problem", self._look, "danger")
        line = row(banner)
        holder.setLayout(line)
        banner.show_text(words.say("quarantine.problem", reason=told.title), words.say("quarantine.problem_text"))
        return holder

    def _add_answers(self, detail: QuarantineDetail) -> None:
        failing = tuple(view for part in detail.sections for view in part.answers if view.answer in FAILING)
        if detail.sections:
            self._page.body.addWidget(self._maker.nonconformities(failing))
        for part in self._maker.sections(detail.sections, frozenset(view.item for view in failing)):
            self._page.body.addWidget(part)

    def ask_accept(self) -> None:
        """Accept, after a question."""
        say = self._look.words.say
        boxes.ask(
            self._look,
            self,
            title=say("quarantine.accept_title"),
            text=say("quarantine.accept_text"),
            yes=say("quarantine.accept"),
            then=self._judge.accept,
            name="quarantine.accept.box",
        )

    def ask_refuse(self) -> None:
        """Refuse, with a reason."""
        say = self._look.words.say
        boxes.ask_text(
            self._look,
            self,
            title=say("quarantine.refuse_title"),
            text=say("quarantine.refuse_text"),
            label=say("cases.reason"),
            yes=say("quarantine.refuse"),
            then=self._judge.refuse,
            danger=True,
            name="quarantine.refuse.box",
        )


class QuarantinePane(QWidget):
    """The list of held events beside the one in front.

    Signals:
        counted: So many wait; emitted whenever they were read.
        decided: One was decided.
    """

    counted = Signal(int)
    decided = Signal()

    def __init__(self, desk: Desk, look: Look, tasks: Tasks) -> None:
        super().__init__()
        self._desk, self._look, self._tasks = desk, look, tasks
        self.judge = Judge(desk, tasks, self)
        self.list = RowList("quarantine.list", look, lambda one: shown.face(desk, look.words, one))
        Spoken(look, self).put(self.list.setAccessibleName, "quarantine.title")
        self.page = HeldPage(desk, look, tasks, self.judge)
        self._empty = EmptyState("quarantine.empty", look, "check")
        self._right = QStackedWidget()
        self._right.addWidget(self._empty)
        self._right.addWidget(self.page)
        beside = QHBoxLayout(self)
        beside.setContentsMargins(20, 8, 20, 12)
        beside.setSpacing(16)
        beside.addWidget(self.list, 4)
        beside.addWidget(self._right, 9)
        self.list.current_changed.connect(self._chosen)
        self.judge.opened.connect(lambda _: self._right.setCurrentWidget(self.page))
        self.judge.decided.connect(self._decided)
        look.changed.connect(self._say)
        self._say()

    def refresh(self) -> None:
        """Read the list again."""
        self._tasks.run(self._desk.quarantine.list, done=self._found, owner=self)

    def _found(self, held: list[str]) -> None:
        self.list.show_ids(held)
        if held and self.list.current is None:
            self.list.select(held[0])
        if not held:
            self.judge.current = None
            self._right.setCurrentWidget(self._empty)
        self.counted.emit(len(held))

    def _chosen(self, held_id: object) -> None:
        if isinstance(held_id, str):
            self.judge.open(held_id, self._look.words.language)

    def _decided(self) -> None:
        self.decided.emit()
        self.refresh()

    def _say(self) -> None:
        say = self._look.words.say
        self._empty.show_text(say("quarantine.empty"), say("quarantine.empty_text"))
        if self.judge.current is not None:
            self.judge.open(self.judge.current.row.held.id, self._look.words.language)
