"""How parts are laid out: pages that scroll, rows, columns, a list beside its card."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget


class Page(QScrollArea):
    """A page that scrolls downwards, never sideways; ``body`` is its column.

    Args:
        width: The widest its column grows, px; 0 for as wide as there is room.
    """

    def __init__(self, parent: QWidget | None = None, *, width: int = 0, padding: int = 24, spacing: int = 16) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        sheet = QWidget()
        sheet.setProperty("ground", True)
        column = QWidget()
        self.body = QVBoxLayout(column)
        self.body.setContentsMargins(padding, padding, padding, padding)
        self.body.setSpacing(spacing)
        outer = QHBoxLayout(sheet)
        outer.setContentsMargins(0, 0, 0, 0)
        if width:
            column.setMaximumWidth(width)
            outer.addStretch(1)
            outer.addWidget(column, 1000)
            outer.addStretch(1)
        else:
            outer.addWidget(column)
        self.setWidget(sheet)


def row(*parts: QWidget | QLayout | int, spacing: int = 12) -> QHBoxLayout:
    """Parts side by side; a number is a stretch."""
    box = QHBoxLayout()
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(spacing)
    _fill(box, parts)
    return box


def column(*parts: QWidget | QLayout | int, spacing: int = 12) -> QVBoxLayout:
    """Parts one under another; a number is a stretch."""
    box = QVBoxLayout()
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(spacing)
    _fill(box, parts)
    return box


def _fill(box: QHBoxLayout | QVBoxLayout, parts: tuple[QWidget | QLayout | int, ...]) -> None:
    for part in parts:
        if isinstance(part, int):
            box.addStretch(part)
        elif isinstance(part, QWidget):
            box.addWidget(part)
        else:
            box.addLayout(part)


def clear(layout: QLayout) -> None:
    """Empty a layout and let what stood in it go."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)
