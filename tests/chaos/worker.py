"""A device without windows that works until it is killed: real services, real store, real driver, told by a pipe."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from inspector_app.services.desk import Desk
from inspector_app.services.ground import system_clock
from inspector_app.services.link.driver import SyncDriver
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage import rows
from inspector_app.storage.sync_store import SyncStore
from tests.chaos.material import photograph, sentence
from tests.support.desks import fill_in, refuse_to_sign
from tests.support.light_device import opened

_LOOK_S = 0.1


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a device is to do in one life.

    Attributes:
        folder: Its profile.
        key: Of its cache, hex.
        address: Where it finds the centre.
        seed: Of what it does.
        events: How many events to make.
        photos: How many photographs to take.
        visits: How many visits to write.
        pause_s: Between two of its deeds.
    """

    folder: str
    key: str
    address: str
    seed: int
    events: int = 0
    photos: int = 0
    visits: int = 0
    pause_s: float = 0.0


class Deed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a device says it has done; nobody hears of it before it is on the disk.

    ``step`` is ``case``, ``comment``, ``visit``, ``open`` (the cache is open) or ``idle`` (all is done and delivered);
    ``record`` and ``text`` name what was made, ``events`` and ``photos`` count.
    """

    step: str
    record: str = ""
    text: str = ""
    events: int = 0
    photos: int = 0


class Worker:
    """One life of a device."""

    def __init__(self, desk: Desk, order: Order, tell: Callable[[Deed], None], sync_now: Callable[[], None]) -> None:
        self._desk, self._order, self._tell, self._sync_now = desk, order, tell, sync_now
        self._rng = random.Random(order.seed)
        self._cases = desk.cases.list()[-20:]

    def work(self) -> None:
        """Do everything that was ordered."""
        left, photos, visits = self._order.events, self._order.photos, self._order.visits
        while left > 0 or photos > 0 or visits > 0:
            if visits > 0 and self._rng.random() < 0.1:
                left -= self._visit()
                visits -= 1
            elif photos > 0 and self._rng.random() < 0.15:
                taken = min(photos, self._rng.randint(1, 3))
                left -= self._open(taken)
                photos -= taken
            elif left > 0:
                left -= self._open(0) if not self._cases or self._rng.random() < 0.2 else self._comment()
            self._sync_now()
            time.sleep(self._rng.uniform(0, 2 * self._order.pause_s))

    def _open(self, photos: int) -> int:
        text = sentence(self._rng)
        named = self._rng.random() < 0.3
        fields = CaseFields(
            kind="complaint",
            category="CC01",
            subcategory="CC01-06",
            priority="P2",
            text=text,
            reporter="named" if named else "committee",
            reporter_name="عبد الرحمن" if named else "",
            reporter_phone="0501234567" if named else "",
            place_id="RP-000001",
        )
        draft = self._desk.cases.save_draft(fields) if photos else None
        if draft is not None:
            for _ in range(photos):
                self._desk.cases.attach(draft, photograph(self._rng, 320, 240))
        made = self._desk.cases.open(fields, draft).case_id
        self._cases.append(made)
        self._tell(Deed(step="case", record=made, text=text, events=1 + named, photos=photos))
        return 1 + named

    def _comment(self) -> int:
        case_id, text = self._rng.choice(self._cases[-20:]), sentence(self._rng)
        self._desk.cases.act(case_id, "comment", text)
        self._tell(Deed(step="comment", record=case_id, text=text, events=1))
        return 1

    def _visit(self) -> int:
        draft = self._desk.visits.start("RP-000001", "RC-000001")
        fill_in(self._desk, draft)
        refuse_to_sign(self._desk, draft)
        made = self._desk.visits.submit(draft)
        self._tell(Deed(step="visit", record=made.visit_id, text=made.number, events=1))
        return 1


def live(order: Order, pipe: int) -> None:
    """Live until killed."""

    def tell(deed: Deed) -> None:
        os.write(pipe, msgspec.json.encode(deed) + b"\n")

    with opened(Path(order.folder), bytes.fromhex(order.key)) as desk:
        driver = SyncDriver(SyncStore(desk.cache, system_clock), HttpTransport(order.address), lambda report: None)
        tell(Deed(step="open"))
        driver.start()
        while not _has_its_season(desk):
            time.sleep(_LOOK_S)
        Worker(desk, order, tell, driver.sync_now).work()
        told = False
        while True:
            left = desk.outbox.status()
            if not (told or left.waiting or left.evidence_waiting):
                tell(Deed(step="idle"))
                told = True
            elif not told:
                driver.sync_now()  # what was ordered is all there will be: nobody else would wake it
            time.sleep(_LOOK_S)


def _has_its_season(desk: Desk) -> bool:
    """Whether the first sync has brought what work needs; it too happens under fire."""
    with desk.cache.read() as conn:
        return all(rows.count(conn, kind) for kind in ("season", "checklist", "company", "place"))


if __name__ == "__main__":
    live(msgspec.json.decode(sys.argv[1], type=Order), 1)
