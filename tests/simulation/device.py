"""A device as a process: the real cache, store and engine in a folder, which can die, be closed and be copied."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import TypeVar

from inspector_app.services.desk import Desk
from inspector_app.services.views.common import Device as DeviceView
from inspector_app.storage import carried, people
from inspector_app.storage import device as devices
from inspector_app.storage.profile import Profile
from inspector_app.storage.sync_store import SyncStore
from sync.contract import records as r
from sync.engine.engine import Engine, Report
from sync.engine.ports import Answer, LinkDown
from tests.simulation.clocks import DeviceClock, Time
from tests.simulation.death import Crash, Death, MortalCache, MortalVault
from tests.simulation.network import Network, Request, Take
from tests.simulation.season import Seat

Key = tuple[str, str]
_T = TypeVar("_T")


class DeviceProcess:
    """One device; while ``is_open`` it has a cache and an engine."""

    def __init__(
        self,
        seat: Seat,
        name: str,
        folder: Path,
        key: bytes,
        random: Random,
        time: Time,
        link: Network,
        workers: int | None = None,
    ) -> None:
        self.seat = seat
        self.name = name
        self._root = folder
        self._life = 0
        self._key = key
        self._random = random
        self._time = time
        self._link = link
        self._workers = random.choice((0, 2, 3)) if workers is None else workers
        self.clock = DeviceClock(time)
        self.death = Death(self._keep_remains)
        self.is_open = False
        self.silent_until = 0.0
        self.step_at = 0.0
        self.revoked = False
        self.known: dict[str, str] = {}
        """Every event ever seen on this disk, with its state when it was last looked at."""
        self.pieces: dict[str, str] = {}
        """The same of every piece of evidence."""
        self.was_tidied = False
        """Whether it may have let go of what the centre has had for a month."""
        self.uploading: set[int] = set()
        """Which of its uploaders are at work, by their places."""
        self.spoilt: set[Key] = set()
        """Rows that were damaged on purpose and have not been compared with the centre's since."""

    @property
    def folder(self) -> Path:
        return self._root / str(self._life)

    def look_inside(self) -> None:
        """Open the cache of a machine on which nothing runs, as nobody without our copy of its key could."""
        self.cache = MortalCache(Profile(self.folder), self._key)

    def open(self) -> None:
        """Start the process: cache, store, engine."""
        self.cache = MortalCache.open_with_key(Profile(self.folder), self._key)
        vault = MortalVault(self.cache.vault.folder, self._key)
        self.cache.vault, self.cache.death, vault.death = vault, self.death, self.death
        self.engine = Engine(SyncStore(self.cache, self.clock.moment), self, self.clock, self._random)
        self.uploaders = [self.engine.uploader(self) for _ in range(self._workers)]
        self.uploading.clear()
        self.is_open = True
        self._read_identity()

    def close(self) -> None:
        """End the process in good order."""
        if self.is_open:
            self.cache.close()
        self.is_open = False

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        take: Take | None = None,
    ) -> Answer:
        """``sync.engine.ports.Transport``."""
        if self._time.seconds < self.silent_until:
            raise LinkDown("no network here")
        return self._link.request(self.name, Request(method, path, body, headers or {}), take)

    def step(self) -> Report:
        """One step of the engine."""
        return self.engine.step()

    def has_work(self) -> bool:
        """Whether anything waits on it that it could give to another by hand."""
        with self.cache.read() as conn:
            return bool(carried.undelivered(conn) or carried.batches(conn))

    @property
    def is_withdrawn(self) -> bool:
        """Whether it knows that it may show nothing any more."""
        return Profile(self.folder).withdrawn

    @property
    def is_wiped(self) -> bool:
        """Whether its keys are gone, so that nobody can ever open it again."""
        return not Profile(self.folder).keyslots.exists()

    def alive(self, work: Callable[[], _T]) -> _T | None:
        """Do something, unless the process dies of it: then None, and the device is down with what is on its disk.

        Raises:
            Crash: Never; it is what None says.
        """
        try:
            return work()
        except Crash:
            self._bury()
            return None
        finally:
            self.death.disarm()

    def members(self) -> tuple[r.Person, ...]:
        with self.cache.read() as conn:
            return people.members(conn)

    def desk(self, person: r.Person) -> Desk:
        """A person sits down at it."""
        known = self._read_identity()
        view = DeviceView(
            id=known.device_id,
            number=known.number,
            name=known.name,
            server_url=known.url,
            server_id=known.server_id,
            committee=known.committee,
        )
        return Desk(self.cache, person, view, self.clock.moment)

    def copy(self, name: str, folder: Path) -> DeviceProcess:
        """Another machine with a copy of this one's disk; it has to be opened."""
        shutil.copytree(self.folder, folder / "0", ignore=shutil.ignore_patterns("*-shm"))
        made = DeviceProcess(self.seat, name, folder, self._key, self._random, self._time, self._link)
        made.known, made.pieces, made.was_tidied = dict(self.known), dict(self.pieces), self.was_tidied
        made.spoilt = set(self.spoilt)
        return made

    @property
    def id(self) -> str:
        """As which device the centre knows it; another one once its disk was copied."""
        if self.is_open:
            self._read_identity()
        return self._identity.device_id

    def _read_identity(self) -> devices.Device:
        with self.cache.read() as conn:
            found = devices.load(conn)
        assert found is not None
        self._identity = found
        return found

    def _keep_remains(self) -> None:
        shutil.copytree(self.folder, self._root / str(self._life + 1), ignore=shutil.ignore_patterns("*-shm"))

    def _bury(self) -> None:
        self.close()
        shutil.rmtree(self.folder)
        self._life += 1
