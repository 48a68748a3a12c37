"""The top bar: search over everything, how things stand with the centre in words, language, who is signed in, lock."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from inspector_app.ui.kit.buttons import PlainButton
from inspector_app.ui.kit.fields import SearchField
from inspector_app.ui.kit.text import Label
from inspector_app.ui.look import Look
from inspector_app.ui.shell.side import WIDTH
from inspector_app.viewmodels.lists import Tone
from inspector_app.viewmodels.syncing import SyncStatus
from inspector_app.words import Words
from sync.contract import records as r

_TONES: Final[dict[str, Tone]] = {
    "online": "good",
    "connecting": "info",
    "offline": "warning",
    "working offline": "warning",
    "refused": "danger",
}
_MARKS: Final[dict[Tone, str]] = {"good": "check", "info": "sync", "warning": "cloud_off", "danger": "alert"}


def link_in_words(words: Words, status: SyncStatus) -> str:
    """The state of the link and what it means for the user's work, as one line."""
    key = "running" if status.running and status.link == "online" else status.link.replace(" ", "_")
    link = words.say(f"shell.link.{key}")
    if status.waiting:
        return words.join(link, words.say("shell.link.waiting", n=status.waiting))
    if status.last_sync and not status.running:
        return words.join(link, words.say("shell.link.last", time=words.time(status.last_sync)))
    return link


class TopBar(QFrame):
    """The bar over every workspace.

    Signals:
        link_pressed: The state of the link was pressed: the user wants to know more.
        language_pressed: The other language is wanted.
        lock_pressed: The user leaves.
        help_pressed: The user wants help on this screen.
    """

    link_pressed = Signal()
    language_pressed = Signal()
    lock_pressed = Signal()
    help_pressed = Signal()

    def __init__(self, look: Look, person: r.Person, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topbar")
        self.setProperty("topbar", True)
        self._look, self._person = look, person
        self._status = SyncStatus()
        self._brand = Label(role="brand")
        self._brand.setFixedWidth(WIDTH - 24)
        self.search = SearchField("topbar.search", look)
        self.search.setMaximumWidth(440)
        self.search.setMinimumWidth(140)
        self._link = PlainButton("topbar.link", look, "sync")
        self._language = PlainButton("topbar.language", look, "language")
        self._help = PlainButton("topbar.help", look, "help")
        self._who = Label(role="label")
        self._lock = PlainButton("topbar.lock", look, "lock")
        self._link.clicked.connect(self.link_pressed)
        self._language.clicked.connect(self.language_pressed)
        self._lock.clicked.connect(self.lock_pressed)
        self._help.clicked.connect(self.help_pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 10, 16, 10)
        row.setSpacing(8)
        row.addWidget(self._brand)
        row.addWidget(self.search, 1)
        row.addStretch(0)
        for part in (self._link, self._language, self._help, self._who, self._lock):
            row.addWidget(part)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def show_status(self, status: SyncStatus) -> None:
        """Say how things stand with the centre."""
        self._status = status
        tone = _TONES[status.link]
        self._link.set_icon("sync" if status.running else _MARKS[tone], f"{tone}_text")
        said = link_in_words(self._look.words, status)
        self._link.setText(said)
        self._link.setAccessibleName(said)

    def retranslate(self) -> None:
        words = self._look.words
        self._brand.setText(words.say("common.product"))
        self.search.setPlaceholderText(words.say("shell.search"))
        self.search.setAccessibleName(words.say("shell.search"))
        self.search.setToolTip(words.say("shell.search_hint"))
        self._language.setText(words.say("common.other_language"))
        self._help.setAccessibleName(words.say("shell.help"))
        self._help.setToolTip(words.say("shell.help"))
        self._who.setText(words.name(self._person))
        self._lock.setText(words.say("shell.lock"))
        self._lock.setToolTip(words.say("shell.lock_tip"))
        self.show_status(self._status)
