"""A large file whose connection is cut near its end, and whose device dies then: what is sent again, and how much."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inspector_app.services.desk import Desk
from inspector_app.services.ground import system_clock
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage import evidence
from sync.server.services.centre import open_centre
from tests.chaos import books, worker
from tests.chaos.processes import Process
from tests.chaos.worker import Order
from tests.support import light_device, register
from tests.support.centre_process import centre_process
from tests.support.desks import INSPECTOR
from tests.support.link import LinkProcess, Weather, link_to

MIB: Final = 1024 * 1024
_PATIENCE_S: Final = 120.0


@dataclass(frozen=True, kw_only=True)
class Resumed:
    """What came of it: bytes of the file, bytes sent before the cut and after it, and what is wrong in the books."""

    size: int
    before: int
    after: int
    faults: list[str]

    @property
    def most(self) -> int:
        """What may be sent after a cut at nine tenths: the last tenth and one MiB."""
        return self.size // 10 + MIB


def run(folder: Path, size: int, seed: int) -> Resumed:
    """Send one file of so many bytes, cut at 90 %, the device killed at that moment and started again.

    Args:
        folder: Empty.
        size: Of the file, bytes.
        seed: Of what is in it.
    """
    home = folder / "centre"
    home.mkdir()
    founded = open_centre(str(home / "centre.db"), home / "blobs")
    register.found(founded, 400, devices=1)
    founded.close()
    profile = folder / "laptop"
    with centre_process(home) as url, link_to(url) as link:
        person = INSPECTOR.id
        key = light_device.enrol(profile, url, register.CODE.format(0), person, register.PASSWORD.format(person))
        light_device.brought_up_to_date(profile, key, url)
        with light_device.opened(profile, key) as desk:
            _film(desk, random.Random(seed), size)
        order = Order(folder=str(profile), key=key.hex(), address=link.address, seed=seed)
        link.weather(Weather(cut_up=size * 9 // 10))
        before = _until_cut(link, Process("the laptop", lambda pipe: worker.live(order, pipe), folder / "first.log"))
        link.weather(Weather())
        resumed = Process("the laptop again", lambda pipe: worker.live(order, pipe), folder / "second.log")
        resumed.wait_for(b'{"step":"idle"', _PATIENCE_S)
        resumed.kill()
        after = link.counts().up
        faults = books.held_against(home, [(profile, key)], ()).faults
    return Resumed(size=size, before=before, after=after, faults=faults)


def _until_cut(link: LinkProcess, first: Process) -> int:
    """Let it send until the link has cut it, then kill it; bytes sent."""
    sent, cut, until = 0, 0, time.monotonic() + _PATIENCE_S
    while not cut and time.monotonic() < until:
        time.sleep(0.02)
        counts = link.counts()
        sent, cut = sent + counts.up, cut + counts.cut
    first.kill()
    assert cut, "the file was never cut"
    return sent


def _film(desk: Desk, rng: random.Random, size: int) -> None:
    """A case with one large piece of evidence, opened."""
    fields = CaseFields(
        kind="complaint",
        category="CC01",
        subcategory="CC01-06",
        priority="P1",
        text="تسرب في خزان المياه، التسجيل مرفق",
        place_id="RP-000001",
    )
    draft = desk.cases.save_draft(fields)
    stored = desk.cache.vault.put_parts(_noise(rng, size))
    with desk.cache.write() as conn:
        at = system_clock().isoformat()
        evidence.add(conn, stored, media_type="video/mp4", role="photo", owner=draft, at=at)
    desk.cases.open(fields, draft)


def _noise(rng: random.Random, size: int) -> Iterator[bytes]:
    while size:
        part = min(size, MIB)
        yield rng.randbytes(part)
        size -= part
