"""Getting in by the hands of a user: setting up at a real centre, unlocking, forgetting, and damaged data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.app.application import Application
from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage import recovery
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from inspector_app.ui.access.window import AccessWindow
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.words import Words
from tests.support import desks
from tests.support.server import CODES, LiveServer, password_of, sample_server
from tests.ui.hands import find

Settle = Callable[[], None]
PHRASE = "سبع نخلات خلف الباب"
SAY = Words.load("ar").say


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[LiveServer]:
    folder = tmp_path / "centre"
    folder.mkdir()
    with sample_server(folder) as server:
        yield server


@pytest.fixture
def door(profile: Profile, look: Look, tasks: Tasks, qtbot: QtBot) -> AccessWindow:
    """The door of a device that nobody has set up."""
    made = AccessWindow(Access(profile, HttpTransport), look, tasks)
    qtbot.addWidget(made)
    made.resize(1024, 700)
    made.show()
    return made


def type_into(window: QWidget, name: str, text: str) -> QLineEdit:
    """Paste, as hands would: this machine's keyboard has no Arabic."""
    line = window.findChild(QLineEdit, name)
    assert isinstance(line, QLineEdit), name
    line.setFocus()
    line.clear()
    line.insert(text)
    line.textEdited.emit(text)
    return line


def click(window: QWidget, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert isinstance(button, QPushButton), name
    assert button.isEnabled(), name
    button.click()


def said_under(window: QWidget, name: str) -> str:
    label = window.findChild(QLabel, f"{name}.error")
    assert isinstance(label, QLabel), name
    return label.text() if label.isVisible() else ""


def fill_in(door: AccessWindow, url: str, **other: str) -> None:
    given = {
        "server": url,
        "code": CODES["makkah"],
        "device": "laptop 1",
        "username": "ahmad",
        "password": password_of("ahmad"),
        "passphrase": PHRASE,
        "again": PHRASE,
    }
    for name, text in (given | other).items():
        type_into(door, f"enrol.{name}", text)


def enrol(door: AccessWindow, url: str, qtbot: QtBot) -> Desk:
    fill_in(door, url)
    with qtbot.waitSignal(door.signed_in, timeout=20_000) as came:
        click(door, "enrol.act")
    desk = came.args[0]
    assert isinstance(desk, Desk)
    return desk


@pytest.mark.timeout(120)
def test_a_device_is_set_up_then_unlocked_and_a_forgotten_passphrase_is_replaced(
    centre: LiveServer, door: AccessWindow, tasks: Tasks, qtbot: QtBot, settle: Settle
) -> None:
    assert door.page.objectName() == "enrol"
    desk = enrol(door, centre.url, qtbot)
    me = desk.person
    desk.lock()

    door.begin()
    assert door.page.objectName() == "unlock"
    type_into(door, "unlock.passphrase", "not the passphrase")
    click(door, "unlock.act")
    qtbot.waitUntil(lambda: bool(said_under(door, "unlock.passphrase")), timeout=20_000)
    assert SAY("error.wrong_passphrase").split("\n")[0] in said_under(door, "unlock.passphrase")
    line = type_into(door, "unlock.passphrase", PHRASE)
    with qtbot.waitSignal(door.signed_in, timeout=20_000) as came:
        QTest.keyClick(line, Qt.Key.Key_Return)
    assert came.args[0].person.id == me.id
    came.args[0].lock()

    door.begin()
    click(door, "unlock.forgot")
    settle()
    request = door.findChild(QPlainTextEdit, "recover.request")
    answer = door.findChild(QPlainTextEdit, "recover.answer")
    assert isinstance(request, QPlainTextEdit)
    assert isinstance(answer, QPlainTextEdit)
    private = bytes.fromhex((desks.RESOURCES / "sample" / "recovery-key.hex").read_text().strip())
    answer.setPlainText(recovery.answer_request(request.toPlainText(), private))
    click(door, "recover.act")
    settle()
    type_into(door, "recover.passphrase", "another four words here")
    type_into(door, "recover.again", "another four words here")
    with qtbot.waitSignal(door.signed_in, timeout=20_000) as came:
        click(door, "recover.act")
    assert came.args[0].person.id == me.id
    came.args[0].lock()


def test_a_wrong_code_is_said_under_the_code(centre: LiveServer, door: AccessWindow, settle: Settle) -> None:
    fill_in(door, centre.url, code="WRON-GCOD-E123-4567")
    click(door, "enrol.act")
    settle()
    assert SAY("error.enrol_code_unknown").split("\n")[0] in said_under(door, "enrol.code")


@pytest.mark.timeout(120)
def test_setting_up_that_was_broken_off_is_taken_up_again(
    centre: LiveServer, door: AccessWindow, qtbot: QtBot, settle: Settle
) -> None:
    fill_in(door, centre.url, password="wrong")
    click(door, "enrol.act")
    settle()
    assert SAY("error.password_wrong").split("\n")[0] in said_under(door, "enrol.password")
    door.begin()
    banner = door.findChild(QWidget, "enrol.unfinished")
    assert banner is not None
    assert banner.isVisible()
    enrol(door, centre.url, qtbot).lock()


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("server", "", "access.error.empty"),
        ("code", "", "access.error.empty"),
        ("username", " ", "access.error.empty"),
        ("passphrase", "", "access.error.empty"),
        ("again", "something else", "access.error.differs"),
    ],
)
def test_what_is_missing_is_said_under_its_field_before_anything_is_sent(
    field: str, text: str, said: str, door: AccessWindow, tasks: Tasks
) -> None:
    fill_in(door, "https://midan.example", **{field: text})
    click(door, "enrol.act")
    assert said_under(door, f"enrol.{field}") == SAY(said)
    assert tasks.idle


