"""First run: this machine becomes a device of the centre, and its first person signs in."""

from __future__ import annotations

import platform
from typing import Any

from PySide6.QtWidgets import QWidget

from inspector_app.services.access import Access
from inspector_app.ui.access.page import AccessPage
from inspector_app.ui.access.passphrase import NewPassphrase
from inspector_app.ui.kit.cards import Banner
from inspector_app.ui.kit.fields import Field, LineEdit, SecretField
from inspector_app.ui.kit.text import Heading
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks


class EnrolPage(AccessPage):
    """Server, code, account and a new passphrase; nothing typed here is kept but the passphrase's work."""

    def __init__(self, access: Access, look: Look, tasks: Tasks) -> None:
        super().__init__("enrol", look, tasks, width=640)
        self._access = access
        self._broken_off = Banner("enrol.unfinished", look, "warning")
        self._server = Field(LineEdit("enrol.server"))
        self._code = Field(LineEdit("enrol.code"))
        self._device = Field(LineEdit("enrol.device"))
        self._username = Field(LineEdit("enrol.username"))
        self._password = SecretField("enrol.password", look)
        self._phrase = NewPassphrase("enrol", look)
        self._build()
        self._blame()
        self.act.clicked.connect(self._enrol)
        for line in self._lines():
            line.returnPressed.connect(self._enrol)
        look.changed.connect(self._say_broken_off)

    def begin(self) -> None:
        super().begin()
        if not self._device.editor.text():
            self._device.editor.setText(platform.node())
        self._say_broken_off()

    def inputs(self) -> list[QWidget]:
        return list(self._lines())

    def _build(self) -> None:
        say = self.spoken.put
        say(self.title.setText, "access.first.title")
        say(self.lead.setText, "access.first.lead")
        say(self.act.setText, "access.enrol")
        self.form.addWidget(self._broken_off)
        parts: tuple[tuple[str, tuple[QWidget, ...]], ...] = (
            ("access.first.part_centre", (self._server, self._code, self._device)),
            ("access.first.part_you", (self._username, self._password)),
            ("access.first.part_phrase", (self._phrase,)),
        )
        for heading, fields in parts:
            label = Heading()
            say(label.setText, heading)
            self.form.addSpacing(8)
            self.form.addWidget(label)
            for field in fields:
                self.form.addWidget(field)
        for field, key in (
            (self._server, "server"),
            (self._code, "code"),
            (self._device, "device_name"),
            (self._username, "username"),
            (self._password, "password"),
        ):
            say(field.set_label, f"access.{key}")
        say(self._server.set_hint, "access.server_hint")
        say(self._code.set_hint, "access.code_hint")
        say(self._password.set_hint, "access.password_hint")
        say(self._password.set_reveal, "common.show_secret")

    def _blame(self) -> None:
        self.blame = {
            "address_malformed": self._server,
            "address_insecure": self._server,
            "wrong_server": self._server,
            "link_down": self._server,
            "answer_unreadable": self._server,
            "enrol_code_unknown": self._code,
            "enrol_code_used": self._code,
            "enrol_code_expired": self._code,
            "password_wrong": self._password,
            "user_not_allowed": self._username,
            "passphrase_weak": self._phrase.first,
            "passphrase_taken": self._phrase.first,
            "wrong_passphrase": self._phrase.first,
        }

    def _lines(self) -> list[LineEdit]:
        return [field.editor for field in (*self._asked(), self._phrase.first, self._phrase.again)]

    def _asked(self) -> tuple[Field[Any], ...]:
        return (self._server, self._code, self._device, self._username, self._password)

    def _enrol(self) -> None:
        self.clear_errors()
        if not self._all_given() or not self._phrase.check():
            return
        self.work(
            "access.enrolling",
            self._access.enrol,
            self._server.editor.text().strip(),
            self._code.editor.text().strip(),
            self._username.editor.text().strip(),
            self._password.secret.text(),
            self._phrase.value,
            self._device.editor.text().strip(),
            done=self._done,
        )

    def _all_given(self) -> bool:
        for field in self._asked():
            if not field.editor.text().strip():
                field.set_error(self._look.words.say("access.error.empty"))
                field.editor.setFocus()
                self.ensureWidgetVisible(field)
                return False
        return True

    def _done(self, desk: object) -> None:
        self._phrase.clear()
        self._password.secret.clear()
        self.signed_in.emit(desk)

    def _say_broken_off(self) -> None:
        words = self._look.words
        if self._access.unfinished():
            self._broken_off.show_text(words.say("access.unfinished.title"), words.say("access.unfinished.text"))
        else:
            self._broken_off.clear()
