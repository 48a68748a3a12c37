"""``make chaos``: the real centre and real devices, each a process, killed at random moments over a link that lies.

Every process is forked from this one, which has imported everything, so that a new life takes milliseconds; what runs
in it is ``python -m sync.server serve`` and the services, store and driver of the application. A round is a few
seconds of weather in which work is done and both ends are killed with SIGKILL; when the last is over, the link is good
again, everything is delivered, and the books are compared.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from sync.server import cli
from sync.server.services.centre import open_centre
from tests.chaos import books, large, worker
from tests.chaos.books import Kept, Sums
from tests.chaos.processes import Process
from tests.chaos.worker import Deed, Order
from tests.support import light_device, register
from tests.support.centre_process import arguments
from tests.support.desks import COLLEAGUE, INSPECTOR
from tests.support.link import Counts, LinkProcess, Weather, link_to

ROWS: Final = 600
LARGE: Final = 50 * 1000 * 1000
_READY_S, _SETTLE_S = 30.0, 240.0
_OPENING: Final = "listening on "


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much chaos.

    Attributes:
        rounds: How many.
        seed: Of everything that is drawn.
        devices: How many at a time.
        events: In all, at least.
        photos: In all.
        kills: Of each side in a round.
        round_s: How long a round is.
        bad: The share of connections with a fate of their own.
    """

    rounds: int
    seed: int
    devices: int = 4
    events: int = 50_000
    photos: int = 500
    kills: int = 3
    round_s: float = 4.5
    bad: float = 1.0


@dataclass
class Outcome:
    """What happened, and what is wrong after it."""

    killed_centres: int = 0
    killed_devices: int = 0
    counts: Counts = field(default_factory=Counts)
    deeds: list[Deed] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    sums: Sums = field(default_factory=Sums)
    seconds: float = 0.0


class Centre:
    """The centre, always on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, 0
        self.start()

    def start(self) -> None:
        """A new life."""
        port = self.port

        def serve(_: int) -> None:
            sys.exit(cli.main(["serve", *arguments(self.folder, port)]))

        self._process = Process("the centre", serve, self.folder / "centre.log")
        said = self._process.wait_for(_OPENING.encode(), _READY_S)
        self.port = int(said[-1].rpartition(b":")[2])

    def kill(self) -> None:
        """The end of this life."""
        self._process.kill()


class Device:
    """One laptop through all its lives, and what is still to be done on it."""

    def __init__(self, folder: Path, key: bytes, address: str, rng: random.Random) -> None:
        self.kept: Kept = (folder, key)
        self._address, self._rng = address, rng
        self.events = self.photos = self.visits = 0
        self.deeds: list[Deed] = []
        self.is_idle = False
        self._process: Process | None = None

    def start(self, pause_s: float) -> None:
        """A new life, with all that is left to do."""
        folder, key = self.kept
        order = Order(
            folder=str(folder),
            key=key.hex(),
            address=self._address,
            seed=self._rng.randrange(2**31),
            events=self.events,
            photos=self.photos,
            visits=self.visits,
            pause_s=pause_s,
        )
        self.is_idle = False
        self._process = Process(folder.name, lambda pipe: worker.live(order, pipe), folder.with_suffix(".log"))

    def listen(self) -> None:
        """Hear what it has done.

        Raises:
            AssertionError: It has ended by itself.
        """
        assert self._process is not None
        self._hear(self._process.lines())
        if self._process.ended:
            raise AssertionError(self.kept[0].with_suffix(".log").read_text()[-4000:])

    def kill(self) -> None:
        """The end of this life."""
        assert self._process is not None
        self._hear(self._process.kill())

    def _hear(self, lines: Sequence[bytes]) -> None:
        for line in lines:
            deed = msgspec.json.decode(line, type=Deed)
            self.is_idle = self.is_idle or deed.step == "idle"
            if deed.step not in ("open", "idle"):
                self.deeds.append(deed)
                self.events = max(0, self.events - deed.events)
                self.photos = max(0, self.photos - deed.photos)
                self.visits = max(0, self.visits - (deed.step == "visit"))


def run(folder: Path, plan: Plan, told: Callable[[int, Outcome], None] = lambda number, outcome: None) -> Outcome:
    """Have so much chaos in a folder.

    Args:
        folder: Empty.
        plan: How much.
        told: Called after every round with its number and what has come of it so far.
    """
    started = time.monotonic()
    rng = random.Random(plan.seed)
    outcome = Outcome()
    (folder / "centre").mkdir()
    founded = open_centre(str(folder / "centre" / "centre.db"), folder / "centre" / "blobs")
    register.found(founded, ROWS, devices=plan.devices)
    founded.close()
    centre = Centre(folder / "centre")
    try:
        with link_to(f"http://127.0.0.1:{centre.port}") as link:
            devices = [_enrolled(folder, number, centre, link, rng) for number in range(plan.devices)]
            for device in devices:
                device.start(plan.round_s / 75)
            try:
                for number in range(plan.rounds):
                    _round(plan, number, rng, centre, link, devices, outcome)
                    if number % 10 == 9:
                        for device in devices:
                            outcome.faults += books.false_receipts(centre.folder, device.kept)
                    told(number + 1, outcome)
                _settle(link, devices, outcome)
            finally:
                for device in devices:
                    device.kill()
    finally:
        centre.kill()
    outcome.deeds = [deed for device in devices for deed in device.deeds]
    outcome.sums = books.held_against(centre.folder, [device.kept for device in devices], outcome.deeds)
    outcome.faults += outcome.sums.faults
    outcome.seconds = time.monotonic() - started
    return outcome


def _enrolled(folder: Path, number: int, centre: Centre, link: LinkProcess, rng: random.Random) -> Device:
    profile = folder / f"laptop-{number + 1}"
    person = (INSPECTOR, COLLEAGUE)[number % 2].id
    url = f"http://127.0.0.1:{centre.port}"
    key = light_device.enrol(profile, url, register.CODE.format(number), person, register.PASSWORD.format(person))
    return Device(profile, key, link.address, random.Random(rng.randrange(2**31)))


def _round(
    plan: Plan,
    number: int,
    rng: random.Random,
    centre: Centre,
    link: LinkProcess,
    devices: list[Device],
    outcome: Outcome,
) -> None:
    """Some seconds of work under fire."""
    for device in devices:
        device.events += -(-plan.events // (plan.rounds * len(devices)))
        device.visits += rng.random() < 1 / len(devices)
    for turn in range(number * len(devices), (number + 1) * len(devices)):
        device = devices[turn % len(devices)]
        device.photos += _share(plan.photos, plan.rounds * len(devices), turn)
    _add(outcome.counts, link.weather(Weather(bad=plan.bad, seed=rng.randrange(1, 2**31))))
    # Each device begins the round with its new share: that is a death like any other.
    deaths: list[tuple[float, Device | None]] = [(rng.uniform(0, 0.5), device) for device in devices]
    deaths += [(rng.uniform(0, 1), rng.choice(devices)) for _ in range(max(0, plan.kills - len(devices)))]
    deaths += [(rng.uniform(0, 1), None) for _ in range(plan.kills)]
    begun = time.monotonic()
    for share, victim in sorted(deaths, key=lambda death: death[0]):
        _listen(devices, begun + share * plan.round_s)
        if victim is None:
            centre.kill()
            outcome.killed_centres += 1
            _listen(devices, time.monotonic() + rng.choice((0, 0, 0.3)))
            centre.start()
        else:
            victim.kill()
            outcome.killed_devices += 1
            victim.start(plan.round_s / 75)
    _listen(devices, begun + plan.round_s)


def _share(total: int, parts: int, turn: int) -> int:
    """The share of one turn of so many: as even as whole numbers are, and all of it in the end."""
    return total * (turn + 1) // parts - total * turn // parts


def _listen(devices: list[Device], until: float) -> None:
    while True:
        for device in devices:
            device.listen()
        left = until - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(left, 0.05))


def _settle(link: LinkProcess, devices: list[Device], outcome: Outcome) -> None:
    """A good link until everybody has delivered everything, and once more, so that each has what the others sent."""
    _add(outcome.counts, link.weather(Weather()))
    for _ in range(2):
        for device in devices:
            device.kill()
            device.start(0.0)
        until = time.monotonic() + _SETTLE_S
        while not all(device.is_idle for device in devices):
            _listen(devices, time.monotonic() + 0.1)
            if time.monotonic() > until:
                late = [device.kept[0].name for device in devices if not device.is_idle]
                outcome.faults.append(f"{', '.join(late)} had not delivered everything after {_SETTLE_S:.0f} s")
                break
    for device in devices:  # level with the centre, in this process: no more than a look
        device.kill()
        light_device.brought_up_to_date(*device.kept, link.address)
        device.start(0.0)
    _add(outcome.counts, link.counts())


def _add(sums: Counts, more: Counts) -> None:
    for name in sums.__struct_fields__:
        setattr(sums, name, getattr(sums, name) + getattr(more, name))


def say(words: str) -> None:
    """One line for the person at the terminal."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _tell(number: int, outcome: Outcome) -> None:
    if number % 10 == 0:
        counts = outcome.counts
        say(
            f"{number:5}  {outcome.killed_centres:7}  {outcome.killed_devices:7}  {counts.connections:11}  "
            f"{counts.cut:5}  {counts.slowed:6}  {counts.changed:7}  {counts.answered:8}  {len(outcome.faults):6}"
        )


