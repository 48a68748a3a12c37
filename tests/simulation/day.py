"""``make day``: twenty-four hours of two committees and their supervisor, with a link for a twentieth of the time."""

from __future__ import annotations

import argparse
import logging
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.views.cases import CaseFields
from sync.contract import records as r
from sync.engine.engine import Link, Report
from sync.engine.uploading import Uploader
from tests.simulation import committees, hooks, on_device, settling, template, uploads
from tests.simulation.centre import CentreProcess
from tests.simulation.clocks import Time
from tests.simulation.device import DeviceProcess
from tests.simulation.network import Network
from tests.simulation.plan import Plan
from tests.simulation.run import say, workshop
from tests.simulation.template import Template
from tests.simulation.weather import Weather
from tests.support.desks import fill_in, refuse_to_sign

HOUR: Final = 3_600.0
_SHIFT_H: Final = 8
_ROUND_S: Final = 40 * 60.0
_UP_SHARE: Final = 0.05
"""Each device has a link for this share of the time: a burst of about two minutes in every round."""
_BYTES_A_SECOND: Final = 250_000.0
_PROBE_S: Final = 15.0
"""While there is no link, the driver looks for one this often between the engine's own steps."""
_FAULTS: Final = {"request lost": 0.02, "answer lost": 0.02, "answer cut off": 0.02, "5xx": 0.005}


class Used(NamedTuple):
    """What a device did and needed in a day."""

    name: str
    events: int
    pieces: int
    requests: int
    sent: int
    received: int
    wakeups: int
    longest_wait_h: float


