"""A page of rows that a search and a filter narrow, with what to do where there are none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from inspector_app.ui.kit.buttons import Choice, Choices, PrimaryButton
from inspector_app.ui.kit.cards import EmptyState
from inspector_app.ui.kit.fields import SearchField
from inspector_app.ui.kit.layout import row
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Caption, Title
from inspector_app.ui.look import Look
from inspector_app.viewmodels.lists import Face
from inspector_app.viewmodels.tasks import Task, Tasks
from inspector_app.words import Words

_FIRST_ROWS: Final = 24
"""So many rows are read with the list: more than a window shows. The others are read when they are scrolled to."""


class _Read(NamedTuple):
    """The ids of a question, and the first rows in the words of the moment."""

    keys: list[Any]
    faces: dict[Any, Face]
    words: Words


class Listing(QWidget):
    """Title, count, a button for a new one, filter, search and rows.

    Its words are those of an area: ``<area>.title``, ``.search``, ``.count``, ``.filter.<value>``, ``.not_found``, and
    ``.empty.<value>`` where a filter says something of its own when nothing fits, else ``.empty``.

    Args:
        area: Whose rows, such as ``visits``; the names of its widgets begin with it.
        new: The key of the button for a new one, and its name.
        icon: Of the empty state.
        filters: What the rows can be narrowed to; the first holds at the start.
        find: The ids for a filter and the words of the search; it runs off the GUI thread.
        face: The row of an id; the first rows are read off the GUI thread too.
        may_make: Whether this person may make a new one.

    Signals:
        opened: A row was chosen; its id.
        new_asked: A new one is wanted.
    """

    opened = Signal(object)
    new_asked = Signal()

    def __init__(
        self,
        look: Look,
        tasks: Tasks,
        *,
        area: str,
        new: str,
        icon: str,
        filters: Iterable[str],
        find: Callable[[str, str], list[Any]],
        face: Callable[[Any], Face],
        may_make: bool,
    ) -> None:
        super().__init__()
        self._look, self._tasks = look, tasks
        self._area, self._new_key, self._filters = area, new, tuple(filters)
        self._find, self._face, self._may_make = find, face, may_make
        self._task: Task | None = None
        self._question = ("", "")
        self._title, self._count = Title(), Caption()
        self.new = PrimaryButton(new, look, "plus")
        self.field = SearchField(f"{area}.search", look)
        self.filter = Choices(f"{area}.filter")
        self.list = RowList(f"{area}.list", look, face)
        self._empty = EmptyState(f"{area}.empty", look, icon)
        self._body = QStackedWidget()
        self._lay_out()
        self._speak()
        self.filter.choose(self._filters[0])
        self.new.clicked.connect(self.new_asked)
        self.field.asked.connect(lambda _: self.refresh())
        self.field.left_downwards.connect(self.list.setFocus)
        self.filter.chosen.connect(lambda _: self.refresh())
        self.list.opened.connect(self.opened)
        self._empty.acted.connect(self.new_asked)
        look.changed.connect(self._say)

    def _lay_out(self) -> None:
        self._body.addWidget(self.list)
        self._body.addWidget(self._empty)
        narrowing = row(self.filter, self.field)
        narrowing.setStretch(1, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(12)
        whole.addLayout(row(self._title, 1, self._count, self.new))
        whole.addLayout(narrowing)
        whole.addWidget(self._body, 1)
        if not self._may_make:
            self.new.hide()

    def _speak(self) -> None:
        spoken = Spoken(self._look, self)
        spoken.put(self._title.setText, f"{self._area}.title")
        spoken.put(self.new.setText, self._new_key)
        spoken.put(self.field.setPlaceholderText, f"{self._area}.search")
        spoken.put(self.field.setAccessibleName, f"{self._area}.search")
        spoken.put(self.list.setAccessibleName, f"{self._area}.title")
        spoken.compute(self.filter.setAccessibleName, self._offer)

    def _offer(self) -> str:
        say = self._look.words.say
        self.filter.offer([Choice(one, say(f"{self._area}.filter.{one}")) for one in self._filters])
        return say(f"{self._area}.filter")

    def narrow(self, narrowed: str) -> None:
        """Show only one kind of them."""
        self.filter.choose(narrowed)
        self.refresh()

    def refresh(self) -> None:
        """Read the rows again; those of another filter or search are gone at once."""
        if self._task is not None:
            self._task.cancel()
        question = (self._narrowed, self.field.text().strip())
        if question != self._question:
            # A row of the last question, clicked before the new ones are there, would open what nobody asked for.
            self.list.show_ids(())
            self._count.clear()
        self._question = question
        self._task = self._tasks.run(self._read, *question, done=self._found, owner=self)

    def _read(self, narrowed: str, text: str) -> _Read:
        words = self._look.words
        keys = self._find(narrowed, text)
        return _Read(keys, {key: self._face(key) for key in keys[:_FIRST_ROWS]}, words)

    @property
    def _narrowed(self) -> str:
        return self.filter.value or self._filters[0]

    def _found(self, read: _Read) -> None:
        spoken_so = read.words is self._look.words  # else the language changed meanwhile
        self.list.show_ids(read.keys, read.faces if spoken_so else None)
        self._body.setCurrentWidget(self.list if read.keys else self._empty)
        self._say()

    def _say(self) -> None:
        words, count = self._look.words, len(self.list.rows.ids)
        self._count.setText(words.say(f"{self._area}.count", n=count) if count else "")
        if self.field.text().strip():
            key, action = f"{self._area}.not_found", ""
        else:
            own = f"{self._area}.empty.{self._narrowed}"
            key = own if words.has(own) else f"{self._area}.empty"
            action = words.say(self._new_key) if self._may_make else ""
        self._empty.show_text(words.say(key), words.say(f"{key}_text"), action)
