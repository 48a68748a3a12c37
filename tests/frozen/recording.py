"""A recording of what devices and a centre said to each other, at the port where the engine hands it to the network."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from inspector_app.services.access import Connection
from inspector_app.services.link.driver import SystemClock
from inspector_app.storage.cache import Cache
from inspector_app.storage.sync_store import SyncStore
from sync.engine.engine import Engine, Phase
from sync.engine.ports import Answer, Take, Transport

_SECRET_HEADERS = {"authorization"}
_MOST_STEPS = 500


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """All of an exchange but the two bodies; header names of the answer are in lower case."""

    device: str
    method: str
    path: str
    headers: dict[str, str]
    status: int
    answer_headers: dict[str, str]


class Exchange(NamedTuple):
    """One request and its answer, byte for byte; the access token is left out."""

    head: Head
    request: bytes
    answer: bytes

    def is_(self, method: str, path: str) -> bool:
        """Whether it was this method on this path, or on one below it."""
        asked = self.head.path.partition("?")[0]
        return self.head.method == method and (asked == path or asked.startswith(f"{path}/"))


class Recording:
    """Exchanges as files, numbered in the order in which they were answered: a head and, where there are, bodies."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read or written yet."""
        self._folder = folder
        self._count = 0

    def add(self, exchange: Exchange) -> None:
        """Write one more exchange down."""
        self._count += 1
        head = exchange.head
        what = head.path.partition("?")[0].split("/")[2]
        name = f"{self._count:03d}-{head.device}-{head.method.lower()}-{what}"
        written = msgspec.json.format(msgspec.json.encode(head), indent=2) + b"\n"
        bodies = {"request": exchange.request, "answer": exchange.answer}
        for ending, body in {"json": written, **bodies}.items():
            if body:
                (self._folder / f"{name}.{ending}").write_bytes(body)

    def exchanges(self) -> Iterator[Exchange]:
        """What was written down, in order."""
        for path in sorted(self._folder.glob("*.json")):
            request, answer = path.with_suffix(".request"), path.with_suffix(".answer")
            yield Exchange(
                msgspec.json.decode(path.read_bytes(), type=Head),
                request.read_bytes() if request.exists() else b"",
                answer.read_bytes() if answer.exists() else b"",
            )


class Recorder:
    """A transport that writes down what passes through it."""

    def __init__(self, transport: Connection, recording: Recording, device: str) -> None:
        """Everything goes on to ``transport``; ``device`` says in the recording who spoke."""
        self._transport = transport
        self._recording = recording
        self._device = device

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        take: Take | None = None,
    ) -> Answer:
        """Send one request, as the engine's port says."""
        answer = self._transport.request(method, path, body, headers, take)
        head = Head(
            device=self._device,
            method=method,
            path=path,
            headers={name: value for name, value in (headers or {}).items() if name.lower() not in _SECRET_HEADERS},
            status=answer.status,
            answer_headers=dict(answer.headers),
        )
        self._recording.add(Exchange(head, body, answer.body))
        return answer

    def close(self) -> None:
        """Drop the connection."""
        self._transport.close()


def engine(cache: Cache, transport: Transport) -> Engine:
    """The real engine of an enrolled device."""
    return Engine(SyncStore(cache, lambda: datetime.now(UTC)), transport, SystemClock(), random.SystemRandom())


def to_the_end(turned: Engine, *expected: str) -> None:
    """Turn an engine until there is nothing left to do.

    Args:
        turned: The engine.
        expected: Codes of problems that may come.

    Raises:
        AssertionError: Another problem came, or there was no end.
    """
    turned.wake()
    for _ in range(_MOST_STEPS):
        report = turned.step()
        assert not report.problem or report.problem in expected, report
        if report.phase is Phase.REST:
            return
    raise AssertionError("the engine found no end")
