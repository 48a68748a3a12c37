"""The banner of a device that comes back after a long time: progress first, then what has changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.sync import Difference
from inspector_app.ui.kit.cards import Banner
from inspector_app.ui.look import Look
from inspector_app.viewmodels.returning import Return, changes, progress
from inspector_app.viewmodels.syncing import SyncHandle, SyncStatus
from inspector_app.viewmodels.tasks import Tasks


class ReturnBanner(Banner):
    """Hidden, unless the device was away for long; it goes when its button is pressed."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, sync: SyncHandle, parent: QWidget | None = None) -> None:
        super().__init__("main.back", look, "info", parent)
        self._status = sync.status
        self._found: Sequence[Difference] | None = None
        self._read = False
        self._return = Return(desk, sync, tasks, self)
        self._return.moved.connect(self._moved)
        self._return.over.connect(self._over)
        self.acted.connect(self._let_go)
        look.changed.connect(self._say)
        self._say()

    def _moved(self, status: SyncStatus) -> None:
        self._status = status
        self._say()

    def _over(self, found: Sequence[Difference]) -> None:
        self._found = found
        self._say()

    def _let_go(self) -> None:
        self._read = True
        self._say()

    def _say(self) -> None:
        words, days = self._look.words, self._return.days
        if not days or self._read:
            self.clear()
        elif self._found is None:
            self.show_text(words.say("returning.title", n=days), progress(words, self._status))
        else:
            said = changes(words, self._found)
            self.show_text(words.say("returning.done", n=days), said, tone="good", action=words.say("common.close"))
