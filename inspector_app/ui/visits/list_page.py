"""The list of visits: drafts, returned, submitted, approved."""

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
from inspector_app.viewmodels import visits as shown
from inspector_app.viewmodels.tasks import Task, Tasks
from sync.domain.workflow import VISIT_TRANSITIONS, VisitAction

STARTERS = next(one.roles for one in VISIT_TRANSITIONS if one.action is VisitAction.START)


class VisitList(QWidget):
    """Drafts and visits, newest first.

    Signals:
        opened(Key): A row was chosen.
        start_asked(): A new visit is wanted.
    """

    opened = Signal(object)
    start_asked = Signal()

    def __init__(self, desk: Desk, look: Look, tasks: Tasks) -> None:
        super().__init__()
        self._desk, self._look, self._tasks = desk, look, tasks
        self._task: Task | None = None
        self._faces = shown.VisitFaces(desk)
        spoken = Spoken(look, self)
        title = Title()
        spoken.put(title.setText, "visits.title")
        self.start = PrimaryButton("visits.start", look, "plus")
        spoken.put(self.start.setText, "visits.start")
        self.start.clicked.connect(self.start_asked)
        self._may_start = desk.person.role in STARTERS
        if not self._may_start:
            self.start.hide()
        self.field = SearchField("visits.search", look)
        spoken.put(self.field.setPlaceholderText, "visits.search")
        spoken.put(self.field.setAccessibleName, "visits.search")
        self.field.asked.connect(lambda _: self.refresh())
        self.filter = Choices("visits.filter")
        spoken.compute(self.filter.setAccessibleName, self._offer)
        self.filter.choose("all")
        self.filter.chosen.connect(lambda _: self.refresh())
        self._count = Caption()
        self.list = RowList("visits.list", look, lambda key: self._faces.face(look.words, key))
        spoken.put(self.list.setAccessibleName, "visits.title")
        self.list.opened.connect(self.opened)
        self.field.left_downwards.connect(self.list.setFocus)
        self._empty = EmptyState("visits.empty", look, "visit")
        self._empty.acted.connect(self.start_asked)
        self._body = QStackedWidget()
        self._body.addWidget(self.list)
        self._body.addWidget(self._empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(12)
        top = row(title, 1, self._count, self.start)
        narrowing = row(self.filter, self.field)
        narrowing.setStretch(1, 1)
        whole.addLayout(top)
        whole.addLayout(narrowing)
        whole.addWidget(self._body, 1)
        look.changed.connect(self._say)

    def _offer(self) -> str:
        say = self._look.words.say
        self.filter.offer([Choice(one, say(f"visits.filter.{one}")) for one in shown.FILTERS])
        return say("visits.filter")

    def narrow(self, narrowed: str) -> None:
        """Show only one kind of them."""
        self.filter.choose(narrowed)
        self.refresh()

    def refresh(self) -> None:
        """Read the list again."""
        if self._task is not None:
            self._task.cancel()
        narrowed, text = self.filter.value or "all", self.field.text().strip()
        self._task = self._tasks.run(shown.listed, self._desk, narrowed, text, done=self._found, owner=self)

    def _found(self, keys: list[shown.Key]) -> None:
        self._faces.forget()
        self.list.show_ids(keys)
        self._body.setCurrentWidget(self.list if keys else self._empty)
        self._say()

    def _say(self) -> None:
        say, count = self._look.words.say, len(self.list.rows.ids)
        self._count.setText(say("visits.count", n=count) if count else "")
        if self.field.text().strip():
            self._empty.show_text(say("visits.not_found"), say("visits.not_found_text"))
            return
        narrowed = self.filter.value or "all"
        text = say(f"visits.empty.{narrowed}_text")
        self._empty.show_text(say(f"visits.empty.{narrowed}"), text, say("visits.start") if self._may_start else "")
