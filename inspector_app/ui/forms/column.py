"""A column of rows of any height, of which only those in view and around it are built."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Final, TypeAlias

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from inspector_app.ui.forms.slots import INDENT, INSIDE, PADDING, Slot, Slots
from inspector_app.ui.forms.stops import beyond, stop_at, stops_of
from inspector_app.ui.look import Look

WHOLE: Final = 60
"""Up to so many rows are built at once; where there are more, only those around what is in view."""
RADIUS: Final = 12
_UNSEEN: Final = 800
"""The height of the view before it has one, px."""

Fill: TypeAlias = Callable[[Hashable, QWidget], None]
Anchor: TypeAlias = tuple[Hashable, int]
"""A row, and how far below the upper edge of the view it stands."""


class RowColumn(QScrollArea):
    """Rows one under another, scrolled; what the user looks at stays where it is whatever appears above it.

    Args:
        look: Colours of the surfaces.
        make: Makes the widget of a row, by its key.
        fill: Has it show what it has to show, once it stands on the page: a widget that is shown before is a window of
            its own for a moment.
        width: The widest the column grows, px.
    """

    def __init__(self, look: Look, make: Callable[[Hashable], QWidget], fill: Fill, width: int = 920) -> None:
        super().__init__()
        self._look, self._make, self._fill, self._widest = look, make, fill, width
        self._slots = Slots()
        self._built: dict[Hashable, QWidget] = {}
        self._held: Anchor | None = None
        self._dirty = self._moved = False
        self._settling = self._changing = False
        self._reached = self._long = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._sheet = _Sheet(self)
        self._sheet.setProperty("ground", True)
        self.setWidget(self._sheet)
        self._ahead = QTimer(self)
        self._ahead.setObjectName("column.ahead")
        self._ahead.setSingleShot(True)
        self._ahead.setInterval(0)
        self._ahead.timeout.connect(self._build_ahead)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._scrolled())

    # ------------------------------------------------------------------------------------------------------ contents

    @property
    def built(self) -> dict[Hashable, QWidget]:
        """The rows that exist now, by key."""
        return self._built

    @property
    def entrance(self) -> QWidget:
        """What Tab comes to from outside, to be put where the rows belong among the stops of a window."""
        return self._sheet

    @property
    def whole_height(self) -> int:
        """How high all rows are together, as far as that is known, px."""
        return self._sheet.height()

    def set_slots(self, slots: Sequence[Slot]) -> None:
        """Say which rows there are; those that stay keep their widgets."""
        self.keeping_place(lambda: self._take(tuple(slots)))

    def _take(self, slots: tuple[Slot, ...]) -> None:
        before = self._slots.keys()
        self._slots.take(slots)
        # Once long, always long: an answer that makes sixty rows of sixty-one must not build them all.
        self._long = self._long or len(slots) > WHOLE
        for key in [key for key in self._built if key not in self._slots]:
            self._drop(key)
        self._dirty = True
        if self._held is not None and self._held[0] not in self._slots:
            self._held = self._next_to(self._held, before)

    def row(self, key: Hashable) -> QWidget:
        """The widget of a row, built if it was not.

        Raises:
            KeyError: There is no such row.
        """
        if key not in self._built:
            self._build(self._slots.place(key))
            self._dirty = True
            self.settle()
        return self._built[key]

    def bring(self, key: Hashable, margin: int = 80) -> QWidget:
        """Scroll until a row is in view, with some room around it where there is room."""
        widget = self.row(key)
        for _ in range(3):  # rows built on the way are higher or lower than was thought
            top, height, room = widget.y(), widget.height(), self.viewport().height()
            bar, margin_now = self.verticalScrollBar(), max(0, min(margin, (room - height) // 2))
            if top - margin_now < bar.value() or height >= room:
                bar.setValue(top - margin_now)
            elif top + height + margin_now > bar.value() + room:
                bar.setValue(top + height + margin_now - room)
            if self.viewport().rect().intersects(self._in_view(widget)):
                break
        return widget

    def to_top(self) -> None:
        """Scroll to the first row."""
        self.verticalScrollBar().setValue(0)

    def keeping_place(self, change: Callable[[], object]) -> None:
        """Change which rows there are, or what they show, and hold what the user looks at where it is."""
        if self._changing:
            change()
            return
        self._changing, self._held = True, self._anchor()
        try:
            change()
        finally:
            self._changing = False
        self.settle(self._held)

    # ------------------------------------------------------------------------------------------------------ settling

    def settle(self, anchor: Anchor | None = None) -> None:
        """Build what is in view and lay everything out, so that the anchor stays."""
        if self._settling or self._changing:
            return
        self._settling = True
        anchor = anchor or self._anchor()
        try:
            # Lay out now, not at the next event, so that the page is never painted in between; for all widgets at
            # once, since each part's new height is asked for by the one around it only after its own.
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
            if self._dirty:
                self._dirty = False
                self._measure(self._built)
                self._lay_out(anchor)
            while missing := self._missing(0):
                for place in missing:
                    self._build(place)
                self._lay_out(anchor)
            if self._moved:
                self._moved = False
                self._place_rows()
                self._forget_far()
        finally:
            self._settling = False
        self._look_ahead()

    def relaid(self) -> None:
        """A row asks for another height."""
        self._dirty = True
        if not self._settling:
            self.settle()

    def _scrolled(self) -> None:
        if self._settling:
            return
        if self._missing(0):
            self.settle()
        else:
            self._look_ahead()

    def _anchor(self) -> Anchor | None:
        """What the user looks at: the row with the cursor if it is in view, else the first one in view."""
        scrolled, room = self.verticalScrollBar().value(), self.viewport().height()
        in_view = self._slots.between(scrolled, scrolled + room)
        held = next((place for place in in_view if self._has_cursor(self._slots[place].key)), None)
        if held is None and scrolled == 0:
            return None  # at its very top a page stays at its top
        whole = next((place for place in in_view if self._slots.top(place) >= scrolled), None)
        for place in (held, whole, *in_view[:1]):
            if place is not None:
                return self._slots[place].key, self._slots.top(place) - scrolled
        return None

    def _has_cursor(self, key: Hashable) -> bool:
        widget, focus = self._built.get(key), QApplication.focusWidget()
        return widget is not None and focus is not None and widget.isAncestorOf(focus)

    def _next_to(self, anchor: Anchor, before: list[Hashable]) -> Anchor | None:
        """What takes the place of an anchor that has gone: the next row after it that stayed."""
        after = before[before.index(anchor[0]) + 1 :]
        return next(((key, anchor[1]) for key in after if key in self._slots), None)

    # ------------------------------------------------------------------------------------------------------ building

    def _wanted(self, views: float) -> range:
        """The places of the rows in view, and as many views above and below."""
        if not self._long:
            return range(len(self._slots))
        room = self.viewport().height() if self._reached else _UNSEEN
        start = self.verticalScrollBar().value() - views * room
        return self._slots.between(start, start + room * (1 + 2 * views))

    def _missing(self, views: float) -> list[int]:
        return [place for place in self._wanted(views) if self._slots[place].key not in self._built]

    def _build(self, place: int) -> None:
        key = self._slots[place].key
        widget = self._make(key)
        widget.setParent(self._sheet)
        self._fill(key, widget)
        self._built[key] = widget
        self._measure([key])

    def _drop(self, key: Hashable) -> None:
        widget = self._built.pop(key)
        widget.hide()
        widget.deleteLater()

    def _forget_far(self) -> None:
        """Let rows go that are more than two views away, but for the one with the cursor and those with work."""
        if len(self._built) <= WHOLE:
            return
        near = {self._slots[place].key for place in self._wanted(2)}
        for key in list(self._built):
            if key not in near and not self._slots[self._slots.place(key)].pinned and not self._has_cursor(key):
                self._drop(key)

    def _look_ahead(self) -> None:
        if self.isVisible() and self._missing(1):
            self._ahead.start()

    def _build_ahead(self) -> None:
        """One row of the view above or below, between two events."""
        missing = self._missing(1)
        if missing and self.isVisible():
            anchor = self._anchor()
            self._build(missing[0])
            self._dirty = True
            self.settle(anchor)

    # -------------------------------------------------------------------------------------------------------- places

    def _column(self) -> tuple[int, int]:
        """Where the column begins, and how wide it is."""
        room = self.viewport().width()
        width = max(120, min(self._widest, room) - 2 * PADDING)
        return (room - width) // 2, width

    def _measure(self, keys: Iterable[Hashable]) -> None:
        width = self._column()[1]
        for key in keys:
            place = self._slots.place(key)
            self._slots.measured(place, _height_of(self._built[key], width - _beside(self._slots[place])))

    def _lay_out(self, anchor: Anchor | None) -> None:
        """Work out where every row is, and scroll so that the anchor is where it was."""
        height = self._slots.lay_out()
        self._moved = True
        self._sheet.resize(self.viewport().width(), max(height, self.viewport().height()))
        if anchor is not None and anchor[0] in self._slots:
            self.verticalScrollBar().setValue(self._slots.top(self._slots.place(anchor[0])) - anchor[1])

    def _place_rows(self) -> None:
        left, width = self._column()
        for key, widget in self._built.items():
            place = self._slots.place(key)
            slot = self._slots[place]
            x = left + (INSIDE if slot.card else 0) + (0 if self._rtl else slot.inset * INDENT)
            widget.setGeometry(x, self._slots.top(place), width - _beside(slot), self._slots.height(place))
            widget.show()
        self._sheet.update()

    @property
    def _rtl(self) -> bool:
        return self.layoutDirection() == Qt.LayoutDirection.RightToLeft

    def _in_view(self, widget: QWidget) -> QRect:
        return QRect(widget.mapTo(self.viewport(), QPoint(0, 0)), widget.size())

    def paint_sheet(self, painter: QPainter, within: QRect) -> None:
        """The surfaces behind the rows, and thin lines beside those that are set in."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.color("line")))
        painter.setBrush(self._look.color("surface"))
        left, width = self._column()
        for card in self._slots.cards():
            surface = QRect(left, card.top, width, card.bottom - card.top)
            if surface.intersects(within):
                painter.drawRoundedRect(QRectF(surface).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        for rail in self._slots.rails():
            offset = INSIDE + (rail.step - 1) * INDENT + 2
            x = left + width - offset - 2 if self._rtl else left + offset
            line = QRect(x, rail.top, 2, rail.bottom - rail.top)
            if line.intersects(within):
                painter.fillRect(line, self._look.color("line"))

    # -------------------------------------------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._reached = self._reached or self.isVisible()
        anchor = self._anchor()
        if event.size().width() != event.oldSize().width():
            self._slots.forget_heights()
        self._dirty = True
        self.settle(anchor)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._reached = self._dirty = True
        self.settle()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.LayoutDirectionChange):
            self._slots.forget_heights(shapes=True)
            self._dirty = True
            self.settle()

    # ----------------------------------------------------------------------------------------------------------- Tab

    def enter(self, forward: bool) -> bool:
        """Put the cursor into the first row in view, or from behind into the last; False where no row takes it."""
        start = self.verticalScrollBar().value()
        in_view = self._slots.between(start, start + self.viewport().height())
        for place in in_view if forward else reversed(in_view):
            stops = stops_of(self.row(self._slots[place].key))
            if stops:
                self._stop_at(place, stops[0 if forward else -1], forward)
                return True
        return False

    def tab(self, forward: bool) -> bool:
        """Move the cursor on from where it is, into rows that are not built yet; False where the rows end."""
        focus = QApplication.focusWidget()
        here = next((key for key in self._built if self._has_cursor(key)), None)
        if here is None or focus is None:
            return False
        stops, place = stops_of(self._built[here]), self._slots.place(here)
        at = stops.index(focus) + (1 if forward else -1)
        while not 0 <= at < len(stops):
            place += 1 if forward else -1
            if not 0 <= place < len(self._slots):
                return False
            stops = stops_of(self.row(self._slots[place].key))
            at = 0 if forward else len(stops) - 1
        self._stop_at(place, stops[at], forward)
        return True

    def _stop_at(self, place: int, stop: QWidget, forward: bool) -> None:
        self.bring(self._slots[place].key, 24)
        stop_at(stop, forward)
        self.ensureWidgetVisible(stop, 0, 24)


class _Sheet(QWidget):
    """What the rows stand on."""

    def __init__(self, column: RowColumn) -> None:
        super().__init__()
        self._column = column
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        forward = event.reason() == Qt.FocusReason.TabFocusReason
        if forward or event.reason() == Qt.FocusReason.BacktabFocusReason:
            # Not before this event has ended: Qt has the rest of it still to do.
            QTimer.singleShot(0, self, lambda: self._column.enter(forward))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._column.relaid()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._column.paint_sheet(painter, event.rect())
        painter.end()

    def focusNextPrevChild(self, forward: bool) -> bool:
        if self._column.tab(forward):
            return True
        outside = beyond(self, forward)
        if outside is None:
            return super().focusNextPrevChild(forward)
        stop_at(outside, forward)
        return True


def _beside(slot: Slot) -> int:
    """What a row leaves free of the column's width."""
    return (2 * INSIDE if slot.card else 0) + slot.inset * INDENT


def _height_of(widget: QWidget, width: int) -> int:
    layout = widget.layout()
    if layout is None:
        return widget.heightForWidth(width) if widget.hasHeightForWidth() else widget.sizeHint().height()
    if layout.hasHeightForWidth():
        return layout.totalHeightForWidth(width)
    return layout.totalSizeHint().height()
