"""A laptop is withdrawn, or one of its people released: what they see, what still arrives, who decides about it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pytestqt.qtbot import QtBot

from inspector_app.app.main import run_on_loop
from inspector_app.app.tour import moves
from inspector_app.app.tour.hands import Hands
from inspector_app.app.tour.person import Person
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.words import Words
from sync.server.services import enrolment
from sync.server.storage import tables as t
from tests.support import desks
from tests.support.server import CODES, LiveServer, password_of

PLACE = "مركز المقام السكني"
TOLD = "انقطاع الماء في الدور الخامس منذ صلاة الفجر"
SAY = Words.load("ar").say
AHMAD, YASIR, SAAD = f"{desks.PASSPHRASE} ahmad", f"{desks.PASSPHRASE} yasir", f"{desks.PASSPHRASE} saad"

Sit = Callable[[str], Person]


@pytest.fixture
def sit(tmp_path: Path, qtbot: QtBot) -> Iterator[Sit]:
    """New laptops, all in this process."""
    look, tasks = Look(), Tasks()
    look.apply()
    escaped: list[Exception] = []
    tasks.error_escaped.connect(escaped.append)
    with ExitStack() as stack:

        def make(name: str) -> Person:
            person = Person(tmp_path / "laptops" / name, look, tasks)
            stack.callback(person.profile.release)
            stack.callback(tasks.drain)  # the cache is closed on the writer's lane
            stack.callback(person.application.stop)
            return person

        yield make
    tasks.close()
    Look().apply()
    assert escaped == []


def walk(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    run_on_loop(story)


async def enrol(person: Person, centre: LiveServer, code: str, username: str) -> None:
    """Set a laptop up, and wait for its first sync."""
    phrase = f"{desks.PASSPHRASE} {username}"
    await person.enrol(centre.url, CODES[code], username, password_of(username), phrase)
    await person.hands.click("side.register")
    await person.hands.until(lambda: person.hands.rows("register.list"), "the register")


async def complain(hands: Hands) -> None:
    """Open a complaint."""
    await moves.write_complaint(hands, TOLD, PLACE, PLACE)
    await moves.open_case(hands)


async def add_yasir(hands: Hands) -> None:
    """Another member of the committee is let in."""
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


def device_named(centre: LiveServer, name: str) -> str:
    """The id of a device by the name it was given."""
    device = t.RECORDS["device"]
    with centre.centre.database.read() as conn:
        return str(conn.execute(sa.select(device.c.id).where(device.c.name == name)).scalar_one())


def rows_of(centre: LiveServer, kind: str, column: str) -> list[str]:
    with centre.centre.database.read() as conn:
        return list(conn.execute(sa.select(t.RECORDS[kind].c[column])).scalars())


@pytest.mark.timeout(180)
def test_a_withdrawn_laptop_locks_delivers_and_forgets_its_keys_and_a_supervisor_accepts_what_it_sent(
    centre: LiveServer, sit: Sit
) -> None:
    laptop, office = sit("laptop"), sit("office")

    async def story() -> None:
        hands = laptop.hands
        await enrol(laptop, centre, "makkah", "ahmad")
        await moves.work_offline(hands, True)
        await complain(hands)
        enrolment.revoke(centre.centre, device_named(centre, "laptop"))
        await moves.work_offline(hands, False)
        await hands.see("withdrawn.act")
        await hands.read(SAY("withdrawn.done_title"))
        assert not hands.sees("side.today"), "no screen of the desk is left"
        assert not laptop.profile.keyslots.exists()
        assert rows_of(centre, "quarantined", "state") == ["open"]
        assert TOLD not in rows_of(centre, "case", "text")

        await enrol(office, centre, "none", "saad")
        await office.hands.click("side.review")
        await office.hands.click("review.which.held")
        await office.hands.read(TOLD)
        await office.hands.click("quarantine.accept")
        await office.hands.click("quarantine.accept.box.yes")
        await office.hands.until(lambda: rows_of(centre, "quarantined", "state") == ["accepted"], "the word to arrive")
        assert TOLD in rows_of(centre, "case", "text")

    walk(story)


@pytest.mark.timeout(180)
def test_a_released_person_is_locked_out_at_once_and_his_colleague_goes_on(centre: LiveServer, sit: Sit) -> None:
    laptop = sit("laptop")

    async def story() -> None:
        hands = laptop.hands
        await enrol(laptop, centre, "makkah", "ahmad")
        await add_yasir(hands)
        await moves.work_offline(hands, True)
        await complain(hands)
        enrolment.release(centre.centre, device_named(centre, "laptop"), "person-ahmad")
        await moves.work_offline(hands, False)
        await hands.see("released")
        await hands.click("released.close")
        await hands.until(lambda: rows_of(centre, "quarantined", "reason") == ["person_released"], "his work to arrive")
        await hands.write("unlock.passphrase", AHMAD)
        await hands.click("unlock.act")
        await hands.read(SAY("error.wrong_passphrase").split("\n")[0])
        await hands.write("unlock.passphrase", YASIR)
        await hands.click("unlock.act")
        await hands.see("side.today")
        await hands.read("ياسر بن محمد الحربي")

    walk(story)
