"""Giving a bundle to a file: to whom, what is in it, where it goes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialogButtonBox, QWidget

from inspector_app.services.bundles import Parcel
from inspector_app.services.desk import Desk
from inspector_app.services.views.transfers import Load, Peer
from inspector_app.ui import boxes
from inspector_app.ui.kit.buttons import PrimaryButton
from inspector_app.ui.kit.text import Label
from inspector_app.ui.look import Look
from inspector_app.ui.transfer.box import TransferBox
from inspector_app.ui.transfer.recipients import Recipients
from inspector_app.viewmodels import transfers as shown
from inspector_app.viewmodels.failures import explain
from inspector_app.viewmodels.tasks import Task, Tasks


class GiveBox(TransferBox):
    """Writes a bundle to a file for the devices that are ticked."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, over: QWidget) -> None:
        say = look.words.say
        super().__init__(
            "transfer.give", look, tasks, over, title=say("transfer.give.title"), text=say("transfer.give.text")
        )
        self._desk = desk
        self._counting: Task | None = None
        self._path = Path()
        self._to = Recipients("transfer.give.to", look)
        self._holds = Label(role="soft", wrap=True)
        self._holds.setObjectName("transfer.give.holds")
        self.form.addWidget(self._to)
        self.form.addWidget(self._holds)
        self.act = PrimaryButton("transfer.give.act", look, "download")
        self.act.setText(say("transfer.give.act"))
        self.act.setEnabled(False)
        self.buttons.addButton(self.act, QDialogButtonBox.ButtonRole.ActionRole)
        self._to.changed.connect(self._count)
        self.act.clicked.connect(self._ask_where)
        self.carrier.ended.connect(self._given)
        tasks.run(desk.bundles.peers, done=self._offer, owner=self)

    def _offer(self, peers: tuple[Peer, ...]) -> None:
        self._to.offer(peers, self._desk.person.regions)

    def _count(self) -> None:
        """Say what those who are ticked would be given."""
        if self._counting is not None:
            self._counting.cancel()
        self.act.setEnabled(False)
        if not self._to.chosen:
            self._holds.setText(self._look.words.say("transfer.choose_peer"))
            return
        self._holds.setText(self._look.words.say("common.working"))
        self._counting = self._tasks.run(
            self._desk.bundles.parcel, self._to.chosen, done=self._counted, failed=self._nothing, owner=self
        )

    def _counted(self, parcel: Parcel) -> None:
        words = self._look.words
        self._holds.setText(words.say("transfer.holds", what=shown.load_text(words, parcel.load)))
        self.act.setEnabled(True)

    def _nothing(self, error: Exception) -> None:
        told = explain(self._look.words, error)
        if told is None:
            self._tasks.escape(error)
        else:
            self._holds.setText(f"{told.title}. {told.text}")

    def _ask_where(self) -> None:
        words = self._look.words
        suggested = f"midan-{self._desk.device.number}{shown.SUFFIX}"
        boxes.ask_where(
            self._look,
            self,
            title=words.say("transfer.give.title"),
            suggested=suggested,
            then=self._write,
            name="transfer.give.file",
        )

    def _write(self, path: Path) -> None:
        self._path = path
        self.begin(shown.export(self._desk, path, self._to.chosen), self._look.words.say("transfer.writing"))

    def _given(self, load: Load | None) -> None:
        words = self._look.words
        if load is not None:
            self.end(
                words.say("transfer.give.done"),
                words.say("transfer.give.done_text"),
                [
                    (words.say("transfer.file"), words.verbatim(self._path.name)),
                    (words.say("transfer.gave"), shown.load_text(words, load)),
                ],
            )
