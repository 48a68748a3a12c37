"""One run: devices, their people and the centre under the faults of a seed; then calm, and everything is compared."""

from __future__ import annotations

import heapq
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from inspector_app.services.errors import UserError
from inspector_app.storage import outbox
from sync.contract import scopes
from sync.contract.problems import Refused
from sync.domain.errors import DomainError
from sync.engine.engine import Phase, Report
from sync.engine.ports import LinkDown
from sync.server.services import enrolment
from sync.server.storage import devices as registered
from sync.server.storage.rows import writing
from tests.simulation import hooks, invariants
from tests.simulation.broken import Broken
from tests.simulation.centre import CentreProcess
from tests.simulation.clocks import Time
from tests.simulation.device import DeviceProcess
from tests.simulation.network import Network
from tests.simulation.season import SEATS, SPARE_PLACES, VISITED_PLACES, place
from tests.simulation.template import Template
from tests.simulation.weather import DAMAGE, Weather
from tests.simulation.work import Work

_T = TypeVar("_T")

_MINUTES = 14
_ROUNDS = 14
_STEPS = 400
"""At rest after this many rounds of all devices, and steps of each, or never."""


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
        self._folder = folder
        self._plan: list[tuple[float, int, Callable[[], None]]] = []
        template.copy_centre(folder / "centre")
        self.centre = CentreProcess(folder / "centre", time)
        self.link = Network(random, time, self.weather, self.centre, self.say)
        self.devices: list[DeviceProcess] = []
        for seat in SEATS[: random.choice((2, 3, 3, 4))]:
            template.copy_device(seat, folder / seat.name)
            self._add(
                DeviceProcess(seat, seat.name, folder / seat.name, template.keys[seat.name], random, time, self.link)
            )

    def close(self) -> None:
        for device in self.devices:
            device.close()
        self.centre.close()

    def say(self, line: str) -> None:
        self.trace.append(f"{self.time.utc():%H:%M:%S} {line}")

    # ---------------------------------------------------------------------------------------------- while it goes on

    def live(self) -> None:
        """The time of the faults."""
        end = self.time.seconds + 60 * _MINUTES
        for _ in range(self.random.randint(10, 40)):
            self._at(self.random.uniform(0, 60 * _MINUTES), self._somebody_works)
        for rare, most in self._rare():
            for _ in range(self.random.randint(0, most)):
                self._at(self.random.uniform(0, 60 * _MINUTES), rare)
        while self._plan and self._plan[0][0] < end:
            at, _, do = heapq.heappop(self._plan)
            self.time.reach(at)
            if not self.centre.is_up and self.time.seconds >= self.centre.down_until:
                self.centre.start()
            do()

    def _rare(self) -> tuple[tuple[Callable[[], None], int], ...]:
        return (
            (self._late_copy, 6),
            (self._back_up, 1),
            (self._restore, 1),
            (self._clone, 1),
            (self._clock_jump, 2),
            (self._silence, 2),
            (self._days_pass, 1 if self.random.random() < 0.3 else 0),
            (self._lock, 3),
            (self._add_person, 1),
            (self._release_person, 1),
            (self._revoke, 1 if self.random.random() < 0.3 else 0),
            (self._register_changes, 3),
        )

    def _at(self, after: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._plan, (self.time.seconds + after, len(self.trace) + self.random.getrandbits(40), do))

    def _add(self, device: DeviceProcess) -> None:
        device.open()
        self.devices.append(device)
        self._at(self.random.uniform(0, 30), lambda: self._step(device))

    def _step(self, device: DeviceProcess) -> None:
        """A step of a device's engine, and the next one as its driver would take it."""
        if not device.is_open:
            self._at(self.random.uniform(1, 120), lambda: self._reopen(device))
            return
        report = self._mortal(device, device.step)
        wait = 1.0 if report is None else report.wait_s
        self._at(wait, lambda: self._step(device))
        if report is not None and (report.rows or report.events):
            self._look(device)

    def _reopen(self, device: DeviceProcess) -> None:
        if not device.is_open:
            self._open(device)
        self._step(device)

    def _open(self, device: DeviceProcess) -> None:
        device.open()
        self.say(f"{device.name} starts")
        self._look(device)

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
        if not device.is_open:
            self._open(device)
        self.actions += 1
        self._act(device, Work(self.random, device).anything)
        if device.is_open and self.random.random() < 0.5:
            device.engine.wake()

    def _act(self, device: DeviceProcess, work: Callable[[], str]) -> None:
        try:
            done = self._mortal(device, work)
        except (UserError, DomainError, LinkDown, Refused) as error:
            done = f"no: {error}"
        self.say(f"{device.name}: {done}")
        if device.is_open:
            self._look(device)

    def _look(self, device: DeviceProcess) -> None:
        """What must hold of a device at any moment."""
        self.lines |= invariants.events_stay(device, self.restored)
        invariants.evidence_stays(device)
        invariants.shows_the_fold(device)
        if self.centre.is_up:
            invariants.cursor_is_honest(device, self.centre.centre)

    # ---------------------------------------------------------------------------------------------------- rare things

    def _late_copy(self) -> None:
        if self.centre.is_up:
            self.link.deliver_late()

    def _back_up(self) -> None:
        if self.centre.is_up:
            self.centre.back_up()
            self.say("the centre is backed up")

    def _restore(self) -> None:
        if self.centre.has_backup:
            self.centre.restore()
            self.restored = True
            self._happens("centre restored from a backup")

    def _clone(self) -> None:
        """A laptop is copied, disk and all, and both go on."""
        original = self.random.choice(self.devices)
        self._add(original.copy(f"{original.name}'s copy", self._folder / f"copy-of-{original.name}"))
        self._happens("device cloned", original.name)

    def _clock_jump(self) -> None:
        device = self.random.choice(self.devices)
        device.clock.wall_ahead += self.random.choice((-1, 1)) * self.random.choice((90, 7_200, 40 * 86_400))
        device.clock.monotonic_ahead += self.random.choice((0, 600, 20_000))
        self._happens("device clock jumped", device.name)

    def _silence(self) -> None:
        device = self.random.choice(self.devices)
        device.silent_until = self.time.seconds + self.random.uniform(60, 600)
        self._happens("device silent", device.name)

    def _days_pass(self) -> None:
        """Nobody does anything for days: no token is good any more, and what was confirmed may have become old."""
        self.time.pass_(86_400 * self.random.choice((1, 12, 45)))
        self._happens("days passed")
        for device in self.devices:
            if device.is_open:
                self._look(device)
                device.was_tidied = True
                self._act(device, Work(self.random, device).tidy)

    def _lock(self) -> None:
        device = self.random.choice(self.devices)
        device.close()
        self._happens("cache closed and opened", device.name)

    def _add_person(self) -> None:
        device = self.random.choice(self.devices)
        if device.is_open:
            self._act(device, Work(self.random, device).add_person)
            self._happens("person added to a device", device.name)

    def _release_person(self) -> None:
        device = self.random.choice(self.devices)
        if not self.centre.is_up:
            return
        with self.centre.centre.database.read() as connection:
            bound = sorted(registered.people(connection, device.id))
        if bound:
            person = self.random.choice(bound)
            enrolment.release(self.centre.centre, device.id, person)
            self._happens("person removed from a device", f"{device.name}, {person}")

    def _revoke(self) -> None:
        device = self.random.choice(self.devices)
        if self.centre.is_up:
            enrolment.revoke(self.centre.centre, device.id)
            self._happens("device revoked", device.name)

    def _register_changes(self) -> None:
        """The centre renames a place, moves it to another region, takes one out, or adds one."""
        if not self.centre.is_up:
            return
        at = self.random.randrange(1000)
        what = self.random.choice(("renamed", "moved", "taken out", "added"))
        region = self.random.choice(("makkah", "madinah"))
        known = self.random.choice(SPARE_PLACES if what == "taken out" else VISITED_PLACES)
        with writing(self.centre.centre.database) as rows:
            if what == "taken out":
                rows.delete("place", known.id)
            else:
                made = {
                    "renamed": place(known.id, known.region, f"renamed {at}"),
                    "moved": place(known.id, region, f"moved {at}"),
                    "added": place(f"new-{at}", region, f"new {at}"),
                }[what]
                rows.put([made], scopes.of_register(made))
        self._happens(f"place {what}", known.id)

    def _happens(self, kind: str, whom: str = "") -> None:
        self.weather.count(kind)
        self.say(f"{kind} {whom}")

    # -------------------------------------------------------------------------------------------------------- at rest

    def calm_down(self) -> None:
        """No more faults: everything reaches the centre and comes back, and then all of it is compared."""
        self.say("calm")
        self.weather.calm = True
        if not self.centre.is_up:
            self.centre.start()
        while self.link.late:
            self.link.deliver_late()
        for device in self.devices:
            device.silent_until = 0.0
            if not device.is_open:
                self._open(device)
        for _ in range(2):
            for device in self.devices:
                self._try_parked_again(device)
            self._come_to_rest()
        self._compare()

    def _come_to_rest(self) -> None:
        for _ in range(_ROUNDS):
            moved = [self._round(device) for device in self.devices]
            if not any(moved):
                return
        raise Broken("the link is fine, and there is no end")

    def _round(self, device: DeviceProcess) -> bool:
        """A round of a device's engine; whether anything moved."""
        moved = False
        device.engine.wake()
        for _ in range(_STEPS):
            report = device.step()
            moved = moved or bool(report.rows or report.events or report.total_bytes)
            if report.phase is Phase.REST or self._is_shut_out(device, report):
                self._look(device)
                return moved
            self.time.pass_(report.wait_s)
        raise Broken(f"{device.name} does not come to rest: {report}")

    def _is_shut_out(self, device: DeviceProcess, report: Report) -> bool:
        device.revoked = report.problem == "device_revoked"
        return device.revoked

    def _try_parked_again(self, device: DeviceProcess) -> None:
        """The person presses the button in the tray."""
        with device.cache.write() as conn:
            for entry in outbox.entries(conn, (outbox.EventState.PARKED,)):
                outbox.retry(conn, entry.id)
                device.known[entry.id] = "waiting"

    def _compare(self) -> None:
        centre = self.centre.centre
        damaging = any(self.weather.happened[kind] for kind in DAMAGE)
        invariants.centre_is_the_fold_of_its_ledger(centre, self.lines)
        if len({device.id for device in self.devices}) == len(self.devices):
            invariants.numbers_are_given_once(centre)
        for device in self.devices:
            if not device.revoked:
                copied = sum(other.id == device.id for other in self.devices) > 1
                invariants.events_are_settled(device, centre, restored=self.restored, copied=copied)
                invariants.evidence_is_there(device, centre, damaging=damaging)
                invariants.device_is_level(device, centre)
