"""The base of the boxes of a transfer: what is asked, progress in bytes, giving up at once, and what came of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QVBoxLayout, QWidget

from inspector_app.ui.boxes import Box
from inspector_app.ui.kit.buttons import QuietButton
from inspector_app.ui.kit.cards import Banner, Progress
from inspector_app.ui.kit.layout import clear
from inspector_app.ui.look import Look
from inspector_app.ui.register.parts import Fact, Facts
from inspector_app.viewmodels.failures import explain
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.transfers import Carrier, Work


class TransferBox(Box):
    """A box with one transfer in it; closing it gives the transfer up.

    Signals:
        came_through: A transfer came to its end, and something here may have changed.

    Attributes:
        form: The column of what is asked, gone while a transfer is under way.
        carrier: Does the transfer.
    """

    came_through = Signal()

    def __init__(self, name: str, look: Look, tasks: Tasks, over: QWidget, *, title: str, text: str) -> None:
        super().__init__(name, look, over, title=title, text=text)
        self._tasks = tasks
        self._name = name
        self.carrier = Carrier(tasks, self)
        self._form = QWidget()
        self.form = QVBoxLayout(self._form)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setSpacing(12)
        self._problem = Banner(f"{name}.problem", look, "danger")
        self._progress = Progress(f"{name}.progress")
        self._progress.hide()
        self._outcome = Banner(f"{name}.outcome", look, "good")
        self._facts = QVBoxLayout()
        for part in (self._problem, self._form, self._progress, self._outcome):
            self.body.addWidget(part)
        self.body.addLayout(self._facts)
        self.shut = QuietButton(f"{name}.close")
        self.shut.setText(look.words.say("common.cancel"))
        self.buttons.addButton(self.shut, QDialogButtonBox.ButtonRole.RejectRole)
        self.shut.clicked.connect(self.reject)
        self.carrier.progressed.connect(self._show_progress)
        self.carrier.failed.connect(self.show_problem)

    def reject(self) -> None:
        self.carrier.cancel()
        super().reject()

    def begin(
        self, work: Work, said: str, stop: Callable[[], object] | None = None, *, show_form: bool = False
    ) -> None:
        """Start a transfer; ``said`` stands over the bar, and the form where it is shown, until the first bytes."""
        self._problem.clear()
        self._form.setVisible(show_form)
        for button in self.buttons.buttons():
            button.setVisible(button is self.shut)
        self._progress.show()
        self._progress.show_progress(said, 0, 0)
        self.carrier.start(work, stop)

    def end(self, title: str, text: str = "", facts: list[Fact] | None = None) -> None:
        """Say what came of it; nothing is left but to close the box."""
        self._progress.hide()
        self._form.hide()
        self._outcome.show_text(title, text)
        clear(self._facts)
        if facts:
            self._facts.addWidget(Facts(facts))
        self._shut_says_close()
        self.came_through.emit()

    def show_problem(self, error: Exception) -> None:
        """Say why it came to nothing, and let it be tried again."""
        told = explain(self._look.words, error)
        if told is None:
            self._tasks.escape(error)
            self.reject()
            return
        self._progress.hide()
        self._form.show()
        for button in self.buttons.buttons():
            button.show()
        reason = getattr(error, "params", {}).get("reason", "")
        if getattr(error, "code", "") == "transfer_refused":  # what the other device said, in our words
            told = self._look.words.explain("transfer_refused", {"reason": self._look.words.explain(reason).title})
        self._problem.show_text(told.title, told.text)

    def _show_progress(self, done: int, total: int) -> None:
        self._form.hide()
        words = self._look.words
        said = words.say("sync.bytes", done=words.bytes(done), total=words.bytes(total))
        self._progress.show_progress(said, done, total)

    def _shut_says_close(self) -> None:
        for button in self.buttons.buttons():
            button.setVisible(button is self.shut)
        self.shut.setText(self._look.words.say("common.close"))
        self.shut.setFocus()
