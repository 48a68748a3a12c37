"""Today's device at the first centre, and the first centre's data under today's: neither may strand a report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage import outbox
from inspector_app.storage.outbox import EventState
from inspector_app.storage.profile import Profile
from sync.server.services.centre import open_centre
from tests.frozen import first_centre
from tests.services.test_visit_drafts import photo
from tests.support import desks
from tests.support.server import CODES, LiveServer, password_of, running
from tests.together import laptops


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first centre's program."""
    return first_centre.unpack(tmp_path_factory.mktemp("first-centre"))


@contextmanager
def enrolled(folder: Path, address: str) -> Iterator[Desk]:
    """A laptop of today, enrolled at an address, with everything the centre has for it."""
    with Profile(folder) as profile:
        access = Access(profile, HttpTransport)
        desk = access.enrol(address, CODES["makkah"], "ahmad", password_of("ahmad"), desks.PASSPHRASE, "laptop")
        try:
            desks.synchronise(desk)
            yield desk
        finally:
            desk.lock()


def states(desk: Desk) -> set[EventState]:
    """Every state that an event on this device is in."""
    with desk.cache.read() as conn:
        return {entry.state for entry in outbox.entries(conn)}


def test_a_device_of_today_begins_and_delivers_at_the_first_centre(program: Path, tmp_path: Path) -> None:
    with (
        first_centre.serving(program, tmp_path / "data") as address,
        enrolled(tmp_path / "laptop", address) as desk,
    ):
        assert desk.register.all("place")
        visit_id = laptops.write_visit(desk, laptops.HOTEL, photo(640, 480))
        desks.synchronise(desk)
        assert desk.visits.row(visit_id).visit.state == "received"
        assert states(desk) == {EventState.CONFIRMED}
        assert not desk.outbox.evidence(), "a photograph is still on its way"


def test_what_waits_at_a_device_of_today_goes_to_the_first_centre_after_a_silence(
    program: Path, tmp_path: Path
) -> None:
    with first_centre.serving(program, tmp_path / "data") as address, enrolled(tmp_path / "laptop", address) as desk:
        for _ in range(3):
            laptops.write_visit(desk, laptops.HOTEL)
        desk.cases.open(CaseFields(kind="complaint", category="CC01", priority="P3", text="ازدحام عند المدخل"))
        desks.synchronise(desk)
        desks.synchronise(desk)
        assert states(desk) == {EventState.CONFIRMED}


def test_a_device_goes_on_when_the_first_centre_becomes_todays(program: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Profile(tmp_path / "laptop") as profile:
        access = Access(profile, HttpTransport)
        with first_centre.serving(program, data) as address:
            access.enrol(address, CODES["makkah"], "ahmad", password_of("ahmad"), desks.PASSPHRASE, "laptop").lock()
            desk = access.unlock(desks.PASSPHRASE)
            desks.synchronise(desk)
            first = laptops.write_visit(desk, laptops.HOTEL)
            desks.synchronise(desk)
        second = laptops.write_visit(desk, laptops.HOTEL, photo(640, 480))
        centre = open_centre(str(data / "centre.db"), data / "blobs")
        with running(centre) as server:
            moved(desk, server)
            desks.synchronise(desk)
            assert {desk.visits.row(visit).visit.state for visit in (first, second)} == {"received"}
            assert laptops.held_by(desk) == laptops.at_centre(server)
        desk.lock()
        centre.close()


def moved(desk: Desk, server: LiveServer) -> None:
    """The same centre answers at another address from now on."""
    desk.device = msgspec.structs.replace(desk.device, server_url=server.url)
