"""What the engine asks of the world: a store, a transport, a clock and randomness; it touches nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from sync.contract import events as e
from sync.contract import snapshots, wire

Take = Callable[[bytes], None]
"""Is given the body of an answer piece by piece, as it arrives."""


class LinkDown(Exception):
    """The centre was not reached, or the answer broke off: try again later. ``str()`` says why, for the log."""


class Answer(NamedTuple):
    """A whole HTTP answer: status, headers with lower-case names, body (length checked, bounded)."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """One connection to one centre; used by one thread at a time."""

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        take: Take | None = None,
    ) -> Answer:
        """Send one request and read the whole answer.

        Args:
            method: Of HTTP.
            path: Of the address, with its query.
            body: To send.
            headers: To send, beside the transport's own.
            take: Given the body of a 200 or 206 piece by piece as it arrives, so that what came before a cut is not
                lost; the answer's ``body`` is empty then. Whatever it raises ends the request and is raised here.

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


class Batch(NamedTuple):
    """Signed events of another device, to be relayed: its own id here, the signer, his signature (hex), the lines."""

    id: str
    device_id: str
    signature: str
    lines: tuple[bytes, ...]


class Outstanding(NamedTuple):
    """What waits on the device: how many events, and since when (RFC 3339; empty where none does)."""

    events: int
    since: str


class Piece(NamedTuple):
    """A piece of evidence to send: hash of its plain bytes (hex), how many there are, how many the centre has.

    ``offset`` is what ``evidence_at`` was last told; 0 where the centre was never asked to take the piece.
    """

    sha256: str
    size: int
    offset: int = 0


class Store(Protocol):
    """What the device keeps, as the engine needs it. Every call that writes is one durable transaction."""

    def identity(self) -> Identity:
        """Who this device is."""
        ...

    def waiting(self, limit: int) -> Sequence[Waiting]:
        """The unsent events in ``n`` order, parked ones left out, at most ``limit``."""
        ...

    def settle(self, results: Sequence[e.EventResult]) -> None:
        """Write down the centre's final word on events, take back the effects of the refused, show the rest.

        Events of other devices, which came in bundles, are settled alike. A ``number_reused`` is not final: such an
        event goes on waiting, and the engine asks for another identity.
        """
        ...

    def outstanding(self) -> Outstanding:
        """What waits, for the centre's overview."""
        ...

    def met(self, life: str) -> None:
        """The centre named the life of its database; where it is another than the last one, it was restored.

        Then everything confirmed waits again, in the same transaction that remembers the new life.
        """
        ...

    def standing(self, revoked: bool, people: Sequence[str] | None) -> None:
        """What the centre has decided about this device: remember it, and let go of people who may not use it now.

        Args:
            revoked: The device is withdrawn.
            people: Who may use it; None where the centre does not say.
        """
        ...

    def wipe(self) -> None:
        """A withdrawn device has delivered all it could: destroy the keys of what is on it."""
        ...

    def next_seed(self) -> bytes:
        """The seed of the key under which this device will ask for another identity; the same until it has one."""
        ...

    def reidentified(self, reply: wire.EnrolReply) -> None:
        """From now on this device is another one; events refused for a running number's sake wait again."""
        ...

    def next_batch(self) -> Batch | None:
        """The next signed batch of another device to relay, or None."""
        ...

    def relayed(self, batch_id: str, results: Sequence[e.EventResult]) -> None:
        """The centre has judged a relayed batch: settle its events; it waits on until each is judged for good."""
        ...

    def relay_failed(self, batch_id: str, code: str) -> None:
        """The centre will not take a relayed batch: stop trying, and show it."""
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

    def restart(self, reason: str, life: str = "") -> None:
        """Begin the feed again from nothing (the centre said why); rows stay shown until they are replaced.

        Args:
            reason: The problem code.
            life: The life of the centre's database, where it named it.
        """
        ...

    def manifest(self) -> snapshots.Manifest | None:
        """The snapshot under way, or None."""
        ...

    def begin_snapshot(self, manifest: snapshots.Manifest) -> None:
        """Remember a snapshot to be taken in; frames that are in already, by their hash, stay so."""
        ...

    def missing_frames(self) -> Sequence[int]:
        """The places, within the manifest under way, of the frames that are not in yet; in their order."""
        ...

    def apply_frame(self, number: int, frame: snapshots.Frame) -> None:
        """Put the rows of one frame in and remember that it is, in one transaction."""
        ...

    def end_snapshot(self, *, complete: bool) -> None:
        """Every frame is in: the feed goes on from the manifest's cursor. Or (not complete) it is gone: forget it."""
        ...

    def check_due(self) -> bool:
        """Whether it is time to compare the rows here with the centre's."""
        ...

    def buckets(self) -> Sequence[snapshots.Bucket]:
        """The buckets of the centre's rows that are here, those this version cannot read included."""
        ...

    def checked(self, wrong: Sequence[snapshots.Bucket]) -> None:
        """The rows were compared; ``wrong`` are the centre's buckets that were not alike, for log and screen."""
        ...

    def replace_bucket(self, kind: str, bucket: int, page: wire.Page) -> None:
        """Make one bucket of one kind what the centre says: rows put in, others gone, unsent work kept."""
        ...

    def next_evidence(self, taken: Collection[str] = ()) -> Piece | None:
        """The next piece whose event is confirmed, or held, and that is not at the centre yet.

        This and the other calls about evidence come from several threads at once.

        Args:
            taken: SHA-256 of pieces that are under way elsewhere.
        """
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
