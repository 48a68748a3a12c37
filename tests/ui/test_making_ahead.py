"""What is made before it is asked for: in steps, only at good moments, and the same as if it had been asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inspector_app.ui.kit.workspace import Workspace
from inspector_app.ui.shell.ahead import Ahead
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.shell.places import PLACES


def made(window: MainWindow) -> set[str]:
    """The screens there are."""
    return {screen.objectName() for screen in window.findChildren(Workspace)}


def offered(window: MainWindow) -> set[str]:
    """The screens this person may open."""
    return {place.name for place in PLACES if window.side.findChild(QObject, f"side.{place.name}") is not None}


def test_steps_are_taken_from_the_event_loop_until_there_are_none_left(qtbot: QtBot, qapp: QObject) -> None:
    taken: list[int] = []

    def steps() -> Iterator[None]:
        for step in range(3):
            taken.append(step)
            yield

    ahead = Ahead(steps(), lambda: True, qapp)
    ahead.start()
    assert taken == [], "not while it is started"
    timer = ahead.findChild(QTimer, "ahead")
    assert timer is not None
    qtbot.waitUntil(lambda: not timer.isActive())
    assert taken == [0, 1, 2]


def test_a_step_waits_for_a_good_moment_and_none_is_taken_once_it_is_stopped(qtbot: QtBot, qapp: QObject) -> None:
    asked: list[bool] = []
    taken: list[bool] = []

    def may() -> bool:
        asked.append(True)
        return len(asked) > 3

    def steps() -> Iterator[None]:
        while True:
            taken.append(True)
            ahead.stop()
            yield

    ahead = Ahead(steps(), may, qapp)
    ahead.start()
    qtbot.waitUntil(lambda: bool(taken))
    assert (len(asked), len(taken)) == (4, 1)


def test_every_screen_is_there_before_it_is_opened_and_the_one_in_front_stays_there(
    window: MainWindow, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    front = window.current
    assert made(window) == {"today"}
    window.make_ahead()
    qtbot.waitUntil(lambda: made(window) == offered(window), timeout=20_000)
    settle()
    assert window.current is front
    there = {screen.objectName(): screen for screen in window.findChildren(Workspace)}
    for name in offered(window):
        window.go(name)
        assert window.current is there[name], "made once"
    settle()


def test_nothing_is_made_ahead_under_the_hand_that_types(window: MainWindow, qtbot: QtBot) -> None:
    handle = window.windowHandle()
    assert handle is not None
    keys: list[set[str]] = []

    def type_on() -> None:
        QTest.keyClick(handle, Qt.Key.Key_Shift)
        keys.append(made(window))

    type_on()
    typing = QTimer(window)
    typing.setInterval(20)
    typing.timeout.connect(type_on)
    typing.start()
    window.make_ahead()
    qtbot.waitUntil(lambda: len(keys) >= 20)
    assert all(there == {"today"} for there in keys)
    typing.stop()
    qtbot.waitUntil(lambda: "register" in made(window))
    window.put_away()


def test_the_modules_of_every_screen_are_imported_ahead_without_what_writes_files() -> None:
    look = (
        "import sys\n"
        "import inspector_app.ui.shell.main_window\n"
        "from inspector_app.ui.shell.places import PLACES, imported\n"
        "assert 'inspector_app.ui.sync.workspace' not in sys.modules\n"
        "assert list(imported()) == [place.name for place in PLACES]\n"
        "assert all(f'inspector_app.ui.{place.name}.workspace' in sys.modules for place in PLACES)\n"
        "assert 'inspector_app.reports.receipts' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_collector_need_not_look_through_what_the_program_is_made_of() -> None:
    look = (
        "import gc\n"
        "from inspector_app.app.main import qt_application\n"
        "qt_application()\n"
        "loaded = gc.get_freeze_count()\n"
        "assert loaded > 10 * len(gc.get_objects()), loaded\n"
        "qt_application()\n"
        "assert gc.get_freeze_count() == loaded, 'once, or what a screen leaves behind would stay too'\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", look],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )
    assert done.returncode == 0, done.stderr
