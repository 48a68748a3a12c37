"""What is wrong with a screen, as a reader, a screen reader or a narrow window would find it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from inspector_app.ui.kit.buttons import Choices

_RAW_KEY = re.compile(r"^[a-z_]+(\.[a-z_0-9]+)+$")
_INPUTS = (QLineEdit, QPlainTextEdit, QComboBox, QAbstractSpinBox, QAbstractButton, QAbstractItemView)


def faults(screen: QWidget) -> list[str]:
    """Everything that is wrong with what is visible of a screen, each named by its widget."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    return [*_nameless(screen), *_raw_keys(screen), *_clipped(screen)]


def _nameless(screen: QWidget) -> Iterator[str]:
    for widget in _visible(screen):
        if not isinstance(widget, _INPUTS) or _inside_another_input(widget):
            continue
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        if not (widget.accessibleName() or text):
            yield f"nameless: {_called(widget)}"
        if not widget.objectName():
            yield f"without an object name: {_called(widget)}"


def _raw_keys(screen: QWidget) -> Iterator[str]:
    for widget in _visible(screen):
        for said in (_text(widget), widget.accessibleName(), widget.toolTip()):
            if _RAW_KEY.match(said):
                yield f"raw key: {said} in {_called(widget)}"


def _clipped(screen: QWidget) -> Iterator[str]:
    for widget in _visible(screen):
        if isinstance(widget, QLabel) and widget.text():
            if widget.wordWrap():
                needed = widget.heightForWidth(widget.width())
                if needed > widget.height() + 1:
                    yield f"clipped: {_called(widget)} {widget.text()!r} needs {needed} of {widget.height()} px height"
            elif widget.sizeHint().width() > widget.width() + 1:
                yield f"clipped: {_called(widget)} {widget.text()!r}"
        elif isinstance(widget, QPushButton) and widget.text() and widget.sizeHint().width() > widget.width() + 1:
            yield f"clipped: {_called(widget)} {widget.text()!r}"
        elif isinstance(widget, Choices) and (needed := widget.heightForWidth(widget.width())) > widget.height():
            yield f"squeezed: {_called(widget)} needs {needed} of {widget.height()} px height"


def _visible(screen: QWidget) -> list[QWidget]:
    return [widget for widget in (screen, *screen.findChildren(QWidget)) if widget.isVisible()]


def _inside_another_input(widget: QWidget) -> bool:
    """Qt's own parts of a list, a combo box or a line, which their owner speaks for."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, (QComboBox, QAbstractSpinBox, QAbstractItemView, QLineEdit)):
            return True
        parent = parent.parentWidget()
    return False


def _text(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, (QLabel, QAbstractButton)) else ""


def _called(widget: QWidget) -> str:
    names = []
    at: QWidget | None = widget
    while at is not None:
        if at.objectName():
            names.append(at.objectName())
        at = at.parentWidget()
    return f"{type(widget).__name__} {'<'.join(names[:3])}"
