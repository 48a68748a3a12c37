"""Unlocking: the passphrase says who it is, so nothing else is asked."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from inspector_app.services.access import Access
from inspector_app.ui.access.page import AccessPage
from inspector_app.ui.kit.buttons import LinkButton
from inspector_app.ui.kit.fields import SecretField
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks


class UnlockPage(AccessPage):
    """One field and one button.

    Signals:
        forgotten: The passphrase is forgotten.
        damage_found: The data cannot be read (a ``StorageError``).
    """

    forgotten = Signal()
    damage_found = Signal(object)

    def __init__(self, access: Access, look: Look, tasks: Tasks) -> None:
        super().__init__("unlock", look, tasks, width=480)
        self._access = access
        self._secret = SecretField("unlock.passphrase", look)
        self._forgot = LinkButton("unlock.forgot")
        self.form.addWidget(self._secret)
        self.bar.addWidget(self._forgot)
        say = self.spoken.put
        say(self.title.setText, "access.unlock.title")
        say(self.lead.setText, "access.unlock.lead")
        say(self._secret.set_label, "access.passphrase")
        say(self._secret.set_reveal, "common.show_secret")
        say(self.act.setText, "access.unlock")
        say(self._forgot.setText, "access.forgot")
        self.blame = {"wrong_passphrase": self._secret}
        self.act.clicked.connect(self._unlock)
        self._secret.secret.returnPressed.connect(self._unlock)
        self._secret.secret.textEdited.connect(lambda _: self.clear_errors())
        self._forgot.clicked.connect(self.forgotten)

    def begin(self) -> None:
        self._secret.secret.clear()
        self._secret.reveal.setChecked(False)
        super().begin()
        if self._access.withdrawn():
            say = self._look.words.say
            self.problem.show_text(say("withdrawn.unlock"), say("withdrawn.unlock_text"))

    def inputs(self) -> list[QWidget]:
        return [self._secret.secret]

    def _unlock(self) -> None:
        typed = self._secret.secret.text()
        if not typed:
            self._secret.set_error(self._look.words.say("access.error.empty"))
            return
        self.work("access.unlocking", self._access.unlock, typed, done=self._done)

    def _done(self, desk: object) -> None:
        self._secret.secret.clear()
        self.signed_in.emit(desk)

    def _failed(self, error: Exception) -> None:
        super()._failed(error)
        if getattr(error, "code", "") in ("cache_damaged", "cache_foreign"):
            self.damage_found.emit(error)
        else:
            self._secret.secret.selectAll()
