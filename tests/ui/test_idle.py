"""A window that nobody touches is locked; a touch begins the countdown anew; what was typed is saved first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.ui.shell.idle import IdleWatch
from inspector_app.ui.shell.main_window import LOCK_AFTER_MS, MainWindow
from inspector_app.ui.visits.workspace import VisitsWorkspace
from inspector_app.viewmodels.visits import ContinueDraft


@pytest.fixture
def window_of_a_page(qtbot: QtBot) -> Iterator[QWindow]:
    page = QWidget()
    qtbot.addWidget(page)
    page.show()
    qtbot.waitExposed(page)
    handle = page.windowHandle()
    assert handle is not None
    yield handle
    for idle in handle.findChildren(IdleWatch):
        idle.stop()
    del page  # it lives as long as the test


def test_without_a_touch_the_time_runs_out(window_of_a_page: QWindow, qtbot: QtBot) -> None:
    idle = IdleWatch(20, window_of_a_page)
    with qtbot.waitSignal(idle.ran_out):
        idle.watch(window_of_a_page)


@pytest.mark.parametrize(
    "touch",
    [
        lambda window: QTest.keyClick(window, Qt.Key.Key_A),
        lambda window: QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=QPoint(4, 4)),
        lambda window: QTest.mouseMove(window, QPoint(9, 9)),
    ],
    ids=["key", "click", "movement"],
)
def test_a_touch_begins_the_countdown_anew(
    touch: Callable[[QWindow], None], window_of_a_page: QWindow, qtbot: QtBot
) -> None:
    idle = IdleWatch(60_000, window_of_a_page)
    timer = idle.findChild(QTimer, "main.idle")
    assert timer is not None
    timer.setTimerType(Qt.TimerType.PreciseTimer)  # a coarse one ends at whole seconds, whenever it was begun
    idle.watch(window_of_a_page)
    qtbot.waitUntil(lambda: timer.remainingTime() < 59_990)
    left = timer.remainingTime()
    touch(window_of_a_page)
    assert timer.remainingTime() > left


def test_how_long_nobody_has_touched_anything_counts_from_the_last_touch(
    window_of_a_page: QWindow, qtbot: QtBot
) -> None:
    idle = IdleWatch(60_000, window_of_a_page)
    assert idle.quiet_ms == 0, "nothing is listened to yet"
    idle.watch(window_of_a_page)
    qtbot.waitUntil(lambda: idle.quiet_ms >= 100)
    QTest.keyClick(window_of_a_page, Qt.Key.Key_A)
    assert idle.quiet_ms < 100


def test_what_was_stopped_never_runs_out(window_of_a_page: QWindow) -> None:
    idle = IdleWatch(60_000, window_of_a_page)
    idle.watch(window_of_a_page)
    idle.stop()
    idle.watch(window_of_a_page)
    timer = idle.findChild(QTimer, "main.idle")
    assert timer is not None
    assert not timer.isActive()


def test_the_window_locks_itself_once_what_was_typed_is_saved(
    window: MainWindow, desk: Desk, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    draft = desk.visits.start("p1", "co1")
    window.go("visits", ContinueDraft(draft))
    settle()
    assert isinstance(window.current, VisitsWorkspace)
    assert window.current.editor is not None
    window.current.editor.editor.write_note("written just before")
    timer = find_timer(window)
    assert timer.isActive()
    assert timer.interval() == LOCK_AFTER_MS
    with qtbot.waitSignal(window.locked):
        timer.setInterval(1)
    assert desk.visits.open_draft(draft).head.note == "written just before"
    assert not find_timer(window).isActive()


def find_timer(window: MainWindow) -> QTimer:
    timer = window.findChild(QTimer, "main.idle")
    assert timer is not None
    return timer
