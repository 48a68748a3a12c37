"""What can be done with a whole list of the synchronisation: send all again, keep the receipts, hand on the log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.ui import boxes
from inspector_app.ui.kit.buttons import QuietButton
from inspector_app.ui.kit.layout import row
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Caption
from inspector_app.ui.look import Look
from inspector_app.viewmodels import sending
from inspector_app.viewmodels.syncing import SyncHandle
from inspector_app.viewmodels.tasks import Tasks

_LOG_FILE: Final = "midan-sync-log.txt"
_TABLE_FILE: Final = "midan-receipts.csv"
_PAPER_FILE: Final = "midan-receipts.pdf"


class Foot(QWidget):
    """The line under the list in front; hidden where there is nothing to do with it.

    Signals:
        all_again: Everything that was given up shall be sent once more.
    """

    all_again = Signal()

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, sync: SyncHandle) -> None:
        super().__init__()
        self._desk, self._look, self._tasks, self._sync = desk, look, tasks, sync
        self._read: sending.Outgoing | None = None
        self._tab = ""
        self._figures, self._said = Caption(wrap=True), Caption(wrap=True)
        self._figures.setObjectName("sync.figures")
        self._all = QuietButton("sync.all_again", look, "upload")
        self._table = QuietButton("sync.save_table", look, "download")
        self._paper = QuietButton("sync.save_paper", look, "report")
        self._log = QuietButton("sync.save_log", look, "download")
        line = row(self._figures, self._said, 1, self._all, self._table, self._paper, self._log)
        line.setStretch(0, 1000)
        line.setStretch(1, 1000)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(line)
        spoken = Spoken(look, self)
        for button, key in (
            (self._all, "sync.all_again"),
            (self._table, "sync.save_table"),
            (self._paper, "sync.save_paper"),
            (self._log, "sync.save_log"),
        ):
            spoken.put(button.setText, key)
        self._all.clicked.connect(self.all_again)
        self._table.clicked.connect(lambda: self._ask("table", _TABLE_FILE, self._write_table))
        self._paper.clicked.connect(lambda: self._ask("paper", _PAPER_FILE, self._write_paper))
        self._log.clicked.connect(lambda: self._ask("log", _LOG_FILE, self._write_log))
        look.changed.connect(self._show)
        sync.progress_changed.connect(self._show)  # a method, not a lambda: the link outlives this window

    def show_tab(self, name: str) -> None:
        """Another list is in front."""
        self._tab = name
        self._said.setText("")
        self._show()

    def show_read(self, read: sending.Outgoing) -> None:
        """The lists were read anew."""
        self._read = read
        self._show()

    def _show(self, _: object = None) -> None:
        read = self._read
        again = read is not None and read.can_go_again and self._tab == "attention"
        receipts = read is not None and bool(read.receipts) and self._tab == "receipts"
        self._all.setVisible(again)
        self._table.setVisible(receipts)
        self._paper.setVisible(receipts)
        self._log.setVisible(self._tab == "log")
        self._figures.setVisible(self._tab == "log")
        self._figures.setText(sending.figures(self._look.words, self._sync.status) if self._tab == "log" else "")
        self._said.setVisible(bool(self._said.text()))
        self.setVisible(again or receipts or self._tab == "log")

    # ------------------------------------------------------------------------------------------------------- saving

    def _ask(self, what: str, suggested: str, then: Callable[[Path], object]) -> None:
        title = self._look.words.say(f"sync.save_{what}")
        boxes.ask_where(self._look, self, title=title, suggested=suggested, then=then, name=f"sync.{what}_file")

    def _write_log(self, path: Path) -> None:
        text = sending.log_text(self._read.log) if self._read is not None else ""
        self._keep(path, lambda: path.write_text(text, "utf-8"))

    def _write_table(self, path: Path) -> None:
        desk, words = self._desk, self._look.words

        def work() -> None:
            from inspector_app.reports.receipts import write_receipts_csv  # here: off the GUI thread

            write_receipts_csv(sending.all_receipts(desk, words), words, path)

        self._keep(path, work)

    def _write_paper(self, path: Path) -> None:
        desk, words = self._desk, self._look.words
        about = sending.whose(desk, words)

        def work() -> None:
            from inspector_app.reports.receipts import write_receipts_pdf  # here: what writes PDFs loads slowly

            write_receipts_pdf(sending.all_receipts(desk, words), words, about, path)

        self._keep(path, work)

    def _keep(self, path: Path, work: Callable[[], object]) -> None:
        """Write a file off the GUI thread, and say where it is or why it is not there."""
        words = self._look.words
        self._said.setText(words.say("common.working"))
        self._said.show()

        def done(_: object) -> None:
            self._said.setText(words.say("sync.file_saved", file=words.verbatim(path.name)))

        def failed(error: Exception) -> None:
            self._said.setText("")
            if not isinstance(error, OSError):
                self._tasks.escape(error)
                return
            told = words.explain("file_not_written", {"file": path.name})
            boxes.tell(self._look, self, told.title, told.text, icon="alert", name="sync.file_box")

        self._tasks.run(work, done=done, failed=failed, owner=self)
