"""What the centre holds back, in a supervisor's hands; and a case that he hands to another committee."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QDialog, QLabel, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.storage import rows
from inspector_app.storage.cache import Cache
from inspector_app.storage.rows import Row
from inspector_app.ui.look import Look
from inspector_app.ui.review.workspace import ReviewWorkspace
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.viewmodels.cases import ShowCase
from inspector_app.viewmodels.syncing import SyncHandle
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.words import Words
from sync.contract import records as r
from tests.support import by_hand, outgoing
from tests.ui.hands import find, press

Settle = Callable[[], None]
Seat = Callable[[Desk], MainWindow]
SAY = Words.load("ar").say


@pytest.fixture
def seat(look: Look, tasks: Tasks, sync: SyncHandle, qtbot: QtBot, settle: Settle) -> Seat:
    """Somebody's window."""

    def make(desk: Desk) -> MainWindow:
        window = MainWindow(desk, look, tasks, sync)
        qtbot.addWidget(window, before_close_func=lambda _: settle())
        window.resize(1280, 800)
        window.show()
        settle()
        return window

    return make


def said(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def held(cache: Cache, held_id: str) -> r.Quarantined:
    with cache.read() as conn:
        found = rows.get(conn, "quarantined", held_id)
    assert isinstance(found, r.Quarantined)
    return found


def show_held(seat: Seat, desk: Desk, settle: Settle) -> MainWindow:
    window = seat(desk)
    window.go("review")
    settle()
    press(window, "review.which.held")
    settle()
    return window


def test_nothing_to_choose_while_nothing_is_held(supervisor: Desk, seat: Seat, settle: Settle) -> None:
    window = seat(supervisor)
    window.go("review")
    settle()
    assert not find(QPushButton, window, "review.which.held").isVisible()


def test_a_held_complaint_is_read_with_its_author_its_words_and_why_it_is_held(
    supervisor: Desk, cache: Cache, seat: Seat, settle: Settle
) -> None:
    outgoing.quarantined(supervisor, cache)
    window = show_held(seat, supervisor, settle)
    for words in (outgoing.TOLD, "سالم الحربي", SAY("quarantine.reason_text.device_revoked"), "11-004-0001-7"):
        assert words in said(window), words


def test_accepting_it_is_a_word_that_waits_to_be_sent(
    supervisor: Desk, cache: Cache, seat: Seat, settle: Settle
) -> None:
    held_id = outgoing.quarantined(supervisor, cache)
    window = show_held(seat, supervisor, settle)
    press(window, "quarantine.accept")
    find(QDialog, window, "quarantine.accept.box").accept()
    settle()
    assert held(cache, held_id).state == "accepted"
    assert SAY("quarantine.empty") in said(window)
    assert supervisor.outbox.status().waiting == 1


def test_refusing_it_takes_a_reason(supervisor: Desk, cache: Cache, seat: Seat, settle: Settle) -> None:
    held_id = outgoing.quarantined(supervisor, cache, "person_released")
    window = show_held(seat, supervisor, settle)
    press(window, "quarantine.refuse")
    box = find(QDialog, window, "quarantine.refuse.box")
    assert not find(QPushButton, box, "quarantine.refuse.box.yes").isEnabled()
    find(QPlainTextEdit, box, "quarantine.refuse.box.text").setPlainText("لم يكن في المكان")
    press(box, "quarantine.refuse.box.yes")
    settle()
    assert (held(cache, held_id).state, held(cache, held_id).note) == ("refused", "لم يكن في المكان")


def test_the_next_one_comes_to_the_front(supervisor: Desk, cache: Cache, seat: Seat, settle: Settle) -> None:
    for _ in range(2):
        outgoing.quarantined(supervisor, cache)
    window = show_held(seat, supervisor, settle)
    assert isinstance(window.current, ReviewWorkspace)
    first = window.current.held.list.current
    press(window, "quarantine.accept")
    find(QDialog, window, "quarantine.accept.box").accept()
    settle()
    assert window.current.held.list.current not in (None, first)


def test_what_is_held_counts_at_the_side(supervisor: Desk, cache: Cache, seat: Seat, settle: Settle) -> None:
    outgoing.quarantined(supervisor, cache)
    window = seat(supervisor)
    assert window.side.findChild(QLabel, "side.review.count").text() == "١"  # type: ignore[union-attr]


def test_a_supervisor_hands_a_case_to_another_committee_with_a_word(
    desk: Desk, supervisor: Desk, cache: Cache, seat: Seat, settle: Settle
) -> None:
    with cache.write() as conn:
        rows.put(conn, "committee", [Row(by_hand.OTHER_COMMITTEE, rev=1)])
    case_id = outgoing.open_case(desk)
    window = seat(supervisor)
    window.go("cases", ShowCase(case_id))
    settle()
    press(window, "case.step.move")
    settle()
    box = find(QDialog, window, "case.move")
    find(QPlainTextEdit, box, "case.move.text").setPlainText("أقرب إلى الموقع")
    press(box, "case.move.yes")
    settle()
    case = supervisor.cases.row(case_id).case
    assert case.committee_id == by_hand.OTHER_COMMITTEE.id
    assert "أقرب إلى الموقع" in said(window)
    assert SAY("cases.done.move") in said(window)
