"""A row that goes on in the next line where it does not fit, from the leading edge."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class WrapLayout(QLayout):
    """Parts side by side in as many lines as they need.

    Args:
        parent: The widget it lays out.
        spacing: Between parts and between lines, px.
        equal: Give all parts one width and fill the lines with them: four in a line, else two, else one.
    """

    def __init__(self, parent: QWidget | None = None, *, spacing: int = 8, equal: bool = False) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._equal = equal
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        parts = self._shown()
        widths = [item.sizeHint().width() for item in parts]
        width = (max(widths, default=0) * len(parts) if self._equal else sum(widths)) + self.spacing() * len(parts)
        return QSize(width, max((item.sizeHint().height() for item in parts), default=0))

    def minimumSize(self) -> QSize:
        parts = self._shown()
        return QSize(
            max((item.minimumSize().width() for item in parts), default=0),
            max((item.minimumSize().height() for item in parts), default=0),
        )

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _place(self, rect: QRect, *, move: bool) -> int:
        """Lay the parts out in ``rect``, or only work out how high that is."""
        x = y = high = 0
        columns = self._columns(rect.width())
        for item in self._shown():
            size = item.sizeHint()
            if columns:
                size.setWidth((rect.width() - self.spacing() * (columns - 1)) // columns)
            if x and x + size.width() > rect.width():
                x, y, high = 0, y + high + self.spacing(), 0
            if move:
                item.setGeometry(self._mirrored(QRect(rect.topLeft() + QPoint(x, y), size), rect))
            x += size.width() + self.spacing()
            high = max(high, size.height())
        return y + high

    def _columns(self, width: int) -> int:
        """How many equal parts go into a line; 0 where each has its own width."""
        parts = self._shown()
        if not self._equal or not parts:
            return 0
        widest = max(item.sizeHint().width() for item in parts)
        fitting = max(1, (width + self.spacing()) // (widest + self.spacing()))
        return next(count for count in (len(parts), 2, 1) if count <= fitting)

    def _mirrored(self, part: QRect, rect: QRect) -> QRect:
        widget = self.parentWidget()
        if widget is not None and widget.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            part.moveLeft(rect.left() + rect.right() - part.right())
        return part
