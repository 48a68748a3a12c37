"""Getting back in without a passphrase: a request to the administrator, and what his answer opens."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from inspector_app.services.access import Access
from inspector_app.ui import boxes
from inspector_app.ui.access.page import AccessPage
from inspector_app.ui.access.passphrase import NewPassphrase
from inspector_app.ui.kit.buttons import DangerButton, LinkButton, QuietButton
from inspector_app.ui.kit.fields import Field, Picker, TextArea
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.text import Caption, Heading
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from sync.contract import records as r

_FILE = "midan-recovery.txt"


class RecoverPage(AccessPage):
    """The request to hand over, the answer to paste, then who it is and a new passphrase.

    Signals:
        left: Back to unlocking.
        aside_wanted: Everything here shall be set aside.
    """

    left = Signal()
    aside_wanted = Signal()

    def __init__(self, access: Access, look: Look, tasks: Tasks) -> None:
        super().__init__("recover", look, tasks, width=640)
        self._access = access
        self._people: tuple[r.Person, ...] = ()
        self._request = Field(TextArea("recover.request", lines=4))
        self._answer = Field(TextArea("recover.answer", lines=4))
        self._who = Field(Picker("recover.who"))
        self._phrase = NewPassphrase("recover", look, label="access.new_passphrase")
        self._copy = QuietButton("recover.copy", look, "copy")
        self._save = QuietButton("recover.save", look, "download")
        self._kept = Caption(wrap=True)
        self._back = LinkButton("recover.back")
        self._aside = DangerButton("recover.aside")
        self._steps = QWidget()
        self._build()
        self.blame = {
            "recovery_unreadable": self._answer,
            "recovery_not_for_this_key": self._answer,
            "recovery_not_asked": self._answer,
            "recovery_person_needed": self._who,
            "passphrase_weak": self._phrase.first,
            "passphrase_taken": self._phrase.first,
        }
        self.act.clicked.connect(self._go_on)
        self._copy.clicked.connect(self._copy_request)
        self._save.clicked.connect(self._save_request)
        self._back.clicked.connect(self.left)
        self._aside.clicked.connect(self._ask_aside)
        look.changed.connect(self._say_step)

    def begin(self) -> None:
        super().begin()
        self._people = ()
        self._answer.editor.clear()
        self._kept.setText("")
        self._phrase.clear()
        self._say_step()
        self._offer_steps(asked=False)
        self.work("common.working", self._access.recovery_request, done=self._has_request)

    def _has_request(self, request: str) -> None:
        self._request.editor.setPlainText(request)
        self._offer_steps(asked=True)
        self._answer.editor.setFocus()

    def _offer_steps(self, *, asked: bool) -> None:
        """Without a request (recovery was never set up here) there is no step to take, only a reason and a way out."""
        self._steps.setVisible(asked)
        self.act.setVisible(asked)

    def inputs(self) -> list[QWidget]:
        return [self._answer.editor, self._phrase.first.secret, self._phrase.again.secret]

    def _build(self) -> None:
        say = self.spoken.put
        say(self.title.setText, "access.recover.title")
        say(self.lead.setText, "access.recover.lead")
        send, answer = Heading(), Heading()
        say(send.setText, "access.recover.step_send")
        say(answer.setText, "access.recover.step_answer")
        say(self._request.set_label, "access.recover.request")
        say(self._request.set_hint, "access.recover.request_hint")
        say(self._answer.set_label, "access.recover.answer")
        say(self._who.set_label, "access.recover.who")
        say(self._copy.setText, "common.copy")
        say(self._save.setText, "access.recover.save")
        say(self._back.setText, "common.back")
        say(self._aside.setText, "access.set_aside")
        self._request.editor.setReadOnly(True)
        steps = column(send, self._request, row(self._copy, self._save, self._kept, 1))
        steps.addSpacing(8)
        for part in (answer, self._answer, self._who, self._phrase):
            steps.addWidget(part)
        self._steps.setLayout(steps)
        self.form.addWidget(self._steps)
        self.bar.addWidget(self._back)
        self.body.insertWidget(self.body.count() - 1, self._aside)

    def _say_step(self) -> None:
        words = self._look.words
        known = bool(self._people)
        self._who.setVisible(len(self._people) > 1)
        self._phrase.setVisible(known)
        self.act.setText(words.say("access.recover" if known else "access.recover.read"))
        self._who.editor.offer([(person.id, words.name(person)) for person in self._people])

    def _go_on(self) -> None:
        answer = self._answer.editor.toPlainText()
        if not answer.strip():
            self._answer.set_error(self._look.words.say("access.error.empty"))
        elif not self._people:
            self.work("common.working", self._access.recoverable, answer, done=self._know)
        elif self._phrase.check():
            self.work(
                "access.unlocking",
                self._access.recover,
                answer,
                self._phrase.value,
                self._who.editor.value,
                done=self._done,
            )

    def _know(self, people: tuple[r.Person, ...]) -> None:
        self._people = people
        self._say_step()
        self._phrase.first.secret.setFocus()

    def _done(self, desk: object) -> None:
        self._phrase.clear()
        self.signed_in.emit(desk)

    def _copy_request(self) -> None:
        QGuiApplication.clipboard().setText(self._request.editor.toPlainText())
        self._kept.setText(self._look.words.say("common.copied"))

    def _save_request(self) -> None:
        title = self._look.words.say("access.recover.save")
        boxes.ask_where(self._look, self, title=title, suggested=_FILE, then=self._write, name="recover.where")

    def _write(self, path: Path) -> None:
        text = self._request.editor.toPlainText()

        def written(_: int) -> None:
            name = self._look.words.verbatim(path.name)
            self._kept.setText(self._look.words.say("access.recover.saved", file=name))

        self.work("common.working", path.write_text, text, done=written)

    def _ask_aside(self) -> None:
        words = self._look.words
        boxes.ask(
            self._look,
            self,
            title=words.say("access.set_aside.title"),
            text=words.say("access.set_aside.text"),
            yes=words.say("access.set_aside.yes"),
            then=self.aside_wanted.emit,
            danger=True,
            name="recover.ask_aside",
        )
