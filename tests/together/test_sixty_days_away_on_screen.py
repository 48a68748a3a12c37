"""A laptop that lay in a drawer for sixty days: what it says when it comes back, and what is true afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inspector_app.app.main import run_on_loop
from inspector_app.app.tour import moves
from inspector_app.app.tour.person import Person
from inspector_app.storage import device
from inspector_app.storage.cache import Cache
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.words import Words
from tests.support import desks
from tests.support.server import CODES, LiveServer, password_of
from tests.together import laptops
from tests.together.conftest import Enrol

SAY = Words.load("ar").say
PHRASE = f"{desks.PASSPHRASE} ahmad"
PLACE = "مركز المقام السكني"


@pytest.fixture
def laptop(tmp_path: Path, qtbot: QtBot) -> Iterator[Person]:
    look, tasks = Look(), Tasks()
    look.apply()
    escaped: list[Exception] = []
    tasks.error_escaped.connect(escaped.append)
    with ExitStack() as stack:
        person = Person(tmp_path / "drawer", look, tasks)
        stack.callback(person.profile.release)
        stack.callback(tasks.drain)
        stack.callback(person.application.stop)
        yield person
    tasks.close()
    Look().apply()
    assert escaped == []


def lie_in_a_drawer(person: Person, days: int) -> None:
    """Let the laptop's last contact be so long ago; it is closed meanwhile."""
    then = (datetime.now(UTC) - timedelta(days=days, hours=1)).isoformat()
    cache, _ = Cache.unlock(person.profile, PHRASE)
    try:
        with cache.write() as conn:
            for fact in ("feed.applied", "feed.contact"):
                device.set_fact(conn, fact, then)
    finally:
        cache.close()


@pytest.mark.timeout(180)
def test_a_laptop_says_how_long_it_was_away_and_then_what_has_changed(
    centre: LiveServer, enrol: Enrol, laptop: Person
) -> None:
    colleague = enrol("makkah-2", "yasir")

    async def story() -> None:
        hands = laptop.hands
        await laptop.enrol(centre.url, CODES["makkah"], "ahmad", password_of("ahmad"), PHRASE)
        await hands.click("side.register")
        await hands.until(lambda: hands.rows("register.list"), "the register")
        await moves.work_offline(hands, True)
        await moves.write_complaint(hands, "كتبته قبل أن أغلق الجهاز", PLACE, PLACE)
        await moves.open_case(hands)
        await hands.click("topbar.lock")
        await hands.until(lambda: not laptop.application.delivering, "the cache to be closed")

        lie_in_a_drawer(laptop, 60)
        for answer in ("nonconform", "partial"):
            laptops.write_visit(colleague, laptops.HOTEL, E01=answer)
        desks.synchronise(colleague)

        await hands.write("unlock.passphrase", PHRASE)
        await hands.click("unlock.act")
        banner = await hands.see_a(QWidget, "main.back")
        await hands.until(lambda: SAY("returning.done", n=60) in hands.words(), "what has changed")
        said = banner.accessibleName()
        assert f"{SAY('sync.kind.visit')}: " in said
        assert SAY("returning.new", n=2) in said
        await hands.click("side.sync")
        await hands.click("sync.tab.receipts")
        await hands.until(lambda: hands.rows("sync.receipts"), "the note of sixty days ago to be confirmed")
        await hands.click("main.back.act")
        assert not hands.sees("main.back")

    run_on_loop(story)


@pytest.mark.timeout(120)
def test_a_laptop_that_comes_back_without_a_link_says_that_things_are_as_they_were(
    centre: LiveServer, laptop: Person
) -> None:
    async def story() -> None:
        hands = laptop.hands
        await laptop.enrol(centre.url, CODES["makkah"], "ahmad", password_of("ahmad"), PHRASE)
        await hands.click("side.register")
        await hands.until(lambda: hands.rows("register.list"), "the register")
        await hands.click("topbar.lock")
        await hands.until(lambda: not laptop.application.delivering, "the cache to be closed")
        lie_in_a_drawer(laptop, 60)
        await hands.write("unlock.passphrase", PHRASE)
        await hands.click("unlock.act")
        await hands.see("main.back")
        await moves.work_offline(hands, True)
        await hands.until(
            lambda: SAY("returning.no_link") in hands.words() or SAY("returning.nothing") in hands.words(), "how it is"
        )

    run_on_loop(story)
