"""One list of the page of the day: its name, how many there are, the first few, and the way to all of them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector_app.ui.kit.buttons import LinkButton
from inspector_app.ui.kit.cards import Card
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.kit.text import Chip, Heading
from inspector_app.ui.look import Look
from inspector_app.viewmodels.lists import Face, Tone
from inspector_app.viewmodels.today import Line, Section

FIRST_FEW: Final = 4
_TONES: Final[dict[str, Tone]] = {"returned": "warning", "cases": "danger", "expiring": "warning"}


class SectionCard(Card):
    """A list on the page; hidden while it is empty.

    Signals:
        went: A row, or the whole list, was chosen: (workspace, argument).
    """

    went = Signal(str, object)

    def __init__(self, name: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=12, spacing=4)
        self.setObjectName(f"today.{name}")
        self._name, self._look = name, look
        self._section: Section | None = None
        self._lines: dict[str, Line] = {}
        self._heading, self._count = Heading(), Chip(tone=_TONES.get(name, "neutral"))
        self._more = LinkButton(f"today.{name}.all")
        self.list = RowList(f"today.{name}.list", look, self._face, flat=True)
        self.list.opened.connect(self._open)
        self._more.clicked.connect(self._open_all)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 4)
        head.setSpacing(12)
        head.addWidget(self._heading)
        head.addWidget(self._count)
        head.addStretch(1)
        self.body.addLayout(head)
        self.body.addWidget(self.list)
        self.body.addWidget(self._more)
        look.changed.connect(self._say)
        self.hide()

    def show_section(self, section: Section) -> None:
        """Show the list as it is now."""
        self._section = section
        self._lines = {line.key: line for line in section.lines}
        self.list.show_ids([line.key for line in section.lines[:FIRST_FEW]])
        self._say()

    def _say(self) -> None:
        if self._section is None:
            return
        words, count = self._look.words, len(self._section.lines)
        self._heading.setText(words.say(f"today.{self._name}"))
        self.list.setAccessibleName(words.say(f"today.{self._name}"))
        self._count.setText(words.number(count))
        self._more.setVisible(count > FIRST_FEW)
        if count > FIRST_FEW:
            self._more.setText(words.say("today.more", n=count - FIRST_FEW))
        self.list.fit(FIRST_FEW)

    def _face(self, key: str) -> Face:
        return self._lines[key].face(self._look.words)

    def _open(self, key: str) -> None:
        self.went.emit(*self._lines[key].way)

    def _open_all(self) -> None:
        if self._section is not None:
            self.went.emit(*self._section.all)
