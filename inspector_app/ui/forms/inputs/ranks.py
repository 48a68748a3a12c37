"""An order of choices, made by dragging them, with two arrows on each, or with the keyboard."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication

import xforms
from inspector_app.ui.forms.inputs.arrangement import Arrangement
from inspector_app.ui.forms.inputs.base import Input, Tools
from inspector_app.ui.forms.inputs.board import Board
from inspector_app.ui.forms.inputs.marks import TARGET, Sight
from inspector_app.ui.forms.inputs.pictures import Pictures
from inspector_app.ui.kit.buttons import PlainButton, QuietButton
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.text import Caption
from inspector_app.ui.look import Look
from inspector_app.viewmodels.offered import Offered
from inspector_app.words.markup import to_plain

_ARROW: Final = 24
_WIDEST: Final = 560
"""Arrows further from their words than this are those of no row in particular."""
_UP: Final = -1
_DOWN: Final = 1


class RankBoard(Board):
    """Choices with their places, one under the other.

    Signals:
        moved(int, int): The choice at the first place is to stand at the second one.
    """

    moved = Signal(int, int)

    def __init__(self, name: str, look: Look, offered: Offered) -> None:
        super().__init__(name, look, offered, several=False, arrangement=Arrangement(), behind=2 * TARGET)
        self.setMaximumWidth(_WIDEST)
        self._ranked = 0
        self._pressed: tuple[int, QPoint] | None = None
        self._over: int | None = None

    def show_ranked(self, ranked: int) -> None:
        """Say how many of the choices, from the first, have a place already."""
        self._ranked = ranked
        self.arrange_anew()

    def sight(self, row: int) -> Sight:
        first = len(self._offered.stale)
        placed = first <= row < first + self._ranked
        number = self._look.words.number(row - first + 1) if placed else "–"
        carried = self._over is not None and self._pressed is not None and self._pressed[0] == row
        seen = super().sight(row)
        return replace(seen, number=number, held=placed, hovered=seen.hovered or carried)

    # ----------------------------------------------------------------------------------------------------- by hand

    def _arrow(self, row: int, step: int) -> QRect:
        """Where the arrow of a row is: up and down at its trailing end."""
        rect = self.visualRect(self._offered.index(row))
        spot = QRect(rect.right() + 1 - (2 if step == _UP else 1) * TARGET, rect.top(), TARGET, rect.height())
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            spot.moveLeft(rect.left() + rect.right() - spot.right())
        return spot

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            self._pressed = index.row(), event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        spot = event.position().toPoint()
        if self._pressed is None:
            super().mouseMoveEvent(event)
            return
        far = (spot - self._pressed[1]).manhattanLength() >= QApplication.startDragDistance()
        if far or self._over is not None:
            self._over = self._gap(spot)
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, over = self._pressed, self._over
        self._let_go()
        if pressed is None:
            return
        start, spot = pressed
        if over is not None:
            self._move(start, over - 1 if over > start else over)
            return
        let_go = event.position().toPoint()
        for step in (_UP, _DOWN):
            arrow = self._arrow(start, step)
            if arrow.contains(spot) and arrow.contains(let_go):
                self._move(start, start + step)

    def _gap(self, spot: QPoint) -> int:
        """The gap between rows that is nearest: 0 is above the first."""
        rects = self._all(self.viewport().width()).rects
        return sum(spot.y() > rect.center().y() for rect in rects)

    def _let_go(self) -> None:
        self._pressed = self._over = None
        self.viewport().unsetCursor()
        self.viewport().update()

    def _move(self, start: int, end: int) -> None:
        if end != start and 0 <= end < self._offered.rowCount():
            self.moved.emit(start, end)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {int(Qt.Key.Key_Up): _UP, int(Qt.Key.Key_Down): _DOWN}
        with_another = event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier)
        if with_another and event.key() in steps and self.currentIndex().isValid():
            here = self.currentIndex().row()
            self._move(here, here + steps[event.key()])
        elif event.key() == Qt.Key.Key_Escape and self._over is not None:
            self._let_go()
        else:
            super().keyPressEvent(event)

    # ---------------------------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        last = self._offered.rowCount() - 1
        for number in range(last + 1):
            for step, stuck in ((_UP, number == 0), (_DOWN, number == last)):
                self._paint_arrow(painter, self._arrow(number, step).center(), step, stuck=stuck)
        if self._over is not None:
            rects = self._all(self.viewport().width()).rects
            line = rects[self._over].top() if self._over <= last else rects[last].bottom()
            painter.setPen(QPen(self._look.color("accent"), 3))
            painter.drawLine(0, max(2, line), self.viewport().width(), max(2, line))
        painter.end()

    def _paint_arrow(self, painter: QPainter, middle: QPoint, step: int, *, stuck: bool) -> None:
        ink = "line" if stuck or not self.isEnabled() else "text"
        painter.save()
        painter.translate(middle)
        painter.scale(1, step)
        painter.drawPixmap(QPoint(-_ARROW // 2, -_ARROW // 2), self._look.pixmap("down", _ARROW, ink))
        painter.restore()


class RankInput(Input):
    """Choices in an order. Until one is moved, or the order is kept as it is, nothing is answered."""

    def __init__(self, name: str, question: xforms.Question, tools: Tools) -> None:
        super().__init__(name, question, tools.look)
        self._pictures = Pictures(tools, self)
        self.offered = Offered(self, to_plain)
        self.board = RankBoard(name, tools.look, self.offered)
        self.board.picture = self._pictures.of
        self._pictures.arrived.connect(self.board.arrange_anew)
        self.board.moved.connect(self._moved)
        self.board.cleared.connect(lambda: self.given.emit(""))
        self._hint = Caption(wrap=True)
        self.keep = QuietButton(f"{name}.keep", tools.look, "check")
        self.keep.clicked.connect(lambda: self._give([choice.value for choice in self.offered.choices]))
        self.clear = PlainButton(f"{name}.clear", tools.look, "close")
        self.clear.clicked.connect(self._take_back)
        under = row(self.keep, self._hint, self.clear, spacing=8)
        under.setStretch(1, 1)
        narrow = row(self.board, 0, spacing=0)
        narrow.setStretch(0, 1)
        self.setLayout(column(narrow, under, spacing=4))
        self.setFocusProxy(self.board)

    def show_state(self, state: xforms.State) -> None:
        wanted = list(dict.fromkeys(state.value.split()))
        by_value = {choice.value: choice for choice in state.choices}
        ranked = [by_value[value] for value in wanted if value in by_value]
        rest = [choice for choice in state.choices if choice.value not in wanted]
        self.offered.show((*ranked, *rest), wanted)
        self.board.setAccessibleName(self.accessibleName())
        self.board.show_ranked(len(ranked))
        say = self.look.words.say
        self._hint.setText(say("inputs.rank_hint" if ranked else "inputs.unranked"))
        self.board.setAccessibleDescription(say("inputs.rank_hint"))
        self.keep.setText(say("inputs.rank_so"))
        self.keep.setVisible(bool(self.offered.choices) and (bool(rest) or bool(self.offered.stale)))
        self.clear.setVisible(bool(state.value))
        self.clear.setAccessibleName(f"{say('inputs.clear')}: {self.accessibleName()}")
        self.clear.setToolTip(say("inputs.clear"))

    def _moved(self, start: int, end: int) -> None:
        """Rows of what is offered no more come before the others, and go with the first move."""
        before = len(self.offered.stale)
        order = [choice.value for choice in self.offered.choices]
        start, end = start - before, end - before
        if 0 <= start < len(order) and 0 <= end < len(order):
            order.insert(end, order.pop(start))
            self._give(order)

    def _give(self, order: list[str]) -> None:
        self.board.setFocus(Qt.FocusReason.OtherFocusReason)
        self.given.emit(" ".join(order))

    def _take_back(self) -> None:
        self.board.setFocus(Qt.FocusReason.OtherFocusReason)
        self.given.emit("")
