"""What a person has to decide: the centre no longer names a great part of what is here; is it gone, or is it kept?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector_app.services.views.sync import HeldBack
from inspector_app.ui import boxes
from inspector_app.ui.kit.buttons import PlainButton
from inspector_app.ui.kit.cards import Banner
from inspector_app.ui.kit.layout import clear, row
from inspector_app.ui.look import Look
from inspector_app.viewmodels import sending


class HeldBackBar(QWidget):
    """One line for each kind, with a word for either answer; hidden while there is nothing to decide.

    Signals:
        removed: The rows of this kind are gone indeed.
        kept: The rows of this kind stay.
    """

    removed = Signal(str)
    kept = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sync.held_back")
        self._look = look
        self._rows: tuple[HeldBack, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        look.changed.connect(self._build)
        self.hide()

    def show_rows(self, rows: Sequence[HeldBack]) -> None:
        """Ask about these; none hides the bar."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self._build()

    def _build(self) -> None:
        clear(self._column)
        words = self._look.words
        for one in self._rows:
            banner = Banner(f"sync.held_back.{one.kind}", self._look, "warning")
            banner.show_text(sending.missing_text(words, one), words.say("sync.held_back.text"))
            keep = PlainButton(f"sync.held_back.{one.kind}.keep")
            keep.setText(words.say("sync.held_back.keep"))
            keep.clicked.connect(partial(self.kept.emit, one.kind))
            remove = PlainButton(f"sync.held_back.{one.kind}.remove")
            remove.setText(words.say("sync.held_back.remove"))
            remove.clicked.connect(partial(self._ask, one))
            layout = banner.layout()
            if isinstance(layout, QHBoxLayout):
                layout.addLayout(row(keep, remove, spacing=4))
            self._column.addWidget(banner)
        self.setVisible(bool(self._rows))

    def _ask(self, one: HeldBack) -> None:
        words = self._look.words
        boxes.ask(
            self._look,
            self,
            title=words.say("sync.held_back.ask"),
            text=words.join(sending.missing_text(words, one), words.say("sync.held_back.ask_text")),
            yes=words.say("sync.held_back.remove"),
            then=partial(self.removed.emit, one.kind),
            danger=True,
            name="sync.held_back.box",
        )
