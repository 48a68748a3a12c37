"""A real window while its device syncs: how long its event loop was ever busy; ``python -m tests.bench.frames ORDER``.

Without an order the process only beats, until its standard input ends: how long the machine itself lets one wait.

The window is enrolled by hand on a centre with a large register, so that the first sync goes on behind it while its
pages are walked through; then small events are made by the thousand and photographs taken, and both are delivered.
Prints one JSON object of gaps between heartbeats, in milliseconds.
"""

from __future__ import annotations

import asyncio
import random
import select
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import quantiles

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from inspector_app.app.main import qt_application, run_on_loop
from inspector_app.app.tour.person import Person
from inspector_app.services.desk import Desk
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage import rows
from inspector_app.ui.access.window import AccessWindow
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from tests.bench import work
from tests.bench.field_day import photograph
from tests.support.desks import PASSPHRASE

BEAT_MS = 5
_PAGES = ("side.register", "side.sync", "side.today", "side.cases", "side.visits")
_LOOK_S = 0.3


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Where to enrol, and how much to do."""

    profile: str
    url: str
    code: str
    username: str
    password: str
    rows: int
    events: int = 1000
    photos: int = 20


class Gaps(msgspec.Struct, frozen=True, kw_only=True):
    """Gaps between heartbeats, of which one is due every ``BEAT_MS``; in ms."""

    beats: int
    p99: float
    longest: float
    seconds: float


class Heart:
    """A timer of the GUI thread that notes how late it is."""

    def __init__(self) -> None:
        self._gaps: list[float] = []
        self._last = self._begun = time.perf_counter()
        self._timer = QTimer()
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self._gaps.append((now - self._last) * 1000)
        self._last = now

    def taken(self) -> Gaps:
        """The gaps since this was last asked."""
        gaps, self._gaps = self._gaps, []
        begun, self._begun = self._begun, time.perf_counter()
        p99 = quantiles(gaps, n=100)[-1]
        return Gaps(beats=len(gaps), p99=p99, longest=max(gaps), seconds=self._begun - begun)


class Day:
    """One person at the window, from enrolment to the last photo."""

    def __init__(self, order: Order, person: Person) -> None:
        self._order, self._person = order, person
        self._desk: Desk | None = None
        self.found: dict[str, Gaps] = {}
        person.application.window_changed.connect(self._shown)

    def _shown(self, window: QWidget) -> None:
        if isinstance(window, AccessWindow):
            window.signed_in.connect(self._came_in)

    def _came_in(self, desk: Desk) -> None:
        self._desk = desk

    async def live(self) -> None:
        """Go through it."""
        order = self._order
        await self._person.enrol(order.url, order.code, order.username, order.password, PASSPHRASE)
        heart = Heart()
        desk = self._desk
        assert desk is not None
        await self._walk_until(lambda: self._level(desk))
        self.found["first sync"] = heart.taken()
        await asyncio.to_thread(work.small, desk, order.events, random.Random(1448))
        await self._person.hands.click("side.sync")
        await self._person.hands.click("sync.now")
        await self._walk_until(lambda: not desk.outbox.status().waiting)
        self.found["push"] = heart.taken()
        await asyncio.to_thread(_photographs, desk, order.photos)
        await self._person.hands.click("side.sync")
        await self._person.hands.click("sync.now")
        await self._walk_until(lambda: not (desk.outbox.status().waiting or desk.outbox.status().evidence_waiting))
        self.found["photos"] = heart.taken()
        await self._walk_until(lambda: True)
        self.found["at rest"] = heart.taken()

    def _level(self, desk: Desk) -> bool:
        with desk.cache.read() as conn:
            return rows.count(conn, "place") + rows.count(conn, "company") >= self._order.rows

    async def _walk_until(self, done: Callable[[], bool]) -> None:
        """Go from page to page, all of them once at least, until something is so."""
        finished, turns = False, 0
        while not finished or turns < len(_PAGES):
            await self._person.hands.click(_PAGES[turns % len(_PAGES)])
            turns += 1
            await asyncio.sleep(_LOOK_S)
            finished = await asyncio.to_thread(done)


def _photographs(desk: Desk, count: int) -> None:
    fields = CaseFields(
        kind="complaint",
        category="CC01",
        subcategory="CC01-06",
        priority="P1",
        text="انقطاع الماء",
        place_id="RP-000001",
    )
    for _ in range(count // 5):
        draft = desk.cases.save_draft(fields)
        for _ in range(5):
            desk.cases.attach(draft, photograph())
        desk.cases.open(fields, draft)


def main(order: Order) -> dict[str, Gaps]:
    """Live that day, and say what was found."""
    qt_application()
    look, tasks = Look(), Tasks()
    look.apply()
    person = Person(Path(order.profile), look, tasks)
    day = Day(order, person)
    live: Callable[[], Awaitable[None]] = day.live
    try:
        run_on_loop(live)
    finally:
        person.leave()
        tasks.close()
    return day.found


def only_beat() -> Gaps:
    """The gaps of a process that does nothing but sleep and look at the clock."""
    gaps: list[float] = []
    begun = last = time.perf_counter()
    while not select.select([sys.stdin], [], [], BEAT_MS / 1000)[0]:
        now = time.perf_counter()
        gaps.append((now - last) * 1000)
        last = now
    return Gaps(beats=len(gaps), p99=quantiles(gaps, n=100)[-1], longest=max(gaps), seconds=last - begun)


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.stdout.write(msgspec.json.encode({"the machine": only_beat()}).decode() + "\n")
        sys.exit()
    found = main(msgspec.json.decode(sys.argv[1], type=Order))
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
