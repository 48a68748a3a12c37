"""The lists of the synchronisation: waiting, needs you, confirmed, log; each with its empty state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from inspector_app.ui.kit.cards import EmptyState
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.look import Look
from inspector_app.viewmodels.lists import Face
from inspector_app.words import Words

Rows = dict[str, Callable[[Words], Face]]
"""What each row says in a language, by key."""


class SendingList(QWidget):
    """One list; where it is empty, what that means.

    Signals:
        current_changed: Another row is current; its key, or None.
    """

    current_changed = Signal(object)

    def __init__(self, name: str, look: Look, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._look = name, look
        self._rows: Rows = {}
        self.list = RowList(f"sync.{name}", look, self._face)
        self._empty = EmptyState(f"sync.{name}.empty", look, icon)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.list.current_changed.connect(self.current_changed)
        look.changed.connect(self._say)
        self._say()

    def show_rows(self, rows: Rows) -> None:
        """Show these, by key, in their order."""
        self._rows = rows
        self.list.show_ids(list(rows))
        self._stack.setCurrentIndex(1 if rows else 0)

    def renew(self) -> None:
        """What the rows say depends on something that has changed, such as the link."""
        self.list.rows.forget()
        self.list.viewport().update()

    def _say(self) -> None:
        say = self._look.words.say
        self._empty.show_text(say(f"sync.empty.{self._name}.title"), say(f"sync.empty.{self._name}.text"))
        self.list.setAccessibleName(say(f"sync.tab.{self._name}"))

    def _face(self, key: Any) -> Face:
        return self._rows[key](self._look.words)
