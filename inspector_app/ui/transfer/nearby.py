"""Giving and taking over the local network: one side shows an address and a code, the other types them."""

from __future__ import annotations

from PySide6.QtWidgets import QDialogButtonBox, QLabel, QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.link.nearby import Exchange, Visit, Window
from inspector_app.services.views.transfers import Peer
from inspector_app.ui.kit.buttons import Choice, Choices, PrimaryButton
from inspector_app.ui.kit.fields import Field, LineEdit
from inspector_app.ui.kit.text import Caption, Figure, Label
from inspector_app.ui.look import Look
from inspector_app.ui.transfer.box import TransferBox
from inspector_app.viewmodels import transfers as shown
from inspector_app.viewmodels.failures import explain
from inspector_app.viewmodels.tasks import Tasks


class WindowBox(TransferBox):
    """Waits for the other device and shows what has to be typed there; it may open again after an error."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, over: QWidget) -> None:
        say = look.words.say
        super().__init__(
            "transfer.window", look, tasks, over, title=say("transfer.window.title"), text=say("transfer.window.text")
        )
        self._desk = desk
        self._code = _labelled(self, "transfer.window.code", say("transfer.code"), Figure())
        self._address = _labelled(self, "transfer.window.address", say("transfer.address"), Label(role="heading"))
        self.act = PrimaryButton("transfer.window.act", look, "sync")
        self.act.setText(say("transfer.window.again"))
        self.buttons.addButton(self.act, QDialogButtonBox.ButtonRole.ActionRole)
        self.act.clicked.connect(self._wait)
        self.carrier.ended.connect(self._met)
        self._wait()

    def _wait(self) -> None:
        for label in (self._code, self._address):
            label.setText("…")
        job = shown.Nearby(self._open_window)
        self.begin(job, self._look.words.say("transfer.window.waiting"), job.stop, show_form=True)

    def _open_window(self) -> Window:
        """Runs on the thread of the transfer: naming the own addresses may ask the network."""
        window = Window(self._desk.bundles)
        code, addresses = window.code, window.addresses()
        self._tasks.tell(self, lambda: self._show(code, addresses))
        return window

    def _show(self, code: str, addresses: tuple[str, ...]) -> None:
        words = self._look.words
        self._code.setText(words.verbatim(shown.spoken_code(code)))
        self._address.setText("\n".join(words.verbatim(one) for one in addresses))

    def _met(self, exchange: Exchange | None) -> None:
        _show_exchange(self, self._look, exchange)


class VisitBox(TransferBox):
    """Goes to a window that is open at another device."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, over: QWidget) -> None:
        say = look.words.say
        super().__init__(
            "transfer.visit", look, tasks, over, title=say("transfer.visit.title"), text=say("transfer.visit.text")
        )
        self._desk = desk
        self._names: dict[str, str] = {}
        self._heard: dict[str, str] = {}
        self._around = Caption(say("transfer.visit.none"), wrap=True)
        self._found = Choices("transfer.visit.found")
        self._address = Field(LineEdit("transfer.visit.address"))
        self._address.set_label(say("transfer.address"))
        self._address.set_hint(say("transfer.address_hint"))
        self._code = Field(LineEdit("transfer.visit.code"))
        self._code.set_label(say("transfer.code"))
        for part in (self._around, self._found, self._address, self._code):
            self.form.addWidget(part)
        self.act = PrimaryButton("transfer.visit.act", look, "upload")
        self.act.setText(say("transfer.visit.act"))
        self.act.setDefault(True)
        self.buttons.addButton(self.act, QDialogButtonBox.ButtonRole.ActionRole)
        self.act.clicked.connect(self._go)
        self.carrier.ended.connect(self._met)
        self._found.chosen.connect(self._address.editor.setText)
        self._neighbours = shown.Neighbours(desk, tasks, self)
        self._neighbours.heard.connect(self._hear)
        self.finished.connect(lambda _: self._neighbours.stop())
        tasks.run(desk.bundles.peers, done=self._know, owner=self)
        self._address.editor.setFocus()

    def _know(self, peers: tuple[Peer, ...]) -> None:
        self._names = {peer.id: shown.called(self._look.words, peer) for peer in peers}
        self._offer()

    def _hear(self, device_id: str, address: str) -> None:
        self._heard[device_id] = address
        self._offer()

    def _offer(self) -> None:
        """Only windows of devices that are known here can be gone to."""
        choices = [Choice(at, self._names[who]) for who, at in self._heard.items() if who in self._names]
        self._found.offer(choices)
        self._around.setText(self._look.words.say("transfer.visit.some" if choices else "transfer.visit.none"))
        if len(choices) == 1 and not self._address.editor.text():
            self._found.choose(choices[0].value)
            self._address.editor.setText(choices[0].value)

    def _go(self) -> None:
        self._address.set_error("")
        self._code.set_error("")
        try:
            visit = Visit(self._desk.bundles, self._address.editor.text(), self._code.editor.text())
        except UserError as error:
            self._blame(error)
            return
        job = shown.Nearby(lambda: visit)
        self.begin(job, self._look.words.say("transfer.visit.going"), job.stop)

    def _blame(self, error: UserError) -> None:
        field = self._code if error.code.startswith("pairing") else self._address
        told = explain(self._look.words, error)
        field.set_error("" if told is None else f"{told.title}. {told.text}")
        field.editor.setFocus()

    def _met(self, exchange: Exchange | None) -> None:
        _show_exchange(self, self._look, exchange)


def _labelled(box: TransferBox, name: str, label: str, shown_in: QLabel) -> QLabel:
    """A value to be read out, with its name above it."""
    shown_in.setObjectName(name)
    shown_in.setAccessibleName(label)
    box.form.addWidget(Label(label, role="label"))
    box.form.addWidget(shown_in)
    return shown_in


def _show_exchange(box: TransferBox, look: Look, exchange: Exchange | None) -> None:
    """Say what went over, where it was not given up."""
    if exchange is not None:
        words = look.words
        box.end(words.say("transfer.exchanged"), "", shown.exchange_lines(words, exchange))
