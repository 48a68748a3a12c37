"""Today: what to finish, to mend, to watch and to send, each leading to its place."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from inspector_app.services.desk import Desk
from inspector_app.services.views.today import Today
from inspector_app.ui.kit.buttons import PrimaryButton, QuietButton
from inspector_app.ui.kit.cards import Banner, EmptyState
from inspector_app.ui.kit.layout import Page, column, row
from inspector_app.ui.kit.text import Label, Title
from inspector_app.ui.kit.workspace import Navigator, Workspace
from inspector_app.ui.look import Look
from inspector_app.ui.shell.places import WRITERS
from inspector_app.ui.today.card import SectionCard
from inspector_app.viewmodels.cases import OpenCase
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.today import is_evening, sections
from inspector_app.viewmodels.visits import StartVisit

_TWO_COLUMNS: Final = 940
"""From this width on the lists stand in two columns, px."""
_NAMES: Final = ("returned", "drafts", "cases", "expiring")


class TodayWorkspace(Workspace):
    """The page of the day."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, navigator: Navigator) -> None:
        super().__init__(desk, look, tasks, navigator)
        self._today: Today | None = None
        self._hello = Label(role="lead")
        self._unsent = Banner("today.unsent", look)
        self._review = Banner("today.review", look, "accent")
        self._cards = {name: SectionCard(name, look, self) for name in _NAMES}
        self._clear = EmptyState("today.clear", look, "check")
        self._beside = QHBoxLayout()
        self._columns = (QVBoxLayout(), QVBoxLayout())
        self._build()
        for card in self._cards.values():
            card.went.connect(navigator.go)
        self._unsent.acted.connect(lambda: navigator.go("sync"))
        self._review.acted.connect(lambda: navigator.go("review"))
        self._clear.acted.connect(lambda: navigator.go("visits", StartVisit()))
        self.retranslate()

    def _build(self) -> None:
        title = Title()
        self.spoken.put(title.setText, "today.title")
        visit = PrimaryButton("today.start_visit", self.look, "plus")
        case = QuietButton("today.open_case", self.look, "plus")
        self.spoken.put(visit.setText, "today.start_visit")
        self.spoken.put(case.setText, "today.open_case")
        visit.clicked.connect(lambda: self.navigator.go("visits", StartVisit()))
        case.clicked.connect(lambda: self.navigator.go("cases", OpenCase()))
        if self.desk.person.role not in WRITERS:
            visit.hide()
            case.hide()
        page = Page(padding=24, spacing=16)
        page.body.addLayout(row(column(title, self._hello, spacing=4), 1, case, visit))
        page.body.addWidget(self._unsent)
        page.body.addWidget(self._review)
        self._beside.setSpacing(16)
        for lists in self._columns:
            lists.setSpacing(16)
            lists.addStretch(1)
            self._beside.addLayout(lists, 1)
        page.body.addLayout(self._beside)
        page.body.addWidget(self._clear, 1)
        page.body.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(page)

    def opened(self, argument: object | None) -> None:
        self.refresh()

    def refresh(self) -> None:
        self.tasks.run(self.desk.today.summary, done=self._show, owner=self)

    def retranslate(self) -> None:
        words = self.look.words
        self._hello.setText(words.join(words.name(self.desk.person), words.date(datetime.now(UTC))))
        self._clear.show_text(
            words.say("today.clear.title"),
            words.say("today.clear.text"),
            words.say("today.start_visit") if self.desk.person.role in WRITERS else "",
        )
        if self._today is not None:
            self._say_unsent(self._today)
            self._say_review(self._today)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _show(self, today: Today) -> None:
        self._today = today
        for section in sections(today):
            self._cards[section.name].show_section(section)
        self._arrange()
        self.retranslate()

    def _arrange(self) -> None:
        """Stand what is not empty in columns, the next one always in the shorter."""
        shown = [card for name, card in self._cards.items() if self._filled(name)]
        wide = self.width() >= _TWO_COLUMNS
        self._beside.setStretch(1, 1 if wide else 0)
        heights = [0, 0]
        for card in self._cards.values():
            for lists in self._columns:
                lists.removeWidget(card)
            card.setVisible(card in shown)
        for card in shown:
            place = heights.index(min(heights)) if wide else 0
            heights[place] += card.sizeHint().height()
            self._columns[place].insertWidget(self._columns[place].count() - 1, card)
        self._clear.setVisible(self._today is not None and not shown)

    def _filled(self, name: str) -> bool:
        return self._today is not None and bool(next(s for s in sections(self._today) if s.name == name).lines)

    def _say_unsent(self, today: Today) -> None:
        words, now = self.look.words, datetime.now(UTC)
        if not today.waiting or today.unsent_since is None:
            self._unsent.clear()
            return
        action = words.say("today.sync_open")
        if is_evening(now):
            said = words.say("today.evening", n=today.waiting)
            self._unsent.show_text(said, words.say("today.evening_text"), tone="warning", action=action)
        else:
            said = words.say("today.waiting", n=today.waiting)
            text = words.say("today.waiting_text", ago=words.ago(today.unsent_since, now))
            self._unsent.show_text(said, text, tone="info", action=action)

    def _say_review(self, today: Today) -> None:
        words = self.look.words
        if today.to_review:
            said = words.say("today.review", n=today.to_review)
            self._review.show_text(said, action=words.say("today.review_open"))
        else:
            self._review.clear()
