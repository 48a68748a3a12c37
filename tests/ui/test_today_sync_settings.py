"""The day, the way to the centre and the settings, over a real cache."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from inspector_app import VERSION
from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage import log
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from inspector_app.storage.sync_store import SyncStore
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.look import Look
from inspector_app.ui.settings.dialogs import PersonBox
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.viewmodels.lists import FACE_ROLE, Face
from inspector_app.viewmodels.syncing import SyncHandle, SyncStatus
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.today import is_evening
from inspector_app.words import Words
from sync.contract.events import EventResult
from sync.engine.engine import Phase
from tests.support import desks
from tests.support.server import CODES, LiveServer, password_of, sample_server

Settle = Callable[[], None]
SAY = Words.load("ar").say
TOLD = "لا ماء في الدور الثالث منذ الصباح"


def the_list(window: QWidget, name: str) -> RowList:
    found = window.findChild(RowList, name)
    assert isinstance(found, RowList), name
    return found


def faces(rows: RowList) -> list[Face]:
    return [rows.rows.index(place).data(FACE_ROLE) for place in range(rows.rows.rowCount())]


def click(window: QWidget, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert isinstance(button, QPushButton), name
    assert button.isEnabled(), name
    button.click()


def texts(window: QWidget) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def open_a_case(desk: Desk) -> str:
    fields = CaseFields(kind="complaint", category="CC01", priority="P1", text=TOLD, region="makkah", place_id="p1")
    return desk.cases.open(fields).case_id


# ------------------------------------------------------------------------------------------------------------- today


def test_an_empty_day_says_what_to_do(window: MainWindow, cache: Cache, settle: Settle) -> None:
    with cache.write() as conn:
        conn.exec_driver_sql("DELETE FROM company")
    window.changed()
    settle()
    assert SAY("today.clear.title") in texts(window)
    click(window, "today.clear.act")
    settle()
    assert window.current.objectName() == "visits"


def test_each_list_of_the_day_leads_to_its_place(window: MainWindow, desk: Desk, settle: Settle) -> None:
    desk.visits.start("p1", "co1")
    open_a_case(desk)
    window.changed()
    settle()
    for name, place in (("drafts", "visits"), ("cases", "cases"), ("expiring", "register")):
        window.go("today")
        settle()
        rows = the_list(window, f"today.{name}.list")
        assert rows.rows.rowCount() > 0, name
        rows.select(rows.rows.ids[0])
        QTest.keyClick(rows, Qt.Key.Key_Return)
        settle()
        assert window.current.objectName() == place


def test_what_is_unsent_is_said_and_leads_to_the_sync(window: MainWindow, desk: Desk, settle: Settle) -> None:
    open_a_case(desk)
    window.changed()
    settle()
    click(window, "today.unsent.act")
    settle()
    assert window.current.objectName() == "sync"


@pytest.mark.parametrize(("hour", "evening"), [(6, False), (13, False), (14, True), (20, True)])
def test_the_evening_begins_at_five_in_riyadh(hour: int, evening: bool) -> None:
    assert is_evening(datetime(2026, 11, 22, hour, tzinfo=UTC)) is evening


# -------------------------------------------------------------------------------------------------------------- sync


def test_what_waits_is_listed_with_its_number_and_moves_when_it_is_confirmed(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    number = desk.cases.row(open_a_case(desk)).case.number
    window.go("sync")
    settle()
    waiting = faces(the_list(window, "sync.waiting"))
    assert [SAY("sync.event.case.open") in face.title and number in face.title for face in waiting] == [True]
    settle_first(desk, EventResult(id="", outcome="applied", received_at="2026-11-22T12:05:00+03:00"))
    window.changed()
    settle()
    assert faces(the_list(window, "sync.waiting")) == []
    click(window, "sync.tab.receipts")
    receipts = faces(the_list(window, "sync.receipts"))
    assert receipts[0].chip == SAY("sync.state.confirmed")
    assert "١٢:٠٥" in receipts[0].secondary


def test_what_the_centre_refused_is_shown_with_reason_and_text(
    window: MainWindow, desk: Desk, qtbot: QtBot, settle: Settle
) -> None:
    open_a_case(desk)
    settle_first(desk, EventResult(id="", outcome="rejected", code="outside_scope", received_at="2026-11-22T09:00:00Z"))
    window.go("sync")
    settle()
    click(window, "sync.tab.attention")
    rows = the_list(window, "sync.attention")
    rows.select(rows.rows.ids[0])
    kept = window.findChild(QPlainTextEdit, "sync.refused.text")
    assert isinstance(kept, QPlainTextEdit)
    assert TOLD in kept.toPlainText()
    assert SAY("error.outside_scope").split("\n")[0] in texts(window)
    click(window, "sync.refused.copy")
    assert TOLD in QGuiApplication.clipboard().text()


def test_progress_is_told_in_bytes(window: MainWindow, sync: SyncHandle, settle: Settle) -> None:
    window.go("sync")
    settle()
    sync.status_changed.emit(
        SyncStatus(link="online", running=True, phase="evidence", done_bytes=512 * 1024, total_bytes=2 * 1024 * 1024)
    )
    bar = window.findChild(QProgressBar, "sync.progress.bar")
    assert isinstance(bar, QProgressBar)
    assert bar.value() == 250
    assert "٥١٢" in bar.accessibleName()


def test_every_phase_of_a_round_has_words(window: MainWindow, sync: SyncHandle, settle: Settle) -> None:
    window.go("sync")
    settle()
    for phase in Phase:
        sync.status_changed.emit(SyncStatus(link="online", running=True, phase=str(phase), events=1, rows=2))
        assert SAY(f"sync.phase.{phase}") in texts(window)


def test_working_offline_is_a_switch(window: MainWindow, sync: SyncHandle, settle: Settle) -> None:
    window.go("sync")
    settle()
    switch = window.findChild(QCheckBox, "sync.offline")
    assert isinstance(switch, QCheckBox)
    switch.click()
    assert not sync.online_wanted
    assert SAY("shell.link.working_offline") in texts(window)
    now = window.findChild(QPushButton, "sync.now")
    assert isinstance(now, QPushButton)
    assert not now.isEnabled()
    switch.click()
    assert sync.online_wanted


def test_the_log_is_saved_for_support(
    window: MainWindow, cache: Cache, tmp_path: Path, qtbot: QtBot, settle: Settle
) -> None:
    with cache.write() as conn:
        log.note(conn, "2026-11-22T09:00:00+00:00", "warning", "busy", {"seconds": "5"})
        log.note(conn, "2026-11-22T09:01:00+00:00", "error", "from_the_future", {})
    window.go("sync")
    settle()
    click(window, "sync.tab.log")
    assert [face.chip for face in faces(the_list(window, "sync.log"))] == [
        SAY("sync.level.error"),
        SAY("sync.level.warning"),
    ]
    click(window, "sync.save_log")
    box = window.findChild(QFileDialog, "sync.log_file")
    assert isinstance(box, QFileDialog)
    box.selectFile(str(tmp_path / "log.txt"))
    with qtbot.waitSignal(box.finished):
        box.accept()
    settle()
    first, second = (tmp_path / "log.txt").read_text(encoding="utf-8").splitlines()
    assert first.endswith("warning\tbusy seconds=5")
    assert second.endswith("error\tfrom_the_future")


def settle_first(desk: Desk, result: EventResult) -> None:
    """Let the centre speak its word on the first event that waits."""
    store = SyncStore(desk.cache, desks.Clock())
    store.settle([EventResult(id=store.waiting(1)[0].id, outcome=result.outcome, code=result.code,
                              received_at=result.received_at)])  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- settings


def test_a_choice_holds_at_once_and_is_kept_for_the_person(
    window: MainWindow, desk: Desk, look: Look, settle: Settle
) -> None:
    window.go("settings")
    settle()
    for name in ("theme.dark", "text_size.large", "digits.latin", "language.en"):
        click(window, f"settings.{name}")
        settle()
    assert (look.theme, look.text_size, look.words.digits, look.words.language) == ("dark", 17, "latin", "en")
    kept = {key: desk.settings.get(key) for key in ("theme", "text_size", "digits", "language")}
    assert kept == {"theme": "dark", "text_size": "large", "digits": "latin", "language": "en"}


def test_the_people_the_device_and_the_sources_are_named(window: MainWindow, settle: Settle) -> None:
    window.go("settings")
    settle()
    said = texts(window)
    for wanted in (
        desks.COLLEAGUE.name_ar,
        desks.COMMITTEE.name_ar,
        desks.DEVICE.url,
        "OpenStreetMap",
        "ODbL",
        VERSION,
    ):
        assert wanted in said


def test_a_new_passphrase_needs_the_old_one_and_opens_the_device_from_then_on(
    window: MainWindow, desk: Desk, cache: Cache, qtbot: QtBot, settle: Settle
) -> None:
    window.go("settings")
    settle()
    click(window, "settings.change_passphrase")
    box = window.findChild(QDialog, "passphrase")
    assert isinstance(box, QDialog)
    write(box, old="wrong words here", passphrase="four other words today", again="four other words today")
    click(box, "passphrase.act")
    settle()
    assert SAY("error.wrong_passphrase").split("\n")[0] in texts(box)
    write(box, old=desks.PASSPHRASE)
    with qtbot.waitSignal(box.finished, timeout=20_000):
        click(box, "passphrase.act")
    settle()
    assert SAY("settings.passphrase.changed") in texts(window)


@pytest.mark.timeout(120)
def test_a_colleague_is_let_in_by_the_centre_and_opens_the_device_with_his_own_passphrase(
    tmp_path: Path, window: MainWindow, look: Look, tasks: Tasks, qtbot: QtBot, settle: Settle
) -> None:
    folder = tmp_path / "centre"
    folder.mkdir()
    with sample_server(folder) as centre, Profile(tmp_path / "device") as profile:
        access = Access(profile, HttpTransport)
        mine = enrolled(access, centre)
        box = PersonBox(access, mine, look, tasks, window)
        box.open()
        write(
            box,
            username="yasir",
            password=password_of("yasir"),
            passphrase="نجم وبحر ورمل وريح",
            again="نجم وبحر ورمل وريح",
        )
        with qtbot.waitSignal(box.finished_well, timeout=20_000) as added:
            click(box, "person.act")
        mine.lock()
        his = access.unlock("نجم وبحر ورمل وريح")
        assert his.person.id == added.args[0].id
        his.lock()


def enrolled(access: Access, centre: LiveServer) -> Desk:
    return access.enrol(centre.url, CODES["makkah"], "ahmad", password_of("ahmad"), desks.PASSPHRASE, "laptop")


def write(box: QWidget, **given: str) -> None:
    for name, text in given.items():
        line = box.findChild(QLineEdit, f"{box.objectName()}.{name}")
        assert isinstance(line, QLineEdit), name
        line.clear()
        line.insert(text)
        line.textEdited.emit(text)


def test_the_version_said_is_the_version_built() -> None:
    project = (desks.RESOURCES.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{VERSION}"' in project
