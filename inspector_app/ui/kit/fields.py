"""Inputs that always have a name: a label above, the editor, a hint, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from inspector_app.ui.kit.buttons import PlainButton, button_icon
from inspector_app.ui.kit.text import Label, leading, restyle
from inspector_app.ui.look import Look

Editor = TypeVar("Editor", bound=QWidget)

TYPING_PAUSE_MS = 150
"""How long after the last letter a search begins."""


class LineEdit(QLineEdit):
    """A line of text that stands at the leading edge of the page whatever its letters are.

    Qt aligns by the first strong letter, so that a Latin name or a number jumps to the left of an Arabic page.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._align()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._align()

    def _align(self) -> None:
        self.setAlignment(leading(self) | Qt.AlignmentFlag.AlignVCenter)


class PasswordEdit(LineEdit):
    """A secret: dots instead of letters, never undone, never completed."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        hints = Qt.InputMethodHint
        self.setInputMethodHints(hints.ImhSensitiveData | hints.ImhNoPredictiveText | hints.ImhNoAutoUppercase)


class TextArea(QPlainTextEdit):
    """Several lines of text; Tab moves on, as everywhere else."""

    def __init__(self, name: str, parent: QWidget | None = None, *, lines: int = 3) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + 30)
        self._align()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._align()

    def _align(self) -> None:
        """Paragraphs begin at the leading edge; a text document would put Arabic ones to the left."""
        option = self.document().defaultTextOption()
        option.setAlignment(leading(self))
        self.document().setDefaultTextOption(option)


class Picker(QComboBox):
    """A choice from a list of (value, word).

    Signals:
        chosen: The user chose this value.
    """

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setMinimumWidth(140)
        self.activated.connect(lambda _: self.chosen.emit(self.value))

    @property
    def value(self) -> str:
        """The value that holds; empty for none."""
        data: Any = self.currentData()
        return str(data) if data is not None else ""

    def offer(self, options: Sequence[tuple[str, str]]) -> None:
        """Say what there is to choose, keeping the value that holds where it is still there."""
        held = self.value
        self.clear()
        for value, text in options:
            self.addItem(text, value)
        self.choose(held)

    def choose(self, value: str) -> None:
        """Let a value hold, without a signal; an unknown one lets the first hold."""
        self.setCurrentIndex(max(0, self.findData(value)) if self.count() else -1)


class SearchField(LineEdit):
    """A line that asks while it is typed: a pause of 150 ms after the last letter, at once on Enter.

    Signals:
        asked: The query, its spaces trimmed.
        left_downwards: Down was pressed: move into the results.
    """

    asked = Signal(str)
    left_downwards = Signal()

    def __init__(self, name: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._look = look
        self._pause = QTimer(self)
        self._pause.setObjectName(f"{name}.pause")
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.textEdited.connect(lambda _: self._pause.start())
        self.returnPressed.connect(self._ask)
        self.setClearButtonEnabled(True)
        self._glass = self.addAction(button_icon(look, "search", "text_soft"), QLineEdit.ActionPosition.LeadingPosition)
        look.changed.connect(self._tint)

    def _tint(self) -> None:
        # A method, not a lambda: Qt lets go of it with this field, and the look outlives every field.
        self._glass.setIcon(button_icon(self._look, "search", "text_soft"))

    def _ask(self) -> None:
        self._pause.stop()
        self.asked.emit(self.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.left_downwards.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self._ask()
        else:
            super().keyPressEvent(event)


class Field(QWidget, Generic[Editor]):
    """The row helper: label above editor, hint or error below. It names the editor for screen readers.

    Args:
        editor: The input; its object name gives the label's and the error's.
        parent: The page.
    """

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor: Editor = editor
        self.label = Label(role="label")
        self.label.setBuddy(editor)
        self.hint = Label(role="caption", wrap=True)
        self.hint.hide()
        self.error = Label(role="error", wrap=True)
        self.error.setObjectName(f"{editor.objectName()}.error")
        self.error.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for part in (self.label, editor, self.hint, self.error):
            column.addWidget(part)

    def set_label(self, text: str) -> None:
        """Name the input."""
        self.label.setText(text)
        self.editor.setAccessibleName(text)

    def set_hint(self, text: str) -> None:
        """Say what is expected."""
        self.hint.setText(text)
        self.hint.setVisible(bool(text))
        self.editor.setAccessibleDescription(text)

    def set_error(self, text: str) -> None:
        """Say what is wrong with it; empty: nothing."""
        self.error.setText(text)
        self.error.setVisible(bool(text))
        restyle(self.editor, "invalid", bool(text))


class SecretField(Field[PasswordEdit]):
    """A password with a button that shows what was typed."""

    def __init__(self, name: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(PasswordEdit(name), parent)
        self.secret = self.editor
        self.reveal = PlainButton(f"{name}.reveal", look, "review")
        self.reveal.setCheckable(True)
        self.reveal.toggled.connect(self._show)
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            row = QHBoxLayout()
            row.setSpacing(8)
            layout.removeWidget(self.secret)
            row.addWidget(self.secret, 1)
            row.addWidget(self.reveal)
            layout.insertLayout(1, row)

    def set_reveal(self, text: str) -> None:
        """Name the button that shows the secret."""
        self.reveal.setAccessibleName(text)
        self.reveal.setToolTip(text)

    def _show(self, shown: bool) -> None:
        self.secret.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
