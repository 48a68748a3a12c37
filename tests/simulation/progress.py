"""A link that breaks every so many bytes: whatever fits between two cuts arrives, and little is sent again."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import NamedTuple

from sync.contract import scopes
from sync.engine.engine import Phase
from sync.server.storage.rows import writing
from tests.simulation import hooks, on_device, settling
from tests.simulation.broken import hold
from tests.simulation.centre import CentreProcess
from tests.simulation.clocks import Time
from tests.simulation.device import DeviceProcess
from tests.simulation.network import Network
from tests.simulation.season import SEATS, place
from tests.simulation.template import Template
from tests.simulation.weather import Weather
from tests.simulation.work import Work

_STEPS = 3_000


class Carried(NamedTuple):
    """What a device needed: bytes in both directions, and how often the connection was cut."""

    sent: int
    received: int
    cuts: int


def first_sync(seed: int, template: Template, folder: Path, *, places: int, cut_every: int) -> Carried:
    """A device that has nothing gets everything.

    Raises:
        Broken: It does not, or not what the centre has.
    """
    random, time = Random(seed), Time()
    with hooks.around(random, time):
        stage = _Stage(random, time, template, folder, fresh=True)
        try:
            with writing(stage.centre.centre.database) as rows:
                for at in range(places):
                    name = f"{at} {random.randbytes(12).hex()}"
                    made = place(f"more-{at:04}", "makkah", name)
                    rows.put([made], scopes.of_register(made))
            return stage.carried_through(cut_every)
        finally:
            stage.close()


def a_push(seed: int, template: Template, folder: Path, *, actions: int, cut_every: int) -> Carried:
    """A device that was at work without a link gets rid of all of it, evidence included.

    Raises:
        Broken: It does not.
    """
    random, time = Random(seed), Time()
    with hooks.around(random, time):
        stage = _Stage(random, time, template, folder, fresh=False)
        try:
            person = stage.device.members()[0]
            for _ in range(actions):
                Work(random, stage.device).report(stage.device.desk(person))
            return stage.carried_through(cut_every)
        finally:
            stage.close()


class _Stage:
    """One device, one centre, and a link without any fault but the cuts."""

    def __init__(self, random: Random, time: Time, template: Template, folder: Path, *, fresh: bool) -> None:
        template.copy_centre(folder / "centre")
        self.time = time
        self.centre = CentreProcess(folder / "centre", time)
        self.weather = Weather(random, {})
        self.link = Network(random, time, self.weather, self.centre, lambda line: None)
        seat = SEATS[0]
        key = template.copy_device(seat, folder / seat.name, fresh=fresh)
        self.device = DeviceProcess(seat, seat.name, folder / seat.name, key, random, time, self.link, 0)
        self.device.open()

    def carried_through(self, cut_every: int) -> Carried:
        self.link.cut_every = cut_every
        for _ in range(_STEPS):
            report = self.device.step()
            if report.phase is Phase.REST and not report.problem:
                break
            self.time.pass_(report.wait_s)
        hold(report.phase is Phase.REST, f"cut every {cut_every} bytes, it never ends: {report}")
        carried, name = self.link.carried, self.device.name
        needed = Carried(carried[name, "sent"], carried[name, "received"], self.weather.happened["connection cut"])
        self.link.cut_every = 0
        lines = on_device.events_stay(self.device)
        settling.compare([self.device], self.centre.centre, lines, restored=False, damaging=False)
        return needed

    def close(self) -> None:
        self.device.close()
        self.centre.close()