def main() -> int:
    """Let it happen, and print what came of it.

    Returns:
        0 when nothing was lost, doubled or falsely said to be received.
    """
    parser = argparse.ArgumentParser(prog="chaos")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--keep", type=Path, help="a new folder to work in, which is left there")
    chosen = parser.parse_args()
    share = chosen.rounds / 200
    plan = Plan(rounds=chosen.rounds, seed=chosen.seed, events=int(50_000 * share), photos=int(500 * share))
    say(f"{plan.rounds} rounds, seed {plan.seed}")
    say(
        "round  centres  devices  connections    cut  slowed  changed  answered  faults   (killed, killed, of the link)"
    )
    if chosen.keep:
        chosen.keep.mkdir(parents=True)
        outcome = run(chosen.keep, plan, _tell)
    else:
        with tempfile.TemporaryDirectory(prefix="midan-chaos-") as folder:
            outcome = run(Path(folder), plan, _tell)
    done = outcome.sums
    say(
        f"\n{outcome.killed_centres} centres and {outcome.killed_devices} devices killed, {outcome.counts.cut} of "
        f"{outcome.counts.connections} connections cut, {outcome.counts.changed} changed by a bit, "
        f"{outcome.counts.answered} answered by others.\n"
        f"{done.events} events and {done.pieces} photos at the centre, {outcome.seconds:.0f} s. "
        f"Lost, doubled or falsely received: {len(outcome.faults)}."
    )
    with tempfile.TemporaryDirectory(prefix="midan-chaos-") as folder:
        film = large.run(Path(folder), LARGE, plan.seed)
    say(
        f"A file of {film.size:,} bytes, cut after {film.before:,}, its device killed and started again: "
        f"{film.after:,} sent then, at most {film.most:,}."
    )
    faults = outcome.faults + film.faults
    for what in faults[:50]:
        say(f"BROKEN  {what}")
    return 1 if faults or film.after > film.most else 0


if __name__ == "__main__":
    sys.exit(main())
