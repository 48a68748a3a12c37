"""The sync of one open cache, at the moment somebody locks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from inspector_app.app.application import Delivery
from inspector_app.services.desk import Desk
from inspector_app.services.views.cases import CaseFields
from inspector_app.viewmodels.tasks import Tasks
from tests.support import desks


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desks.cache_in(tmp_path / "midan") as cache:
        yield desks.seat(cache, desks.INSPECTOR, desks.Clock())


def test_what_is_still_being_written_when_the_screen_is_locked_is_delivered_behind_it(desk: Desk, qtbot: QtBot) -> None:
    tasks, parent = Tasks(), QObject()
    delivery = Delivery(desk, tasks, parent)
    ended: list[bool] = []
    delivery.ended.connect(lambda: ended.append(True))
    locked = threading.Event()

    def write() -> None:
        locked.wait(5)
        text = "آخر كلمة قبل القفل"
        desk.cases.open(CaseFields(kind="note", category="other", priority="P3", text=text, region="makkah"))

    tasks.run(write, lane="write")
    delivery.leave()
    locked.set()
    qtbot.waitUntil(lambda: tasks.idle, timeout=10_000)
    try:
        assert ended == []
        assert desk.outbox.status().waiting == 1
    finally:
        delivery.end()
        qtbot.waitUntil(lambda: bool(ended), timeout=20_000)
        tasks.close()
