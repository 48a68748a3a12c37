"""A centre with its season and devices after their first sync, made once a process and copied for each run."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random
from typing import NamedTuple

from nacl.signing import SigningKey

from inspector_app.storage import device as devices
from inspector_app.storage import keyslots, people
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from sync.contract import scopes
from sync.engine.engine import Phase
from sync.server.services import centre as centres
from sync.server.services import known_devices
from sync.server.storage import accounts
from sync.server.storage import devices as registered
from sync.server.storage.rows import writing
from tests.simulation import hooks
from tests.simulation.centre import CentreProcess
from tests.simulation.clocks import BEGINNING, Time
from tests.simulation.device import DeviceProcess
from tests.simulation.network import Network
from tests.simulation.season import SMALL, Cast, Seat
from tests.simulation.weather import Weather
from tests.support.desks import PASSPHRASE, QUICK

_FRESH = "-fresh"


class Template(NamedTuple):
    """Where it lies, and the key of each device's cache."""

    folder: Path
    keys: dict[str, bytes]

    def copy_centre(self, folder: Path) -> None:
        shutil.copytree(self.folder / "centre", folder)

    def copy_device(self, seat: Seat, folder: Path, *, fresh: bool = False) -> bytes:
        """Put a device down, after its first sync or (fresh) before it; returns the key of its cache."""
        shutil.copytree(self.folder / (f"{seat.name}{_FRESH}" if fresh else seat.name), folder)
        return self.keys[seat.name]


def build(folder: Path, cast: Cast = SMALL) -> Template:
    """Make it, in a folder that is empty."""
    random, time = Random(0), Time()
    with hooks.around(random, time):
        server_id = _centre(folder / "centre" / "0", cast, time)
        keys = {seat.name: _device(folder / seat.name / "0", cast, seat, server_id) for seat in cast.seats}
        weather = Weather(random)
        weather.calm = True
        centre = CentreProcess(folder / "centre", time)
        link = Network(random, time, weather, centre, lambda line: None)
        for seat in cast.seats:
            shutil.copytree(folder / seat.name, folder / f"{seat.name}{_FRESH}")
            device = DeviceProcess(seat, seat.name, folder / seat.name, keys[seat.name], random, time, link)
            device.open()
            while device.step().phase is not Phase.REST:
                pass
            device.close()
        centre.close()
    return Template(folder, keys)


def _centre(folder: Path, cast: Cast, time: Time) -> str:
    opened = centres.open_centre(str(folder / "centre.db"), folder / "blobs", time.utc)
    with writing(opened.database) as rows:
        for record in cast.register:
            rows.put([record], scopes.of_register(record))
        for person in cast.people.values():
            accounts.add(rows.connection, accounts.Account(person.id, person.id, person.id))
        for at, seat in enumerate(cast.seats):
            public = bytes(SigningKey(_seed(at)).verify_key).hex()
            home = seat.committee.id if seat.committee else ""
            device = registered.Device(
                f"device-{seat.name}", seat.number + (at if not home else 0), home, seat.name, public, False
            )
            registered.add(rows.connection, device, "simulation", opened.now_ms())
            for member in seat.members:
                registered.bind(rows.connection, device.id, member, opened.now_ms())
            known_devices.renew(rows, device.id)
    opened.close()
    return opened.server_id


def _device(folder: Path, cast: Cast, seat: Seat, server_id: str) -> bytes:
    profile = Profile(folder)
    key = keyslots.create(profile, PASSPHRASE, "", QUICK)
    cache = Cache.open_with_key(profile, key)
    identity = devices.Device(
        url="http://127.0.0.1:9",
        server_id=server_id,
        seed=_seed(cast.seats.index(seat)),
        name=seat.name,
        device_id=f"device-{seat.name}",
        number=seat.number,
        committee=seat.committee,
    )
    with cache.write() as conn:
        devices.save(conn, identity)
        for member in seat.members:
            people.bind(conn, cast.people[member], str(BEGINNING))
    cache.close()
    return key


def _seed(at: int) -> bytes:
    return bytes([at + 1] * 32)
