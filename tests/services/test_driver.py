"""The thread that turns the engine, where the device itself is in trouble."""

from __future__ import annotations

import queue

from inspector_app.services.link.driver import SyncDriver
from inspector_app.services.link.http import HttpTransport
from inspector_app.storage.errors import DiskFull
from sync.engine.engine import Report
from sync.engine.ports import Identity, Waiting
from tests.engine.store import MemoryStore


class FullStore(MemoryStore):
    """A store on a disk without room."""

    def identity(self) -> Identity:
        return Identity("d", "centre", b"\x07" * 32)

    def waiting(self, limit: int) -> tuple[Waiting, ...]:
        raise DiskFull


def test_a_full_disk_is_said_to_be_one_and_is_not_laid_at_the_centres_door() -> None:
    heard: queue.Queue[Report] = queue.Queue()
    driver = SyncDriver(FullStore(), HttpTransport("http://127.0.0.1:9"), heard.put)
    driver.start()
    try:
        assert heard.get(timeout=10).problem == "disk_full"
    finally:
        driver.stop()
