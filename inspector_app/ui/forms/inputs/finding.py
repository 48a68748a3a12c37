"""Very many choices: a search above a list that reads only the rows that are seen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from inspector_app.ui.forms.inputs.board import Picture
from inspector_app.ui.forms.inputs.marks import TARGET, Marks, Shape, Sight
from inspector_app.ui.kit.buttons import PlainButton
from inspector_app.ui.kit.fields import SearchField
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.text import Label
from inspector_app.ui.look import Look
from inspector_app.viewmodels.offered import STALE_ROLE, Offered

Index = QModelIndex | QPersistentModelIndex

_SEEN: Final = 7
"""So many rows are seen at once; half of the next one shows that there are more."""
_FEWEST: Final = 2


class _Rows(QStyledItemDelegate):
    """Rows of one height, each on one line."""

    def __init__(self, look: Look, owner: FoundList, offered: Offered, *, several: bool) -> None:
        super().__init__(owner)
        self._owner, self._offered, self._look = owner, offered, look
        self._marks = Marks(look, owner, several=several)

    def measure_anew(self) -> None:
        """The font changed."""
        self._marks.measure_anew()

    def sight(self, index: Index, *, hovered: bool = False) -> Sight:
        """What is to be seen of a row."""
        choice = self._offered.at(index.row())
        focused = self._owner.hasFocus() and self._owner.currentIndex() == index
        return Sight(
            self._offered.name(choice),
            held=choice.value in self._offered.chosen,
            stale=bool(index.data(STALE_ROLE)),
            hovered=hovered,
            focused=focused,
            enabled=self._owner.isEnabled(),
            picture=self._owner.picture(choice),
        )

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, self._owner.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        fields: object = option
        rect, state = fields.rect, fields.state  # type: ignore[attr-defined]  # the stubs leave these fields out
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        self._marks.paint(painter, Shape.BESIDE, self.sight(index, hovered=hovered), rect, cut=True)


class FoundList(QListView):
    """The rows of what is offered, read as they are seen.

    Signals:
        touched(str): The user touched the choice of this value.
        cleared(): The user wants none to hold.
        left_upwards(): Up was pressed on the first row.
    """

    touched = Signal(str)
    cleared = Signal()
    left_upwards = Signal()

    def __init__(self, name: str, look: Look, offered: Offered, *, several: bool) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("rings", True)
        self.picture: Picture = lambda _: None
        self._look, self._offered = look, offered
        self._rows = _Rows(look, self, offered, several=several)
        self.setModel(offered)
        self.setItemDelegate(self._rows)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._touch)
        look.changed.connect(self._renew)

    @property
    def row_height(self) -> int:
        """How high each row is, px."""
        return max(TARGET, self._look.px(1.6) + 16)

    def fit(self) -> None:
        """Take the height of all choices there are, up to those seen at once: a search moves nothing on the page."""
        count = max(_FEWEST, len(self._offered.stale) + len(self._offered.choices))
        seen = float(count) if count <= _SEEN + 1 else _SEEN + 0.5
        self.setFixedHeight(round(seen * self.row_height) + 2 * self.frameWidth() + 2)

    def begin(self) -> None:
        """Stand on the choice that holds, or on the first."""
        rows = range(self._offered.rowCount())
        held = next((row for row in rows if self._offered.at(row).value in self._offered.chosen), 0)
        if rows:
            self.setCurrentIndex(self._offered.index(held))
            self.scrollTo(self._offered.index(held), QAbstractItemView.ScrollHint.PositionAtCenter)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._offered.rowCount() == 0 and not self._offered.searching:
            painter = QPainter(self.viewport())
            painter.setPen(self._look.color("text_soft"))
            where = self.viewport().rect().adjusted(16, 0, -16, 0)
            painter.drawText(where, int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap), self.nothing)
            painter.end()

    @property
    def nothing(self) -> str:
        """What is said where there are no rows."""
        return self._look.words.say("inputs.found_none" if self._offered.asked else "inputs.none_offered")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        if event.key() in (keys.Key_Space, keys.Key_Return, keys.Key_Enter, keys.Key_Select):
            self._touch(self.currentIndex())
        elif event.key() in (keys.Key_Delete, keys.Key_Backspace):
            self.cleared.emit()
        elif event.key() == keys.Key_Up and self.currentIndex().row() <= 0:
            self.left_upwards.emit()
        else:
            super().keyPressEvent(event)

    def _touch(self, index: Index) -> None:
        if index.isValid():
            self.touched.emit(self._offered.at(index.row()).value)

    def viewportEvent(self, event: QEvent) -> bool:
        """A name that is cut at its end stands whole in its tip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            QToolTip.showText(event.globalPos(), str(index.data()) if index.isValid() else "", self)
            return True
        return super().viewportEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the rows while there are more that way, else the page."""
        bar, ahead = self.verticalScrollBar(), event.angleDelta().y()
        if (ahead > 0 and bar.value() > bar.minimum()) or (ahead < 0 and bar.value() < bar.maximum()):
            super().wheelEvent(event)
        else:
            event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._renew()

    def _renew(self) -> None:
        self._rows.measure_anew()
        self.scheduleDelayedItemsLayout()
        self.viewport().update()


class Finder(QWidget):
    """A search, and below it what it finds.

    Signals:
        touched(str): The user touched the choice of this value.
        cleared(): The user wants none to hold.
    """

    touched = Signal(str)
    cleared = Signal()

    def __init__(self, name: str, look: Look, offered: Offered, *, several: bool) -> None:
        super().__init__()
        self._look, self._offered = look, offered
        self.field = SearchField(f"{name}.search", look)
        self.list = FoundList(f"{name}.list", look, offered, several=several)
        self._chosen = Label(role="label", wrap=True)
        self._clear = PlainButton(f"{name}.clear", look, "close")
        self._clear.clicked.connect(self.cleared)
        self._above = QWidget()
        above = row(self._chosen, self._clear, spacing=8)
        above.setStretch(0, 1)
        self._above.setLayout(above)
        self._above.hide()
        self.setLayout(column(self._above, self.field, self.list, spacing=6))
        self.setFocusProxy(self.field)
        self._wants_only = False
        self.field.asked.connect(self._ask)
        self.field.left_downwards.connect(self._enter)
        self.field.returnPressed.connect(self._take_only)
        self.list.left_upwards.connect(self.field.setFocus)
        self.list.touched.connect(self.touched)
        self.list.cleared.connect(self.cleared)
        offered.searched.connect(self._searched)
        offered.modelReset.connect(self.renew)

    def name_parts(self, name: str) -> None:
        """Name search and list by what is asked for."""
        find = self._look.words.say("inputs.find")
        self.field.setPlaceholderText(find)
        self.field.setAccessibleName(f"{find}: {name}")
        self.list.setAccessibleName(name)
        clear = self._look.words.say("inputs.clear")
        self._clear.setAccessibleName(f"{clear}: {name}")
        self._clear.setToolTip(clear)
        self.renew()

    def show_chosen(self, text: str, *, held: bool) -> None:
        """Say above what is chosen, since its row may be out of sight."""
        self._chosen.setText(text)
        self._above.setVisible(held)

    def renew(self) -> None:
        """Take the height of the choices, and say where there are none."""
        self.list.fit()
        none = self._offered.rowCount() == 0 and not self._offered.searching
        self.list.setAccessibleDescription(self.list.nothing if none else "")
        self.list.viewport().update()

    def forget(self) -> None:
        """Begin again with everything in sight."""
        self.field.clear()
        self._offered.narrow("")

    def _enter(self) -> None:
        if self._offered.rowCount():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            if not self.list.currentIndex().isValid():
                self.list.begin()

    def _ask(self, text: str) -> None:
        self._wants_only = False
        self._offered.narrow(text)

    def _searched(self) -> None:
        self.renew()
        if self._wants_only:
            self._take_only()

    def _take_only(self) -> None:
        """Enter takes what was searched for where there is only one of it, once all have been looked at."""
        self._wants_only = self._offered.searching
        if self._offered.asked and self._offered.rowCount() == 1 and not self._offered.searching:
            self.touched.emit(self._offered.at(0).value)
