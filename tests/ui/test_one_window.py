"""Nothing but the window itself, and the boxes over it, is ever a window: a part shown too early would flash."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.link.http import HttpTransport
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from inspector_app.ui import boxes
from inspector_app.ui.access.window import AccessWindow
from inspector_app.ui.look import Look
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.viewmodels.syncing import SyncHandle
from inspector_app.viewmodels.tasks import Tasks
from tests.ui import walk


class Watch(QObject):
    """Writes down every widget that is shown as a window, and is neither a box nor expected."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.expected: tuple[type[QWidget], ...] = (MainWindow, AccessWindow, QDialog)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow()
        if shown and not isinstance(watched, self.expected):
            self.seen.append(f"{type(watched).__name__} {watched.objectName()}")
        return False


@pytest.fixture
def watch(qtbot: QtBot) -> Iterator[Watch]:
    """A watch over the whole application."""
    app = QApplication.instance()
    assert app is not None
    made = Watch()
    app.installEventFilter(made)
    yield made
    app.removeEventFilter(made)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("person", ["inspector", "supervisor"])
def test_no_part_of_a_page_is_a_window_for_a_moment(
    person: str,
    watch: Watch,
    desk: Desk,
    supervisor: Desk,
    cache: Cache,
    look: Look,
    tasks: Tasks,
    sync: SyncHandle,
    profile: Profile,
    qtbot: QtBot,
    settle: Callable[[], None],
) -> None:
    visit, case = walk.a_season_of_work(desk, supervisor, cache)
    who = desk if person == "inspector" else supervisor
    window = MainWindow(who, look, tasks, sync, Access(profile, HttpTransport))
    qtbot.addWidget(window, before_close_func=lambda _: settle())
    window.show()
    found: dict[str, list[str]] = {}
    for page in walk.pages(window, who, visit, case, settle):
        settle()
        if watch.seen:
            found[page] = list(watch.seen)
            watch.seen.clear()
    assert found == {}


def test_no_part_of_a_box_is_a_window_for_a_moment(watch: Watch, window: MainWindow, look: Look, qtbot: QtBot) -> None:
    box = boxes.ask_text(look, window, title="؟", text="؟", label="؟", yes="نعم", then=lambda _: None)
    qtbot.waitExposed(box)
    with qtbot.waitSignal(box.finished):
        box.reject()
    assert watch.seen == []


def test_no_part_of_the_door_is_a_window_for_a_moment(
    watch: Watch, profile: Profile, look: Look, tasks: Tasks, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    door = AccessWindow(Access(profile, HttpTransport), look, tasks)
    qtbot.addWidget(door)
    door.show()
    for page in ("enrol", "unlock", "recover", "damaged"):
        door.show_page(page)
        settle()
    assert watch.seen == []
