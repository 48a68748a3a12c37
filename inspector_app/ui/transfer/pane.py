"""The tab of bundles: giving, taking in, the local network, and what went and came."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.transfers import TransferRow
from inspector_app.ui import boxes
from inspector_app.ui.kit.buttons import QuietButton
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Lead
from inspector_app.ui.kit.wrap import WrapLayout
from inspector_app.ui.look import Look
from inspector_app.ui.transfer.box import TransferBox
from inspector_app.ui.transfer.give import GiveBox
from inspector_app.ui.transfer.nearby import VisitBox, WindowBox
from inspector_app.ui.transfer.take import TakeBox
from inspector_app.viewmodels import transfers as shown
from inspector_app.viewmodels.lists import Face
from inspector_app.viewmodels.tasks import Tasks


class TransfersPane(QWidget):
    """What can be given and taken by hand, over the history of it.

    Signals:
        changed: Something came or went.
    """

    changed = Signal()

    def __init__(self, desk: Desk, look: Look, tasks: Tasks) -> None:
        super().__init__()
        self._desk, self._look, self._tasks = desk, look, tasks
        self._rows: tuple[TransferRow, ...] = ()
        self.history = RowList("sync.transfers", look, self._face)
        self._nothing = Lead()
        lead = Lead()
        spoken = Spoken(look, self)
        spoken.put(lead.setText, "transfer.lead")
        spoken.put(self._nothing.setText, "transfer.nothing")
        spoken.put(self.history.setAccessibleName, "transfer.history")
        line = QWidget()
        buttons = WrapLayout(line, spacing=8)
        for name, icon, act in (
            ("give", "upload", self._give),
            ("take", "download", self._ask_file),
            ("nearby_give", "upload", self._visit),
            ("nearby_take", "download", self._open_window),
        ):
            button = QuietButton(f"transfers.{name}", look, icon)
            spoken.put(button.setText, f"transfer.{name}")
            button.clicked.connect(act)
            buttons.addWidget(button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addWidget(lead)
        whole.addWidget(line)
        whole.addWidget(self._nothing)
        whole.addWidget(self.history, 1)
        whole.addStretch(0)
        self.show_history(())

    def show_history(self, rows: tuple[TransferRow, ...]) -> None:
        """Show what went and came."""
        self._rows = rows
        self.history.show_ids(range(len(rows)))
        self.history.setVisible(bool(rows))
        self._nothing.setVisible(not rows)

    def _face(self, place: int) -> Face:
        return shown.transfer_face(self._look.words, self._rows[place])

    def _open(self, box: TransferBox) -> None:
        box.came_through.connect(self.changed)
        box.open()

    def _give(self) -> None:
        self._open(GiveBox(self._desk, self._look, self._tasks, self))

    def _visit(self) -> None:
        self._open(VisitBox(self._desk, self._look, self._tasks, self))

    def _open_window(self) -> None:
        self._open(WindowBox(self._desk, self._look, self._tasks, self))

    def _ask_file(self) -> None:
        words = self._look.words
        boxes.ask_file(
            self._look,
            self,
            title=words.say("transfer.take"),
            patterns=f"{words.say('transfer.files')} (*{shown.SUFFIX})",
            then=self._take,
            name="transfers.take_file",
        )

    def _take(self, paths: list[Path]) -> None:
        self._open(TakeBox(self._desk, self._look, self._tasks, self, paths[0]))
