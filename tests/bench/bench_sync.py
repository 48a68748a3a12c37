"""Sending a day's visit over a real server, beside plain POSTs of the same bytes to a server that only keeps them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from inspector_app.app.server_process import ServerProcess
from inspector_app.services.desk import Desk
from inspector_app.services.ground import system_clock
from inspector_app.services.link.driver import SystemClock
from inspector_app.storage.profile import Profile
from inspector_app.storage.sync_store import SyncStore
from sync.engine.engine import Engine, Phase
from tests.bench import field_day
from tests.bench.floor import floor_server
from tests.bench.grounds import Watched
from tests.bench.measuring import in_turn, milliseconds, say, spread

TURNS = 9
MOST_TIMES = 21.0
"""Three times the ratio measured when this was written; it is 11 where a disk costs nothing."""


class Days:
    """A device that has one day's visit to send, again and again, and the same bytes for the floor."""

    def __init__(self, desk: Desk, floor: str) -> None:
        self._desk, self._floor = desk, floor
        self.bodies: list[bytes] = []
        self.took: dict[str, list[float]] = {}

    def send(self) -> float:
        """Write a visit and a complaint, then send them, with a new token; the sending, ms."""
        self._desk.visits.submit(field_day.visit(self._desk))
        field_day.complaint(self._desk)
        transport = Watched(self._desk.device.server_url)
        took = milliseconds(lambda: _until_rest(self._desk, transport))
        transport.close()
        self._check(transport.bodies)
        for name, part in [*transport.took.items(), ("the device itself", took - sum(transport.took.values()))]:
            self.took.setdefault(name, []).append(part)
        return took

    def post(self) -> float:
        """The bodies of the last sending, posted as they are, ms."""

        def post_all() -> None:
            with requests.Session() as session:
                for body in self.bodies:
                    session.post(self._floor, data=body, timeout=20).raise_for_status()

        return milliseconds(post_all)

    def _check(self, bodies: list[bytes]) -> None:
        status = self._desk.outbox.status()
        assert (status.waiting, status.evidence_waiting, status.attention) == (0, 0, 0)
        assert len(bodies) == 1 + field_day.PHOTOS, "one push, and each photograph in one piece"
        assert all(80_000 < len(photo) < 130_000 for photo in bodies[1:])
        self.bodies = bodies


def _until_rest(desk: Desk, transport: Watched) -> None:
    engine = Engine(SyncStore(desk.cache, system_clock), transport, SystemClock(), random.SystemRandom())
    while True:
        report = engine.step()
        assert not report.problem, report
        if report.phase is Phase.REST:
            return


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    with (
        ServerProcess(tmp_path / "server") as server,
        floor_server(tmp_path / "floor") as floor,
        Profile(tmp_path / "profile") as profile,
    ):
        desk = field_day.enrolled(profile, server.address)
        try:
            yield Days(desk, floor)
        finally:
            desk.lock()


@pytest.mark.timeout(300)
def test_a_days_visit_is_sent_at_a_small_multiple_of_its_bare_bytes(days: Days) -> None:
    measured = in_turn(TURNS, 1, sync=days.send, posts=days.post)
    ratio = measured["sync"].median / measured["posts"].median
    say(
        f"One sync: a visit with {field_day.PHOTOS} photographs and a complaint, {sum(map(len, days.bodies)):,} bytes",
        {
            "sync": measured["sync"],
            "plain POSTs, written and fsynced": measured["posts"],
            "ratio": f"{ratio:9.2f}      (at most {MOST_TIMES:.0f})",
            **{f"of it: {name}": spread(part) for name, part in days.took.items()},
        },
    )
    assert ratio <= MOST_TIMES