def test_an_address_that_others_can_read_is_refused_under_its_field(door: AccessWindow, settle: Settle) -> None:
    fill_in(door, "http://midan.example")
    click(door, "enrol.act")
    settle()
    assert SAY("error.address_insecure").split("\n")[0] in said_under(door, "enrol.server")


def test_what_is_wrong_is_said_again_in_the_other_language(door: AccessWindow, settle: Settle) -> None:
    fill_in(door, "http://midan.example")
    click(door, "enrol.act")
    settle()
    click(door, "access.language")
    assert Words.load("en").say("error.address_insecure").split("\n")[0] in said_under(door, "enrol.server")


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A device with a draft and an unsent case, the last pages of whose cache are gone."""
    folder = tmp_path / "device"
    with desks.cache_in(folder) as cache:
        desk = desks.seat(cache, desks.INSPECTOR, desks.Clock())
        desk.visits.start("p1", "co1")
        desk.cases.open(
            CaseFields(kind="note", category="N01", priority="P3", text="نظيف", region="makkah", place_id="p1")
        )
    found = folder / "cache.db"
    whole = found.read_bytes()
    found.write_bytes(whole[:4096] + b"\xff" * 4096 + whole[8192:])
    return folder


def test_of_damaged_data_what_can_be_read_is_saved_and_counted(
    damaged: Path, profile: Profile, door: AccessWindow, qtbot: QtBot, settle: Settle
) -> None:
    find_the_damage(door, qtbot)
    type_into(door, "damaged.passphrase", "not the passphrase")
    click(door, "damaged.act")
    qtbot.waitUntil(lambda: bool(said_under(door, "damaged.passphrase")), timeout=20_000)
    type_into(door, "damaged.passphrase", desks.PASSPHRASE)
    click(door, "damaged.act")
    saved = door.findChild(QWidget, "damaged.saved")
    assert saved is not None
    qtbot.waitUntil(saved.isVisible, timeout=20_000)
    assert SAY("access.damaged.events", n=1) in saved.accessibleName()
    assert SAY("access.damaged.drafts", n=1) in saved.accessibleName()
    with qtbot.waitSignal(door.signed_in) as came:
        click(door, "damaged.act")
    desk = came.args[0]
    assert len(desk.visits.drafts()) == 1
    assert desk.outbox.status().waiting == 1
    desk.lock()
    assert list((damaged / "set-aside").rglob("cache.db")) != []


def test_damaged_data_can_be_set_aside_whole(
    damaged: Path, profile: Profile, door: AccessWindow, qtbot: QtBot, settle: Settle
) -> None:
    find_the_damage(door, qtbot)
    click(door, "damaged.aside")
    box = door.findChild(QDialog, "damaged.ask_aside")
    assert isinstance(box, QDialog)
    with qtbot.waitSignal(box.finished):
        click(box, "damaged.ask_aside.yes")
    qtbot.waitUntil(lambda: door.page.objectName() == "enrol")
    settle()
    assert list((damaged / "set-aside").rglob("cache.db")) != []
    assert not (damaged / "cache.db").exists()


def find_the_damage(door: AccessWindow, qtbot: QtBot) -> None:
    assert door.page.objectName() == "unlock"
    type_into(door, "unlock.passphrase", desks.PASSPHRASE)
    click(door, "unlock.act")
    qtbot.waitUntil(lambda: door.page.objectName() == "damaged", timeout=20_000)


def test_a_request_can_be_saved_to_a_file(
    tmp_path: Path, damaged: Path, door: AccessWindow, qtbot: QtBot, settle: Settle
) -> None:
    door.show_page("recover")
    settle()
    request = door.findChild(QPlainTextEdit, "recover.request")
    assert isinstance(request, QPlainTextEdit)
    request.setPlainText("MIDAN REQUEST")
    click(door, "recover.save")
    box = door.findChild(QFileDialog, "recover.where")
    assert isinstance(box, QFileDialog)
    box.selectFile(str(tmp_path / "request.txt"))
    with qtbot.waitSignal(box.finished):
        box.accept()
    settle()
    assert (tmp_path / "request.txt").read_text(encoding="utf-8") == "MIDAN REQUEST"


def test_without_recovery_set_up_the_page_says_so_and_offers_no_steps(
    door: AccessWindow, profile: Profile, settle: Settle
) -> None:
    Cache.create(profile, desks.PASSPHRASE, desks.INSPECTOR.id, desks.QUICK).close()
    door.show_page("recover")
    settle()
    told = Words.load("ar").explain("recovery_not_set_up").title
    assert told in [label.text() for label in door.findChildren(QLabel) if label.isVisible()]
    for name in ("recover.request", "recover.answer"):
        assert not find(QPlainTextEdit, door, name).isVisible()
    assert not find(QPushButton, door, "recover.act").isVisible()
    for name in ("recover.back", "recover.aside"):
        assert find(QPushButton, door, name).isVisible()


def test_the_door_speaks_the_language_last_spoken_on_this_device(
    profile: Profile, look: Look, tasks: Tasks, settle: Settle
) -> None:
    first = Application(profile, look, tasks)
    look.set_language("en")
    settle()
    first.stop()
    look.set_language("ar")
    settle()
    assert Access(profile, HttpTransport).language() == "ar"
    Access(profile, HttpTransport).remember_language("en")
    second = Application(profile, look, tasks)
    assert look.words.language == "en"
    settle()
    second.stop()
