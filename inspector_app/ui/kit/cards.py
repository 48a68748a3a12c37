"""Surfaces: cards, banners that say something, what an empty list shows, progress in words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from inspector_app.ui.kit.buttons import PlainButton, PrimaryButton
from inspector_app.ui.kit.text import Caption, Heading, Label, Lead, restyle
from inspector_app.ui.look import Look
from inspector_app.viewmodels.lists import Tone

_SIGNS: dict[Tone, str] = {
    "neutral": "info",
    "accent": "info",
    "good": "check",
    "info": "info",
    "warning": "alert",
    "danger": "alert",
}


class Card(QFrame):
    """A white surface with a column of parts; ``body`` is the column."""

    def __init__(self, parent: QWidget | None = None, *, padding: int = 20, spacing: int = 12) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(padding, padding, padding, padding)
        self.body.setSpacing(spacing)


class Banner(QFrame):
    """One thing the user should know now, with a sign and a word, and perhaps one thing to do about it.

    Signals:
        acted: The button was pressed.
    """

    acted = Signal()

    def __init__(self, name: str, look: Look, tone: Tone = "info", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("banner", True)
        self.setProperty("tone", tone)
        self._look = look
        self._tone: Tone = tone
        self._sign = QLabel()
        self._title = Label(role="label", wrap=True)
        self._text = Label(wrap=True)
        self.button = PlainButton(f"{name}.act")
        self.button.clicked.connect(self.acted)
        self.button.hide()
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._title)
        words.addWidget(self._text)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(12)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        look.changed.connect(self._paint_sign)
        self._paint_sign()
        self.hide()

    def show_text(self, title: str, text: str = "", *, tone: Tone | None = None, action: str = "") -> None:
        """Say something; an empty title hides the banner.

        Args:
            title: What it is, in a few words.
            text: What it means and what to do.
            tone: Another tone than the one it was made with.
            action: The word on its button; empty for no button.
        """
        if tone is not None:
            self._tone = tone
            restyle(self, "tone", tone)
            for label in (self._title, self._text, self._sign):
                label.style().unpolish(label)
                label.style().polish(label)
            self._paint_sign()
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self.setAccessibleName(f"{title}. {text}" if text else title)
        self.setVisible(bool(title))

    def clear(self) -> None:
        """Nothing to say."""
        self.show_text("")

    def _paint_sign(self) -> None:
        self._sign.setPixmap(self._look.pixmap(_SIGNS[self._tone], 24, f"{self._tone}_text"))


class EmptyState(QWidget):
    """What stands where a list would: what is not there, and what to do.

    Signals:
        acted: The button was pressed.
    """

    acted = Signal()

    def __init__(self, name: str, look: Look, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._look, self._icon = look, icon
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._title = Heading(wrap=True)
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._text = Lead()
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.button = PrimaryButton(f"{name}.act")
        self.button.clicked.connect(self.acted)
        self.button.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(self._picture)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        look.changed.connect(self._paint)
        self._paint()

    def show_text(self, title: str, text: str, action: str = "") -> None:
        """Say what is not there, what to do, and the word on the button that does it (empty: no button)."""
        self._title.setText(title)
        self._text.setText(text)
        self.button.setText(action)
        self.button.setVisible(bool(action))

    def _paint(self) -> None:
        self._picture.setPixmap(self._look.pixmap(self._icon, 48, "line_strong"))


class Progress(QWidget):
    """A long job in words and as a bar; with ``total`` 0 the bar runs without an end."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._words = Caption()
        self.bar = QProgressBar()
        self.bar.setObjectName(f"{name}.bar")
        self.bar.setTextVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._words)
        column.addWidget(self.bar)

    def show_progress(self, text: str, done: int, total: int) -> None:
        """Say what is being done and how far it is, in any unit; beyond 2 GiB a bar counts in thousandths."""
        self._words.setText(text)
        self.bar.setAccessibleName(text)
        self.bar.setRange(0, 1000 if total > 0 else 0)
        self.bar.setValue(min(1000, done * 1000 // total) if total > 0 else 0)
