"""The base of the pages before the desk: a card in the middle, with one thing to do and what went wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from inspector_app.ui.kit.buttons import PrimaryButton
from inspector_app.ui.kit.cards import Banner, Card, Progress
from inspector_app.ui.kit.fields import Field
from inspector_app.ui.kit.layout import Page
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Lead, Title
from inspector_app.ui.look import Look
from inspector_app.viewmodels.failures import explain
from inspector_app.viewmodels.tasks import Tasks

T = TypeVar("T")


class AccessPage(Page):
    """A page of the way in.

    Signals:
        signed_in: Somebody is in; the ``Desk``.

    Attributes:
        form: The column between the sentence and the button.
        act: The button; ``bar`` is its row.
        blame: Which field an error of a code belongs under; every other error stands in the banner.
    """

    signed_in = Signal(object)

    def __init__(self, name: str, look: Look, tasks: Tasks, *, width: int = 520) -> None:
        super().__init__(width=width, padding=24)
        self.setObjectName(name)
        self._look, self._tasks = look, tasks
        self.spoken = Spoken(look, self)
        self.blame: Mapping[str, Field[Any]] = {}
        self._error: Exception | None = None
        self._doing = ""
        self.title, self.lead = Title(wrap=True), Lead()
        self.problem = Banner(f"{name}.problem", look, "danger")
        self.form = QVBoxLayout()
        self.form.setSpacing(16)
        self.progress = Progress(f"{name}.progress")
        self.progress.hide()
        self.act = PrimaryButton(f"{name}.act")
        self.act.setDefault(True)
        self.bar = QHBoxLayout()
        self.bar.setSpacing(12)
        self.bar.addWidget(self.act, 1)
        card = Card(padding=32, spacing=16)
        for part in (self.title, self.lead, self.problem):
            card.body.addWidget(part)
        card.body.addLayout(self.form)
        card.body.addWidget(self.progress)
        card.body.addLayout(self.bar)
        self.body.addStretch(1)
        self.body.addWidget(card)
        self.body.addStretch(2)
        self._card: QFrame = card
        look.changed.connect(self._say_error)
        look.changed.connect(self._say_doing)

    def begin(self) -> None:
        """The page comes to the front: what was typed before is forgotten, the first input has the focus."""
        self.clear_errors()
        first = next((w for w in self.inputs() if w.isEnabled()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def inputs(self) -> list[QWidget]:
        """The inputs, in their order; Enter in one of them presses the button."""
        return []

    def clear_errors(self) -> None:
        """Nothing is wrong."""
        self._error = None
        self.problem.clear()
        for field in self.blame.values():
            field.set_error("")

    def work(self, words_key: str, job: Callable[..., T], *args: object, done: Callable[[T], object]) -> None:
        """Do something that takes a while: the button is shut, a bar runs, an error is told in its place."""
        self.clear_errors()
        self._busy(words_key)

        def ended(result: T) -> None:
            self._busy("")
            done(result)

        self._tasks.run(job, *args, done=ended, failed=self._failed, lane="write", owner=self)

    def _busy(self, words_key: str) -> None:
        busy = bool(words_key)
        for part in (self.act, *self.inputs()):
            part.setEnabled(not busy)
        self.progress.setVisible(busy)
        self._doing = words_key
        self._say_doing()

    def _say_doing(self) -> None:
        self.progress.show_progress(self._look.words.say(self._doing) if self._doing else "", 0, 0)

    def _failed(self, error: Exception) -> None:
        self._busy("")
        if explain(self._look.words, error) is None:
            self._tasks.escape(error)
            return
        self._error = error
        self._say_error()

    def _say_error(self) -> None:
        if self._error is None:
            return
        told = explain(self._look.words, self._error)
        field = self.blame.get(str(getattr(self._error, "code", "")))
        if told is None:
            return
        if field is None:
            self.problem.show_text(told.title, told.text)
            self.ensureWidgetVisible(self.problem)
        else:
            field.set_error(f"{told.title}. {told.text}")
            field.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            self.ensureWidgetVisible(field)
