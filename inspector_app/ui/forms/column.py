"""A column of rows of any height, of which only those in view and around it are built."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)

from inspector_app.ui.look import Look

WHOLE: Final = 60
"""Up to so many rows are built at once; where there are more, only those around what is in view."""
PADDING: Final = 20
INSIDE: Final = 16
BETWEEN: Final = 12
SPACING: Final = 18
RADIUS: Final = 12
INDENT: Final = 20
_UNSEEN: Final = 800
"""The height of the view before it has one, px."""
_ONE_PIECE: Final = (QComboBox, QAbstractSpinBox, QAbstractItemView, QLineEdit, QPlainTextEdit)
"""Inputs whose own parts Tab does not stop at."""


Fill: TypeAlias = Callable[[Hashable, QWidget], None]


class Slot(NamedTuple):
    """The place of a row.

    Attributes:
        key: What tells the row from all others.
        card: Rows of the same card, one after another, share a white surface; ``""`` for a row with one of its own,
            or none.
        shape: Rows of the same shape are about as high as each other.
        guess: How high a row of this shape is before any was seen, px.
        inset: How far from the leading edge, in steps.
        pinned: Whether it stays once it is built, because it has work under way.
        space: How much further it stands from what is above it on the same card, px.
    """

    key: Hashable
    card: str
    shape: str
    guess: int
    inset: int = 0
    pinned: bool = False
    space: int = 0


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
        self._slots: tuple[Slot, ...] = ()
        self._place_of: dict[Hashable, int] = {}
        self._built: dict[Hashable, QWidget] = {}
        self._heights: dict[Hashable, int] = {}
        self._learned: dict[str, int] = {}
        self._tops: list[int] = []
        self._bottoms: list[int] = []
        self._held: tuple[Hashable, int] | None = None
        self._dirty = self._moved = False
        self._settling = self._changing = False
        self._reached = False
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
        before = [slot.key for slot in self._slots]
        self._slots = slots
        self._place_of = {slot.key: at for at, slot in enumerate(slots)}
        for key in [key for key in self._built if key not in self._place_of]:
            self._drop(key)
        self._heights = {key: height for key, height in self._heights.items() if key in self._place_of}
        self._tops, self._bottoms = [], []
        self._dirty = True
        if self._held is not None and self._held[0] not in self._place_of:
            self._held = self._next_to(self._held, before)

    def row(self, key: Hashable) -> QWidget:
        """The widget of a row, built if it was not.

        Raises:
            KeyError: There is no such row.
        """
        if key not in self._built:
            self._build(self._place_of[key])
            self._dirty = True
            self.settle()
        return self._built[key]

    def drop_rows(self) -> None:
        """Forget every widget, and build what is in view anew."""
        for key in list(self._built):
            self._drop(key)
        self._heights.clear()
        self._dirty = True
        self.settle()

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

    def settle(self, anchor: tuple[Hashable, int] | None = None) -> None:
        """Build what is in view and lay everything out, so that the anchor (a row, its height in view) stays."""
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
            while missing := [at for at in self._wanted(0) if self._slots[at].key not in self._built]:
                for at in missing:
                    self._build(at)
                self._lay_out(anchor)
            if self._moved:
                self._moved = False
                self._place_rows()
                self._forget_far()
        finally:
            self._settling = False
        self._look_ahead()

    def _scrolled(self) -> None:
        if self._settling:
            return
        if all(self._slots[at].key in self._built for at in self._wanted(0)):
            self._look_ahead()
            return
        self.settle()

    def _anchor(self) -> tuple[Hashable, int] | None:
        """What the user looks at: the row with the cursor if it is in view, else the first one in view."""
        scrolled, room = self.verticalScrollBar().value(), self.viewport().height()
        focus = QApplication.focusWidget()
        in_view = [(at, self._tops[at] - scrolled) for at in self._between(scrolled, scrolled + room)]
        for at, y in in_view if focus is not None and self._sheet.isAncestorOf(focus) else ():
            widget = self._built.get(self._slots[at].key)
            if widget is not None and focus is not None and widget.isAncestorOf(focus):
                return self._slots[at].key, y
        whole = next((one for one in in_view if one[1] >= 0), in_view[0] if in_view else None)
        # At its very top a page stays at its top.
        return None if whole is None or scrolled == 0 else (self._slots[whole[0]].key, whole[1])

    def _next_to(self, anchor: tuple[Hashable, int], before: list[Hashable]) -> tuple[Hashable, int] | None:
        """What takes the place of an anchor that has gone: the next row after it that stayed."""
        after = before[before.index(anchor[0]) + 1 :]
        return next(((key, anchor[1]) for key in after if key in self._place_of), None)

    def _wanted(self, views: float) -> Iterable[int]:
        """The places of the rows in view, and as many views above and below."""
        if len(self._slots) <= WHOLE:
            return range(len(self._slots))
        room = self.viewport().height() if self._reached else _UNSEEN
        start = self.verticalScrollBar().value() - views * room
        return self._between(start, start + room * (1 + 2 * views))

    def _between(self, start: float, end: float) -> range:
        """The places of the rows that reach into a part of the sheet."""
        return range(bisect_right(self._bottoms, start), bisect_left(self._tops, end))

    def _build(self, at: int) -> None:
        slot = self._slots[at]
        widget = self._make(slot.key)
        widget.setParent(self._sheet)
        self._fill(slot.key, widget)
        self._built[slot.key] = widget
        self._measure([slot.key])

    def _drop(self, key: Hashable) -> None:
        widget = self._built.pop(key)
        widget.hide()
        widget.deleteLater()

    def _forget_far(self) -> None:
        """Let rows go that are more than two views away, but for the one with the cursor and those with work."""
        if len(self._built) <= WHOLE:
            return
        near = {self._slots[at].key for at in self._wanted(2)}
        focus = QApplication.focusWidget()
        for key, widget in list(self._built.items()):
            held = self._slots[self._place_of[key]].pinned or (focus is not None and widget.isAncestorOf(focus))
            if key not in near and not held:
                self._drop(key)

    def _look_ahead(self) -> None:
        if self.isVisible() and any(self._slots[at].key not in self._built for at in self._wanted(1)):
            self._ahead.start()

    def _build_ahead(self) -> None:
        """One row of the view above or below, between two events."""
        missing = next((at for at in self._wanted(1) if self._slots[at].key not in self._built), None)
        if missing is None or not self.isVisible():
            return
        anchor = self._anchor()
        self._build(missing)
        self._dirty = True
        self.settle(anchor)

    # ------------------------------------------------------------------------------------------------------- heights

    def _height(self, at: int) -> int:
        slot = self._slots[at]
        return self._heights.get(slot.key) or self._learned.get(slot.shape) or slot.guess

    def _measure(self, keys: Iterable[Hashable]) -> None:
        for key in keys:
            slot = self._slots[self._place_of[key]]
            height = _height_of(self._built[key], self._width_of(slot))
            self._heights[key] = height
            self._learned[slot.shape] = height

    def _column(self) -> tuple[int, int]:
        """Where the column begins, and how wide it is."""
        room = self.viewport().width()
        width = max(120, min(self._widest, room) - 2 * PADDING)
        return (room - width) // 2, width

    def _width_of(self, slot: Slot) -> int:
        return self._column()[1] - (2 * INSIDE if slot.card else 0) - slot.inset * INDENT

    def _lay_out(self, anchor: tuple[Hashable, int] | None) -> None:
        """Work out where every row is, and scroll so that the anchor is where it was."""
        y, tops, bottoms = PADDING, [], []
        before: Slot | None = None
        for at, slot in enumerate(self._slots):
            if before is not None:
                same = bool(slot.card) and before.card == slot.card
                y += (
                    SPACING + slot.space
                    if same
                    else BETWEEN + (INSIDE if before.card else 0) + (INSIDE if slot.card else 0)
                )
            elif slot.card:
                y += INSIDE
            tops.append(y)
            y += self._height(at)
            bottoms.append(y)
            before = slot
        self._tops, self._bottoms, self._moved = tops, bottoms, True
        y += PADDING + (INSIDE if before is not None and before.card else 0)
        self._sheet.resize(self.viewport().width(), max(y, self.viewport().height()))
        if anchor is not None and anchor[0] in self._place_of:
            self.verticalScrollBar().setValue(tops[self._place_of[anchor[0]]] - anchor[1])

    def _place_rows(self) -> None:
        left, width = self._column()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for key, widget in self._built.items():
            at = self._place_of[key]
            slot = self._slots[at]
            inside, inset = (INSIDE if slot.card else 0), slot.inset * INDENT
            x = left + inside + (0 if rtl else inset)
            widget.setGeometry(x, self._tops[at], width - 2 * inside - inset, self._heights[key])
            widget.show()
        self._sheet.update()

    def _in_view(self, widget: QWidget) -> QRect:
        return QRect(widget.mapTo(self.viewport(), QPoint(0, 0)), widget.size())

    def cards(self, within: QRect) -> Iterator[QRect]:
        """The surfaces behind rows, as far as they reach into a part of the sheet."""
        left, width = self._column()
        at = 0
        while at < len(self._slots):
            end = at
            card = self._slots[at].card
            while card and end + 1 < len(self._slots) and self._slots[end + 1].card == card:
                end += 1
            if card:
                top, bottom = self._tops[at] - INSIDE, self._tops[end] + self._height(end) + INSIDE
                surface = QRect(left, top, width, bottom - top)
                if surface.intersects(within):
                    yield surface
            at = end + 1

    def rails(self) -> Iterator[QRect]:
        """Thin lines at the leading edge of rows that are set in, so that one sees what belongs to what."""
        left, width = self._column()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for at, slot in enumerate(self._slots):
            for step in range(1, slot.inset + 1):
                joined = at > 0 and self._slots[at - 1].card == slot.card and self._slots[at - 1].inset >= step
                top = self._tops[at] - (SPACING + slot.space if joined else 0)
                offset = INSIDE + (step - 1) * INDENT + 2
                x = left + width - offset - 2 if rtl else left + offset
                yield QRect(x, top, 2, self._tops[at] + self._height(at) - top)

    # -------------------------------------------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._reached = self._reached or self.isVisible()
        anchor = self._anchor()
        if event.size().width() != event.oldSize().width():
            self._heights.clear()
        self._dirty = True
        self.settle(anchor)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._reached = self._dirty = True
        self.settle()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.LayoutDirectionChange):
            self._heights.clear()
            self._learned.clear()
            self._dirty = True
            self.settle()

    def relaid(self) -> None:
        """A row asks for another height."""
        self._dirty = True
        if not self._settling:
            self.settle()

    def paint_sheet(self, painter: QPainter, within: QRect) -> None:
        """The surfaces behind the rows."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.color("line")))
        painter.setBrush(self._look.color("surface"))
        for surface in self.cards(within):
            painter.drawRoundedRect(QRectF(surface).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        for rail in self.rails():
            if rail.intersects(within):
                painter.fillRect(rail, self._look.color("line"))

    # ----------------------------------------------------------------------------------------------------------- Tab

    def enter(self, forward: bool) -> bool:
        """Put the cursor into the first row in view, or from behind into the last; False where no row takes it."""
        places = self._between(self.verticalScrollBar().value(), self.verticalScrollBar().value() + self.height())
        for place in places if forward else reversed(places):
            stops = _stops(self.row(self._slots[place].key), None)
            if stops:
                self._stop_at(place, stops[0 if forward else -1], forward)
                return True
        return False

    def tab(self, forward: bool) -> bool:
        """Move the cursor on from where it is, into rows that are not built yet; False where the rows end."""
        focus = QApplication.focusWidget()
        here = next((key for key, row in self._built.items() if focus is not None and row.isAncestorOf(focus)), None)
        if here is None or focus is None:
            return False
        stops = _stops(self._built[here], focus)
        at = stops.index(focus) + (1 if forward else -1)
        place = self._place_of[here]
        while not 0 <= at < len(stops):
            place += 1 if forward else -1
            if not 0 <= place < len(self._slots):
                return False
            stops = _stops(self.row(self._slots[place].key), None)
            at = 0 if forward else len(stops) - 1
        self._stop_at(place, stops[at], forward)
        return True

    def _stop_at(self, place: int, stop: QWidget, forward: bool) -> None:
        self.bring(self._slots[place].key, 24)
        stop.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
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
        beyond = _beyond(self, forward)
        if beyond is None:
            return super().focusNextPrevChild(forward)
        beyond.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        return True


def _height_of(widget: QWidget, width: int) -> int:
    layout = widget.layout()
    if layout is None:
        return widget.heightForWidth(width) if widget.hasHeightForWidth() else widget.sizeHint().height()
    if layout.hasHeightForWidth():
        return layout.totalHeightForWidth(width)
    return layout.totalSizeHint().height()


def _takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isEnabled() and widget.focusProxy() is None


def _stops(row: QWidget, focus: QWidget | None) -> list[QWidget]:
    """Where Tab stops within a row, in its order; the cursor's own place is one in any case."""
    found: list[QWidget] = []

    def walk(widget: QWidget) -> None:
        if widget.isHidden():
            return
        if widget is focus or _takes_tab(widget):
            found.append(widget)
        if not isinstance(widget, _ONE_PIECE):
            for child in widget.children():
                if isinstance(child, QWidget) and not child.isWindow():
                    walk(child)
        elif focus is not None and focus is not widget and widget.isAncestorOf(focus):
            found[-1:] = [focus]

    walk(row)
    return found if focus is None or focus in found else [*found, focus]


def _beyond(sheet: QWidget, forward: bool) -> QWidget | None:
    """The next stop of the window outside of the rows."""
    widget: QWidget | None = sheet
    while widget is not None:
        widget = widget.nextInFocusChain() if forward else widget.previousInFocusChain()
        if widget is sheet:
            return None
        if widget is not None and not sheet.isAncestorOf(widget) and _takes_tab(widget) and widget.isVisible():
            return widget
    return None
