"""To whom a bundle goes: one tick for each device that it can be sealed to."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from inspector_app.services.views.transfers import Peer
from inspector_app.ui.kit.layout import Page
from inspector_app.ui.kit.text import Lead
from inspector_app.ui.look import Look
from inspector_app.viewmodels import transfers as shown

_MOST_ROWS = 5


class Recipients(Page):
    """The devices; those of one's own supervisors are ticked from the start.

    Signals:
        changed: Others are ticked.
    """

    changed = Signal()

    def __init__(self, name: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=4, spacing=4)
        self.setObjectName(name)
        self._look = look
        self._ticks: dict[str, QCheckBox] = {}

    def offer(self, peers: Sequence[Peer], regions: Collection[str]) -> None:
        """Say which devices there are; those of supervisors of these regions are ticked."""
        if not peers:
            self.body.addWidget(Lead(self._look.words.say("transfer.no_peers")))
        for peer in peers:
            tick = QCheckBox(shown.called(self._look.words, peer))
            tick.setObjectName(f"{self.objectName()}.{peer.id}")
            tick.setChecked(peer.supervises and not set(peer.regions).isdisjoint(regions))
            tick.toggled.connect(lambda _: self.changed.emit())
            self._ticks[peer.id] = tick
            self.body.addWidget(tick)
        self.body.addStretch(1)
        self._fit()
        self.changed.emit()

    def _fit(self) -> None:
        """As high as its rows, and never so high that the box would not fit on a small screen."""
        lines = [tick.sizeHint().height() + self.body.spacing() for tick in self._ticks.values()]
        margins = self.body.contentsMargins()
        around = margins.top() + margins.bottom() + 2 * self.frameWidth() + self.body.spacing()
        self.setFixedHeight(around + (sum(lines[:_MOST_ROWS]) or self.fontMetrics().lineSpacing() * 3))

    @property
    def chosen(self) -> tuple[str, ...]:
        """The ids of the ticked devices."""
        return tuple(name for name, tick in self._ticks.items() if tick.isChecked())
