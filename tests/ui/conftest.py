"""A real desk over a real encrypted cache, its look and its tasks, for every test of screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from inspector_app.ui.look import Look
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.viewmodels.syncing import SyncHandle
from inspector_app.viewmodels.tasks import Tasks
from tests.support import desks


@pytest.fixture
def look(qtbot: QtBot) -> Iterator[Look]:
    """Arabic and light, as the product starts."""
    made = Look()
    made.apply()
    yield made
    Look().apply()


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    """The door off the GUI thread; an error that no screen told fails the test."""
    made = Tasks()
    escaped: list[Exception] = []
    made.error_escaped.connect(escaped.append)
    yield made
    qtbot.waitUntil(lambda: made.idle)
    made.close()
    assert escaped == []


@pytest.fixture
def settle(qtbot: QtBot, tasks: Tasks) -> Callable[[], None]:
    """Wait until everything that was asked for off the GUI thread has arrived."""

    def wait() -> None:
        qtbot.waitUntil(lambda: tasks.idle, timeout=10_000)
        QCoreApplication.processEvents()  # a part put on a page is shown by an event of its own

    return wait


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with desks.cache_in(tmp_path / "midan") as made:
        yield made


@pytest.fixture
def desk(cache: Cache) -> Desk:
    """An inspector's."""
    return desks.seat(cache, desks.INSPECTOR, desks.Clock())


@pytest.fixture
def supervisor(cache: Cache) -> Desk:
    return desks.seat(cache, desks.SUPERVISOR, desks.Clock())


@pytest.fixture
def sync(qtbot: QtBot) -> SyncHandle:
    """A link nothing is attached to: it changes only as a test says."""
    return SyncHandle(lambda: desks.NOON.isoformat())


@pytest.fixture
def window(
    desk: Desk, look: Look, tasks: Tasks, sync: SyncHandle, qtbot: QtBot, settle: Callable[[], None]
) -> MainWindow:
    """The inspector's window, shown and settled."""
    made = MainWindow(desk, look, tasks, sync)
    qtbot.addWidget(made, before_close_func=lambda _: settle())
    made.resize(1280, 800)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    settle()
    return made


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Profile]:
    """A device that nobody has set up."""
    with Profile(tmp_path / "device") as made:
        yield made
