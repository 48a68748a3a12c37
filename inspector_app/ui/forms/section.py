"""One section of a checklist on a page: its questions, renewed one by one as answers change what is asked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QTimer
from PySide6.QtWidgets import QWidget

from inspector_app.services.desk import Desk
from inspector_app.ui.forms.inputs.base import Tools
from inspector_app.ui.forms.item import ItemCard
from inspector_app.ui.forms.keeping import VisitKeeper
from inspector_app.ui.forms.plain import PlainRow
from inspector_app.ui.kit.cards import Card
from inspector_app.ui.kit.layout import Page as ScrollPage
from inspector_app.ui.look import Look
from inspector_app.viewmodels.checklist import Entry, Page
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visit_editor import VisitEditor

Row = ItemCard | PlainRow


class SectionPage(ScrollPage):
    """The questions of one section.

    After an answer only the questions it touched are renewed, and what the user looks at stays where it is, whatever
    appears or vanishes above it.
    """

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, editor: VisitEditor, page: Page) -> None:
        super().__init__(width=920, padding=20, spacing=12)
        self.page = page
        self._desk, self._look, self._tasks, self._editor = desk, look, tasks, editor
        self._tools = Tools(look, tasks, VisitKeeper(desk, tasks, editor))
        self._rows: list[tuple[Entry, Row]] = []
        self._plain: Card | None = None
        for entry in page.entries:
            self._add(entry)
        self.body.addStretch(1)
        # Only now: a widget that is shown before it is on a page is a window of its own for a moment.
        for _, row in self._rows:
            row.renew()
        self._hide_empty_cards()
        editor.answered.connect(self._answered)
        editor.evidence_changed.connect(self._evidence_changed)
        look.changed.connect(self.renew)

    def _add(self, entry: Entry) -> None:
        """Items have a card each; plain questions that follow one another share one."""
        row: Row
        if entry.code:
            row = ItemCard(self._desk, self._look, self._tasks, self._editor, entry)
            self._plain = None
            self.body.addWidget(row)
        else:
            row = PlainRow(self._editor, self._tools, entry.question)
            if self._plain is None:
                self._plain = Card(padding=16, spacing=16)
                self.body.addWidget(self._plain)
            self._plain.body.addWidget(row)
        self._rows.append((entry, row))

    # ------------------------------------------------------------------------------------------------------ showing

    def renew(self) -> None:
        """Show every question as it stands now."""
        self._keeping_place(self._anchor(), lambda: [row.renew() for _, row in self._rows])

    def show_problems(self) -> None:
        """Say at every question what is still missing."""
        self._keeping_place(self._anchor(), lambda: [row.show_problems() for _, row in self._rows])

    def begin(self) -> None:
        """From the top, with the cursor in the first question."""
        self.verticalScrollBar().setValue(0)
        row = next((row for _, row in self._rows if not row.isHidden()), None)
        if row is not None:
            row.focus_input()

    def go_to(self, ref: str) -> None:
        """Bring a question into view and put the cursor there."""
        row = next((row for entry, row in self._rows if ref in entry.refs), None)
        if row is not None:
            row.show_problems()
            row.focus_input()
            # The page gets its place on the screen only after this event.
            QTimer.singleShot(0, row, lambda: self.ensureWidgetVisible(row, 0, 80))

    def _answered(self, refs: frozenset[str]) -> None:
        touched = [(entry, row) for entry, row in self._rows if not refs.isdisjoint(entry.refs)]
        if touched:
            self._keeping_place(self._anchor(), lambda: [row.renew() for _, row in touched])

    def _evidence_changed(self, item: str) -> None:
        for entry, row in self._rows:
            if entry.code == item:
                row.renew()

    def _anchor(self) -> QWidget | None:
        """What the user looks at: the question with the cursor, or the first one in view."""
        rows = [row for _, row in self._rows if row.isVisible()]
        focus = self.focusWidget()
        if focus is not None:
            for row in rows:
                if row.isAncestorOf(focus):
                    return row
        return next((row for row in rows if self._height_of(row) >= 0), None)

    def _height_of(self, row: QWidget) -> int:
        return row.mapTo(self.viewport(), QPoint(0, 0)).y()

    def _keeping_place(self, anchor: QWidget | None, change: Callable[[], object]) -> None:
        before = 0 if anchor is None else self._height_of(anchor)
        change()
        self._hide_empty_cards()
        if anchor is None or not anchor.isVisibleTo(self):
            return
        # Lay out now, not at the next event, so that the page is never painted in between; for all widgets at once,
        # since each part's new height is asked for by the one around it only after its own.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self._height_of(anchor) - before)

    def _hide_empty_cards(self) -> None:
        """A card whose questions are all hidden would be an empty frame."""
        for card in {row.parentWidget() for entry, row in self._rows if not entry.code}:
            if isinstance(card, Card):
                inside = [row for _, row in self._rows if row.parentWidget() is card]
                card.setVisible(any(not row.isHidden() for row in inside))
