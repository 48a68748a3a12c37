"""The review workspace: the queue at the side, the report beside it, and what the centre holds back; J and K move."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.ui.kit.buttons import Choice, Choices
from inspector_app.ui.kit.cards import EmptyState
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.kit.text import Caption, Title
from inspector_app.ui.kit.workspace import Navigator, Workspace
from inspector_app.ui.look import Look
from inspector_app.ui.review.quarantine import QuarantinePane
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
        self.held = QuarantinePane(desk, look, tasks)
        self._reports = QStackedWidget()
        self._reports.addWidget(full)
        self._reports.addWidget(self._empty)
        self._body = QStackedWidget()
        self._body.addWidget(self._reports)
        self._body.addWidget(self.held)
        self._which = Choices("review.which")
        self._held_count = 0
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._bar())
        whole.addWidget(self._body, 1)
        self._which.chosen.connect(self._show_which)
        self.held.counted.connect(self._count_held)
        self.held.decided.connect(self.navigator.changed)
        for key, by in (("J", 1), ("K", -1)):
            QShortcut(QKeySequence(key), self).activated.connect(lambda by=by: self._move(by))
        self.retranslate()
        self.refresh()

    def _bar(self) -> QWidget:
        """Reports or what is held; there is nothing to choose while nothing is held."""
        self._bar_widget = QWidget()
        line = QVBoxLayout(self._bar_widget)
        line.setContentsMargins(20, 12, 20, 0)
        line.addWidget(self._which)
        self._bar_widget.hide()
        return self._bar_widget

    def _show_which(self, which: str) -> None:
        self._which.choose(which)
        self._body.setCurrentIndex(1 if which == "held" else 0)

    def _count_held(self, count: int) -> None:
        self._held_count = count
        self._offer()
        if not count and self._body.currentIndex() == 0:
            self._bar_widget.hide()
        else:
            self._bar_widget.show()

    def _offer(self) -> None:
        words, queue = self.look.words, len(self.list.rows.ids)
        counts = {"reports": queue, "held": self._held_count}
        self._which.offer(
            [
                Choice(name, words.say(f"review.which.{name}") + (f" ({words.number(count)})" if count else ""))
                for name, count in counts.items()
            ]
        )
        if not self._which.value:
            self._which.choose("reports")

    def opened(self, argument: object | None) -> None:
        if isinstance(argument, ShowVisit):
            self._show_which("reports")
            self._wanted = argument.visit_id
            self.list.select(argument.visit_id)

    def refresh(self) -> None:
        self.tasks.run(self.desk.review.queue, done=self._found, owner=self)
        self.held.refresh()

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
        self._reports.setCurrentIndex(0 if queue else 1)
        self._say_count()
        if self._wanted:
            self.list.select(self._wanted)
        elif queue and self.list.current is None:
            self.list.select(queue[0])
        elif self.reviewer.current is None:
            # Decided, and back as a new revision before the queue was looked at without it: its row never left.
            self._chosen(self.list.current)

    def _say_count(self) -> None:
        self._count.setText(self.look.words.say("review.count", n=len(self.list.rows.ids)))
        self._offer()

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
