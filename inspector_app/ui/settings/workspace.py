"""Settings: appearance, this device and its people, the passphrase, and what Midan is."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from inspector_app import VERSION
from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.ui.kit.buttons import QuietButton
from inspector_app.ui.kit.cards import Banner, Card
from inspector_app.ui.kit.layout import Page, clear, row
from inspector_app.ui.kit.text import Caption, Chip, Heading, Label, Lead, Title
from inspector_app.ui.kit.workspace import Navigator, Workspace
from inspector_app.ui.look import Look
from inspector_app.ui.settings.appearance import AppearanceCard
from inspector_app.ui.settings.dialogs import PassphraseBox, PersonBox
from inspector_app.viewmodels.tasks import Tasks
from sync.contract import records as r

_FACTS = ("name", "number", "committee", "server")


class SettingsWorkspace(Workspace):
    """One page of cards."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, navigator: Navigator, access: Access | None) -> None:
        super().__init__(desk, look, tasks, navigator)
        self._access = access
        self._people: tuple[r.Person, ...] = ()
        self._done = Banner("settings.done", look, "good")
        self._facts = {name: Label() for name in _FACTS}
        self._names = QVBoxLayout()
        self._names.setSpacing(8)
        self._appearance = AppearanceCard(desk, look, tasks)
        page = Page(width=860, padding=24, spacing=16)
        title = Title()
        self.spoken.put(title.setText, "settings.title")
        for part in (title, self._done, self._appearance, self._people_card(), self._passphrase_card()):
            page.body.addWidget(part)
        page.body.addWidget(self._device_card())
        page.body.addWidget(self._about_card())
        page.body.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(page)
        self.retranslate()

    def opened(self, argument: object | None) -> None:
        self._done.clear()
        self.refresh()

    def refresh(self) -> None:
        self._appearance.refresh()
        self.tasks.run(self.desk.people, done=self._show_people, owner=self)

    def retranslate(self) -> None:
        words, device = self.look.words, self.desk.device
        self._facts["name"].setText(device.name)
        self._facts["number"].setText(words.number(device.number))
        self._facts["committee"].setText(words.name(device.committee) if device.committee is not None else "")
        self._facts["server"].setText(words.verbatim(device.server_url))
        self._show_people(self._people)

    def _people_card(self) -> QWidget:
        card, heading = Card(), Heading()
        add = QuietButton("settings.add_person", self.look, "person")
        self.spoken.put(heading.setText, "settings.people")
        self.spoken.put(add.setText, "settings.people.add")
        add.clicked.connect(self._add_person)
        if self._access is None:
            add.hide()
        card.body.addWidget(heading)
        card.body.addLayout(self._names)
        card.body.addLayout(row(add, 1))
        return card

    def _passphrase_card(self) -> QWidget:
        card, heading, lead = Card(), Heading(), Lead()
        change = QuietButton("settings.change_passphrase", self.look, "lock")
        self.spoken.put(heading.setText, "settings.passphrase")
        self.spoken.put(lead.setText, "settings.passphrase.lead")
        self.spoken.put(change.setText, "settings.passphrase.change")
        change.clicked.connect(self._change_passphrase)
        card.body.addWidget(heading)
        card.body.addWidget(lead)
        card.body.addLayout(row(change, 1))
        return card

    def _device_card(self) -> QWidget:
        card, heading = Card(), Heading()
        self.spoken.put(heading.setText, "settings.device")
        facts = QFormLayout()
        facts.setHorizontalSpacing(24)
        facts.setVerticalSpacing(10)
        for name, value in self._facts.items():
            label = Label(role="soft")
            self.spoken.put(label.setText, f"settings.device.{name}")
            facts.addRow(label, value)
        card.body.addWidget(heading)
        card.body.addLayout(facts)
        return card

    def _about_card(self) -> QWidget:
        card, heading, lead = Card(), Heading(), Lead()
        self.spoken.put(heading.setText, "settings.about")
        self.spoken.put(lead.setText, "settings.about.text")
        card.body.addWidget(heading)
        card.body.addWidget(lead)
        for key in ("version", "maps", "font"):
            line = Caption(wrap=True)
            self.spoken.compute(line.setText, partial(self._about, key))
            card.body.addWidget(line)
        return card

    def _about(self, key: str) -> str:
        words = self.look.words
        if key == "version":
            return words.say("settings.about.version", version=words.verbatim(VERSION))
        return words.say(f"settings.about.{key}")

    def _show_people(self, people: tuple[r.Person, ...]) -> None:
        self._people = people
        clear(self._names)
        words = self.look.words
        for person in people:
            name, role = Label(words.name(person), role="label"), Caption(words.say(f"role.{person.role}"))
            line = row(name, role)
            if person.id == self.desk.person.id:
                line.addWidget(Chip(words.say("settings.people.you"), "accent"))
            line.addStretch(1)
            self._names.addLayout(line)

    def _add_person(self) -> None:
        if self._access is None:
            return
        box = PersonBox(self._access, self.desk, self.look, self.tasks, self)
        box.finished_well.connect(self._added)
        box.open()

    def _added(self, person: r.Person) -> None:
        words = self.look.words
        self._done.show_text(words.say("access.add.done", name=words.name(person)))
        self.refresh()

    def _change_passphrase(self) -> None:
        box = PassphraseBox(self.desk, self.look, self.tasks, self)
        box.finished_well.connect(lambda _: self._done.show_text(self.look.words.say("settings.passphrase.changed")))
        box.open()
