"""A language is switched under open screens full of data; afterwards nothing speaks the one before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.link.http import HttpTransport
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from inspector_app.ui.access.window import AccessWindow
from inspector_app.ui.look import Look
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.viewmodels.syncing import SyncHandle
from inspector_app.viewmodels.tasks import Tasks
from sync.contract import records as r
from sync.domain.text import Language
from tests.support import desks, screens
from tests.ui import overheard, walk

OTHER: dict[Language, Language] = {"ar": "en", "en": "ar"}
TYPED = (desks.DEVICE.name, "المناوب", "لا يملك صلاحية التوقيع", "ياسر الغامدي")
"""What stays as it was typed; all but the device's name stand in ``desks.refuse_to_sign``."""
SENT = [one for one in desks.season() if not isinstance(one, r.Checklist)]
"""Data, which may have a name in one language only; a checklist has each of its words in both."""


@pytest.mark.timeout(180)
@pytest.mark.parametrize("person", ["inspector", "supervisor"])
def test_no_word_of_the_other_language_is_left_on_any_screen(
    person: str,
    desk: Desk,
    supervisor: Desk,
    cache: Cache,
    look: Look,
    tasks: Tasks,
    sync: SyncHandle,
    qtbot: QtBot,
    settle: Callable[[], None],
) -> None:
    visit, case = walk.a_season_of_work(desk, supervisor, cache)
    who = desk if person == "inspector" else supervisor
    window = MainWindow(who, look, tasks, sync)
    qtbot.addWidget(window, before_close_func=lambda _: settle())
    window.resize(1280, 800)
    window.show()
    found: dict[str, dict[str, str]] = {}
    for page in walk.pages(window, who, visit, case, settle):
        settle()
        for language, other in OTHER.items():
            look.set_language(language)
            who.settings.set("language", language)
            settle()
            known = overheard.words_in(other, SENT, *TYPED)
            if wrong := overheard.strange(window, other, known):
                found[f"{page} in {language}"] = wrong
            assert screens.faults(window) == [], f"{page} in {language}"
    assert found == {}


def test_no_word_of_the_other_language_is_left_at_the_door(
    profile: Profile, look: Look, tasks: Tasks, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    door = AccessWindow(Access(profile, HttpTransport), look, tasks)
    qtbot.addWidget(door)
    door.show()
    found: dict[str, dict[str, str]] = {}
    for page in ("enrol", "unlock", "recover", "damaged"):
        door.show_page(page)
        for language, other in OTHER.items():
            settle()
            look.set_language(language)
            if wrong := overheard.strange(door, other, frozenset()):
                found[f"{page} in {language}"] = wrong
    assert found == {}
