"""The review workspace: the queue at the side, the report beside it; J and K move through the queue."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.ui.kit.cards import EmptyState
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.kit.text import Caption, Title
from inspector_app.ui.kit.workspace import Navigator, Workspace
from inspector_app.ui.look import Look
from inspector_app.ui.review.report_page import ReportPage
from inspector_app.viewmodels import review as shown
from inspector_app.viewmodels.review import Reviewer
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visits import ShowVisit


class ReviewWorkspace(Workspace):
    """``opened`` takes ``ShowVisit`` to bring one report of the queue to the front."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, navigator: Navigator) -> None:
        super().__init__(desk, look, tasks, navigator)
        self.setObjectName("review")
        self._wanted = ""
        self.reviewer = Reviewer(desk, tasks, self)
        self.reviewer.decided.connect(self._decided)
        self._title = Title()
        self.spoken.put(self._title.setText, "review.title")
        self._count = Caption()
        self.list = RowList("review.queue", look, lambda one: shown.face(desk, look.words, one))
        self.spoken.put(self.list.setAccessibleName, "review.title")
        self.list.current_changed.connect(self._chosen)
        self.page = ReportPage(desk, look, tasks, self.reviewer)
        self._empty = EmptyState("review.empty", look, "review")
        self._choose = EmptyState("review.choose", look, "review")
        self._right = QStackedWidget()
        part: QWidget
        for part in (self._choose, self.page):
            self._right.addWidget(part)
        self.reviewer.opened.connect(lambda _: self._right.setCurrentWidget(self.page))
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self._title, self._count, self.list):
            column.addWidget(part)
        full = QWidget()
        beside = QHBoxLayout(full)
        beside.setContentsMargins(20, 16, 20, 12)
        beside.setSpacing(16)
        beside.addWidget(left, 4)
        beside.addWidget(self._right, 9)
        self._body = QStackedWidget()
        self._body.addWidget(full)
        self._body.addWidget(self._empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._body)
        for key, by in (("J", 1), ("K", -1)):
            QShortcut(QKeySequence(key), self).activated.connect(lambda by=by: self._move(by))
        self.retranslate()
        self.refresh()

    def opened(self, argument: object | None) -> None:
        if isinstance(argument, ShowVisit):
            self._wanted = argument.visit_id
            self.list.select(argument.visit_id)

    def refresh(self) -> None:
        self.tasks.run(self.desk.review.queue, done=self._found, owner=self)

    def retranslate(self) -> None:
        say = self.look.words.say
        self._empty.show_text(say("review.empty"), say("review.empty_text"))
        self._choose.show_text(say("review.choose"), say("review.choose_text"))
        self._say_count()
        if self.reviewer.current is not None:
            # The labels of the checklist come from the services in the language they are asked for.
            self.reviewer.open(self.reviewer.current.detail.visit.id, self.look.words.language)

    def _found(self, queue: list[str]) -> None:
        self.list.show_ids(queue)
        self._body.setCurrentIndex(0 if queue else 1)
        self._say_count()
        if self._wanted:
            self.list.select(self._wanted)
        elif queue and self.list.current is None:
            self.list.select(queue[0])

    def _say_count(self) -> None:
        self._count.setText(self.look.words.say("review.count", n=len(self.list.rows.ids)))

    def _chosen(self, visit_id: object) -> None:
        if isinstance(visit_id, str):
            self._wanted = ""
            self.reviewer.open(visit_id, self.look.words.language)

    def _move(self, by: int) -> None:
        """The next or the previous report of the queue."""
        queue = list(self.list.rows.ids)
        if queue:
            place = max(0, self.list.rows.row_of(self.list.current)) if self.list.current is not None else -by
            self.list.select(queue[max(0, min(len(queue) - 1, place + by))])

    def _decided(self, visit_id: str) -> None:
        """On to the next one: the report that was decided leaves the queue."""
        queue = list(self.list.rows.ids)
        place = queue.index(visit_id) if visit_id in queue else 0
        rest = [one for one in queue if one != visit_id]
        self.reviewer.current = None
        self._right.setCurrentWidget(self._choose)
        if rest:
            self._wanted = rest[min(place, len(rest) - 1)]
        self.navigator.changed()
