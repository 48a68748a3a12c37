"""What the benches of the sync stand on: a real centre in its process, the floor in its own, and devices to measure."""

from __future__ import annotations

import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter

from inspector_app.services.desk import Desk
from inspector_app.services.link.http import HttpTransport
from inspector_app.storage import keyslots
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from sync.contract import wire
from sync.engine.engine import Engine, Report
from sync.engine.ports import Answer
from sync.server.storage.database import Database
from tests.bench import plain
from tests.bench.plain import PlainCentre, plain_centre
from tests.support import light_device, register
from tests.support.centre_process import centre_process
from tests.support.desks import INSPECTOR
from tests.support.laptop import PASSPHRASE, QUICK
from tests.support.light_device import engine, opened

_WORK = (wire.PUSH, wire.BLOBS)


class Watched:
    """The real transport, with an eye on how long requests take; ``bodies`` are the work that they hand up."""

    def __init__(self, url: str) -> None:
        self._real = HttpTransport(url)
        self.took: defaultdict[str, float] = defaultdict(float)
        self.bodies: list[bytes] = []

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        take: Callable[[bytes], None] | None = None,
    ) -> Answer:
        inside = 0.0

        def taken(piece: bytes) -> None:
            nonlocal inside
            started = perf_counter()
            assert take is not None
            take(piece)
            inside += perf_counter() - started

        if body and path.startswith(_WORK):
            self.bodies.append(body)
        started = perf_counter()
        answer = self._real.request(method, path, body, headers, None if take is None else taken)
        name = f"{method} {'/'.join(path.partition('?')[0].split('/')[:3])}"
        self.took[name] += (perf_counter() - started - inside) * 1000
        return answer

    def close(self) -> None:
        """Drop the connection; the next request opens another."""
        self._real.close()


class Ground:
    """A running centre, its floor, and an enrolled device that has nothing yet.

    Attributes:
        url: The centre.
        floor: The plainest centre with the same rows.
        packed: What the floor gives.
        database: The centre's file.
    """

    def __init__(self, folder: Path, url: str, floor: PlainCentre, packed: bytes) -> None:
        self._folder, self.url, self.floor, self.packed = folder, url, floor, packed
        self.database = folder / "centre" / "centre.db"
        self._made = 0
        self._enrolled = 0
        self._key = self.enrol(folder / "template")

    def enrol(self, folder: Path) -> bytes:
        """A further device of the committee, without any row yet; returns its key."""
        code = register.CODE.format(self._enrolled)
        self._enrolled += 1
        return light_device.enrol(folder, self.url, code, INSPECTOR.id, register.PASSWORD.format(INSPECTOR.id))

    @contextmanager
    def device(self) -> Iterator[Desk]:
        """The enrolled device as it was in the beginning."""
        self._made += 1
        folder = self._folder / f"device-{self._made}"
        shutil.copytree(self._folder / "template", folder)
        with opened(folder, self._key) as desk:
            yield desk
        shutil.rmtree(folder)

    @contextmanager
    def plain_cache(self) -> Iterator[Cache]:
        """An empty cache for the floor."""
        self._made += 1
        folder = self._folder / f"plain-{self._made}"
        with Profile(folder) as profile:
            cache = Cache.open_with_key(profile, keyslots.create(profile, PASSPHRASE, "", QUICK))
            try:
                yield cache
            finally:
                cache.close()
        shutil.rmtree(folder)

    def seq(self) -> int:
        """The newest number of the centre's feed."""
        with closing(sqlite3.connect(self.database)) as conn:
            return int(conn.execute("SELECT max(seq) FROM feed").fetchone()[0])

    def counted(self) -> dict[str, int]:
        """How many rows each table has that a push writes."""
        with closing(sqlite3.connect(self.database)) as conn:
            names = [name for (name,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            kept = [name for name in names if name.startswith("record_") or name in ("feed", "ledger", "row_scope")]
            return {name: conn.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in kept}  # noqa: S608


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Begin on the centre that is in ``folder/centre``."""
    centre = folder / "centre"
    database = Database(str(centre / "centre.db"))
    packed = plain.whole_register(database)
    database.close()
    (folder / "plain.zst").write_bytes(packed)
    with (
        closing(sqlite3.connect(centre / "centre.db")) as source,
        closing(sqlite3.connect(folder / "plain.db")) as copy,
    ):
        source.backup(copy)
    with centre_process(centre) as url, plain_centre(folder / "plain.zst", folder / "plain.db") as floor:
        yield Ground(folder, url, floor, packed)


class Phases:
    """Adds up how long a machine works at what, as it reports."""

    def __init__(self) -> None:
        self.took: defaultdict[str, float] = defaultdict(float)
        self.rows = self.events = 0
        self._last = perf_counter()

    def hear(self, report: Report) -> None:
        """One step has ended."""
        now = perf_counter()
        self.took[str(report.phase)] += (now - self._last) * 1000
        self._last = now
        self.rows += report.rows
        self.events += report.events


def signed_in(desk: Desk, transport: Watched) -> Engine:
    """A machine that has brought its device up to date and holds a token."""
    machine = engine(desk, transport)
    light_device.to_rest(machine)
    return machine
