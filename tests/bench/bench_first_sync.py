"""The first sync of a register, from nothing to a device that has compared what it has with the centre."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import pytest

from inspector_app.storage import rows
from tests.bench import plain
from tests.bench.grounds import Ground, Phases, Watched
from tests.bench.measuring import Spread, Stages, in_turn, promise, say
from tests.support.light_device import engine, to_rest
from tests.support.link import Weather, link_to

ROWS, MANY = 20_000, 100_000
TURNS, FEW_TURNS = 7, 3


class FirstSyncs:
    """Does the same first sync again and again, and the floor beside it."""

    def __init__(self, ground: Ground, address: str = "", floor: str = "") -> None:
        self._ground = ground
        self._address, self._floor = address or ground.url, floor
        self.stages, self.plain_stages = Stages(), Stages()
        self.received = 0

    def sync(self) -> float:
        """A device with nothing becomes one with everything; ms."""
        with self._ground.device() as desk:
            transport, phases = Watched(self._address), Phases()
            machine = engine(desk, transport)
            started = perf_counter()
            to_rest(machine, phases.hear)
            took = (perf_counter() - started) * 1000
            transport.close()
            self.received = machine.traffic.received
            with desk.cache.read() as conn:
                self.arrived = rows.count(conn, "place") + rows.count(conn, "company")
        self.stages.add(phases.took | {f"of it {name}": part for name, part in transport.took.items()})
        return took

    def plain(self) -> float:
        """The same rows the plainest way; ms."""
        with self._ground.plain_cache() as cache:
            started = perf_counter()
            packed = self._ground.floor.get(self._floor)
            stages = {"GET": (perf_counter() - started) * 1000}
            plain.take_in(cache, packed, stages)
            took = (perf_counter() - started) * 1000
        self.plain_stages.add(stages)
        return took

    def measure(self, title: str, turns: int, warm_up: int = 1) -> tuple[Spread, Spread]:
        """Both in turn, printed; the sync and its floor."""
        measured = in_turn(turns, warm_up, sync=self.sync, plain=self.plain)
        sync, floor = measured["sync"], measured["plain"]
        say(
            title,
            {
                "first sync": sync,
                "floor": floor,
                "ratio": f"{sync.median / floor.median:9.2f}",
                **self.stages.lines("sync"),
                **self.plain_stages.lines("floor"),
            },
        )
        return sync, floor


@pytest.mark.timeout(600)
def test_a_first_sync_takes_little_longer_than_its_rows_do_and_grows_with_them_only(
    grounds: Callable[[int], Ground],
) -> None:
    few = FirstSyncs(grounds(ROWS))
    sync, floor = few.measure(f"First sync of {ROWS:,} rows", TURNS)
    assert few.arrived > ROWS * 0.98
    many = FirstSyncs(grounds(MANY))
    sync_many, floor_many = many.measure(f"First sync of {MANY:,} rows", FEW_TURNS)
    times, floor_times = sync_many.median / sync.median, floor_many.median / floor.median
    say("So many times longer for five times the rows", {"first sync": f"{times:.2f}", "floor": f"{floor_times:.2f}"})
    promise(f"first sync of {ROWS:,} rows, of its floor (aim 1.1)", sync.median / floor.median, 1.5)
    promise(f"first sync of {MANY:,} rows, of {MANY // ROWS} times {ROWS:,}", times / (MANY / ROWS), 1.25)


@pytest.mark.timeout(300)
def test_a_first_sync_costs_few_more_bytes_than_its_rows_packed_in_one(grounds: Callable[[int], Ground]) -> None:
    ground = grounds(ROWS)
    with link_to(ground.url) as link, link_to(ground.floor.address) as plain_link:
        syncs = FirstSyncs(ground, link.address, plain_link.address)
        syncs.sync()
        syncs.plain()
        sync, floor = link.counts(), plain_link.counts()
        uncut = sync.up + sync.down
        say(
            f"Bytes of a first sync of {ROWS:,} rows, both ways, heads included",
            {
                "first sync": f"{uncut:12,}  in {sync.requests} requests",
                "floor: one zstd frame of all rows": f"{floor.up + floor.down:12,}",
            },
        )
        promise("bytes of a first sync, of its floor", uncut / (floor.up + floor.down), 1.1)

        link.weather(Weather(cut_every=400_000))
        _with_patience(syncs, ground, link.address)
        cut = link.counts()
        say("Cut every 400,000 bytes", {"bytes": f"{cut.up + cut.down:12,}", "cuts": f"{cut.cut:12}"})
        assert cut.cut
        promise("bytes of a first sync cut every 400 KB, of one that is not", (cut.up + cut.down) / uncut, 1.4)


def _with_patience(syncs: FirstSyncs, ground: Ground, address: str) -> None:
    """A first sync that goes on after every cut, without waiting."""
    with ground.device() as desk:
        transport = Watched(address)
        machine = engine(desk, transport)
        for _ in range(1000):
            if machine.step().phase == "rest":
                break
        transport.close()
        with desk.cache.read() as conn:
            assert rows.count(conn, "place") + rows.count(conn, "company") == syncs.arrived


@pytest.mark.timeout(600)
def test_on_a_slow_link_a_first_sync_takes_what_its_bytes_take(grounds: Callable[[int], Ground]) -> None:
    ground = grounds(ROWS)
    slow = Weather(round_trip_s=0.3, bits_per_s=2e6)
    with link_to(ground.url) as link, link_to(ground.floor.address) as plain_link:
        link.weather(slow)
        plain_link.weather(slow)
        syncs = FirstSyncs(ground, link.address, plain_link.address)
        sync, floor = syncs.measure(f"First sync of {ROWS:,} rows at 300 ms and 2 Mbit/s", 3, 0)
        promise("first sync at 300 ms and 2 Mbit/s, of its floor", sync.median / floor.median, 1.1)
