"""Lists of two-line rows painted from the tokens, over a model of ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from inspector_app.ui.look import Look
from inspector_app.viewmodels.lists import FACE_ROLE, ID_ROLE, Face, IdListModel, Tone

_PADDING = 16
_GAP = 12
_LINE_GAP = 4
_ICON = 24


class RowDelegate(QStyledItemDelegate):
    """Paints a ``Face``: icon, title over secondary line, chip over trailing text, from the leading edge."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        height = QFontMetrics(self._title_font()).height() + QFontMetrics(self._small_font()).height()
        return QSize(200, max(64, height + _LINE_GAP + 2 * 12))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        face = index.data(FACE_ROLE)
        if not isinstance(face, Face):
            return
        rect, rtl, selected = _parts(option)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        model = index.model()
        last = index.row() == model.rowCount() - 1
        self._paint_ground(painter, option, rect, selected, not last)
        row = _Row(rect.adjusted(_PADDING, 8, -_PADDING, -8), rtl)
        if face.icon:
            spot = row.take_leading(_ICON)
            spot.moveTop(rect.center().y() - _ICON // 2)
            spot.setHeight(_ICON)
            token = "accent_text" if selected else "text_soft"
            painter.drawPixmap(spot, self._look.pixmap(face.icon, _ICON, token))
        self._paint_trailing(painter, row, face)
        self._paint_lines(painter, row, face)
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, selected: bool, between: bool
    ) -> None:
        state: Any = option.state
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        if selected or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.color("accent_soft" if selected else "sunken"))
            painter.drawRoundedRect(QRectF(rect).adjusted(4, 2, -4, -2), 8, 8)
        elif between:
            line = QRect(rect.left() + _PADDING, rect.bottom(), rect.width() - 2 * _PADDING, 1)
            painter.fillRect(line, self._look.color("line"))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(self._look.color("focus"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(4.5, 2.5, -4.5, -2.5), 8, 8)

    def _paint_trailing(self, painter: QPainter, row: _Row, face: Face) -> None:
        small = self._small_font(QFont.Weight.Medium)
        metrics = QFontMetrics(small)
        width = max(
            metrics.horizontalAdvance(face.chip) + 20 if face.chip else 0,
            metrics.horizontalAdvance(face.trailing) + 2 if face.trailing else 0,
        )
        if not width:
            return
        column = row.take_trailing(min(width, row.rect.width() // 2))
        painter.setFont(small)
        height = metrics.height() + 6
        both = bool(face.chip and face.trailing)
        top = column.top() if both else column.center().y() - height // 2
        if face.chip:
            chip = row.trailing_part(QRect(column.left(), top, column.width(), height), metrics, face.chip, 20)
            self._paint_chip(painter, chip, metrics, face.chip, face.tone)
            top = column.bottom() - metrics.height()
        if face.trailing:
            tone = "text_soft" if face.trailing_tone == "neutral" else f"{face.trailing_tone}_text"
            painter.setPen(self._look.color(tone))
            line = QRect(column.left(), top, column.width(), metrics.height())
            painter.drawText(line, row.trailing_flags, _cut(metrics, face.trailing, line.width()))

    def _paint_chip(self, painter: QPainter, rect: QRect, metrics: QFontMetrics, text: str, tone: Tone) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color(f"{tone}_soft"))
        painter.drawRoundedRect(rect, 6, 6)
        painter.setPen(self._look.color(f"{tone}_text"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, _cut(metrics, text, rect.width() - 12))

    def _paint_lines(self, painter: QPainter, row: _Row, face: Face) -> None:
        title_font, small_font = self._title_font(), self._small_font()
        title, small = QFontMetrics(title_font), QFontMetrics(small_font)
        whole = title.height() + (_LINE_GAP + small.height() if face.secondary else 0)
        top = row.rect.center().y() - whole // 2
        painter.setFont(title_font)
        painter.setPen(self._look.color("text"))
        line = QRect(row.rect.left(), top, row.rect.width(), title.height())
        painter.drawText(line, row.leading_flags, _cut(title, face.title, line.width()))
        if face.secondary:
            painter.setFont(small_font)
            painter.setPen(self._look.color("text_soft"))
            line = QRect(row.rect.left(), top + title.height() + _LINE_GAP, row.rect.width(), small.height())
            painter.drawText(line, row.leading_flags, _cut(small, face.secondary, line.width()))

    def _title_font(self) -> QFont:
        return self._font(1.0, QFont.Weight.Medium)

    def _small_font(self, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        return self._font(0.9, weight)

    def _font(self, share: float, weight: QFont.Weight) -> QFont:
        parent = self.parent()
        font = QFont(parent.font()) if isinstance(parent, QWidget) else QFont()
        font.setPixelSize(self._look.px(share))
        font.setWeight(weight)
        return font


class _Row:
    """The free part of a row; pieces are cut off its leading or trailing end, whichever side that is."""

    def __init__(self, rect: QRect, rtl: bool) -> None:
        self.rect = rect
        self._rtl = rtl
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute | Qt.TextFlag.TextSingleLine
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        self.leading_flags = int((right if rtl else left) | middle)
        self.trailing_flags = int((left if rtl else right) | middle)

    def take_leading(self, width: int) -> QRect:
        return self._cut_right(width) if self._rtl else self._cut_left(width)

    def take_trailing(self, width: int) -> QRect:
        return self._cut_left(width) if self._rtl else self._cut_right(width)

    def trailing_part(self, column: QRect, metrics: QFontMetrics, text: str, padding: int) -> QRect:
        """The part of a column, at its trailing end, that a text fills."""
        width = min(column.width(), metrics.horizontalAdvance(text) + padding)
        left = column.left() if self._rtl else column.right() + 1 - width
        return QRect(left, column.top(), width, column.height())

    def _cut_left(self, width: int) -> QRect:
        cut = QRect(self.rect.left(), self.rect.top(), width, self.rect.height())
        self.rect = self.rect.adjusted(width + _GAP, 0, 0, 0)
        return cut

    def _cut_right(self, width: int) -> QRect:
        cut = QRect(self.rect.right() + 1 - width, self.rect.top(), width, self.rect.height())
        self.rect = self.rect.adjusted(0, 0, -width - _GAP, 0)
        return cut


def _parts(option: QStyleOptionViewItem) -> tuple[QRect, bool, bool]:
    fields: Any = option  # the stubs leave the fields of options out
    rtl = fields.direction == Qt.LayoutDirection.RightToLeft
    return QRect(fields.rect), rtl, bool(fields.state & QStyle.StateFlag.State_Selected)


def _cut(metrics: QFontMetrics, text: str, width: int) -> str:
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


class RowList(QListView):
    """A list of rows by id.

    Signals:
        opened: A row was chosen with a click, Enter or a double click; its id.
        current_changed: Another row is current; its id, or None.
    """

    opened = Signal(object)
    current_changed = Signal(object)

    def __init__(
        self, name: str, look: Look, face: Callable[[Any], Face], parent: QWidget | None = None, *, flat: bool = False
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("flat", flat)
        self.rows = IdListModel(face, self)
        self.setModel(self.rows)
        self.setItemDelegate(RowDelegate(look, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(lambda index: self.opened.emit(index.data(ID_ROLE)))
        look.changed.connect(self._renew)

    @property
    def current(self) -> Any:
        """The id of the current row, or None."""
        return self.currentIndex().data(ID_ROLE)

    def show_ids(self, ids: Sequence[Any], faces: Mapping[Any, Face] | None = None) -> None:
        """Show these rows, of which some may have been read; the one that was current stays so where it is there."""
        held = self.current
        self.rows.set_ids(ids, faces)
        if held is not None and self.current != held:
            self.select(held)

    def select(self, key: object) -> None:
        """Make a row current, by its id; an unknown id changes nothing."""
        place = self.rows.row_of(key)
        if place >= 0:
            self.setCurrentIndex(self.rows.index(place))

    def fit(self, most: int = 6) -> None:
        """Take the height of the rows, for a list inside a page that scrolls."""
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        shown = min(most, self.rows.rowCount())
        self.setFixedHeight(shown * self.sizeHintForRow(0) + 2 * self.frameWidth() if shown else 0)

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        self.current_changed.emit(current.data(ID_ROLE) if current.isValid() else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.opened.emit(self.current)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.scheduleDelayedItemsLayout()

    def _renew(self) -> None:
        self.rows.forget()
        self.scheduleDelayedItemsLayout()
        self.viewport().update()
