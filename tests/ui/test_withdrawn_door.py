"""The door of a device that the centre has withdrawn, as it stands when the program is started again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.services.access import Access
from inspector_app.services.link.http import HttpTransport
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from inspector_app.ui.access.window import AccessWindow
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.words import Words
from tests.support import desks
from tests.ui.hands import press

SAY = Words.load("ar").say


def door_of(profile: Profile, look: Look, tasks: Tasks, qtbot: QtBot) -> AccessWindow:
    door = AccessWindow(Access(profile, HttpTransport), look, tasks)
    qtbot.addWidget(door)
    door.show()
    return door


def said(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_a_device_whose_keys_are_destroyed_says_so_and_can_be_set_up_anew(
    profile: Profile, look: Look, tasks: Tasks, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    profile.set_withdrawn(True)
    profile.cache.write_bytes(b"nobody can read this any more")
    door = door_of(profile, look, tasks, qtbot)
    assert SAY("withdrawn.done_title") in said(door)
    press(door, "withdrawn.act")
    settle()
    assert door.page is door.enrol
    assert not profile.withdrawn
    assert not profile.cache.exists()


def test_a_withdrawn_device_with_work_left_asks_to_be_unlocked_for_it(
    profile: Profile, look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    Cache.create(profile, desks.PASSPHRASE, desks.INSPECTOR.id, desks.QUICK).close()
    profile.set_withdrawn(True)
    door = door_of(profile, look, tasks, qtbot)
    assert door.page is door.unlock
    assert SAY("withdrawn.unlock") in said(door)