class Day:
    """One day of everybody, from morning to morning."""

    def __init__(self, random: Random, time: Time, made: Template, folder: Path, hours: float) -> None:
        self._random = random
        self._time = time
        self._hours = hours
        self._plan = Plan(random, time, hours * HOUR)
        self._weather = Weather(random, _FAULTS)
        made.copy_centre(folder / "centre")
        self._centre = CentreProcess(folder / "centre", time)
        self._link = Network(random, time, self._weather, self._centre, lambda line: None)
        self._link.pace = _BYTES_A_SECOND
        self._lines: dict[str, bytes] = {}
        self._turn: Counter[str] = Counter()
        self._wakeups: Counter[str] = Counter()
        self._waiting: dict[str, float] = {}
        self._longest: dict[str, float] = {}
        self.devices = []
        for seat in committees.cast().seats:
            key = made.copy_device(seat, folder / seat.name)
            self.devices.append(DeviceProcess(seat, seat.name, folder / seat.name, key, random, time, self._link, 3))

    def live(self) -> None:
        """Everybody works his shift, and the engines do what they can."""
        for device in self.devices:
            device.open()
            self._no_link(device)
            for person in device.members():
                begins = self._random.uniform(0, max(0.0, self._hours - _SHIFT_H)) * HOUR
                shift = min(self._hours, _SHIFT_H) * HOUR
                self._plan.at(begins, self._next_task(device, person, self._time.seconds + begins + shift))
        while (do := self._plan.next()) is not None:
            do()

    def end(self) -> None:
        """A link that lasts; then everything is compared.

        Raises:
            Broken: Something is not where it should be.
        """
        self._weather.calm = True
        for device in self.devices:
            device.silent_until = 0.0
        settling.come_to_rest(self.devices, self._time, self._look)
        settling.compare(self.devices, self._centre.centre, self._lines, restored=False, damaging=False)

    def used(self) -> list[Used]:
        """What each device needed."""
        return [self._used(device) for device in self.devices]

    def close(self) -> None:
        for device in self.devices:
            device.close()
        self._centre.close()

    # ------------------------------------------------------------------------------------------------------- the link

    def _no_link(self, device: DeviceProcess) -> None:
        away = self._random.uniform(0.5, 1.5) * _ROUND_S * (1 - _UP_SHARE)
        device.silent_until = self._time.seconds + away
        self._plan.at(away, lambda: self._link_is_back(device))
        self._take_turn(device, 0.0)

    def _link_is_back(self, device: DeviceProcess) -> None:
        """The driver notices it within seconds, and lets the engine begin at once."""
        self._plan.at(self._random.uniform(0.5, 1.5) * _ROUND_S * _UP_SHARE, lambda: self._no_link(device))
        device.engine.wake()
        self._take_turn(device, self._random.uniform(0, _PROBE_S))

    def _take_turn(self, device: DeviceProcess, after: float) -> None:
        """The engine's next step, in the place of the one that was planned."""
        self._turn[device.name] += 1
        turn = self._turn[device.name]
        if after:
            self._wakeups[device.name] += 1
        self._plan.at(after, lambda: self._step(device) if turn == self._turn[device.name] else None)

    def _step(self, device: DeviceProcess) -> None:
        report = device.step()
        if report.events:
            self._look(device)
        if report.evidence:
            uploads.begin(device, self._plan, self._random, lambda uploader: self._upload(device, uploader))
        if report.link is Link.OFFLINE:
            self._wakeups[device.name] += int(report.wait_s / _PROBE_S)
        self._take_turn(device, report.wait_s)

    def _upload(self, device: DeviceProcess, uploader: Uploader) -> Report:
        report = uploader.step()
        if report.wait_s:
            self._wakeups[device.name] += 1
        return report

    def _look(self, device: DeviceProcess) -> None:
        self._lines |= on_device.events_stay(device)
        on_device.evidence_stays(device)
        for event_id, state in device.known.items():
            if state == "waiting":
                self._waiting.setdefault(event_id, self._time.seconds)
            elif event_id in self._waiting:
                waited = self._time.seconds - self._waiting.pop(event_id)
                self._longest[device.name] = max(waited, self._longest.get(device.name, 0.0))

    # ------------------------------------------------------------------------------------------------------- the work

    def _next_task(self, device: DeviceProcess, person: r.Person, until: float) -> Callable[[], None]:
        def task() -> None:
            if self._time.seconds > until:
                return
            try:
                self._task(device.desk(person), person)
            except UserError as error:
                if error.code not in _SAID_NO:
                    raise
            self._look(device)
            device.engine.wake()
            self._take_turn(device, 0.1)
            minutes = self._random.uniform(10, 25) if person.role == "supervisor" else self._random.uniform(20, 60)
            self._plan.at(minutes * 60, task)

        return task

    def _task(self, desk: Desk, person: r.Person) -> None:
        if person.role == "supervisor":
            self._review(desk)
            return
        returned = [visit for visit in desk.visits.list() if desk.visits.row(visit).visit.state == "returned"]
        if returned and self._random.random() < 0.6:
            self._write(desk, desk.visits.correct(self._random.choice(returned)))
        elif self._random.random() < 0.75:
            self._write(desk, desk.visits.start(self._random.choice(desk.register.all("place")), None))
        else:
            self._case(desk)

    def _write(self, desk: Desk, draft_id: str) -> None:
        """A whole report of the real checklist, with recordings of the size of photos."""
        failing = {code: "nonconform" for code in ("A01", "A02") if self._random.random() < 0.4}
        fill_in(desk, draft_id, **failing)
        for _ in range(self._random.randint(1, 4)):
            desk.evidence.keep(
                draft_id, "", b"OggS" + self._random.randbytes(self._random.randint(60_000, 250_000)), "voice"
            )
        refuse_to_sign(desk, draft_id)
        desk.visits.submit(draft_id)

    def _case(self, desk: Desk) -> None:
        cases = desk.cases.list()
        if cases and self._random.random() < 0.6:
            case_id = self._random.choice(cases)
            desk.cases.act(case_id, self._random.choice(desk.cases.actions(case_id) or ("comment",)), "تمت المتابعة")
            return
        desk.cases.open(CaseFields(kind="complaint", category="CC01", priority="P2", text="لا ماء في الدور الثالث"))

    def _review(self, desk: Desk) -> None:
        for visit_id in desk.review.queue()[:6]:
            if self._random.random() < 0.25:
                desk.review.give_back(visit_id, [r.Remark(item="A01", text="صورة أوضح")])
            else:
                desk.review.approve(visit_id)

    def _used(self, device: DeviceProcess) -> Used:
        with device.cache.read() as conn:
            events, pieces = conn.exec_driver_sql(
                "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM evidence WHERE state = 'complete')"
            ).one()
        carried = self._link.carried
        return Used(
            name=device.name,
            events=events,
            pieces=pieces,
            requests=carried[device.name, "requests"],
            sent=carried[device.name, "sent"],
            received=carried[device.name, "received"],
            wakeups=self._wakeups[device.name],
            longest_wait_h=self._longest.get(device.name, 0.0) / HOUR,
        )


_SAID_NO: Final = ("illegal_step", "own_report", "not_your_role", "closed_item_changed", "nothing_to_correct")


def simulate(seed: int, hours: float, shop: Path) -> list[Used]:
    """A day in a folder that is empty.

    Raises:
        Broken: Something is not where it should be at its end.
    """
    for name in ("template", "day"):
        (shop / name).mkdir()
    made = template.build(shop / "template", committees.cast())
    random, time = Random(seed), Time()
    with hooks.around(random, time, small=False):
        day = Day(random, time, made, shop / "day", hours)
        try:
            day.live()
            day.end()
            return day.used()
        finally:
            day.close()


def main() -> int:
    """Simulate the day and say what each device needed."""
    parser = argparse.ArgumentParser(prog="make day")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hours", type=float, default=24.0)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with workshop() as shop:
        used = simulate(options.seed, options.hours, shop)
    hours = options.hours
    columns = "{:<12}{:>8}{:>8}{:>14}{:>20}{:>9}{:>9}{:>10}"
    say(columns.format("", "events", "pieces", "longest wait", "an hour: requests", "KB up", "KB down", "wake-ups"))
    for one in used:
        counted = [
            f"{number / hours:.1f}" for number in (one.requests, one.sent / 1000, one.received / 1000, one.wakeups)
        ]
        say(columns.format(one.name, one.events, one.pieces, f"{one.longest_wait_h:.1f} h", *counted))
    say(f"{hours:g} hours, seed {options.seed}: everything is where it should be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
