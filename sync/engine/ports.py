"""What the engine asks of the world: a store, a transport, a clock and randomness; it touches nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from sync.contract import events as e
from sync.contract import wire


class LinkDown(Exception):
    """The centre was not reached, or the answer broke off: try again later. ``str()`` says why, for the log."""


class Answer(NamedTuple):
    """A whole HTTP answer: status, headers with lower-case names, body (length checked, bounded)."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """One connection to one centre; used by one thread at a time."""

    def request(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Send one request and read the whole answer.

        Raises:
            LinkDown: No whole answer came.
        """
        ...


class Clock(Protocol):
    """Time, as the engine sees it."""

    def monotonic(self) -> float:
        """Seconds that only grow."""
        ...

    def now(self) -> float:
        """Seconds since 1970, as this machine believes."""
        ...


class Random(Protocol):
    """Randomness for the jitter of a retry."""

    def uniform(self, low: float, high: float) -> float:
        """A number between the two."""
        ...


class Identity(NamedTuple):
    """Who this device is: its id, the server it belongs to, and the seed (32 bytes) of its Ed25519 key."""

    device_id: str
    server_id: str
    seed: bytes

    def __repr__(self) -> str:
        """Name the device, never its key."""
        return f"Identity({self.device_id!r}, {self.server_id!r})"


class Waiting(NamedTuple):
    """An event to send: its running number, id, and the exact bytes it was committed with."""

    n: int
    id: str
    line: bytes


class Piece(NamedTuple):
    """A piece of evidence to send: hash of its plain bytes (hex) and how many bytes there are."""

    sha256: str
    size: int


class Store(Protocol):
    """What the device keeps, as the engine needs it. Every call that writes is one durable transaction."""

    def identity(self) -> Identity:
        """Who this device is."""
        ...

    def waiting(self, limit: int) -> Sequence[Waiting]:
        """The unsent events in ``n`` order, parked ones left out, at most ``limit``."""
        ...

    def settle(self, results: Sequence[e.EventResult]) -> None:
        """Write down the centre's final word on events, take back the effects of the refused, show the rest."""
        ...

    def park(self, event_id: str, code: str) -> None:
        """Set an event aside that the centre fails on, so that the rest can go; it stays, and is shown."""
        ...

    def cursor(self) -> tuple[str, int]:
        """The epoch and the ``seq`` up to which the device has every row (``("", 0)`` before the first page)."""
        ...

    def apply(self, page: wire.Page) -> None:
        """Put the rows of a page in and save its cursor, in one transaction."""
        ...

    def restart(self, reason: str) -> None:
        """Begin the feed again from nothing (the centre said why); rows stay shown until they are replaced."""
        ...

    def next_evidence(self) -> Piece | None:
        """The next piece whose event is already confirmed and that is not at the centre yet."""
        ...

    def read_evidence(self, sha256: str, offset: int, length: int) -> bytes:
        """Plain bytes of a piece of evidence."""
        ...

    def evidence_at(self, sha256: str, offset: int, complete: bool) -> None:
        """Remember how much of a piece the centre says it has, and whether it found the hash right."""
        ...

    def evidence_failed(self, sha256: str, code: str) -> None:
        """The piece cannot be sent (its file is damaged, or the centre refuses it): stop trying, and show it."""
        ...

    def note(self, level: str, code: str, params: Mapping[str, str]) -> None:
        """A line for the log that support reads; never a secret, never a name."""
        ...
