"""Where Tab stops: within one row, and beyond all of them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

_ONE_PIECE: Final = (QComboBox, QAbstractSpinBox, QAbstractItemView, QLineEdit, QPlainTextEdit)
"""Inputs whose own parts Tab does not stop at."""


def stops_of(row: QWidget) -> list[QWidget]:
    """Where Tab stops within a row, in the order in which its parts were made; the cursor's own place is one."""
    focus = QApplication.focusWidget()
    found: list[QWidget] = []

    def walk(widget: QWidget) -> None:
        if widget.isHidden():
            return
        if widget is focus or takes_tab(widget):
            found.append(widget)
        if not isinstance(widget, _ONE_PIECE):
            for child in widget.children():
                if isinstance(child, QWidget) and not child.isWindow():
                    walk(child)
        elif focus is not None and widget.isAncestorOf(focus):
            found[-1:] = [focus]

    walk(row)
    if focus is not None and row.isAncestorOf(focus) and focus not in found:
        found.append(focus)
    return found


def takes_tab(widget: QWidget) -> bool:
    """Whether Tab would stop there, if it is on the screen."""
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isEnabled() and widget.focusProxy() is None


def beyond(sheet: QWidget, forward: bool) -> QWidget | None:
    """The next stop of the window that is not on a sheet, before or behind it; None where there is none."""
    widget: QWidget | None = sheet
    while widget is not None:
        widget = widget.nextInFocusChain() if forward else widget.previousInFocusChain()
        if widget is sheet:
            return None
        if widget is not None and not sheet.isAncestorOf(widget) and takes_tab(widget) and widget.isVisible():
            return widget
    return None


def stop_at(widget: QWidget, forward: bool) -> None:
    """Put the cursor there, as Tab does."""
    widget.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
