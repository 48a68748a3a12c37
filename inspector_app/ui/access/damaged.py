"""What is said when the data on this device cannot be read: nothing is deleted, and how to go on."""

from __future__ import annotations

from PySide6.QtCore import Signal

from inspector_app.services.access import Access
from inspector_app.ui import boxes
from inspector_app.ui.access.page import AccessPage
from inspector_app.ui.kit.buttons import LinkButton
from inspector_app.ui.kit.text import Lead
from inspector_app.ui.look import Look
from inspector_app.viewmodels.failures import explain
from inspector_app.viewmodels.tasks import Tasks


class DamagedPage(AccessPage):
    """The damage in words, and setting it aside; the device is enrolled anew afterwards.

    Signals:
        set_aside: What was here lies aside, whole.
        left: Try another time.
    """

    set_aside = Signal()
    left = Signal()

    def __init__(self, access: Access, look: Look, tasks: Tasks) -> None:
        super().__init__("damaged", look, tasks, width=640)
        self._access = access
        self._damage: Exception | None = None
        self._what = Lead()
        self._back = LinkButton("damaged.back")
        self.form.addWidget(self._what)
        self.bar.addWidget(self._back)
        say = self.spoken.put
        say(self.title.setText, "access.damaged.title")
        say(self.lead.setText, "access.damaged.lead")
        say(self.act.setText, "access.set_aside")
        say(self._back.setText, "common.back")
        self.act.clicked.connect(self._ask)
        self._back.clicked.connect(self.left)
        look.changed.connect(self._say_damage)

    def show_damage(self, damage: Exception) -> None:
        """Say what is wrong with the data."""
        self._damage = damage
        self._say_damage()

    def _say_damage(self) -> None:
        told = explain(self._look.words, self._damage) if self._damage is not None else None
        self._what.setText("" if told is None else told.text)

    def _ask(self) -> None:
        words = self._look.words
        boxes.ask(
            self._look,
            self,
            title=words.say("access.set_aside.title"),
            text=words.say("access.set_aside.text"),
            yes=words.say("access.set_aside.yes"),
            then=self._put_aside,
            danger=True,
            name="damaged.ask_aside",
        )

    def _put_aside(self) -> None:
        self.work("common.working", self._access.set_aside, done=lambda _: self.set_aside.emit())
