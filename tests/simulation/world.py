"""One run: devices, their people and the centre under the faults of a seed; then calm, and everything is compared."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from inspector_app.services.errors import UserError
from sync.contract.problems import Refused
from sync.domain.errors import DomainError
from sync.engine.ports import LinkDown
from tests.simulation import at_centre, hooks, on_device, settling, uploads
from tests.simulation.broken import Broken, hold
from tests.simulation.centre import CentreProcess
from tests.simulation.clocks import Time
from tests.simulation.device import DeviceProcess
from tests.simulation.happenings import Happenings
from tests.simulation.network import Network
from tests.simulation.plan import Plan
from tests.simulation.season import SEATS
from tests.simulation.template import Template
from tests.simulation.weather import DAMAGE, Weather
from tests.simulation.work import Work

_T = TypeVar("_T")

MINUTES = 14
_UNTIL_CHECKED = 26 * 3_600.0


class Outcome(NamedTuple):
    """What a run came to; ``problem`` is empty where everything held."""

    seed: int
    problem: str
    trace: tuple[str, ...]
    faults: Counter[str]
    requests: int
    actions: int


def run(seed: int, template: Template, folder: Path) -> Outcome:
    """One whole run in a folder of its own."""
    random, time = Random(seed), Time()
    with hooks.around(random, time):
        world = World(random, time, template, folder)
        problem = ""
        try:
            world.live()
            world.calm_down()
        except Broken as broken:
            problem = str(broken)
        except Exception:  # noqa: BLE001 - whatever breaks a run is what the run has found
            problem = traceback.format_exc()
        finally:
            world.close()
    return Outcome(seed, problem, tuple(world.trace), world.weather.happened, world.link.requests, world.actions)


class World:
    """Everything of one run."""

    def __init__(self, random: Random, time: Time, template: Template, folder: Path) -> None:
        self.random = random
        self.time = time
        self.trace: list[str] = []
        self.weather = Weather(random)
        self.restored = False
        self.actions = 0
        self.lines: dict[str, bytes] = {}
        self.unheard: list[at_centre.Unheard] = []
        self.folder = folder
        self.plan = Plan(random, time, 60 * MINUTES)
        template.copy_centre(folder / "centre")
        self.centre = CentreProcess(folder / "centre", time)
        self.link = Network(random, time, self.weather, self.centre, self.say)
        self.link.cut_every = random.choice((0, 0, 0, 6_000, 9_000))
        self.devices: list[DeviceProcess] = []
        for seat in SEATS[: random.choice((2, 3, 3, 4))]:
            key = template.copy_device(seat, folder / seat.name, fresh=random.random() < 0.3)
            self.add(DeviceProcess(seat, seat.name, folder / seat.name, key, random, time, self.link))

    def close(self) -> None:
        for device in self.devices:
            device.close()
        self.centre.close()

    def say(self, line: str) -> None:
        self.trace.append(f"{self.time.utc():%j %H:%M:%S} {line}")

    def happens(self, kind: str, whom: str = "") -> None:
        self.weather.count(kind)
        self.say(f"{kind} {whom}")

    # ---------------------------------------------------------------------------------------------- while it goes on

    def live(self) -> None:
        """The time of the faults."""
        for _ in range(self.random.randint(10, 40)):
            self.plan.at(self.random.uniform(0, 60 * MINUTES), self._somebody_works)
        for rare, times in Happenings(self).drawn():
            for _ in range(times):
                self.plan.at(self.random.uniform(0, 60 * MINUTES), rare)
        while (do := self.plan.next()) is not None:
            if not self.centre.is_up and self.time.seconds >= self.centre.down_until:
                self.centre.start()
            do()

    def add(self, device: DeviceProcess) -> None:
        device.open()
        self.devices.append(device)
        self.plan.at(self.random.uniform(0, 30), lambda: self._step(device))

    def _step(self, device: DeviceProcess) -> None:
        """A step of a device's engine, and the next one as its driver would take it."""
        if not device.is_open:
            self.plan.at(self.random.uniform(1, 120), lambda: self._reopen(device))
            return
        report = self._mortal(device, device.step)
        wait = 1.0 if report is None else report.wait_s
        self.plan.at(wait, lambda: self._step(device))
        if report is not None and report.evidence:
            uploads.begin(device, self.plan, self.random, lambda uploader: self._mortal(device, uploader.step))
        if report is not None and (report.rows or report.events):
            self.look(device)

    def _reopen(self, device: DeviceProcess) -> None:
        if not device.is_open and not device.is_wiped:
            self.open(device)
        self._step(device)

    def open(self, device: DeviceProcess) -> None:
        device.open()
        self.say(f"{device.name} starts")
        self.look(device)

    def _mortal(self, device: DeviceProcess, work: Callable[[], _T]) -> _T | None:
        if self.weather.strikes("device killed at a commit"):
            device.death.arm(self.random.randint(1, 6))
        done = device.alive(work)
        if not device.is_open:
            self.weather.count("device killed at a commit")
            self.say(f"{device.name} died")
        return done

    def _somebody_works(self) -> None:
        device = self.random.choice(self.devices)
        if device.is_withdrawn:
            return
        if not device.is_open:
            self.open(device)
        self.actions += 1
        self.act(device, Work(self.random, device).anything)
        if device.is_open and self.random.random() < 0.5:
            device.engine.wake()

    def act(self, device: DeviceProcess, work: Callable[[], str]) -> None:
        """Somebody does something at a device; what it says no to is no fault."""
        try:
            done = self._mortal(device, work)
        except (UserError, DomainError, LinkDown, Refused) as error:
            # What exactly is wrong with a damaged bundle follows from random bytes that are not the seed's.
            done = "no: the bundle" if str(error).startswith("bundle_") else f"no: {error}"
        self.say(f"{device.name}: {done}")
        if device.is_open:
            self.look(device)

    def look(self, device: DeviceProcess) -> None:
        """What must hold of a device at any moment."""
        again = self.restored or bool(self.weather.happened["answer with a wrong bit"])  # which may name another life
        for event_id, line in on_device.events_stay(device, again=again).items():
            hold(self.lines.setdefault(event_id, line) == line, f"{device.name} has another text of {event_id}")
        on_device.evidence_stays(device)
        on_device.shows_the_fold(device)
        if self.centre.is_up:
            on_device.cursor_is_honest(device, self.centre.centre)

    # -------------------------------------------------------------------------------------------------------- at rest

    def calm_down(self) -> None:
        """No more faults: everything reaches the centre and comes back, and then all of it is compared."""
        self.say("calm")
        self.weather.calm = True
        self.link.parted_until = 0.0
        if not self.centre.is_up:
            self.centre.start()
        while self.link.late:
            self.link.deliver_late()
        for device in self.devices:
            device.silent_until = 0.0
            if not device.is_open and not device.is_wiped:
                self.open(device)
        for _ in range(2):
            for device in self.devices:
                settling.try_parked_again(device)
            settling.come_to_rest(self.devices, self.time, self.look)
        if any(device.spoilt for device in self.devices):
            self.time.pass_(_UNTIL_CHECKED)
            settling.come_to_rest(self.devices, self.time, self.look)
            for device in self.devices:
                device.spoilt.clear()
        damaging = any(self.weather.happened[kind] for kind in DAMAGE)
        if not self.restored:
            at_centre.holds_back(self.centre.centre, self.lines, self.unheard)
        settling.compare(self.devices, self.centre.centre, self.lines, restored=self.restored, damaging=damaging)
