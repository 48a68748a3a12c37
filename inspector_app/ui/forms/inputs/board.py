"""A board of choices: every one of them painted in its place, one widget for all, as high as they need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPixmap, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QScrollArea, QSizePolicy, QWidget

import xforms
from inspector_app.ui.forms.inputs.arrangement import Arrangement, Placed, place
from inspector_app.ui.forms.inputs.marks import TARGET, Marks, Sight
from inspector_app.ui.look import Look
from inspector_app.viewmodels.offered import Offered

Index = QModelIndex | QPersistentModelIndex
Picture = Callable[[xforms.Choice], QPixmap | None]
"""The picture of a choice, where it has one."""

_MOVES: Final = QAbstractItemView.CursorAction
_USUAL_WIDTH: Final = 480


class Board(QListView):
    """Choices of which some hold; arrows move between them, space touches one.

    It never scrolls: it is as high as its choices are in its width, and the page around it scrolls.

    Signals:
        touched(str): The user touched the choice of this value.
        cleared(): The user wants none to hold.
    """

    touched = Signal(str)
    cleared = Signal()

    def __init__(
        self, name: str, look: Look, offered: Offered, *, several: bool, arrangement: Arrangement, behind: int = 0
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("flat", True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.arrangement = arrangement
        self.picture: Picture = lambda _: None
        self._offered, self._look = offered, look
        self._marks = Marks(look, self, several=several, behind=behind)
        self._placed: dict[int, Placed] = {}
        self._hovered = QPersistentModelIndex()
        self._kept_current = ""
        self.setModel(offered)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoScroll(False)
        self.setMouseTracking(True)
        for setter in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            setter(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.clicked.connect(self._touch)
        self.entered.connect(self._hover)
        self.viewportEntered.connect(lambda: self._hover(QModelIndex()))
        offered.modelAboutToBeReset.connect(self._keep_current)
        offered.modelReset.connect(self._find_current)
        for changed in (offered.modelReset, offered.dataChanged, offered.rowsInserted, look.changed):
            changed.connect(self.arrange_anew)

    # -------------------------------------------------------------------------------------------------------- places

    def arrange_anew(self) -> None:
        """Words, font or pictures changed: work out again where everything stands."""
        self._placed.clear()
        self._marks.measure_anew()
        self.updateGeometry()
        self.viewport().update()

    def _all(self, width: int) -> Placed:
        """Where everything stands in a width; a layout asks for several before it settles on one."""
        if width not in self._placed:
            stale = len(self._offered.stale)
            sights = [
                Sight(self._offered.name(choice), stale=row < stale, picture=self.picture(choice))
                for row, choice in enumerate(self._offered.rows)
            ]
            rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            self._placed[width] = place(self.arrangement, sights, self._marks, width, rtl=rtl)
        return self._placed[width]

    def sight(self, row: int) -> Sight:
        """What is to be seen of a row now."""
        index = self._offered.index(row)
        choice = self._offered.at(row)
        return Sight(
            self._offered.name(choice),
            held=choice.value in self._offered.chosen,
            stale=row < len(self._offered.stale),
            hovered=self._hovered == index,
            focused=self.hasFocus() and self.currentIndex() == index,
            enabled=self.isEnabled(),
            picture=self.picture(choice),
        )

    def doItemsLayout(self) -> None:
        """Qt's own layout of a list would ask for every row a dozen times; the places are worked out here."""

    def updateGeometries(self) -> None:
        """Nothing scrolls."""

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(TARGET, self._all(width).height)

    def sizeHint(self) -> QSize:
        width = self.width() if self.isVisible() else _USUAL_WIDTH
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(TARGET, TARGET)

    def visualRect(self, index: Index) -> QRect:
        rects = self._all(self.viewport().width()).rects
        return QRect(rects[index.row()]) if index.isValid() and index.row() < len(rects) else QRect()

    def indexAt(self, p: QPoint) -> QModelIndex:
        rects = self._all(self.viewport().width()).rects
        return next((self._offered.index(row) for row, rect in enumerate(rects) if rect.contains(p)), QModelIndex())

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """The page scrolls, not the board."""
        spot = self.visualRect(index)
        page: QWidget | None = self.parentWidget()
        while page is not None and not isinstance(page, QScrollArea):
            page = page.parentWidget()
        sheet = None if page is None else page.widget()
        if page is not None and sheet is not None and spot.isValid():
            middle = self.viewport().mapTo(sheet, spot.center())
            page.ensureVisible(middle.x(), middle.y(), 0, spot.height() // 2 + 16)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()
        if self.hasFocus():
            self.scrollTo(current)

    # ---------------------------------------------------------------------------------------------------- the keyboard

    def moveCursor(self, cursorAction: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count = self._offered.rowCount()
        if not count:
            return QModelIndex()
        now = self.currentIndex().row()
        if now < 0:
            return self._offered.index(0)
        if cursorAction in (_MOVES.MoveHome, _MOVES.MovePageUp):
            return self._offered.index(0)
        if cursorAction in (_MOVES.MoveEnd, _MOVES.MovePageDown):
            return self._offered.index(count - 1)
        there = self._towards(now, cursorAction)
        if there is None:
            rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            onwards = (_MOVES.MoveDown, _MOVES.MoveNext, _MOVES.MoveLeft if rtl else _MOVES.MoveRight)
            there = now + (1 if cursorAction in onwards else -1)
        return self._offered.index(max(0, min(count - 1, there)))

    def _towards(self, now: int, action: QAbstractItemView.CursorAction) -> int | None:
        """The nearest choice in a direction; None where none lies there."""
        rects = self._all(self.viewport().width()).rects
        here = rects[now].center()
        found: list[tuple[int, int, int]] = []
        for row, rect in enumerate(rects):
            right, down = rect.center().x() - here.x(), rect.center().y() - here.y()
            ahead, aside = {
                _MOVES.MoveUp: (-down, right),
                _MOVES.MoveDown: (down, right),
                _MOVES.MoveLeft: (-right, down),
                _MOVES.MoveRight: (right, down),
            }.get(action, (0, 0))
            beside = action in (_MOVES.MoveLeft, _MOVES.MoveRight) and abs(aside) >= rects[now].height()
            if ahead > 0 and not beside:
                found.append((ahead, abs(aside), row))
        return min(found)[2] if found else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        if event.key() in (keys.Key_Space, keys.Key_Return, keys.Key_Enter, keys.Key_Select):
            self._touch(self.currentIndex())
        elif event.key() in (keys.Key_Delete, keys.Key_Backspace):
            self.cleared.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._begin_somewhere()
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def _begin_somewhere(self) -> None:
        if self.currentIndex().isValid():
            return
        rows = range(self._offered.rowCount())
        held = next((row for row in rows if self._offered.at(row).value in self._offered.chosen), 0)
        if rows:
            self.setCurrentIndex(self._offered.index(held))

    def _keep_current(self) -> None:
        index = self.currentIndex()
        self._kept_current = self._offered.at(index.row()).value if index.isValid() else ""

    def _find_current(self) -> None:
        row = self._offered.row_of(self._kept_current)
        if self._kept_current and row >= 0:
            self.setCurrentIndex(self._offered.index(row))
        elif self.hasFocus():
            self._begin_somewhere()

    def _touch(self, index: Index) -> None:
        if index.isValid():
            self.touched.emit(self._offered.at(index.row()).value)

    # ------------------------------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        placed = self._all(self.viewport().width())
        painter = QPainter(self.viewport())
        for row, rect in enumerate(placed.rects):
            if rect.intersects(event.rect()):
                self._marks.paint(painter, placed.shape, self.sight(row), rect)
        painter.end()

    def _hover(self, index: Index) -> None:
        for one in (self._hovered, index):
            self.viewport().update(self.visualRect(one))
        self._hovered = QPersistentModelIndex(index)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(QModelIndex())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (
            QEvent.Type.FontChange,
            QEvent.Type.LayoutDirectionChange,
            QEvent.Type.EnabledChange,
            QEvent.Type.StyleChange,
        ):
            self.arrange_anew()
