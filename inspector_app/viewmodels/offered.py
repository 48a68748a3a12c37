"""The choices of a question as a list: which hold, which are no longer offered, and which a search finds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from time import perf_counter
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

import xforms
from sync.domain import arabic

VALUE_ROLE: Final = Qt.ItemDataRole.UserRole + 1
STALE_ROLE: Final = Qt.ItemDataRole.UserRole + 2

_SLICE_S: Final = 0.006
"""How long a search may hold up the window at a time: less than half a frame."""
_AT_ONCE: Final = 64
_FEW_FOUND: Final = 3
"""Where fewer are found, one letter of each word is forgiven, as in the register."""

Index = QModelIndex | QPersistentModelIndex


class Offered(QAbstractListModel):
    """The choices offered now, after those that hold and are offered no more.

    A search narrows the rows to those it finds. Very many are searched a slice at a time, so that the window never
    waits for it.

    Args:
        parent: The owner.
        plain: Makes of a label, which may have marks in it, the name that is shown and said.

    Signals:
        searched(): Every choice has been looked at.
    """

    searched = Signal()

    def __init__(self, parent: QObject | None = None, plain: Callable[[str], str] = str) -> None:
        super().__init__(parent)
        self._plain = plain
        self._choices: tuple[xforms.Choice, ...] = ()
        self._stale: tuple[xforms.Choice, ...] = ()
        self._chosen: frozenset[str] = frozenset()
        self._names: dict[str, str] = {}
        self._asked = ""
        self._found: list[xforms.Choice] | None = None
        self._keys: list[tuple[str, str]] = []
        self._search: Iterator[xforms.Choice | None] | None = None
        self._turn = QTimer(self)
        self._turn.setObjectName("search of choices")
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._go_on)

    # ------------------------------------------------------------------------------------------------------ showing

    @property
    def choices(self) -> Sequence[xforms.Choice]:
        """What is offered now, in the checklist's order."""
        return self._choices

    @property
    def stale(self) -> Sequence[xforms.Choice]:
        """What holds and is offered no more, under the name it was last offered by."""
        return self._stale

    @property
    def chosen(self) -> Collection[str]:
        """The values that hold."""
        return self._chosen

    @property
    def rows(self) -> Sequence[xforms.Choice]:
        """What the rows are now."""
        return self._found if self._found is not None else (*self._stale, *self._choices)

    def show(self, choices: Sequence[xforms.Choice], chosen: Sequence[str]) -> None:
        """Show an answer and its choices; rows that stay the same keep their place.

        Args:
            choices: What is offered; one without a value stands for no answer and is left out.
            chosen: The values that hold, in the order in which the answer names them.
        """
        offered = self._choices
        if choices is not self._choices and tuple(choices) != self._choices:
            offered = tuple(choices) if all(choice.value for choice in choices) else _answers(choices)
        stale = self._left_behind(offered, chosen)
        self._chosen = frozenset(chosen)
        if offered == self._choices and stale == self._stale:
            self._renewed()
            return
        same_values = [one.value for one in (*stale, *offered)] == [one.value for one in (*self._stale, *self._choices)]
        if same_values and self._found is None:
            self._choices, self._stale, self._keys = offered, stale, []
            self._renewed()
            return
        self.beginResetModel()
        self._choices, self._stale, self._keys = offered, stale, []
        self._found = None
        self.endResetModel()
        if self._asked:
            self._begin()

    def _left_behind(self, offered: Sequence[xforms.Choice], chosen: Sequence[str]) -> tuple[xforms.Choice, ...]:
        """What holds and is not offered; the names of what holds are kept for when it is offered no more."""
        wanted = set(chosen)
        names = {one.value: one.label for one in offered if one.value in wanted} if wanted else {}
        self._names = {value: self._names[value] for value in wanted if value in self._names} | names
        return tuple(xforms.Choice(one, self._names.get(one, one)) for one in chosen if one not in names)

    def _renewed(self) -> None:
        if count := self.rowCount():
            self.dataChanged.emit(self.index(0), self.index(count - 1))

    # ---------------------------------------------------------------------------------------------------- searching

    @property
    def asked(self) -> str:
        """What the rows are narrowed to."""
        return self._asked

    @property
    def searching(self) -> bool:
        """Whether some choices have not been looked at yet."""
        return self._search is not None

    def narrow(self, text: str) -> None:
        """Show only what a search finds, by the beginnings of its words in any spelling; empty: everything."""
        if text == self._asked:
            return
        self._asked = text
        if text:
            self._begin()
            return
        self._end()
        self.beginResetModel()
        self._found = None
        self.endResetModel()
        self.searched.emit()

    def _begin(self) -> None:
        self.beginResetModel()
        self._found = []
        self.endResetModel()
        self._search = self._finds(self._asked)
        self._turn.start()
        self._go_on()

    def _finds(self, text: str) -> Iterator[xforms.Choice | None]:
        """What is found, one by one, with a None for whatever is not."""
        asked = arabic.query_keys(text)
        found = 0
        for place, choice in enumerate(self._choices):
            if place == len(self._keys):
                self._keys.append(arabic.keys(choice.label))
            hit = asked.find(*self._keys[place])
            found += hit
            yield choice if hit else None
        if found < _FEW_FOUND:
            for choice, both in zip(self._choices, self._keys, strict=True):
                near = not asked.find(*both) and arabic.nearly_matches(text, choice.label)
                yield choice if near else None

    def _go_on(self) -> None:
        """Look at as many as a slice of time allows, and at some however busy the machine is."""
        if self._search is None:
            return
        until = perf_counter() + _SLICE_S
        found: list[xforms.Choice] = []
        ended = False
        while not ended:
            looked_at = list(islice(self._search, _AT_ONCE))
            found += [one for one in looked_at if one is not None]
            ended = len(looked_at) < _AT_ONCE
            if perf_counter() >= until:
                break
        self._add(found)
        if ended:
            self._end()
            self.searched.emit()

    def _add(self, found: list[xforms.Choice]) -> None:
        if not found or self._found is None:
            return
        before = len(self._found)
        self.beginInsertRows(QModelIndex(), before, before + len(found) - 1)
        self._found += found
        self.endInsertRows()

    def _end(self) -> None:
        self._search = None
        self._turn.stop()

    # ------------------------------------------------------------------------------------------------- Qt's questions

    def row_of(self, value: str) -> int:
        """Where a value stands, or -1."""
        return next((place for place, one in enumerate(self.rows) if one.value == value), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if parent.isValid():
            return 0
        return len(self._found) if self._found is not None else len(self._stale) + len(self._choices)

    def at(self, row: int) -> xforms.Choice:
        """The choice of a row."""
        if self._found is not None:
            return self._found[row]
        behind = row - len(self._stale)
        return self._choices[behind] if behind >= 0 else self._stale[row]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A choice can be ticked, so that a screen reader says whether it is."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.isValid() else flags

    def name(self, choice: xforms.Choice) -> str:
        """What a choice is called; its value where the checklist gives it no label."""
        return self._plain(choice.label) or choice.value

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        choice = self.at(index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.name(choice)
        if role == Qt.ItemDataRole.CheckStateRole:
            held = choice.value in self._chosen
            return Qt.CheckState.Checked if held else Qt.CheckState.Unchecked
        if role == VALUE_ROLE:
            return choice.value
        if role == STALE_ROLE:
            return self._found is None and index.row() < len(self._stale)
        return None


def _answers(choices: Sequence[xforms.Choice]) -> tuple[xforms.Choice, ...]:
    return tuple(choice for choice in choices if choice.value)
