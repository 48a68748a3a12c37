"""The threads that turn the engine and send evidence, against a centre behind real sockets."""

from __future__ import annotations

import hashlib
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import pytest

from inspector_app.services.link.driver import SyncDriver
from inspector_app.services.link.http import HttpTransport
from inspector_app.storage.errors import DiskFull
from sync.contract import events as e
from sync.contract import wire
from sync.engine.engine import Link, Phase, Report
from sync.engine.ports import Waiting
from tests.engine.centre import Centre, Time
from tests.engine.store import MemoryStore
from tests.services.web import Server, serving


class Running:
    """A driver at work, and what it has said."""

    def __init__(self, store: MemoryStore, address: str) -> None:
        self.store = store
        self.heard: queue.Queue[Report] = queue.Queue()
        self.driver = SyncDriver(store, HttpTransport(address), self.heard.put)

    def until(self, wanted: Callable[[Report], bool]) -> Report:
        """The next report of which something holds."""
        end = monotonic() + 10
        while True:
            report = self.heard.get(timeout=max(0.0, end - monotonic()))
            if wanted(report):
                return report


@contextmanager
def running(store: MemoryStore, address: str) -> Iterator[Running]:
    made = Running(store, address)
    made.driver.start()
    try:
        yield made
    finally:
        made.driver.stop()


@pytest.fixture
def server() -> Iterator[Server]:
    centre = Centre(Time())
    centre.modern = centre.takes_bodies = True
    centre.frame_rows = 10
    with serving(centre) as made:
        yield made


def at_rest(report: Report) -> bool:
    return report.phase is Phase.REST and not report.evidence


def photos(store: MemoryStore, count: int, size: int = 50_000) -> None:
    for number in range(count):
        data = bytes([number]) * size
        store.files[hashlib.sha256(data).hexdigest()] = data


class FullStore(MemoryStore):
    """A store on a disk without room."""

    def waiting(self, limit: int) -> tuple[Waiting, ...]:
        raise DiskFull


def test_a_full_disk_is_said_to_be_one_and_is_not_laid_at_the_centres_door(server: Server) -> None:
    with running(FullStore(), server.url) as run:
        assert run.heard.get(timeout=10).problem == "disk_full"


def test_photographs_go_on_several_connections_with_one_token_and_then_everything_rests(server: Server) -> None:
    store = MemoryStore()
    photos(store, 12)
    store.add(1)
    with running(store, server.url) as run:
        run.until(lambda report: at_rest(report) and len(server.centre.blobs) == 12)
    assert {hashlib.sha256(held).hexdigest() for held in server.centre.blobs.values()} == set(store.files)
    assert all(complete for _, complete in store.sent.values())
    assert len(server.centre.asked) == 1
    assert not server.centre.sent(wire.BLOBS)[12:]
    assert 2 <= server.connections <= 4


def test_an_event_goes_before_every_photograph_that_waits(server: Server) -> None:
    store = MemoryStore()
    photos(store, 3, size=2_000_000)
    with running(store, server.url) as run:
        run.until(lambda report: report.phase is Phase.EVIDENCE)
        store.add(1)
        run.driver.sync_now()
        run.until(lambda report: report.events == 1)
        assert len(server.centre.sent(wire.BLOBS)) < 24
        run.until(
            lambda report: at_rest(report) and all(done for _, done in store.sent.values()) and len(store.sent) == 3
        )
    assert isinstance(store.results["event-1"], e.EventResult)


@pytest.mark.parametrize("address", [wire.PUSH, wire.CHANGES, wire.BLOBS, wire.HELLO])
def test_a_request_under_way_is_given_up_at_once(server: Server, address: str) -> None:
    server.hang_at = address
    store = MemoryStore()
    store.add(1)
    photos(store, 1)
    with running(store, server.url) as run:
        assert server.hanging.wait(10)
        begun = monotonic()
        run.driver.work(False)
        run.until(lambda report: report.link is Link.UNKNOWN)
        assert monotonic() - begun < 0.2
        begun = monotonic()
        run.driver.stop()
        assert monotonic() - begun < 0.5


def test_cancelling_ends_a_round_and_the_next_one_works(server: Server) -> None:
    server.hang_at = wire.CHANGES
    store = MemoryStore()
    with running(store, server.url) as run:
        assert server.hanging.wait(10)
        run.driver.cancel()
        assert run.until(lambda report: report.link is Link.UNKNOWN).phase is Phase.REST
        server.hang_at = "-"
        server.released.set()
        run.driver.sync_now()
        assert run.until(at_rest).link is Link.ONLINE


def test_evidence_that_cannot_be_sent_now_costs_no_rounds_without_end(server: Server) -> None:
    store = MemoryStore()
    photos(store, 1)
    honest = server.centre._blob

    def busy(*_: object) -> tuple[int, dict[str, str], bytes]:
        return 503, {"retry-after": "30"}, b""

    server.centre._blob = busy  # type: ignore[method-assign, assignment]
    with running(store, server.url) as run:
        assert run.until(lambda report: report.problem == "busy").wait_s == 30
        server.centre._blob = honest  # type: ignore[method-assign]
        run.driver.sync_now()
        run.until(lambda report: at_rest(report) and all(done for _, done in store.sent.values()) and bool(store.sent))
    assert len(server.centre.sent(wire.CHANGES)) < 6


def test_at_rest_nothing_awakes(server: Server) -> None:
    with running(MemoryStore(), server.url) as run:
        run.until(at_rest)
        before = run.driver.traffic.wakeups
        assert not threading.Event().wait(0.5)
        assert run.driver.traffic.wakeups == before
        assert [thread.name for thread in threading.enumerate() if thread.name.startswith("midan")] == ["midan-sync"]


def test_a_withdrawn_device_delivers_its_photographs_too_before_its_keys_go(server: Server) -> None:
    server.centre.standing = "revoked"
    store = MemoryStore()
    photos(store, 4)
    store.add(1)
    with running(store, server.url) as run:
        report = run.until(lambda report: report.phase is Phase.REST and store.wiped)
    assert report.problem == "device_revoked"
    assert len(server.centre.blobs) == 4
    assert not server.centre.sent(wire.CHANGES)
