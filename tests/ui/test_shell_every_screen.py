"""Every workspace and every box of the shell, in both languages, both themes, on the smallest screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage.profile import Profile
from inspector_app.ui import boxes
from inspector_app.ui.access.window import AccessWindow
from inspector_app.ui.look import Look
from inspector_app.ui.settings.dialogs import PassphraseBox, PersonBox
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.shell.places import PLACES
from inspector_app.viewmodels.syncing import SyncHandle
from inspector_app.viewmodels.tasks import Tasks
from sync.domain.text import Language
from tests.support import desks, pictures, screens

LANGUAGES: tuple[Language, ...] = ("ar", "en")


@pytest.fixture(params=[(language, theme) for language in LANGUAGES for theme in ("light", "dark")], ids="-".join)
def dressed(request: pytest.FixtureRequest, look: Look) -> Look:
    """The look in one language and theme."""
    language, theme = request.param
    look.set_language(language)
    look.set_theme(theme)
    return look


def work_of_a_day(desk: Desk) -> None:
    """A draft, a submitted visit and a case, so that every list has something in it."""
    desk.visits.start("p1", "co1")
    desks.write_visit(desk, "p1", "co1", E01="nonconform", E02="partial")
    told = "لا ماء في الدور الثالث منذ الصباح"
    desk.cases.open(
        CaseFields(kind="complaint", category="CC01", priority="P1", text=told, region="makkah", place_id="p1")
    )


@pytest.mark.timeout(120)
@pytest.mark.parametrize("person", ["inspector", "supervisor"])
def test_no_workspace_has_a_nameless_input_a_raw_key_or_a_clipped_label(
    person: str,
    desk: Desk,
    supervisor: Desk,
    dressed: Look,
    tasks: Tasks,
    sync: SyncHandle,
    qtbot: QtBot,
    settle: Callable[[], None],
) -> None:
    work_of_a_day(desk)
    who = desk if person == "inspector" else supervisor
    window = MainWindow(who, dressed, tasks, sync)
    qtbot.addWidget(window, before_close_func=lambda _: settle())
    window.resize(1024, 700)
    window.show()
    found = {}
    for place in PLACES:
        if place.open_to(who.person):
            window.go(place.name)
            settle()
            pictures.grab(window, dressed, f"{person}-{place.name}")
            found[place.name] = screens.faults(window)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_no_page_at_the_door_has_a_nameless_input_a_raw_key_or_a_clipped_label(
    profile: Profile, dressed: Look, tasks: Tasks, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    door = AccessWindow(Access(profile, HttpTransport), dressed, tasks)
    qtbot.addWidget(door)
    door.resize(1024, 700)
    door.show()
    found = {}
    for page in ("enrol", "unlock", "recover", "damaged"):
        door.show_page(page)
        settle()
        pictures.grab(door, dressed, f"access-{page}")
        found[page] = screens.faults(door)
    assert {page: wrong for page, wrong in found.items() if wrong} == {}


def test_no_box_has_a_nameless_input_a_raw_key_or_a_clipped_label(
    window: MainWindow, desk: Desk, profile: Profile, dressed: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    found = {}
    for box in ("help", "passphrase", "person", "ask", "text", "error"):
        opened = open_box(box, window, desk, profile, dressed, tasks)
        qtbot.waitExposed(opened)
        pictures.grab(opened, dressed, f"box-{box}")
        found[box] = screens.faults(opened)
        with qtbot.waitSignal(opened.finished):
            opened.reject()
    assert {box: wrong for box, wrong in found.items() if wrong} == {}


def open_box(box: str, window: MainWindow, desk: Desk, profile: Profile, look: Look, tasks: Tasks) -> QDialog:
    if box == "help":
        window.show_help()
        found = window.findChild(QDialog, "box.help")
        assert isinstance(found, QDialog)
        return found
    if box == "passphrase":
        opened: QDialog = PassphraseBox(desk, look, tasks, window)
    elif box == "person":
        opened = PersonBox(Access(profile, HttpTransport), desk, look, tasks, window)
    elif box == "ask":
        opened = boxes.ask(look, window, title="عنوان", text="سؤال؟", yes="نعم", then=lambda: None, danger=True)
    elif box == "text":
        opened = boxes.ask_text(
            look, window, title="عنوان", text="سؤال؟", label="السبب", yes="نعم", then=lambda _: None
        )
    else:
        opened = boxes.tell(look, window, *look.words.explain("disk_full"), icon="alert")
    opened.open()
    return opened
