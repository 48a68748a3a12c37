"""A list of ids whose rows are read when they are painted, and what a row shows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Tone = Literal["neutral", "accent", "good", "info", "warning", "danger"]
"""What a colour is to say; there is always a word beside it."""

FACE_ROLE: Final = Qt.ItemDataRole.UserRole + 1
ID_ROLE: Final = Qt.ItemDataRole.UserRole + 2

_KEPT: Final = 512


@dataclass(frozen=True)
class Face:
    """What one row of a list shows: two lines, a chip with a word, a mark at its start.

    Attributes:
        title: The first line.
        secondary: The second line.
        chip: A word or two about its state; empty for none.
        tone: The chip's tone.
        trailing: A short text under the chip, such as a deadline.
        trailing_tone: Its tone.
        icon: The name of an icon; empty for none.
    """

    title: str
    secondary: str = ""
    chip: str = ""
    tone: Tone = "neutral"
    trailing: str = ""
    trailing_tone: Tone = "neutral"
    icon: str = ""

    @property
    def spoken(self) -> str:
        """The row as a screen reader says it."""
        return ", ".join(part for part in (self.title, self.chip, self.secondary, self.trailing) if part)


class IdListModel(QAbstractListModel):
    """Holds ids in the order the query gave; asks ``face`` for a row only when it is shown, and keeps the last few.

    Args:
        face: Reads one row by its id; a read by key, quick enough for the GUI thread.
        parent: The owner.
    """

    def __init__(self, face: Callable[[Any], Face], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._face = face
        self._ids: list[Hashable] = []
        self._kept: OrderedDict[Hashable, Face] = OrderedDict()

    @property
    def ids(self) -> Sequence[Any]:
        """The ids, in order."""
        return self._ids

    def set_ids(self, ids: Sequence[Hashable], faces: Mapping[Any, Face] | None = None) -> None:
        """Show these rows, read anew; an unchanged list of ids keeps the selection and the scroll position.

        Args:
            ids: In their order.
            faces: Rows of the beginning that were read already, off the GUI thread.
        """
        self._kept = OrderedDict(faces or {})
        if list(ids) == self._ids:
            self._renewed()
            return
        self.beginResetModel()
        self._ids = list(ids)
        self.endResetModel()

    def forget(self) -> None:
        """Read every row anew: the data or the language changed."""
        self._kept.clear()
        self._renewed()

    def _renewed(self) -> None:
        if self._ids:
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))

    def row_of(self, key: Hashable) -> int:
        """Where an id stands, or -1."""
        try:
            return self._ids.index(key)
        except ValueError:
            return -1

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._ids):
            return None
        key = self._ids[index.row()]
        if role == ID_ROLE:
            return key
        if role == FACE_ROLE:
            return self._read(key)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._read(key).title
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self._read(key).spoken
        return None

    def _read(self, key: Hashable) -> Face:
        face = self._kept.get(key)
        if face is None:
            face = self._kept[key] = self._face(key)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return face
