"""What is said when the data on this device cannot be read: what can be saved of it, and how to go on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.views.access import Rescued
from inspector_app.ui import boxes
from inspector_app.ui.access.page import AccessPage
from inspector_app.ui.kit.buttons import LinkButton
from inspector_app.ui.kit.cards import Banner
from inspector_app.ui.kit.fields import SecretField
from inspector_app.ui.kit.text import Lead
from inspector_app.ui.look import Look
from inspector_app.viewmodels.failures import explain
from inspector_app.viewmodels.tasks import Tasks


class DamagedPage(AccessPage):
    """The damage in words; saving what can be read of it; or setting it aside and beginning anew.

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
        self._saved: tuple[Desk, Rescued] | None = None
        self._what = Lead()
        self._rescued = Banner("damaged.saved", look, "good")
        self._secret = SecretField("damaged.passphrase", look)
        self._back = LinkButton("damaged.back")
        self._aside = LinkButton("damaged.aside")
        for part in (self._what, self._rescued, self._secret):
            self.form.addWidget(part)
        self.bar.addWidget(self._aside)
        self.bar.addWidget(self._back)
        say = self.spoken.put
        say(self.title.setText, "access.damaged.title")
        say(self._secret.set_label, "access.passphrase")
        say(self._secret.set_reveal, "common.show_secret")
        say(self._aside.setText, "access.set_aside.yes")
        say(self._back.setText, "common.back")
        self.blame = {"wrong_passphrase": self._secret}
        self.act.clicked.connect(self._go_on)
        self._secret.secret.returnPressed.connect(self._go_on)
        self._aside.clicked.connect(self._ask)
        self._back.clicked.connect(self.left)
        look.changed.connect(self._say)
        self._say()

    def show_damage(self, damage: Exception) -> None:
        """Say what is wrong with the data."""
        self._damage, self._saved = damage, None
        self._secret.secret.clear()
        self._say()

    def inputs(self) -> list[QWidget]:
        return [self._secret.secret]

    @property
    def _readable(self) -> bool:
        return getattr(self._damage, "code", "") != "cache_foreign"

    def _say(self) -> None:
        words, saved = self._look.words, self._saved
        told = explain(words, self._damage) if self._damage is not None else None
        self._what.setText("" if told is None else told.text)
        self._what.setVisible(told is not None)
        self.lead.setText(words.say("access.damaged.lead" if self._readable else "access.damaged.foreign"))
        asking = saved is None
        self._secret.setVisible(asking and self._readable)
        for part in (self._aside, self._back):
            part.setVisible(asking)
        self.act.setVisible(self._readable)
        self.act.setText(words.say("access.damaged.rescue" if asking else "common.continue"))
        if saved is None:
            self._rescued.clear()
        else:
            self._rescued.show_text(words.say("access.damaged.saved"), self._in_words(saved[1]))

    def _in_words(self, rescued: Rescued) -> str:
        words = self._look.words
        return "\n".join(
            (
                words.say("access.damaged.events", n=rescued.events),
                words.say("access.damaged.drafts", n=rescued.drafts),
                words.say("access.damaged.evidence", n=rescued.evidence),
                words.say("access.damaged.whole" if rescued.whole else "access.damaged.partly"),
                words.say("access.damaged.folder", folder=words.verbatim(rescued.folder)),
            )
        )

    def _go_on(self) -> None:
        if self._saved is not None:
            desk, self._saved = self._saved[0], None
            self.signed_in.emit(desk)
        elif not self._secret.secret.text():
            self._secret.set_error(self._look.words.say("access.error.empty"))
        else:
            self.work("access.damaged.rescuing", self._access.rescue, self._secret.secret.text(), done=self._done)

    def _done(self, saved: tuple[Desk, Rescued]) -> None:
        self._saved = saved
        self._secret.secret.clear()
        self._say()
        self.act.setFocus()

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
