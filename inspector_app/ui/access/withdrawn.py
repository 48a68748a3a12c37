"""The page of a withdrawn device: what happens to it, what is still delivered, and when its keys are destroyed."""

from __future__ import annotations

from PySide6.QtCore import Signal

from inspector_app.ui.access.page import AccessPage
from inspector_app.ui.kit.text import Heading, Label
from inspector_app.ui.look import Look
from inspector_app.ui.shell.topbar import link_in_words
from inspector_app.viewmodels.leaving import LastDelivery, Leaving, left
from inspector_app.viewmodels.tasks import Tasks


class WithdrawnPage(AccessPage):
    """Nothing can be done here but wait; once the keys are gone the device may be set up anew.

    Signals:
        aside_wanted: What lies here is to be set aside, so that the device can be enrolled again.
    """

    aside_wanted = Signal()

    def __init__(self, look: Look, tasks: Tasks) -> None:
        super().__init__("withdrawn", look, tasks, width=640)
        self._leaving: Leaving | None = None
        self._left, self._link = Heading(wrap=True), Label(role="soft", wrap=True)
        self._left.setObjectName("withdrawn.left")
        self._link.setObjectName("withdrawn.link")
        self.form.addWidget(self._left)
        self.form.addWidget(self._link)
        self.act.setText(look.words.say("withdrawn.set_up"))
        self.spoken.put(self.act.setText, "withdrawn.set_up")
        self.act.clicked.connect(self.aside_wanted)
        look.changed.connect(self._say)
        self._say()

    def follow(self, delivery: LastDelivery) -> None:
        """Show how far a delivery is, from now on."""
        delivery.changed.connect(self._show)
        self._show(delivery.leaving)

    def show_wiped(self) -> None:
        """The keys were destroyed before this program was started."""
        self._show(Leaving(wiped=True))

    def _show(self, leaving: Leaving) -> None:
        self._leaving = leaving
        self._say()

    def _say(self) -> None:
        words, leaving = self._look.words, self._leaving
        wiped = leaving is not None and leaving.wiped
        self.title.setText(words.say("withdrawn.done_title" if wiped else "withdrawn.title"))
        self.lead.setText(words.say("withdrawn.done_text" if wiped else "withdrawn.text"))
        self.act.setVisible(wiped)
        for part in (self._left, self._link):
            part.setVisible(leaving is not None and not wiped)
        self.progress.setVisible(leaving is not None and not wiped and leaving.status.running)
        if leaving is None or wiped:
            return
        self._left.setText(left(words, leaving))
        self._link.setText(link_in_words(words, leaving.status))
        done, total = leaving.status.done_bytes, leaving.status.total_bytes
        said = words.say("sync.bytes", done=words.bytes(done), total=words.bytes(total)) if total else ""
        self.progress.show_progress(said or words.say("withdrawn.delivering"), done, total)
