"""Reading a submitted visit, and what can be done with it: correct, annul, write as PDF."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.visits import VisitDetail
from inspector_app.ui import boxes
from inspector_app.ui.kit.buttons import PlainButton, PrimaryButton, QuietButton
from inspector_app.ui.kit.cards import Banner
from inspector_app.ui.kit.layout import Page, clear, row
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.look import Look
from inspector_app.ui.register.parts import notice
from inspector_app.ui.visits.report import ReportMaker
from inspector_app.viewmodels.tasks import Tasks
from sync.domain.workflow import VisitAction, VisitState


class VisitPage(QWidget):
    """One submitted visit.

    Signals:
        left(): The user went back to the list.
        correction_begun(str): The draft of the next revision.
        changed(): The user did something with the visit.
    """

    left = Signal()
    correction_begun = Signal(str)
    changed = Signal()

    def __init__(self, desk: Desk, look: Look, tasks: Tasks) -> None:
        super().__init__()
        self._desk, self._look, self._tasks = desk, look, tasks
        self._visit_id = ""
        self._detail: VisitDetail | None = None
        self._maker = ReportMaker(desk, look, tasks)
        spoken = Spoken(look, self)
        self.back = PlainButton("visit.detail.back", look, "back")
        spoken.put(self.back.setText, "visits.title")
        self.back.clicked.connect(self.left)
        self.correct = PrimaryButton("visit.detail.correct", look, "draft")
        spoken.put(self.correct.setText, "visits.correct")
        self.correct.clicked.connect(self._correct)
        self.pdf = QuietButton("visit.detail.pdf", look, "download")
        spoken.put(self.pdf.setText, "visits.pdf")
        self.pdf.clicked.connect(self._ask_where)
        self.annul = QuietButton("visit.detail.annul", look, "close")
        spoken.put(self.annul.setText, "visits.annul")
        self.annul.clicked.connect(self._ask_reason)
        self._banner = Banner("visit.detail.state", look, "warning")
        self._page = Page(width=920, padding=20, spacing=12)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 0)
        whole.setSpacing(8)
        whole.addLayout(row(self.back, 1, self.annul, self.pdf, self.correct, spacing=8))
        whole.addWidget(self._banner)
        whole.addWidget(self._page, 1)
        look.changed.connect(self.refresh)

    def show_visit(self, visit_id: str) -> None:
        """Read a visit."""
        if visit_id != self._visit_id:
            clear(self._page.body)
            self._detail = None
        self._visit_id = visit_id
        self.refresh()

    def refresh(self) -> None:
        """Read it again; the labels of the checklist come in the language of the moment."""
        if self._visit_id:
            language = self._look.words.language
            self._tasks.run(self._desk.visits.detail, self._visit_id, language, done=self._show, owner=self)

    def _show(self, detail: VisitDetail) -> None:
        if detail.visit.id != self._visit_id:
            return
        self._detail = detail
        words, visit = self._look.words, detail.visit
        self.correct.setVisible(detail.correctable)
        self.annul.setVisible(VisitAction.ANNUL in detail.actions)
        returned = visit.state == VisitState.RETURNED
        attention = detail.mark == "attention"
        if attention and detail.receipt is not None:
            told = words.explain(detail.receipt.code, detail.receipt.fields)
            self._banner.show_text(told.title, told.text, tone="danger")
        elif returned:
            self._banner.show_text(
                words.say("visits.returned_title"), words.say("visits.returned_text"), tone="warning"
            )
        else:
            self._banner.clear()
        self._fill(detail)

    def _fill(self, detail: VisitDetail) -> None:
        bar = self._page.verticalScrollBar()
        place = bar.value()
        clear(self._page.body)
        add = self._page.body.addWidget
        add(self._maker.head(detail))
        add(self._maker.findings(detail.findings))
        if detail.readable:
            failing = frozenset(view.finding.item for view in detail.findings)
            for part in self._maker.sections(detail.sections, failing):
                add(part)
        else:
            told = self._look.words.explain("checklist_missing")
            add(notice("visit.detail.unreadable", self._look, told.title, told.text))
        if detail.newest is not None:
            add(self._maker.signature(detail.newest.revision.signature))
        add(self._maker.history(detail.revisions, detail.decisions))
        self._page.body.addStretch(1)
        self._page.body.activate()
        bar.setValue(place)

    # -------------------------------------------------------------------------------------------------------- doing

    def _correct(self) -> None:
        self.correct.setEnabled(False)

        def done(draft_id: str) -> None:
            self.correct.setEnabled(True)
            self.correction_begun.emit(draft_id)

        def failed(error: Exception) -> None:
            self.correct.setEnabled(True)
            self._tasks.escape(error)

        self._tasks.run(self._desk.visits.correct, self._visit_id, done=done, failed=failed, lane="write", owner=self)

    def _ask_reason(self) -> None:
        say = self._look.words.say
        boxes.ask_text(
            self._look,
            self,
            title=say("visits.annul_title"),
            text=say("visits.annul_text"),
            label=say("visits.annul_reason"),
            yes=say("visits.annul"),
            then=self._annul,
            danger=True,
            name="visit.annul.box",
        )

    def _annul(self, reason: str) -> None:
        self._tasks.run(
            self._desk.visits.annul,
            self._visit_id,
            reason,
            done=lambda _: self.changed.emit(),
            lane="write",
            owner=self,
        )

    def _ask_where(self) -> None:
        if self._detail is None:
            return
        boxes.ask_where(
            self._look,
            self,
            title=self._look.words.say("visits.pdf_where"),
            suggested=f"{self._detail.visit.number}.pdf",
            then=self._write_pdf,
            name="visit.pdf.box",
        )

    def _write_pdf(self, path: Path) -> None:
        if self._detail is None:
            return
        self.pdf.setEnabled(False)

        def done(_: object) -> None:
            self.pdf.setEnabled(True)
            words = self._look.words
            boxes.tell(self._look, self, words.say("visits.pdf_written"), words.verbatim(str(path)))

        def failed(error: Exception) -> None:
            self.pdf.setEnabled(True)
            if not isinstance(error, OSError):
                self._tasks.escape(error)
                return
            words = self._look.words
            boxes.tell(
                self._look,
                self,
                words.say("visits.pdf_not_written"),
                words.say("visits.pdf_not_written_text"),
                icon="alert",
            )

        detail, words, evidence = self._detail, self._look.words, self._desk.evidence.read

        def write() -> None:
            # Half a second of modules: not before somebody wants a PDF, and not on the thread of the window.
            from inspector_app.reports.visit_pdf import write_visit_pdf

            write_visit_pdf(detail, words, evidence, path)

        self._tasks.run(write, done=done, failed=failed, owner=self)
