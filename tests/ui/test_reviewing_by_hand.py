"""Reviewing by hand: the queue, remarks that wait, and a word that is given only where it may be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.storage.cache import Cache
from inspector_app.ui.look import Look
from inspector_app.ui.review.workspace import ReviewWorkspace
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.viewmodels.syncing import SyncHandle
from inspector_app.viewmodels.tasks import Tasks
from sync.contract import records as r
from tests.support import desks, short_centre
from tests.ui.hands import find, press

Settle = Callable[[], None]


@pytest.fixture
def reports(desk: Desk, cache: Cache) -> tuple[str, str]:
    """Two received reports: the first has the graver finding."""
    grave = desks.write_visit(desk, E02="nonconform", E13="na")
    mild = desks.write_visit(desk, J02="partial")
    short_centre.receive(cache)
    return grave, mild


@pytest.fixture
def review(
    reports: tuple[str, str],
    supervisor: Desk,
    look: Look,
    tasks: Tasks,
    sync: SyncHandle,
    qtbot: QtBot,
    settle: Settle,
) -> ReviewWorkspace:
    """The supervisor's queue with the gravest report in front."""
    window = MainWindow(supervisor, look, tasks, sync)
    qtbot.addWidget(window, before_close_func=lambda _: settle())
    window.resize(1280, 800)
    window.show()
    window.go("review")
    settle()
    assert isinstance(window.current, ReviewWorkspace)
    return window.current


def in_front(review: ReviewWorkspace) -> str:
    current = review.reviewer.current
    assert current is not None
    return current.detail.visit.id


def remark(review: ReviewWorkspace, item: str, text: str) -> None:
    press(review, f"review.remark.{item}.open")
    find(QPlainTextEdit, review, f"review.remark.{item}").setPlainText(text)


def test_the_gravest_report_is_in_front(review: ReviewWorkspace, reports: tuple[str, str]) -> None:
    assert list(review.list.rows.ids) == list(reports)
    assert in_front(review) == reports[0]


def test_a_result_that_one_critical_finding_decided_says_so(
    review: ReviewWorkspace, reports: tuple[str, str], look: Look, settle: Settle
) -> None:
    capped = look.words.say("visits.capped")
    assert capped in sentences(review)
    review.list.select(reports[1])
    settle()
    assert capped not in sentences(review)


def sentences(review: ReviewWorkspace) -> list[str]:
    return [label.text() for label in review.page.findChildren(QLabel) if label.isVisible()]


def test_j_and_k_move_through_the_queue(
    review: ReviewWorkspace, reports: tuple[str, str], qtbot: QtBot, settle: Settle
) -> None:
    review.list.setFocus()
    QTest.keyClick(review.list, Qt.Key.Key_J)
    settle()
    assert in_front(review) == reports[1]
    QTest.keyClick(review.list, Qt.Key.Key_K)
    settle()
    assert in_front(review) == reports[0]


def test_letters_typed_into_a_remark_move_nothing(
    review: ReviewWorkspace, reports: tuple[str, str], qtbot: QtBot, settle: Settle
) -> None:
    press(review, "review.remark.E02.open")
    area = find(QPlainTextEdit, review, "review.remark.E02")
    area.setFocus()
    QTest.keyClicks(area, "jar")
    settle()
    assert area.toPlainText() == "jar"
    assert in_front(review) == reports[0]
    assert review.findChild(QDialog, "review.approve.box") is None


def test_a_remark_waits_while_one_looks_at_another_report(
    review: ReviewWorkspace, reports: tuple[str, str], qtbot: QtBot, settle: Settle
) -> None:
    remark(review, "E02", "اذكر رقم التصريح")
    review.list.select(reports[1])
    settle()
    review.list.select(reports[0])
    settle()
    area = find(QPlainTextEdit, review, "review.remark.E02")
    qtbot.waitUntil(area.isVisible)
    assert area.toPlainText() == "اذكر رقم التصريح"


def test_a_report_is_returned_with_its_remarks_and_the_next_one_comes_to_the_front(
    review: ReviewWorkspace, reports: tuple[str, str], supervisor: Desk, settle: Settle
) -> None:
    remark(review, "E02", "اذكر رقم التصريح")
    press(review, "review.return")
    press(find(QDialog, review, "review.return.box"), "review.return.box.yes")
    settle()
    detail = supervisor.visits.detail(reports[0])
    assert detail.visit.state == "returned"
    assert detail.decisions[-1].decision.remarks == (r.Remark(item="E02", text="اذكر رقم التصريح"),)
    assert list(review.list.rows.ids) == [reports[1]]
    assert in_front(review) == reports[1]


def test_a_report_cannot_be_returned_without_a_remark_and_it_says_so(
    review: ReviewWorkspace, reports: tuple[str, str], supervisor: Desk
) -> None:
    press(review, "review.return")
    box = find(QDialog, review, "box.tell")
    assert box.isVisible()
    box.close()
    assert supervisor.visits.row(reports[0]).visit.state == "received"


def test_the_key_a_asks_and_then_approves(
    review: ReviewWorkspace, reports: tuple[str, str], supervisor: Desk, qtbot: QtBot, settle: Settle
) -> None:
    review.list.setFocus()
    QTest.keyClick(review.list, Qt.Key.Key_A)
    press(find(QDialog, review, "review.approve.box"), "review.approve.box.yes")
    settle()
    assert supervisor.visits.row(reports[0]).visit.state == "approved"


def test_an_empty_queue_says_so(
    review: ReviewWorkspace, reports: tuple[str, str], supervisor: Desk, settle: Settle
) -> None:
    for report in reports:
        supervisor.review.approve(report)
    review.refresh()
    settle()
    assert find(QWidget, review, "review.empty").isVisible()


def test_a_report_taken_up_is_marked_as_being_read(
    review: ReviewWorkspace, reports: tuple[str, str], supervisor: Desk, settle: Settle
) -> None:
    press(review, "review.take_up")
    settle()
    assert supervisor.visits.row(reports[0]).visit.state == "under_review"
    assert not find(QPushButton, review, "review.take_up").isVisible()


def test_a_report_that_is_back_before_the_queue_was_seen_without_it_is_opened_again(
    review: ReviewWorkspace, reports: tuple[str, str], desk: Desk, cache: Cache, supervisor: Desk, settle: Settle
) -> None:
    supervisor.review.approve(reports[1])
    settle()
    review.list.select(reports[0])
    review.refresh()
    settle()
    remark(review, "E02", "صوّر المخرج")
    press(review, "review.return")
    press(find(QDialog, review, "review.return.box"), "review.return.box.yes")
    window = review.window()
    assert isinstance(window, MainWindow)
    window.go("today")
    settle()
    short_centre.receive(cache)
    draft = desk.visits.correct(reports[0])
    desks.refuse_to_sign(desk, draft)
    desk.visits.submit(draft)
    short_centre.receive(cache)
    window.go("review")
    settle()
    assert in_front(review) == reports[0]
    assert review.reviewer.current is not None
    assert review.reviewer.current.detail.visit.revision == 2
