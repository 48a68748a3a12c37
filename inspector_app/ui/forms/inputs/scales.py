"""Scales that a value is set on: a line with a handle, and a row of stars; both may hold nothing."""

from __future__ import annotations

from itertools import pairwise
from math import cos, pi, sin
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider

from inspector_app.ui.look import Look

TARGET: Final = 44
"""How high and wide what a finger aims at is, px."""
_HANDLE: Final = 12
_ACROSS: Final = TARGET + 8
_UPRIGHT: Final = 220
_WIDEST_NAME: Final = 220
_SHORT_NAME: Final = 6
_MOST_TICKS: Final = 50
_CLOSEST_TICKS: Final = 8


class Scale(QSlider):
    """Places from 0 to the last, of which one holds or none; painted from the tokens by its kinds.

    A slider in Qt always has a value. This one also has none: until a place is set nothing of it is filled.

    Signals:
        set_at(int): The user set this place.
        taken_back(): The user wants none to hold.
    """

    set_at = Signal(int)
    taken_back = Signal()

    def __init__(self, name: str, look: Look, orientation: Qt.Orientation = Qt.Orientation.Horizontal) -> None:
        super().__init__(orientation)
        self.setObjectName(name)
        self._look = look
        self._holds = False
        self._announced: int | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        look.changed.connect(self.update)

    @property
    def place(self) -> int | None:
        """The place that holds."""
        return self.value() if self._holds else None

    def show_place(self, place: int | None) -> None:
        """Let a place hold, or none, without a signal."""
        self._holds = place is not None
        self._announced = place
        self.blockSignals(True)
        self.setValue(place or 0)
        self.blockSignals(False)
        self.update()

    def _set(self, place: int) -> None:
        place = max(self.minimum(), min(self.maximum(), place))
        self.show_place(place)
        self.set_at.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        ahead = keys.Key_Left if self._rtl else keys.Key_Right
        behind = keys.Key_Right if self._rtl else keys.Key_Left
        now = self.place
        key = event.key()
        if key in (keys.Key_Delete, keys.Key_Backspace):
            self.taken_back.emit()
        elif key in (ahead, keys.Key_Up, keys.Key_Plus):
            self._set(0 if now is None else now + 1)
        elif key in (behind, keys.Key_Down, keys.Key_Minus):
            self._set(0 if now is None else now - 1)
        elif key in (keys.Key_PageUp, keys.Key_PageDown):
            leap = max(1, self.maximum() // 10)
            self._set((now or 0) + (leap if key == keys.Key_PageUp else -leap))
        elif key in (keys.Key_Home, keys.Key_End):
            self._set(self.minimum() if key == keys.Key_Home else self.maximum())
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel moves the page; a value that changes while one scrolls by is a wrong answer."""
        event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LayoutDirectionChange, QEvent.Type.EnabledChange):
            self.update()

    @property
    def _rtl(self) -> bool:
        return self.layoutDirection() == Qt.LayoutDirection.RightToLeft

    def _ink(self, token: str) -> QColor:
        return self._look.color(token if self.isEnabled() else "text_soft")

    def _ring(self, painter: QPainter, around: QRectF) -> None:
        if self.hasFocus():
            painter.setPen(QPen(self._look.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(around, 8, 8)


class LineScale(Scale):
    """A line with a handle on it, from the leading edge or upwards; touching it anywhere brings the handle there."""

    def __init__(self, name: str, look: Look, *, vertical: bool, ticks: int, ghost: int | None = None) -> None:
        """``ticks`` is how many places lie between two of them, 0 for none; ``ghost`` where a handle may be put."""
        super().__init__(name, look, Qt.Orientation.Vertical if vertical else Qt.Orientation.Horizontal)
        self._vertical, self._ticks, self._ghost = vertical, ticks, ghost
        self._labels: dict[int, str] = {}
        if not vertical:
            self.setMinimumWidth(160)
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit()

    def show_labels(self, labels: dict[int, str]) -> None:
        """Write names under places, or beside them where the line is vertical."""
        if labels != self._labels:
            self._labels = labels
            self._fit()
            self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        """Take the room that line and names need."""
        metrics = self.fontMetrics()
        if self._vertical:
            widest = max((metrics.horizontalAdvance(name) for name in self._labels.values()), default=0)
            self.setFixedSize(_ACROSS + min(widest, _WIDEST_NAME) + 4, _UPRIGHT)
        else:
            self.setFixedHeight(TARGET + self._name_lines() * metrics.lineSpacing())

    def _name_lines(self) -> int:
        """One line of figures, or two of words."""
        if not self._labels:
            return 0
        return 1 if all(len(name) <= _SHORT_NAME for name in self._labels.values()) else 2

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._drag(event.position().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._drag(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setSliderDown(False)
            self._drag(event.position().toPoint(), let_go=True)

    def _drag(self, spot: QPoint, *, let_go: bool = False) -> None:
        """Follow the finger, and give the value where it rests or is let go: not every value on the way."""
        place = self._place_at(spot)
        if place != self.place:
            self._holds = True
            self.blockSignals(True)
            self.setValue(place)
            self.blockSignals(False)
            self.update()
            self.sliderMoved.emit(place)
        if let_go and place != self._announced:
            self._set(place)

    def _place_at(self, spot: QPoint) -> int:
        begin, long = self._line()
        along = begin - spot.y() if self._vertical else (begin - spot.x() if self._rtl else spot.x() - begin)
        return round(max(0.0, min(1.0, along / long)) * self.maximum())

    def _line(self) -> tuple[float, float]:
        """Where the line begins, px from the top or left, and how long it is."""
        room = _HANDLE + 4
        if self._vertical:
            return self.height() - room, max(1, self.height() - 2 * room)
        long = max(1, self.width() - 2 * room)
        return (self.width() - room if self._rtl else room), long

    def _spot(self, place: float) -> QPointF:
        begin, long = self._line()
        way = long * place / (self.maximum() or 1)
        if self._vertical:
            return QPointF(self.width() - _ACROSS / 2 if self._rtl else _ACROSS / 2, begin - way)
        return QPointF(begin - way if self._rtl else begin + way, TARGET / 2)

    def _track(self) -> QRectF:
        """The part with the line, without the names."""
        if self._vertical:
            return QRectF(self.width() - _ACROSS if self._rtl else 0, 0, _ACROSS, self.height())
        return QRectF(0, 0, self.width(), TARGET)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first, last = self._spot(0), self._spot(self.maximum())
        self._ring(painter, self._track().adjusted(1, 1, -1, -1))
        painter.setPen(self._round(self._look.color("line_strong"), 4 if self._holds else 1.5))
        painter.drawLine(first, last)
        self._paint_ticks(painter)
        if self._holds:
            at = self._spot(self.value())
            painter.setPen(self._round(self._ink("accent"), 6))
            painter.drawLine(first, at)
            painter.setPen(QPen(self._ink("accent"), 2))
            painter.setBrush(self._look.color("surface") if self.isSliderDown() else self._ink("accent"))
            painter.drawEllipse(at, _HANDLE, _HANDLE)
        else:
            painter.setPen(QPen(self._look.color("line_strong"), 1.5))
            painter.setBrush(self._look.color("surface"))
            for end in (first, last):
                painter.drawEllipse(end, 4, 4)
            if self._ghost is not None:
                painter.setPen(QPen(self._look.color("line_strong"), 1.5, Qt.PenStyle.DashLine))
                painter.drawEllipse(self._spot(self._ghost), _HANDLE, _HANDLE)
        self._paint_names(painter)
        painter.end()

    def _paint_names(self, painter: QPainter) -> None:
        """Each name at its place, no wider than up to the next one, and never over the edge."""
        metrics, places = self.fontMetrics(), sorted(self._labels)
        painter.setPen(self._look.color("text_soft"))
        if self._vertical:
            left = 0.0 if self._rtl else float(_ACROSS)
            side = Qt.AlignmentFlag.AlignRight if self._rtl else Qt.AlignmentFlag.AlignLeft
            for place in places:
                high = metrics.lineSpacing()
                rect = QRectF(left, self._spot(place).y() - high / 2, self.width() - _ACROSS, high)
                name = metrics.elidedText(self._labels[place], Qt.TextElideMode.ElideRight, int(rect.width()))
                painter.drawText(rect, int(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter), name)
            return
        gaps = [abs(self._spot(b).x() - self._spot(a).x()) for a, b in pairwise(places)]
        most = min([*gaps, float(self.width())]) - 6
        for place in places:
            wide = min(most, metrics.horizontalAdvance(self._labels[place]) + 4.0)
            left = max(0.0, min(self.width() - wide, self._spot(place).x() - wide / 2))
            rect = QRectF(left, TARGET, wide, self.height() - TARGET)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            painter.drawText(rect, int(flags) | int(Qt.TextFlag.TextWordWrap), self._labels[place])

    def _paint_ticks(self, painter: QPainter) -> None:
        _, long = self._line()
        count = self.maximum() // self._ticks if self._ticks else 0
        if count < 1 or count > _MOST_TICKS or long / count < _CLOSEST_TICKS:
            return
        painter.setPen(QPen(self._look.color("line_strong"), 1.5))
        across = QPointF(8, 0) if self._vertical else QPointF(0, 8)
        for place in range(0, self.maximum() + 1, self._ticks):
            spot = self._spot(place)
            painter.drawLine(spot - across, spot + across)

    @staticmethod
    def _round(colour: QColor, width: float) -> QPen:
        return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)


class Stars(Scale):
    """A star for each place; the same star again takes the answer back."""

    def __init__(self, name: str, look: Look, count: int) -> None:
        super().__init__(name, look)
        self.setRange(0, count - 1)
        self.setFixedSize(self.sizeHint())
        self._over = -1
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        return QSize(TARGET * (self.maximum() + 1) + 4, TARGET + 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place = self._star_at(event.position().toPoint())
        if place == self.place:
            self.taken_back.emit()
        else:
            self._set(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second press of a double click is no other wish than the first."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._star_at(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, place: int) -> None:
        if place != self._over:
            self._over = place
            self.update()

    def _star_at(self, spot: QPoint) -> int:
        along = self.width() - spot.x() if self._rtl else spot.x()
        return max(0, min(self.maximum(), (along - 2) // TARGET))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ring(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1))
        filled = -1 if self.place is None else self.place
        for place in range(self.maximum() + 1):
            along = 2 + TARGET * (place + 0.5)
            middle = QPointF(self.width() - along if self._rtl else along, self.height() / 2)
            full = place <= filled
            edge = "accent" if full or place <= self._over else "line_strong"
            painter.setPen(QPen(self._ink(edge), 1.8, j=Qt.PenJoinStyle.RoundJoin))
            painter.setBrush(self._ink("accent") if full else self._look.color("surface"))
            painter.drawPolygon(_star(middle, TARGET * 0.38))
        painter.end()


def _star(middle: QPointF, radius: float) -> QPolygonF:
    """Five points, the first upwards."""
    corners = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.46
        angle = corner * pi / 5
        corners.append(QPointF(middle.x() + reach * sin(angle), middle.y() - reach * cos(angle)))
    return QPolygonF(corners)
