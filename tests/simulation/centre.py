"""The centre as a process: the real application over a real database, which can die, be restored, and answer."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from sync.engine.ports import Answer
from sync.server.http.app import make_app
from sync.server.services import people
from sync.server.services.centre import Centre
from sync.server.storage import meta
from sync.server.storage import tables as t
from tests.simulation.clocks import Time
from tests.simulation.death import Crash, Death, MortalDatabase

_DATABASE = "centre.db"


class CentreProcess:
    """One centre; ``centre`` is what its services are given."""

    def __init__(self, folder: Path, time: Time) -> None:
        self._root = folder
        self._life = 0
        self._time = time
        self._loop = asyncio.new_event_loop()
        self._backup: Path | None = None
        self._known_then: frozenset[str] = frozenset()
        self.death = Death(self._keep_remains)
        self.is_up = False
        self.down_until = 0.0
        self.start()

    @property
    def folder(self) -> Path:
        return self._root / str(self._life)

    def start(self) -> None:
        """Open what is on the disk. The schema is the template's, so nothing is brought up to date here."""
        database = MortalDatabase(str(self.folder / _DATABASE))
        with database.read() as connection:
            server_id, name = meta.get(connection, "server_id"), meta.get(connection, "name")
        self.centre = Centre(database, self.folder / "blobs", self._time.utc, server_id, name)
        database.death = self.death
        self._app = make_app(self.centre)
        self.is_up = True

    def close(self) -> None:
        self.centre.close()
        self._loop.close()

    def answer(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """What the centre answers to a request.

        Raises:
            Crash: It died of it; it is down, with what was on its disk in that instant.
        """
        try:
            return self._loop.run_until_complete(self._exchange(method, path, body, headers))
        except Crash:
            self._bury()
            raise

    async def _exchange(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        bare, _, query = path.partition("?")
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": bare,
            "raw_path": bare.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("centre", 80),
        }
        coming = [{"type": "http.request", "body": body, "more_body": False}]
        said: list[Any] = []

        async def receive() -> Any:
            return coming.pop() if coming else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            said.append(message)

        await self._app(scope, receive, send)  # type: ignore[arg-type]
        start, *bodies = said
        named = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], named, b"".join(part.get("body", b"") for part in bodies))

    def back_up(self) -> None:
        """Keep a copy to be restored later, in place of the one before."""
        if self._backup is not None:
            shutil.rmtree(self._backup)
        self._backup = self._root / "backup"
        shutil.copytree(self.folder, self._backup, ignore=shutil.ignore_patterns("*-shm"))
        self._known_then = self._devices()

    @property
    def has_backup(self) -> bool:
        """Whether there is one with every device in it; a device that it does not know has to be enrolled anew."""
        return self._backup is not None and self.is_up and self._devices() == self._known_then

    def _devices(self) -> frozenset[str]:
        with self.centre.database.read() as connection:
            return frozenset(connection.execute(sa.select(t.device.c.id)).scalars())

    def restore(self) -> None:
        """Put the backup in the place of what is there, and say so, as its administrator has to."""
        assert self._backup is not None
        self.centre.close()
        shutil.rmtree(self.folder)
        shutil.copytree(self._backup, self.folder)
        self.start()
        people.begin_new_epoch(self.centre)

    def _keep_remains(self) -> None:
        shutil.copytree(self.folder, self._root / str(self._life + 1), ignore=shutil.ignore_patterns("*-shm"))

    def _bury(self) -> None:
        self.centre.close()
        shutil.rmtree(self.folder)
        self._life += 1
        self.is_up = False
