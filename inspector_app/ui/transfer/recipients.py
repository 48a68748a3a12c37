"""To whom a bundle goes: one tick for each device that it can be sealed to."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from inspector_app.services.views.transfers import Peer
from inspector_app.ui.kit.layout import Page
from inspector_app.ui.kit.text import Lead
from inspector_app.ui.look import Look
from inspector_app.viewmodels import transfers as shown

_MOST_HEIGHT = 176


class Recipients(Page):
    """The devices; those of supervisors are ticked from the start.

    Signals:
        changed: Others are ticked.
    """

    changed = Signal()

    def __init__(self, name: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=4, spacing=4)
        self.setObjectName(name)
        self._look = look
        self._ticks: dict[str, QCheckBox] = {}
        self.setMaximumHeight(_MOST_HEIGHT)

    def offer(self, peers: Sequence[Peer]) -> None:
        """Say which devices there are."""
        if not peers:
            self.body.addWidget(Lead(self._look.words.say("transfer.no_peers")))
        for peer in peers:
            tick = QCheckBox(shown.called(self._look.words, peer))
            tick.setObjectName(f"{self.objectName()}.{peer.id}")
            tick.setChecked(peer.supervises)
            tick.toggled.connect(lambda _: self.changed.emit())
            self._ticks[peer.id] = tick
            self.body.addWidget(tick)
        self.body.addStretch(1)
        self.changed.emit()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The ids of the ticked devices."""
        return tuple(name for name, tick in self._ticks.items() if tick.isChecked())
