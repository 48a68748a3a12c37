"""Boxes of the settings: another passphrase, and another person for this device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.ui.access.passphrase import NewPassphrase
from inspector_app.ui.boxes import Box
from inspector_app.ui.kit.buttons import PrimaryButton, QuietButton
from inspector_app.ui.kit.cards import Banner, Progress
from inspector_app.ui.kit.fields import Field, LineEdit, SecretField
from inspector_app.ui.look import Look
from inspector_app.viewmodels.failures import explain
from inspector_app.viewmodels.tasks import Tasks

T = TypeVar("T")


class _FormBox(Box):
    """A box with fields that stays open until its job is done, and says under the field what is wrong.

    Signals:
        finished_well: The job is done; what it returned.
    """

    finished_well = Signal(object)

    def __init__(self, name: str, look: Look, tasks: Tasks, over: QWidget, *, title: str, text: str, act: str) -> None:
        super().__init__(name, look, over, title=title, text=text)
        self._tasks = tasks
        self.blame: Mapping[str, Field[Any]] = {}
        self._problem = Banner(f"{name}.problem", look, "danger")
        self._progress = Progress(f"{name}.progress")
        self._progress.hide()
        self.body.addWidget(self._problem)
        words = look.words
        self.act = PrimaryButton(f"{name}.act")
        self.act.setText(act)
        self.act.setDefault(True)
        stop = QuietButton(f"{name}.cancel")
        stop.setText(words.say("common.cancel"))
        self.buttons.addButton(self.act, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(stop, QDialogButtonBox.ButtonRole.RejectRole)
        stop.clicked.connect(self.reject)

    def work(self, job: Callable[..., T], *args: object) -> None:
        """Do the job; the box closes when it is done."""
        self._problem.clear()
        self._busy(True)
        self._tasks.run(job, *args, done=self._done, failed=self._failed, lane="write", owner=self)

    def need(self, *fields: Field[Any]) -> bool:
        """Whether every field has something in it; says which has not."""
        for field in fields:
            empty = not field.editor.text().strip()
            field.set_error(self._look.words.say("access.error.empty") if empty else "")
            if empty:
                field.editor.setFocus()
                return False
        return True

    def _busy(self, busy: bool) -> None:
        self.act.setEnabled(not busy)
        self._progress.setVisible(busy)
        if busy:
            self._progress.show_progress(self._look.words.say("common.working"), 0, 0)

    def _done(self, result: object) -> None:
        self.finished_well.emit(result)
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._busy(False)
        told = explain(self._look.words, error)
        if told is None:
            self._tasks.escape(error)
            self.reject()
            return
        field = self.blame.get(str(getattr(error, "code", "")))
        if field is None:
            self._problem.show_text(told.title, told.text)
        else:
            field.set_error(f"{told.title}. {told.text}")
            field.editor.setFocus()


class PassphraseBox(_FormBox):
    """The passphrase of the person signed in, for another one."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, over: QWidget) -> None:
        say = look.words.say
        change = say("settings.passphrase.change")
        super().__init__(
            "passphrase", look, tasks, over, title=change, text=say("settings.passphrase.lead"), act=say("common.save")
        )
        self._desk = desk
        self._old = SecretField("passphrase.old", look)
        self._old.set_label(say("access.old_passphrase"))
        self._old.set_reveal(say("common.show_secret"))
        self._new = NewPassphrase("passphrase", look, label="access.new_passphrase")
        self.body.addWidget(self._old)
        self.body.addWidget(self._new)
        self.body.addWidget(self._progress)
        self.blame = {
            "wrong_passphrase": self._old,
            "passphrase_weak": self._new.first,
            "passphrase_taken": self._new.first,
        }
        self.act.clicked.connect(self._change)

    def _change(self) -> None:
        if self.need(self._old) and self._new.check():
            self.work(self._desk.change_passphrase, self._old.secret.text(), self._new.value)


class PersonBox(_FormBox):
    """Another member of the committee signs in here for the first time."""

    def __init__(self, access: Access, desk: Desk, look: Look, tasks: Tasks, over: QWidget) -> None:
        say = look.words.say
        super().__init__(
            "person",
            look,
            tasks,
            over,
            title=say("access.add.title"),
            text=say("access.add.lead"),
            act=say("access.add"),
        )
        self._access, self._desk = access, desk
        self._username = Field(LineEdit("person.username"))
        self._username.set_label(say("access.username"))
        self._password = SecretField("person.password", look)
        self._password.set_label(say("access.password"))
        self._password.set_hint(say("access.password_hint"))
        self._password.set_reveal(say("common.show_secret"))
        self._phrase = NewPassphrase("person", look)
        for part in (self._username, self._password, self._phrase, self._progress):
            self.body.addWidget(part)
        self.blame = {
            "password_wrong": self._password,
            "user_not_allowed": self._username,
            "passphrase_weak": self._phrase.first,
            "passphrase_taken": self._phrase.first,
        }
        self.act.clicked.connect(self._add)

    def _add(self) -> None:
        if self.need(self._username, self._password) and self._phrase.check():
            self.work(
                self._access.add_person,
                self._desk,
                self._username.editor.text().strip(),
                self._password.secret.text(),
                self._phrase.value,
            )
