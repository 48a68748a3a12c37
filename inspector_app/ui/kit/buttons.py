"""Buttons by what they do, and rows of choices of which one holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QWidget

from inspector_app.ui import icons
from inspector_app.ui.kit.text import restyle
from inspector_app.ui.kit.wrap import WrapLayout
from inspector_app.ui.look import Look
from inspector_app.viewmodels.lists import Tone

ICON = QSize(20, 20)
_GAP = 6
"""Between icon and text, px; Qt leaves 4 whatever a stylesheet says."""
ICON_AND_GAP = QSize(ICON.width() + _GAP, ICON.height())


def button_icon(look: Look, name: str, ink: str = "text") -> QIcon:
    """An icon of the size ``ICON``; where its button is shut, it is as soft as the word beside it."""
    return _in_both_states(look.pixmap(name, ICON.width(), ink), look.pixmap(name, ICON.width(), "text_soft"))


def beside_text(look: Look, name: str, ink: str = "text", *, rtl: bool | None = None) -> QIcon:
    """As ``button_icon``, with some room at the side where the text follows; of the size ``ICON_AND_GAP``.

    The text follows as the application is written, unless another direction is given.
    """
    rtl, size = look.words.rtl if rtl is None else rtl, ICON.width()
    return _in_both_states(*(_with_gap(look.pixmap(name, size, one), rtl) for one in (ink, "text_soft")))


def _in_both_states(open_: QPixmap, shut: QPixmap) -> QIcon:
    icon = QIcon(open_)
    icon.addPixmap(shut, QIcon.Mode.Disabled)
    return icon


def _with_gap(icon: QPixmap, rtl: bool) -> QPixmap:
    picture = QPixmap(ICON_AND_GAP * icons.DENSITY)
    picture.setDevicePixelRatio(icons.DENSITY)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.drawPixmap(_GAP if rtl else 0, 0, icon)
    painter.end()
    return picture


class _Button(QPushButton):
    kind = "quiet"
    ink = "text"

    def __init__(self, name: str, look: Look | None = None, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", self.kind)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        if look is not None and icon:
            self._look, self._icon, self._ink = look, icon, self.ink
            restyle(self, "bare", True)
            look.changed.connect(self._tint)
            self._tint()

    def setText(self, text: str) -> None:
        had_text = bool(self.text())
        super().setText(text)
        if had_text != bool(text) and not self.icon().isNull():
            restyle(self, "bare", not text)
            self._tint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # A form may be written from the other side than the application around it.
        if event.type() == QEvent.Type.LayoutDirectionChange and not self.icon().isNull():
            self._tint()

    def _tint(self) -> None:
        if self.text():
            self.setIconSize(ICON_AND_GAP)
            rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            self.setIcon(beside_text(self._look, self._icon, self._ink, rtl=rtl))
        else:
            self.setIconSize(ICON)
            self.setIcon(button_icon(self._look, self._icon, self._ink))

    def set_icon(self, icon: str, ink: str = "") -> None:
        """Show another icon, in another token's colour if one is given; the button was made with one."""
        self._icon, self._ink = icon, ink or self._ink
        self._tint()


class PrimaryButton(_Button):
    """The one thing to do on a page."""

    kind, ink = "primary", "on_accent"


class QuietButton(_Button):
    """Something else that can be done."""

    kind = "quiet"


class PlainButton(_Button):
    """A button without a frame, for bars."""

    kind = "plain"


class LinkButton(_Button):
    """Leads somewhere else."""

    kind, ink = "link", "accent_text"


class DangerButton(_Button):
    """Something that cannot be undone."""

    kind, ink = "danger", "on_danger"


class Choice(NamedTuple):
    """One of several: its value, its word, and the tone it takes when it is the one."""

    value: str
    text: str
    tone: Tone = "accent"
    icon: str = ""


class Choices(QWidget):
    """A row of buttons of which one holds, or none yet; arrow keys move, space chooses.

    Signals:
        chosen: The user chose this value.
    """

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None, *, stretch: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._stretch = stretch
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._row = WrapLayout(self, equal=stretch)
        self._buttons: dict[str, QPushButton] = {}

    @property
    def value(self) -> str:
        """The value that holds; empty for none."""
        return next((value for value, button in self._buttons.items() if button.isChecked()), "")

    def offer(self, choices: Sequence[Choice], look: Look | None = None) -> None:
        """Say what there is to choose; the same values again only renew the words."""
        if [choice.value for choice in choices] != list(self._buttons):
            self._rebuild(choices)
        for choice in choices:
            button = self._buttons[choice.value]
            button.setText(choice.text)
            button.setAccessibleName(choice.text)
            if look is not None and choice.icon:
                button.setIconSize(ICON_AND_GAP)
                button.setIcon(beside_text(look, choice.icon))

    def choose(self, value: str) -> None:
        """Let a value hold, without a signal; an unknown or empty one lets none hold."""
        self._group.setExclusive(False)
        for key, button in self._buttons.items():
            button.setChecked(key == value)
        self._group.setExclusive(True)

    def button(self, value: str) -> QPushButton:
        """The button of a value."""
        return self._buttons[value]

    def _rebuild(self, choices: Sequence[Choice]) -> None:
        held = self.value
        for button in self._buttons.values():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons = {choice.value: self._make(choice) for choice in choices}
        for button in self._buttons.values():
            self._row.addWidget(button)
        self.choose(held)

    def _make(self, choice: Choice) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"{self.objectName()}.{choice.value or 'all'}")
        button.setProperty("kind", "choice")
        button.setProperty("tone", choice.tone)
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        if self._stretch:
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setProperty("large", True)
        button.clicked.connect(lambda: self.chosen.emit(choice.value))
        self._group.addButton(button)
        return button


class TakenBack(Choices):
    """A row of choices where choosing the one that holds takes it back.

    Signals:
        chosen: The user chose this value; empty: it was taken back.
    """

    def __init__(self, name: str, parent: QWidget | None = None, *, stretch: bool = False) -> None:
        super().__init__(name, parent, stretch=stretch)
        self._held = ""

    def choose(self, value: str) -> None:
        super().choose(value)
        self._held = value

    def _make(self, choice: Choice) -> QPushButton:
        button = super()._make(choice)
        button.clicked.disconnect()
        button.clicked.connect(lambda: self._pressed(choice.value))
        return button

    def _pressed(self, value: str) -> None:
        self.choose("" if value == self._held else value)
        self.chosen.emit(self._held)


class SegmentedAnswers(TakenBack):
    """The four large answers of a checklist item, equally wide."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent, stretch=True)
