"""What an up-to-date device costs: when nothing has happened, when one row in a hundred has, and with photos."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import closing
from time import perf_counter

import msgspec
import pytest

from inspector_app.services.desk import Desk
from inspector_app.services.ground import system_clock
from inspector_app.services.link.driver import SyncDriver
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage.sync_store import SyncStore
from sync.contract import records as r
from sync.contract import wire
from sync.server.services.centre import open_centre
from tests.bench.field_day import photograph
from tests.bench.grounds import Ground, Watched
from tests.bench.measuring import promise, say
from tests.support import register
from tests.support.light_device import engine, to_rest
from tests.support.link import Weather, link_to

ROWS = 20_000
CHANGED = ROWS // 100
PHOTOS = 20
SLOW = Weather(round_trip_s=0.3, bits_per_s=2e6)


@pytest.mark.timeout(120)
def test_a_device_with_nothing_to_say_or_to_hear_makes_one_small_request(grounds: Callable[[int], Ground]) -> None:
    ground = grounds(ROWS)
    with link_to(ground.url) as link, ground.device() as desk, closing(Watched(link.address)) as transport:
        machine = engine(desk, transport)
        to_rest(machine)
        link.counts()
        machine.wake()
        to_rest(machine)
        idle = link.counts()
    assert (idle.requests, idle.connections) == (1, 0)
    promise("an idle round, without its authorization", idle.up + idle.down - idle.authorization, 500, " bytes")


@pytest.mark.timeout(120)
def test_what_has_changed_costs_little_more_than_its_rows_packed(grounds: Callable[[int], Ground]) -> None:
    ground = grounds(ROWS)
    with link_to(ground.url) as link, ground.device() as desk, closing(Watched(link.address)) as transport:
        machine = engine(desk, transport)
        to_rest(machine)
        rows = _change(ground)
        link.counts()
        machine.wake()
        started = perf_counter()
        to_rest(machine)
        took = (perf_counter() - started) * 1000
        counts = link.counts()
    lines = [msgspec.json.encode((r.KIND_OF[type(row)], *r.to_row(row).values())) for row in rows]
    packed = len(wire.compress(lines))
    sent = counts.up + counts.down - counts.authorization
    say(
        f"{CHANGED} of {ROWS:,} rows changed",
        {"bytes both ways": f"{sent:9,}", "their rows, zstd": f"{packed:9,}", "taken in": f"{took:9.2f} ms"},
    )
    promise("bytes of 1 % changed, of its rows packed", sent / packed, 1.15)


def _change(ground: Ground) -> list[r.Record]:
    """One row in a hundred is another, here and there."""
    chosen = random.Random(1448).sample(list(register.rows(ROWS - 400)), CHANGED)
    rows = [msgspec.structs.replace(row, name_en=f"{row.name_en} 2") for row in chosen]  # type: ignore[attr-defined]
    centre = open_centre(str(ground.database), ground.database.parent / "blobs")
    register.put(centre, rows)
    centre.close()
    return rows


@pytest.mark.timeout(300)
def test_on_a_slow_link_photos_take_what_their_bytes_take(grounds: Callable[[int], Ground]) -> None:
    ground = grounds(ROWS)
    with link_to(ground.url) as link, link_to(ground.floor.address) as plain_link, ground.device() as desk:
        with closing(Watched(ground.url)) as transport:
            to_rest(engine(desk, transport))
            size = _photographs(desk)
        link.weather(SLOW)
        plain_link.weather(SLOW)
        took = _delivered(desk, link.address)
        counts = link.counts()
        started = perf_counter()
        ground.floor.prepare([])
        ground.floor.post(wire.compress([random.randbytes(size)]), plain_link.address)
        floor = perf_counter() - started
    say(
        f"{PHOTOS} photos, {size:,} bytes, and the case they belong to, at 300 ms and 2 Mbit/s",
        {
            "delivered by the driver": f"{took:9.2f} s",
            "floor: one POST of as many bytes": f"{floor:9.2f} s",
            "requests, connections": f"{counts.requests:6}, {counts.connections}",
            "bytes up": f"{counts.up:12,}",
        },
    )
    promise(f"{PHOTOS} photos at 300 ms and 2 Mbit/s, of their floor", took / floor, 1.2)


def _photographs(desk: Desk) -> int:
    """Cases with photographs, five each; the bytes of all."""
    size = 0
    for _ in range(PHOTOS // 5):
        fields = CaseFields(
            kind="complaint", category="CC01", subcategory="CC01-06", priority="P1", text="انقطاع الماء",
            place_id="RP-000001",
        )  # fmt: skip
        draft = desk.cases.save_draft(fields)
        size += sum(desk.cases.attach(draft, photograph()).size for _ in range(5))
        desk.cases.open(fields, draft)
    return size


def _delivered(desk: Desk, address: str) -> float:
    """Let the driver of the application work; s from the receipts of the cases to the last of their photos."""
    driver = SyncDriver(SyncStore(desk.cache, system_clock), HttpTransport(address), lambda report: None)
    started = perf_counter()
    driver.start()
    try:
        begun = 0.0
        while (left := desk.outbox.status()).waiting or left.evidence_waiting:
            begun = begun or (0.0 if left.waiting else perf_counter())
            time.sleep(0.02)
            assert perf_counter() - started < 100, left
        return perf_counter() - begun
    finally:
        driver.stop()
