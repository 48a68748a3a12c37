"""The side: one button for each workspace, with a count where one helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from inspector_app.ui.kit.buttons import ICON_AND_GAP, beside_text
from inspector_app.ui.kit.text import Caption, Chip
from inspector_app.ui.look import Look
from inspector_app.ui.shell.places import Place

WIDTH = 208


class _Entry(QPushButton):
    """A workspace in the side; its count stands at the trailing end."""

    def __init__(self, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = place
        self.setObjectName(f"side.{place.name}")
        self.setProperty("kind", "place")
        self.setCheckable(True)
        self.setIconSize(ICON_AND_GAP)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.count = Chip()
        self.count.setObjectName(f"side.{place.name}.count")
        self.count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.addStretch(1)
        row.addWidget(self.count)
        self.count.hide()


class Side(QFrame):
    """The list of workspaces.

    Signals:
        chosen: A workspace was chosen, by name.
    """

    chosen = Signal(str)

    def __init__(self, places: Sequence[Place], look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self.setProperty("side", True)
        self.setFixedWidth(WIDTH)
        self._look = look
        self._counts: Mapping[str, int] = {}
        self._urgent: frozenset[str] = frozenset()
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 16, 12, 16)
        column.setSpacing(4)
        self._entries: dict[str, _Entry] = {}
        for place in places:
            entry = _Entry(place)
            entry.clicked.connect(lambda _=False, name=place.name: self.chosen.emit(name))
            self._group.addButton(entry)
            self._entries[place.name] = entry
            column.addWidget(entry)
        column.addStretch(1)
        self._committee, self._device = Caption(wrap=True), Caption(wrap=True)
        foot = QVBoxLayout()
        foot.setContentsMargins(12, 0, 12, 0)
        foot.addWidget(self._committee)
        foot.addWidget(self._device)
        column.addLayout(foot)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def mark(self, name: str) -> None:
        """Show which workspace is open."""
        entry = self._entries.get(name)
        if entry is not None:
            entry.setChecked(True)
            self._tint()

    def show_counts(self, counts: Mapping[str, int], urgent: frozenset[str] = frozenset()) -> None:
        """Show how much waits in each workspace; 0 shows nothing. ``urgent`` names those to be coloured."""
        self._counts, self._urgent = counts, urgent
        words = self._look.words
        for name, entry in self._entries.items():
            count = counts.get(name, 0)
            entry.count.show_state(words.number(count) if count else "", "danger" if name in urgent else "neutral")
            said = words.say(f"shell.place.{name}")
            entry.setAccessibleName(f"{said}, {words.number(count)}" if count else said)

    def show_where(self, committee: str, device: str) -> None:
        """Say at the foot whose device this is."""
        self._committee.setText(committee)
        self._device.setText(device)

    def retranslate(self) -> None:
        for name, entry in self._entries.items():
            entry.setText(self._look.words.say(f"shell.place.{name}"))
        self._tint()
        self.show_counts(self._counts, self._urgent)

    def _tint(self) -> None:
        for entry in self._entries.values():
            token = "accent_text" if entry.isChecked() else "text_soft"
            entry.setIcon(beside_text(self._look, entry.place.icon, token))
