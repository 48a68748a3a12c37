"""Taking a bundle in from a file, and what came of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.transfers import Received
from inspector_app.ui.look import Look
from inspector_app.ui.transfer.box import TransferBox
from inspector_app.viewmodels import transfers as shown
from inspector_app.viewmodels.tasks import Tasks


class TakeBox(TransferBox):
    """Takes one file in, from the moment it is opened."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, over: QWidget, path: Path) -> None:
        say = look.words.say
        super().__init__("transfer.take", look, tasks, over, title=say("transfer.take.title"), text="")
        self.carrier.ended.connect(self._taken)
        self.begin(shown.take(desk, path), say("transfer.reading"))

    def _taken(self, received: Received | None) -> None:
        if received is not None:
            show_received(self, self._look, received)


def show_received(box: TransferBox, look: Look, received: Received) -> None:
    """Say in a box what came of a bundle."""
    words = look.words
    came = received.load.events or received.load.pieces
    box.end(
        words.say("transfer.take.done" if came else "transfer.take.nothing_new"),
        words.say("transfer.take.done_text") if came else "",
        shown.received_lines(words, received),
    )
