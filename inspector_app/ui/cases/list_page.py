"""The list of cases, by deadline."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.ui.kit.buttons import Choice, Choices, PrimaryButton
from inspector_app.ui.kit.cards import EmptyState
from inspector_app.ui.kit.fields import SearchField
from inspector_app.ui.kit.layout import row
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Caption, Title
from inspector_app.ui.look import Look
from inspector_app.viewmodels import cases as shown
from inspector_app.viewmodels.tasks import Task, Tasks
from sync.domain.workflow import CASE_TRANSITIONS, CaseAction

OPENERS = next(one.roles for one in CASE_TRANSITIONS if one.action is CaseAction.OPEN)


class CaseList(QWidget):
    """Drafts first, then the open cases by deadline.

    Signals:
        opened(Key): A row was chosen.
        new_asked(): A new case is wanted.
    """

    opened = Signal(object)
    new_asked = Signal()

    def __init__(self, desk: Desk, look: Look, tasks: Tasks) -> None:
        super().__init__()
        self._desk, self._look, self._tasks = desk, look, tasks
        self._task: Task | None = None
        spoken = Spoken(look, self)
        title = Title()
        spoken.put(title.setText, "cases.title")
        self.new = PrimaryButton("cases.new", look, "plus")
        spoken.put(self.new.setText, "cases.new")
        self.new.clicked.connect(self.new_asked)
        self._may_open = desk.person.role in OPENERS and bool(desk.person.committee_id)
        if not self._may_open:
            self.new.hide()
        self.field = SearchField("cases.search", look)
        spoken.put(self.field.setPlaceholderText, "cases.search")
        spoken.put(self.field.setAccessibleName, "cases.search")
        self.field.asked.connect(lambda _: self.refresh())
        self.filter = Choices("cases.filter")
        spoken.compute(self.filter.setAccessibleName, self._offer)
        self.filter.choose("open")
        self.filter.chosen.connect(lambda _: self.refresh())
        self._count = Caption()
        self.list = RowList("cases.list", look, lambda key: shown.face(desk, look.words, key))
        spoken.put(self.list.setAccessibleName, "cases.title")
        self.list.opened.connect(self.opened)
        self.field.left_downwards.connect(self.list.setFocus)
        self._empty = EmptyState("cases.empty", look, "case")
        self._empty.acted.connect(self.new_asked)
        self._body = QStackedWidget()
        self._body.addWidget(self.list)
        self._body.addWidget(self._empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(12)
        whole.addLayout(row(title, 1, self._count, self.new))
        narrowing = row(self.filter, self.field)
        narrowing.setStretch(1, 1)
        whole.addLayout(narrowing)
        whole.addWidget(self._body, 1)
        look.changed.connect(self._say)

    def _offer(self) -> str:
        say = self._look.words.say
        self.filter.offer([Choice(one, say(f"cases.filter.{one}")) for one in shown.FILTERS])
        return say("cases.filter")

    def refresh(self) -> None:
        """Read the list again."""
        if self._task is not None:
            self._task.cancel()
        narrowed, text = self.filter.value or "open", self.field.text().strip()
        self._task = self._tasks.run(shown.listed, self._desk, narrowed, text, done=self._found, owner=self)

    def _found(self, keys: list[shown.Key]) -> None:
        self.list.show_ids(keys)
        self._body.setCurrentWidget(self.list if keys else self._empty)
        self._say()

    def _say(self) -> None:
        say, count = self._look.words.say, len(self.list.rows.ids)
        self._count.setText(say("cases.count", n=count) if count else "")
        if self.field.text().strip():
            self._empty.show_text(say("cases.not_found"), say("cases.not_found_text"))
        else:
            self._empty.show_text(
                say("cases.empty"), say("cases.empty_text"), say("cases.new") if self._may_open else ""
            )
