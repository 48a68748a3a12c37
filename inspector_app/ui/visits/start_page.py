"""Starting a visit: where, with which company, by which checklist."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.register import PlaceCard
from inspector_app.ui.kit.buttons import Choice, Choices, PrimaryButton, QuietButton
from inspector_app.ui.kit.cards import Banner, Card
from inspector_app.ui.kit.fields import Field, Picker
from inspector_app.ui.kit.layout import Page, row
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Caption, Lead, Title
from inspector_app.ui.look import Look
from inspector_app.ui.register.picker import RegisterPicker
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visits import StartVisit
from sync.contract import records as r


class StartPage(QWidget):
    """A page with three choices, two of which usually make themselves.

    Signals:
        started(str): The draft of the new visit.
        left(): The user went back.
    """

    started = Signal(str)
    left = Signal()

    def __init__(self, desk: Desk, look: Look, tasks: Tasks) -> None:
        super().__init__()
        self._desk, self._look, self._tasks = desk, look, tasks
        self._checklists: tuple[r.Checklist, ...] = ()
        self._lodged: tuple[r.Company, ...] = ()
        spoken = Spoken(look, self)
        title, lead = Title(), Lead()
        spoken.put(title.setText, "visits.start_title")
        spoken.put(lead.setText, "visits.start_lead")
        self.place = RegisterPicker("visit.start.place", "place", desk, look, tasks)
        spoken.put(self.place.set_label, "visits.where")
        self.place.picked.connect(self._place_picked)
        self._lodged_hint = Caption()
        spoken.put(self._lodged_hint.setText, "visits.lodged_there")
        self.lodged = Choices("visit.start.lodged")
        spoken.put(self.lodged.setAccessibleName, "visits.lodged_there")
        self.lodged.chosen.connect(self._company_picked)
        self.company = RegisterPicker("visit.start.company", "company", desk, look, tasks)
        spoken.put(self.company.set_label, "visits.which_company")
        self.company.picked.connect(self._company_picked)
        self.checklist = Picker("visit.start.checklist")
        self._checklist = Field(self.checklist)
        spoken.put(self._checklist.set_label, "visits.which_checklist")
        self._missing = Banner("visit.start.no_checklist", look, "warning")
        self.begin = PrimaryButton("visit.start.begin", look, "check")
        spoken.put(self.begin.setText, "visits.begin")
        self.begin.clicked.connect(self._begin)
        back = QuietButton("visit.start.back")
        spoken.put(back.setText, "common.back")
        back.clicked.connect(self.left)
        page = Page(width=760)
        card = Card(spacing=16)
        part: QWidget
        for part in (self.place, self._lodged_hint, self.lodged, self.company, self._checklist, self._missing):
            card.body.addWidget(part)
        for part in (title, lead, card):
            page.body.addWidget(part)
        page.body.addLayout(row(self.begin, back, 1))
        page.body.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(page)
        look.changed.connect(self._offer)

    def begin_with(self, known: StartVisit) -> None:
        """Show the page with what is known already."""
        self.place.put(known.place_id)
        self.company.put(known.company_id)
        self._lodged = ()
        self._tasks.run(self._desk.visits.checklists, done=self._know_checklists, owner=self)
        if known.place_id:
            self._place_picked(known.place_id)
        else:
            self._offer()
            self.place.field.setFocus()

    def _know_checklists(self, checklists: tuple[r.Checklist, ...]) -> None:
        self._checklists = checklists
        self._offer()

    def _place_picked(self, place_id: str) -> None:
        self._lodged = ()
        self._offer()
        if place_id:
            self._tasks.run(self._desk.register.place_card, place_id, done=self._know_place, owner=self)

    def _know_place(self, card: PlaceCard) -> None:
        if card.place.id == self.place.value:
            self._lodged = card.companies
            self._offer()

    def _company_picked(self, company_id: str) -> None:
        self.company.put(company_id)
        self._offer()

    def _offer(self) -> None:
        words = self._look.words
        known: Sequence[r.Company] = self._lodged
        self.lodged.offer([Choice(one.id, words.name(one)) for one in known[:3]])
        self.lodged.choose(self.company.value)
        for part in (self._lodged_hint, self.lodged):
            part.setVisible(bool(known) and not self.company.value)
        titles = [(one.id, one.title_ar if words.rtl else one.title_en) for one in self._checklists]
        self.checklist.offer(titles)
        self._checklist.setVisible(len(titles) > 1)
        missing = words.explain("checklist_missing") if not self._checklists else None
        self._missing.show_text("" if missing is None else missing.title, "" if missing is None else missing.text)
        self.begin.setEnabled(bool(titles) and bool(self.place.value or self.company.value))

    def _begin(self) -> None:
        self.begin.setEnabled(False)
        self._tasks.run(
            self._desk.visits.start,
            self.place.value or None,
            self.company.value or None,
            self.checklist.value or None,
            done=self.started.emit,
            failed=self._not_begun,
            lane="write",
            owner=self,
        )

    def _not_begun(self, error: Exception) -> None:
        self._offer()
        self._tasks.escape(error)
