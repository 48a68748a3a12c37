"""A device without windows: enrolled with next to no key stretching, opened by its key, its engine turned by a loop."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from inspector_app.services.desk import Desk
from inspector_app.services.ground import system_clock
from inspector_app.services.link.driver import SystemClock
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.views.common import Device
from inspector_app.storage import device as devices
from inspector_app.storage import keyslots, people
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from inspector_app.storage.sync_store import SyncStore
from sync.contract import wire
from sync.engine import calls
from sync.engine.engine import Engine, Phase, Report
from sync.engine.ports import Transport
from tests.support.laptop import PASSPHRASE, QUICK

_STEPS = 100_000


def enrol(folder: Path, url: str, code: str, username: str, password: str) -> bytes:
    """Make a new profile and enrol it, without any row yet; returns the key of its cache."""
    transport = HttpTransport(url)
    with Profile(folder) as profile:
        key = keyslots.create(profile, PASSPHRASE, "", QUICK)
        cache = Cache.open_with_key(profile, key)
        try:
            said = calls.hello(transport)
            seed = secrets.token_bytes(devices.SEED_BYTES)
            reply = calls.enrol(transport, said, seed, code, folder.name, "tests")
            device = devices.Device(
                url=url,
                server_id=reply.server_id,
                seed=seed,
                name=folder.name,
                device_id=reply.device_id,
                number=reply.device_number,
                committee=reply.committee,
            )
            with cache.write() as conn:
                devices.save(conn, device)
            with cache.read() as conn:
                caller = calls.Caller(devices.identity(conn), transport, SystemClock())
            request = wire.BindRequest(username=username, password=password)
            person = calls.post(caller, wire.BIND, request, wire.BindReply).person
            with cache.write() as conn:
                people.bind(conn, person, system_clock().isoformat())
        finally:
            cache.close()
            transport.close()
    return key


@contextmanager
def opened(folder: Path, key: bytes) -> Iterator[Desk]:
    """The desk of the first person of a profile, until the block ends."""
    with Profile(folder) as profile:
        cache = Cache.open_with_key(profile, key)
        with cache.read() as conn:
            known, members = devices.load(conn), people.members(conn)
        assert known is not None
        view = Device(
            id=known.device_id,
            number=known.number,
            name=known.name,
            server_url=known.url,
            server_id=known.server_id,
            committee=known.committee,
        )
        desk = Desk(cache, members[0], view)
        try:
            yield desk
        finally:
            desk.lock()


def engine(desk: Desk, transport: Transport) -> Engine:
    """The real machine over the real store."""
    return Engine(SyncStore(desk.cache, system_clock), transport, SystemClock(), random.SystemRandom())


def to_rest(machine: Engine, heard: Callable[[Report], object] = lambda report: None) -> None:
    """Turn a machine until it rests.

    Raises:
        AssertionError: The centre was not there, or refused.
    """
    for _ in range(_STEPS):
        report = machine.step()
        assert not report.problem, report
        heard(report)
        if report.phase is Phase.REST:
            return
    raise AssertionError("the engine found no end")


def brought_up_to_date(folder: Path, key: bytes, address: str) -> None:
    """Let a device that is closed sync once, whole."""
    transport = HttpTransport(address)
    try:
        with opened(folder, key) as desk:
            to_rest(engine(desk, transport))
    finally:
        transport.close()
