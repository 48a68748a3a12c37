"""The application as its people use it: locked, unlocked by turns, and opened after a forgotten passphrase."""

from __future__ import annotations

import io
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pytestqt.qtbot import QtBot

from inspector_app.app import recover
from inspector_app.app.main import run_on_loop
from inspector_app.app.tour import moves
from inspector_app.app.tour.person import Person
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from sync.server.storage.tables import RECORDS
from tests.support.server import CODES, LiveServer, password_of, sample_server

ROOT = Path(__file__).parents[2]
AHMAD, YASIR, NEW = "نخلة باسقة في الوادي", "بئر عميقة لا تنضب", "سراج منير في الليل"

Walk = Callable[[Callable[[Person], Coroutine[Any, Any, None]]], None]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with sample_server(tmp_path_factory.mktemp("centre")) as server:
        yield server


@pytest.fixture
def walk(qtbot: QtBot, tmp_path: Path) -> Iterator[Walk]:
    """Run a coroutine with a person at a new laptop; everything is closed afterwards."""
    look, tasks = Look(), Tasks()
    look.apply()
    escaped: list[Exception] = []
    tasks.error_escaped.connect(escaped.append)
    person = Person(tmp_path / "laptop", look, tasks)
    yield lambda story: run_on_loop(lambda: story(person))
    person.leave()
    tasks.close()
    assert escaped == []


async def enrol(person: Person, centre: LiveServer, code: str) -> None:
    await person.enrol(centre.url, CODES[code], "ahmad", password_of("ahmad"), AHMAD)
    await person.hands.click("side.register")
    await person.hands.until(lambda: person.hands.rows("register.list"), "the register")


async def add_yasir(person: Person) -> None:
    hands = person.hands
    await hands.click("side.settings")
    await hands.click("settings.add_person")
    for field, text in (
        ("person.username", "yasir"),
        ("person.password", password_of("yasir")),
        ("person.passphrase", YASIR),
        ("person.again", YASIR),
    ):
        await hands.write(field, text)
    await hands.click("person.act")
    await hands.until(lambda: not hands.sees("person.act"), "the box to close")


async def come_in(person: Person, passphrase: str) -> None:
    await person.hands.write("unlock.passphrase", passphrase)
    await person.hands.click("unlock.act")


def test_another_member_of_the_committee_takes_over_without_a_restart(centre: LiveServer, walk: Walk) -> None:
    async def story(person: Person) -> None:
        hands = person.hands
        await enrol(person, centre, "makkah")
        await add_yasir(person)
        await hands.click("topbar.lock")
        await come_in(person, YASIR)
        await hands.read("ياسر بن محمد الحربي")
        await hands.click("topbar.lock")
        await come_in(person, AHMAD)
        await hands.read("أحمد بن صالح الغامدي")

    walk(story)


def test_a_wrong_passphrase_opens_nothing_and_says_so(centre: LiveServer, walk: Walk) -> None:
    async def story(person: Person) -> None:
        hands = person.hands
        await enrol(person, centre, "makkah-2")
        await hands.click("topbar.lock")
        await come_in(person, "ليست هذه كلمة المرور")
        await hands.until(lambda: hands.text_at("unlock.passphrase.error"), "a sentence at the field")
        assert not hands.sees("side.today")
        await come_in(person, AHMAD)
        await hands.see("side.today")

    walk(story)


def test_what_was_unsent_is_delivered_behind_a_locked_screen(tmp_path: Path, walk: Walk) -> None:
    with sample_server(tmp_path / "centre") as centre:

        async def story(person: Person) -> None:
            hands = person.hands
            await enrol(person, centre, "makkah")
            await moves.work_offline(hands, True)
            await hands.click("side.cases")
            await hands.click("cases.new")
            await hands.click("case.kind.note")
            await hands.choose("case.category", "ملاحظة")
            await hands.click("case.priority.P3")
            await hands.write("case.text", "لا لوحة إرشاد عند المدخل")
            await hands.click("case.save")
            await hands.click("case.opened.close")
            await moves.work_offline(hands, False)
            await hands.click("topbar.lock")
            await hands.see("unlock.passphrase")
            await hands.until(lambda: _cases_at(centre) == 1, "the case at the centre")
            await hands.until(lambda: not person.application.delivering, "the cache to close behind the door")
            await come_in(person, AHMAD)
            await hands.click("side.sync")
            await hands.click("sync.tab.receipts")
            await hands.until(lambda: len(hands.rows("sync.receipts")) == 1, "the receipt")

        walk(story)


def _cases_at(centre: LiveServer) -> int:
    with centre.centre.database.read() as connection:
        return len(connection.execute(sa.select(RECORDS["case"].c.id)).all())


def test_a_forgotten_passphrase_loses_nothing(
    tmp_path: Path, walk: Walk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The administrator answers the request with his own tool; the device never sees his key."""
    keyfile = ROOT / "resources" / "sample" / "recovery-key.hex"
    with sample_server(tmp_path / "centre") as centre:

        async def story(person: Person) -> None:
            hands = person.hands
            await enrol(person, centre, "makkah")
            await moves.work_offline(hands, True)
            await moves.start_visit(hands, "اجياد الذهبي", "اجیاد الذهبی")
            await hands.write("visit.question.capacity", "220")
            await hands.click("topbar.lock")
            await hands.click("unlock.forgot")
            await hands.until(lambda: hands.text_at("recover.request"), "the request")
            monkeypatch.setattr("sys.stdin", io.StringIO(hands.text_at("recover.request")))
            assert recover.main([str(keyfile)]) == 0
            await hands.write("recover.answer", capsys.readouterr().out)
            await hands.click("recover.act")
            await hands.write("recover.passphrase", NEW)
            await hands.write("recover.again", NEW)
            await hands.click("recover.act")
            await hands.click("side.visits")
            await hands.click("visits.filter.drafts")
            await hands.pick("visits.list", "اجیاد الذهبی")
            await hands.until(lambda: hands.text_at("visit.question.capacity") == "٢٢٠", "what was typed")

        walk(story)
