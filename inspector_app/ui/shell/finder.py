"""What Ctrl+K finds: a list under the search field while something stands in it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.ui.kit.fields import SearchField
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.kit.text import Lead
from inspector_app.ui.look import Look
from inspector_app.viewmodels import finding
from inspector_app.viewmodels.tasks import Task, Tasks

_WIDTH = 520
_MOST_HEIGHT = 460


class Finder(QFrame):
    """Lies over the window, below the search field; it never takes the focus away from the typing by itself.

    Signals:
        picked: Something found was chosen (``finding.Found``).
    """

    picked = Signal(object)

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, field: SearchField, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("finder")
        self.setProperty("card", True)
        self.setProperty("above", True)
        self._desk, self._look, self._tasks, self._field = desk, look, tasks, field
        self._task: Task | None = None
        self._query = ""
        self._shown_query = ""
        self._open_on_arrival = False
        self.list = RowList("finder.results", look, lambda found: finding.face(desk, look.words, found), flat=True)
        self._nothing = Lead()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.list)
        column.addWidget(self._nothing)
        self.hide()
        field.asked.connect(self.ask)
        field.returnPressed.connect(self._open_first)
        field.left_downwards.connect(self._enter)
        self.list.opened.connect(self._pick)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.close_list)

    def ask(self, query: str) -> None:
        """Look for these words; none closes the list."""
        if query and query == self._shown_query and self.isVisible():
            return
        self._query = query
        self._open_on_arrival = False
        if self._task is not None:
            self._task.cancel()
        if not query:
            self.close_list()
            return
        self._task = self._tasks.run(finding.find, self._desk, query, done=self._show, owner=self)

    def close_list(self) -> None:
        """Let the list go and give the focus back to the field where the list had it."""
        if self.list.hasFocus():
            self._field.setFocus()
        self.hide()

    def _show(self, found: list[finding.Found]) -> None:
        self.list.show_ids(found)
        self.list.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self._nothing.setText(self._look.words.say("shell.found_nothing", query=self._query))
        self._shown_query = self._query
        self._place(len(found))
        self.show()
        self.raise_()
        if self._open_on_arrival:
            self._open_first()

    def _place(self, count: int) -> None:
        rows = count * self.list.sizeHintForRow(0) + 24 if count else 72
        height = min(_MOST_HEIGHT, rows)
        corner = self._field.mapTo(self._window, QPoint(0, self._field.height() + 6))
        left = corner.x() + self._field.width() - _WIDTH if self._look.words.rtl else corner.x()
        room = self._window.width() - _WIDTH - 8
        self.setGeometry(max(8, min(left, room)), corner.y(), _WIDTH, height)

    def _enter(self) -> None:
        if self.isVisible() and self.list.rows.ids:
            self.list.setFocus()
            self.list.setCurrentIndex(self.list.rows.index(0))

    def _open_first(self) -> None:
        """Enter means what was typed, not what an earlier query found: it waits for the answer."""
        answered = self.isVisible() and self._shown_query == self._query
        self._open_on_arrival = bool(self._query) and not answered
        if answered and self.list.rows.ids:
            self._pick(self.list.rows.ids[0])

    def _pick(self, found: finding.Found) -> None:
        self._field.clear()
        self.hide()
        self.picked.emit(found)
