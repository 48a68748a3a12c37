"""The register: type and it narrows; the card of what was chosen stands beside the list."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.register import CompanyCard, PlaceCard
from inspector_app.ui.kit.buttons import Choice, Choices, PrimaryButton, QuietButton
from inspector_app.ui.kit.cards import EmptyState
from inspector_app.ui.kit.fields import Picker, SearchField
from inspector_app.ui.kit.layout import Page, clear, column, row
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.kit.text import Caption
from inspector_app.ui.kit.workspace import Navigator, Workspace
from inspector_app.ui.look import Look
from inspector_app.ui.register.cards import CardMaker, Way
from inspector_app.viewmodels import register as shown
from inspector_app.viewmodels.cases import OpenCase, ShowCase
from inspector_app.viewmodels.register import Asked, Key, RegisterSearch
from inspector_app.viewmodels.tasks import Task, Tasks
from inspector_app.viewmodels.visits import ShowVisit, StartVisit
from sync.contract import records as r

KINDS = ("", "place", "company")
STATES = ("active", "suspended", "cancelled", "expired")


class RegisterWorkspace(Workspace):
    """Search, list and card. ``opened`` takes a ``Key``: (``place`` or ``company``, id)."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, navigator: Navigator) -> None:
        super().__init__(desk, look, tasks, navigator)
        self.setObjectName("register")
        self._search = RegisterSearch(desk, tasks, self)
        self._search.found.connect(self._found)
        self._regions: tuple[r.Code, ...] = ()
        self._card: PlaceCard | CompanyCard | None = None
        self._task: Task | None = None
        self._wanted: Key | None = None
        way = Way(
            to_place=lambda one: self._show(("place", one)),
            to_company=lambda one: self._show(("company", one)),
            to_visit=lambda one: navigator.go("visits", ShowVisit(one)),
            to_case=lambda one: navigator.go("cases", ShowCase(one)),
        )
        self._maker = CardMaker(desk, look, tasks, way)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(20, 20, 20, 20)
        whole.setSpacing(16)
        whole.addWidget(self._make_list(), 5)
        whole.addWidget(self._make_card(), 7)
        self.retranslate()
        tasks.run(desk.register.codes, "region", done=self._know_regions, owner=self)
        self._ask()

    def _make_list(self) -> QWidget:
        self.field = SearchField("register.search", self.look)
        self.field.asked.connect(lambda _: self._ask())
        self.kind = Choices("register.kind")
        self.kind.chosen.connect(lambda _: self._ask())
        self.region = Picker("register.region")
        self.region.chosen.connect(lambda _: self._ask())
        self.state = Picker("register.state")
        self.state.chosen.connect(lambda _: self._ask())
        self.open_findings = QCheckBox()
        self.open_findings.setObjectName("register.open_findings")
        self.open_findings.toggled.connect(lambda _: self._ask())
        self._count = Caption()
        self.list = RowList("register.list", self.look, lambda key: shown.face(self.desk, self.look.words, key))
        self.list.current_changed.connect(lambda key: self._show(key) if key is not None else None)
        self.field.left_downwards.connect(self.list.setFocus)
        self._nothing = EmptyState("register.nothing", self.look, "search")
        self._lists = QStackedWidget()
        self._lists.addWidget(self.list)
        self._lists.addWidget(self._nothing)
        pane = QWidget()
        self.spoken.put(self.field.setPlaceholderText, "register.search")
        self.spoken.put(self.field.setAccessibleName, "register.search")
        self.spoken.put(self.kind.setAccessibleName, "register.kind")
        self.spoken.put(self.region.setAccessibleName, "register.region")
        self.spoken.put(self.state.setAccessibleName, "register.state")
        self.spoken.put(self.list.setAccessibleName, "register.list")
        self.spoken.put(self.open_findings.setText, "register.open_findings_only")
        filters = row(self.region, self.state, spacing=8)
        counted = row(self._count, 1, self.open_findings, spacing=8)
        pane.setLayout(column(self.field, self.kind, filters, counted, self._lists, spacing=8))
        return pane

    def _make_card(self) -> QWidget:
        self.start = PrimaryButton("register.start_visit", self.look, "visit")
        self.spoken.put(self.start.setText, "register.start_visit")
        self.start.clicked.connect(self._start_visit)
        self.case = QuietButton("register.open_case", self.look, "case")
        self.spoken.put(self.case.setText, "register.open_case")
        self.case.clicked.connect(self._open_case)
        self._page = Page(padding=0, spacing=12)
        self._actions = QWidget()
        self._actions.setLayout(row(self.start, self.case, 1))
        self._choose = EmptyState("register.choose", self.look, "register")
        full = QWidget()
        inside = QVBoxLayout(full)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        inside.addWidget(self._page, 1)
        inside.addWidget(self._actions)
        self._cards = QStackedWidget()
        self._cards.addWidget(self._choose)
        self._cards.addWidget(full)
        return self._cards

    # ---------------------------------------------------------------------------------------------------- searching

    def _know_regions(self, regions: tuple[r.Code, ...]) -> None:
        self._regions = regions
        self._offer_filters()

    def _ask(self) -> None:
        state = self.state.value
        self.region.setEnabled(self.kind.value != "company" and not state)
        region = self.region.value if self.region.isEnabled() else ""
        self._search.ask(Asked(self.field.text(), self.kind.value, region, state, self.open_findings.isChecked()))

    def _found(self, keys: list[Key]) -> None:
        self.list.show_ids(keys)
        self._say_count()
        self._lists.setCurrentWidget(self.list if keys else self._nothing)

    def _say_count(self) -> None:
        self._count.setText(self.look.words.say("register.found", n=len(self.list.rows.ids)))

    # ------------------------------------------------------------------------------------------------------ showing

    def _show(self, key: Key) -> None:
        """Read a card; of several asked for quickly, the last one is shown."""
        self._wanted = key
        self.list.select(key)
        if self._task is not None:
            self._task.cancel()
        self._task = self._read(key, self._show_card)

    def _read(self, key: Key, done: Callable[[PlaceCard | CompanyCard], None]) -> Task:
        kind, record_id = key
        register, language = self.desk.register, self.look.words.language
        if kind == "place":
            return self.tasks.run(register.place_card, record_id, None, language, done=done, owner=self)
        return self.tasks.run(register.company_card, record_id, language, done=done, owner=self)

    def _show_card(self, card: PlaceCard | CompanyCard) -> None:
        self._card = card
        self._render()
        self._page.verticalScrollBar().setValue(0)

    def _render(self) -> None:
        card = self._card
        self._cards.setCurrentIndex(0 if card is None else 1)
        if card is None:
            return
        clear(self._page.body)
        parts = self._maker.place(card) if isinstance(card, PlaceCard) else self._maker.company(card)
        for part in parts:
            self._page.body.addWidget(part)
        self._page.body.addStretch(1)

    def _about(self) -> tuple[str | None, str | None]:
        """The place and the company that the card in front is about."""
        if isinstance(self._card, PlaceCard):
            return self._card.place.id, None
        return None, None if self._card is None else self._card.company.id

    def _start_visit(self) -> None:
        self.navigator.go("visits", StartVisit(*self._about()))

    def _open_case(self) -> None:
        self.navigator.go("cases", OpenCase(*self._about()))

    # -------------------------------------------------------------------------------------------------- for the shell

    def opened(self, argument: object | None) -> None:
        if isinstance(argument, tuple) and len(argument) == 2:
            self._show((str(argument[0]), str(argument[1])))
        else:
            self.field.setFocus()

    def refresh(self) -> None:
        self._ask()
        self._read_again()

    def _read_again(self) -> None:
        if self._wanted is not None:
            self._task = self._read(self._wanted, self._renew_card)

    def _renew_card(self, card: PlaceCard | CompanyCard) -> None:
        """Show newer facts without moving the page."""
        if card != self._card:
            self._card = card
            self._render()

    def retranslate(self) -> None:
        say = self.look.words.say
        self._offer_filters()
        self._nothing.show_text(say("register.nothing"), say("register.nothing_text"))
        self._choose.show_text(say("register.choose"), say("register.choose_text"))
        self._say_count()
        self._render()
        self._read_again()  # the labels of findings come from the services in the language they are asked for

    def _offer_filters(self) -> None:
        words = self.look.words
        self.kind.offer([Choice(kind, words.say(f"register.kind.{kind or 'all'}")) for kind in KINDS])
        if not self.kind.value:
            self.kind.choose("")
        self.region.offer(
            [("", words.say("register.every_region")), *((one.code, words.name(one)) for one in self._regions)]
        )
        states = [(state, shown.licence_state(words, state)) for state in STATES]
        states.append((shown.EXPIRING, words.say("register.expiring_soon")))
        self.state.offer([("", words.say("register.every_state")), *states])
