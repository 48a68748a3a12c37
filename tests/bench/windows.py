"""A window in a process of its own, timed from inside: ``python -m tests.bench.windows [PROFILE PASSPHRASE]``.

Prints one line of JSON: moments in seconds of the monotonic clock, which every process of a machine shares.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import msgspec
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QListView, QWidget

if TYPE_CHECKING:
    from inspector_app.app.tour.person import Person
    from inspector_app.services.access import Access
    from inspector_app.services.desk import Desk

WIDTH, HEIGHT = 1280, 800
LIST = "today.drafts.list"
"""The list of Today whose painted rows say that the page is there with its data."""


class Moments(msgspec.Struct):
    """When it happened, s.

    Attributes:
        ready: The QApplication exists; before it, Python started and everything was imported.
        painted: An empty window, or the door of the application, was painted.
        unlocked: ``Access.unlock`` returned.
        window: The main window was shown.
        today: Today was painted with its data.
        rows: Rows of the list that was waited for.
    """

    ready: float
    painted: float = 0.0
    unlocked: float = 0.0
    window: float = 0.0
    today: float = 0.0
    rows: int = 0


class Painted(QObject):
    """Calls once after a widget was painted, as soon as that whole paint is over."""

    def __init__(self, widget: QWidget, counts: Callable[[], bool], then: Callable[[], None]) -> None:
        super().__init__(widget)
        self._counts, self._then = counts, then
        self._seen = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self._seen and event.type() == QEvent.Type.Paint and self._counts():
            self._seen = True
            QTimer.singleShot(0, self._then)
        return False


def empty() -> Moments:
    """The floor: a window with nothing in it."""
    application = QApplication(sys.argv[:1])
    moments = Moments(time.monotonic())

    def painted() -> None:
        moments.painted = time.monotonic()
        application.quit()

    window = QWidget()
    window.resize(WIDTH, HEIGHT)
    Painted(window, lambda: True, painted)
    window.show()
    application.exec()
    return moments


def today(folder: Path, passphrase: str) -> Moments:
    """The application on an enrolled profile, unlocked at its door by typing the passphrase."""
    from inspector_app.app.main import qt_application, run_on_loop
    from inspector_app.app.tour.person import Person
    from inspector_app.ui.look import Look
    from inspector_app.viewmodels.tasks import Tasks

    qt_application()
    moments = Moments(time.monotonic())
    look = Look()
    look.apply()
    tasks = Tasks()
    person = Person(folder, look, tasks)
    try:
        run_on_loop(lambda: _come_in(person, passphrase, moments))
    finally:
        person.leave()
        tasks.close()
    return moments


async def _come_in(person: Person, passphrase: str, moments: Moments) -> None:
    from inspector_app.services.access import Access
    from inspector_app.ui.shell.main_window import MainWindow

    there, done = asyncio.Event(), asyncio.Event()
    unlock = Access.unlock

    def timed(access: Access, passphrase: str) -> Desk:
        desk = unlock(access, passphrase)
        moments.unlocked = time.monotonic()
        return desk

    def door() -> None:
        moments.painted = time.monotonic()
        there.set()

    def shown(window: QWidget) -> None:
        if not isinstance(window, MainWindow):
            Painted(window, lambda: True, door)
            return
        moments.window = time.monotonic()
        rows = window.current.findChild(QListView, LIST)
        assert isinstance(rows, QListView)
        Painted(rows.viewport(), lambda: rows.model().rowCount() > 0, lambda: painted(rows.model().rowCount()))

    def painted(rows: int) -> None:
        moments.today, moments.rows = time.monotonic(), rows
        done.set()

    person.application.window_changed.connect(shown)
    with mock.patch.object(Access, "unlock", timed):
        person.application.open()
        await there.wait()
        await person.hands.write("unlock.passphrase", passphrase)
        await person.hands.click("unlock.act")
        await done.wait()


if __name__ == "__main__":
    found = today(Path(sys.argv[1]), sys.argv[2]) if sys.argv[1:] else empty()
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
