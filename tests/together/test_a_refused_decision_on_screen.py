"""Two supervisors decide on one report, one of them without a link: what the one who came too late sees, and keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from inspector_app.app.main import run_on_loop
from inspector_app.app.tour import moves
from inspector_app.app.tour.person import Person
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from tests.support import desks
from tests.support.server import CODES, LiveServer, password_of
from tests.together import laptops
from tests.together.conftest import Enrol

REMARK = "صورة أوضح للمخرج، واذكر رقم الدور في الوصف"
PLACE = "مركز المقام السكني"


class Office:
    """Supervisors at their own laptops, all in this process."""

    def __init__(self, folder: Path, look: Look, tasks: Tasks, stack: ExitStack) -> None:
        self._folder, self._look, self._tasks, self._stack = folder, look, tasks, stack

    async def supervisor(self, server: str, username: str, code: str) -> Person:
        """One more, enrolled through the real first page; the register and the queue have come in."""
        person = Person(self._folder / username, self._look, self._tasks)
        self._stack.callback(person.profile.release)
        self._stack.callback(self._tasks.drain)  # the cache is closed on the writer's lane
        self._stack.callback(person.application.stop)
        await person.enrol(server, code, username, password_of(username), f"{desks.PASSPHRASE} {username}")
        await person.hands.click("side.review")
        await person.hands.pick("review.queue", PLACE)
        await person.hands.see("review.remark.E01.open")
        return person


@pytest.fixture
def office(tmp_path: Path, qtbot: QtBot) -> Iterator[Office]:
    look, tasks = Look(), Tasks()
    look.apply()
    escaped: list[Exception] = []
    tasks.error_escaped.connect(escaped.append)
    with ExitStack() as stack:
        yield Office(tmp_path / "office", look, tasks, stack)
    tasks.close()
    Look().apply()
    assert escaped == []


@pytest.mark.timeout(120)
def test_a_return_that_came_after_an_approval_is_shown_as_refused_with_its_remark(
    centre: LiveServer, enrol: Enrol, office: Office
) -> None:
    inspector = enrol("makkah", "ahmad")
    visit_id = laptops.write_visit(inspector, laptops.HOTEL, E01="nonconform")
    desks.synchronise(inspector)

    async def story() -> None:
        late = await office.supervisor(centre.url, "saad", CODES["none"])
        await moves.work_offline(late.hands, True)
        await late.hands.click("side.review")
        await late.hands.click("review.remark.E01.open")
        await late.hands.write("review.remark.E01", REMARK)
        await late.hands.click("review.return")
        await late.hands.click("review.return.box.yes")

        early = await office.supervisor(centre.url, "hind", CODES["none-2"])
        await early.hands.click("review.approve")
        await early.hands.click("review.approve.box.yes")
        await early.hands.click("side.sync")
        await early.hands.click("sync.tab.receipts")
        await early.hands.until(lambda: early.hands.rows("sync.receipts"), "the receipt")

        await moves.work_offline(late.hands, False)
        await late.hands.click("sync.tab.attention")
        await late.hands.pick("sync.attention", inspector.visits.row(visit_id).visit.number)
        await late.hands.until(lambda: late.hands.text_at("sync.refused.text") == REMARK, "the remark, as it was typed")
        await late.hands.click("sync.refused.copy")
        assert QGuiApplication.clipboard().text() == REMARK
        told = late.look.words.explain("illegal_step", {"expected": "received", "actual": "approved"})
        await late.hands.read(told.title)
        assert late.hands.text_at("side.sync.count")  # the way to it is marked on every screen

    run_on_loop(story)

    desks.synchronise(inspector)
    assert inspector.visits.row(visit_id).visit.state == "approved"
    (kept,) = laptops.refusals(centre)
    assert (kept.by, kept.action, kept.record_id, kept.text) == ("person-saad", "return", visit_id, REMARK)
