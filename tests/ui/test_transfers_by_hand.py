"""Bundles by hand, through real windows: to a file and from one, and over the local network by address and code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.look import Look
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.viewmodels.lists import FACE_ROLE
from inspector_app.viewmodels.syncing import SyncHandle
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.words import Words
from tests.support import by_hand, desks, outgoing
from tests.ui.hands import find, press

Settle = Callable[[], None]
WORDS = Words.load("ar")
SAY = WORDS.say


class Office:
    """Laptops in one room, each with a window of its own and its own threads."""

    def __init__(self, folder: Path, look: Look, qtbot: QtBot, stack: ExitStack) -> None:
        self._folder, self._look, self._qtbot, self._stack = folder, look, qtbot, stack

    def sit(self, name: str) -> tuple[Desk, MainWindow]:
        """Somebody at his laptop, with the bundles in front of him."""
        person = desks.SUPERVISOR if name == "desk" else desks.INSPECTOR
        desk = self._stack.enter_context(by_hand.laptop(self._folder, name, person, desks.COLLEAGUE))
        tasks = Tasks()
        self._stack.callback(tasks.close)
        window = MainWindow(desk, self._look, tasks, SyncHandle(lambda: outgoing.AT))

        def put_away(_: QWidget) -> None:
            window.put_away()
            self._qtbot.waitUntil(lambda: tasks.idle)

        self._qtbot.addWidget(window, before_close_func=put_away)
        window.resize(1280, 800)
        window.show()
        window.go("sync")
        press(window, "sync.tab.transfers")
        return desk, window


@pytest.fixture
def office(tmp_path: Path, look: Look, qtbot: QtBot) -> Iterator[Office]:
    with ExitStack() as stack:
        yield Office(tmp_path, look, qtbot, stack)


def give_to_file(window: MainWindow, path: Path, qtbot: QtBot) -> QDialog:
    press(window, "transfers.give")
    box = find(QDialog, window, "transfer.give")
    act = find(QPushButton, box, "transfer.give.act")
    qtbot.waitUntil(act.isEnabled)
    act.click()
    choose(box, "transfer.give.file", path, qtbot)
    wait_for(SAY("transfer.give.done"), box, qtbot)
    return box


def take_from_file(window: MainWindow, path: Path, qtbot: QtBot, until: str) -> QDialog:
    press(window, "transfers.take")
    choose(window, "transfers.take_file", path, qtbot)
    box = find(QDialog, window, "transfer.take")
    wait_for(until, box, qtbot)
    return box


def wait_for(words: str, box: QDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: words in said(box))
    QCoreApplication.processEvents()  # what is put into a box together with them is shown by an event of its own


def choose(over: QWidget, name: str, path: Path, qtbot: QtBot) -> None:
    chooser = find(QFileDialog, over, name)
    chooser.selectFile(str(path))
    with qtbot.waitSignal(chooser.finished):
        chooser.accept()


def said(box: QWidget) -> str:
    return "\n".join(label.text() for label in box.findChildren(QLabel) if label.isVisible())


def title_of(code: str) -> str:
    return WORDS.explain(code).title


def history(window: MainWindow) -> list[str]:
    listed = find(RowList, window, "sync.transfers")
    return [listed.rows.index(place).data(FACE_ROLE).chip for place in range(listed.rows.rowCount())]


@pytest.mark.timeout(60)
def test_a_report_goes_to_the_supervisor_in_a_file_and_he_reviews_it_without_any_link(
    office: Office, tmp_path: Path, qtbot: QtBot
) -> None:
    field, giving = office.sit("field")
    visit_id = outgoing.a_visit_with_a_picture(field)
    box = give_to_file(giving, tmp_path / "work.midan", qtbot)
    assert SAY("transfer.load.reports", n=1) in said(box)
    box.accept()

    _, taking = office.sit("desk")
    box = take_from_file(taking, tmp_path / "work.midan", qtbot, SAY("transfer.take.done"))
    assert by_hand.row("field").name in said(box)
    assert SAY("transfer.load.pieces", n=1) in said(box)
    box.accept()
    qtbot.waitUntil(lambda: history(taking) == [SAY("transfer.direction.in")])
    taking.go("review")
    qtbot.waitUntil(lambda: SAY("review.carried") in said(taking))
    assert SAY("sync.state.carried") in said(taking)
    assert SAY("visits.state.received") not in said(taking)
    taking.current.page.reviewer.approve()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: not find(RowList, taking, "review.queue").rows.ids)
    taking.go("sync")
    waiting = find(RowList, taking, "sync.waiting")
    qtbot.waitUntil(lambda: waiting.rows.rowCount() == 2 + 1)  # his word, the report, and its picture
    assert visit_id


@pytest.mark.timeout(60)
def test_a_bundle_taken_twice_says_that_it_held_nothing_new(office: Office, tmp_path: Path, qtbot: QtBot) -> None:
    field, giving = office.sit("field")
    outgoing.open_case(field)
    give_to_file(giving, tmp_path / "work.midan", qtbot).accept()
    _, taking = office.sit("desk")
    take_from_file(taking, tmp_path / "work.midan", qtbot, SAY("transfer.take.done")).accept()
    box = take_from_file(taking, tmp_path / "work.midan", qtbot, SAY("transfer.take.nothing_new"))
    assert SAY("transfer.known", n=1) in said(box)
    box.accept()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("harm", ["cut", "foreign"])
def test_a_bundle_that_cannot_be_used_says_why(harm: str, office: Office, tmp_path: Path, qtbot: QtBot) -> None:
    field, giving = office.sit("field")
    outgoing.open_case(field)
    path = tmp_path / "work.midan"
    give_to_file(giving, path, qtbot).accept()
    whole = path.read_bytes()
    path.write_bytes(whole[:-40] if harm == "cut" else b"holiday pictures")
    _, taking = office.sit("desk")
    code = {"cut": "bundle_damaged", "foreign": "bundle_foreign"}[harm]
    box = take_from_file(taking, path, qtbot, title_of(code))
    box.reject()


@pytest.mark.timeout(60)
def test_nobody_is_ticked_who_may_not_see_it_and_then_it_says_so(office: Office, qtbot: QtBot) -> None:
    field, giving = office.sit("field")
    outgoing.open_case(field)
    press(giving, "transfers.give")
    box = find(QDialog, giving, "transfer.give")
    qtbot.waitUntil(lambda: find(QPushButton, box, "transfer.give.act").isEnabled())
    ticks = {name: find(QCheckBox, box, f"transfer.give.to.{name}") for name in ("desk", "away", "other")}
    assert {name: tick.isChecked() for name, tick in ticks.items()} == {"desk": True, "away": False, "other": False}
    ticks["desk"].click()
    assert SAY("transfer.choose_peer") in said(box)
    ticks["away"].click()
    qtbot.waitUntil(lambda: title_of("bundle_empty") in said(box))
    assert not find(QPushButton, box, "transfer.give.act").isEnabled()
    box.reject()


@pytest.mark.timeout(90)
def test_two_laptops_nearby_exchange_by_address_and_code(office: Office, qtbot: QtBot) -> None:
    field, giving = office.sit("field")
    outgoing.open_case(field)
    supervisor, taking = office.sit("desk")
    window = open_window(taking, qtbot)
    visit = visit_window(giving, window, find(QLabel, window, "transfer.window.code").text())
    qtbot.waitUntil(lambda: all(SAY("transfer.exchanged") in said(box) for box in (window, visit)), timeout=20_000)
    assert SAY("transfer.load.cases", n=1) in said(window)
    assert len(supervisor.bundles.carried()) == 1
    for box in (window, visit):
        box.accept()
    qtbot.waitUntil(lambda: history(giving) == [SAY("transfer.direction.out")])


@pytest.mark.timeout(90)
def test_a_wrong_code_is_said_and_can_be_typed_again(office: Office, qtbot: QtBot) -> None:
    field, giving = office.sit("field")
    outgoing.open_case(field)
    _, taking = office.sit("desk")
    window = open_window(taking, qtbot)
    right = find(QLabel, window, "transfer.window.code").text()
    wrong = "00000000" if "00000000" not in right else "11111111"
    visit = visit_window(giving, window, wrong)
    qtbot.waitUntil(lambda: title_of("pairing_code_wrong") in said(visit), timeout=20_000)
    write(visit, "transfer.visit.code", right)
    press(visit, "transfer.visit.act")
    qtbot.waitUntil(lambda: SAY("transfer.exchanged") in said(visit), timeout=20_000)
    visit.accept()
    qtbot.waitUntil(lambda: SAY("transfer.exchanged") in said(window))
    window.accept()


@pytest.mark.timeout(60)
def test_what_was_mistyped_is_said_under_its_field(office: Office, qtbot: QtBot) -> None:
    _, giving = office.sit("field")
    press(giving, "transfers.nearby_give")
    box = find(QDialog, giving, "transfer.visit")
    write(box, "transfer.visit.address", "somewhere")
    press(box, "transfer.visit.act")
    assert title_of("address_malformed") in find(QLabel, box, "transfer.visit.address.error").text()
    write(box, "transfer.visit.address", "127.0.0.1:9")
    write(box, "transfer.visit.code", "12")
    press(box, "transfer.visit.act")
    assert title_of("pairing_code_malformed") in find(QLabel, box, "transfer.visit.code.error").text()
    box.reject()


@pytest.mark.timeout(60)
def test_a_waiting_window_is_given_up_at_once(office: Office, qtbot: QtBot) -> None:
    _, taking = office.sit("desk")
    window = open_window(taking, qtbot)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    assert not taking.findChildren(QDialog, "box.error")


@pytest.mark.timeout(60)
def test_locking_the_screen_gives_a_transfer_up(office: Office, qtbot: QtBot) -> None:
    _, taking = office.sit("desk")
    window = open_window(taking, qtbot)
    with qtbot.waitSignal(taking.locked, timeout=2_000):
        taking.lock()
    assert not window.isVisible()


def open_window(window: MainWindow, qtbot: QtBot) -> QDialog:
    press(window, "transfers.nearby_take")
    box = find(QDialog, window, "transfer.window")
    qtbot.waitUntil(lambda: ":" in find(QLabel, box, "transfer.window.address").text())
    return box


def visit_window(giver: MainWindow, window: QDialog, code: str) -> QDialog:
    port = find(QLabel, window, "transfer.window.address").text().rpartition(":")[2]
    press(giver, "transfers.nearby_give")
    box = find(QDialog, giver, "transfer.visit")
    write(box, "transfer.visit.address", "127.0.0.1:" + "".join(sign for sign in port if sign.isdigit()))
    write(box, "transfer.visit.code", "".join(sign for sign in code if sign.isdigit()))
    press(box, "transfer.visit.act")
    return box


def write(box: QWidget, name: str, text: str) -> None:
    line = find(QLineEdit, box, name)
    line.setText("".join(sign for sign in text if sign.isprintable()))
