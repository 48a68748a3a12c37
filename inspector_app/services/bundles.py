"""Bundles: give what waits to another device on a stick or over the local network, and take in what others give."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import sqlalchemy as sa

from inspector_app.services import peers
from inspector_app.services.errors import UserError
from inspector_app.services.ground import Ground, maybe, receipt_of
from inspector_app.services.unbundling import Progress, Taking, sort_of
from inspector_app.services.views.transfers import CarriedRow, Load, Peer, Received, TransferRow, Way
from inspector_app.storage import carried, device, durable, evidence, people, transfers
from inspector_app.storage.errors import DiskFull, EvidenceDamaged, EvidenceMissing
from sync.contract import bundles, wire
from sync.contract import events as e
from sync.contract import records as r
from sync.contract.bundles import BadBundle, Item, PieceHead, SignedBatch
from sync.engine.ports import Identity

_READ_BYTES: Final = 1024 * 1024
_ROOM: Final = 1.02
"""A bundle is a little longer than what it holds: headers, and a tag for each frame."""


_ANYBODYS: Final = 0o644
"""Whoever the stick is given to has another account; what the file holds is sealed."""


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Parcel:
    """What is going to be given to some devices, as it stood at one moment.

    Attributes:
        to: The devices.
        load: What it holds.
        groups: Each batch with the pieces (SHA-256 and bytes) that come after it.
    """

    to: tuple[r.Device, ...]
    load: Load
    groups: tuple[tuple[SignedBatch, tuple[tuple[str, int], ...]], ...]
    identity: Identity


class Bundles:
    """Work that travels by hand."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    # ----------------------------------------------------------------------------------------------- giving

    def identity(self) -> Identity:
        """Who this device is.

        Raises:
            NotEnrolled: It has no identity yet.
        """
        with self._ground.cache.read() as conn:
            return device.identity(conn)

    def peers(self) -> tuple[Peer, ...]:
        """The devices that a bundle can be sealed to: those of supervisors first, then by number."""
        with self._ground.cache.read() as conn:
            known = peers.known(conn, device.identity(conn).device_id)
            return tuple(peers.peer_of(conn, one) for one in known)

    def parcel(self, to: Sequence[str] = ()) -> Parcel:
        """Gather what waits here and may be given to all of some devices (none named: those that supervise us).

        Our own unsent events, parked ones too, and what was carried here and is not at the centre yet; never a draft.

        Raises:
            UserError: ``bundle_peer_unknown`` (``device``), ``bundle_no_peer``, ``bundle_empty``.
        """
        with self._ground.cache.read() as conn:
            identity = device.identity(conn)
            known = peers.known(conn, identity.device_id)
            chosen = _named(known, to) if to else _supervising(conn, known)
            batches = [*_carried(conn, chosen), *_own(conn, identity, chosen)]
            if not batches:
                raise UserError("bundle_empty")
            return self._weighed(conn, identity, chosen, batches)

    def parts(self, parcel: Parcel) -> Iterator[bytes]:
        """The bytes of a parcel's bundle, made as they are asked for.

        Raises:
            UserError: ``bundle_too_large``, ``bundle_peer_unknown`` where a device has no usable key.
        """
        about = bundles.About(
            parcel.identity.server_id, parcel.identity.device_id, self._ground.now(), parcel.load.bytes
        )
        keys = {one.id: one.public_key for one in parcel.to}
        try:
            yield from bundles.pack(about, parcel.identity.seed, keys, self._items(parcel))
        except BadBundle as error:
            raise UserError(error.code, **error.params) from error

    def export(self, path: Path, to: Sequence[str] = (), progress: Progress = _silent) -> Load:
        """Write a bundle to a file, whole or not at all; returns what is in it.

        Raises:
            UserError: As ``parcel`` and ``parts``; ``bundle_unwritable`` (``path``).
            StorageError: ``disk_full``, before or while it is written.
        """
        parcel = self.parcel(to)
        try:
            if shutil.disk_usage(path.parent).free < parcel.load.bytes * _ROOM:
                raise DiskFull
            parts = told(self.parts(parcel), parcel.load.bytes, progress)
            size = durable.write_parts(path, parts, _ANYBODYS)
        except OSError as error:
            raise UserError("bundle_unwritable", path=str(path)) from error
        self.given(parcel, "file", size)
        return parcel.load

    def given(self, parcel: Parcel, way: Way, size: int) -> None:
        """Write down that a parcel went."""
        with self._ground.cache.write() as conn:
            for one in parcel.to:
                self._write_down(conn, "out", one.id, way, parcel.load, size)

    # ----------------------------------------------------------------------------------------------- taking

    def take_file(self, path: Path, progress: Progress = _silent) -> Received:
        """Take a bundle in from a file.

        Raises:
            UserError: As ``take``; ``bundle_unreadable`` (``path``).
            StorageError: ``disk_full``.
        """
        try:
            with path.open("rb") as file:
                return self.take(file.read, "file", progress)
        except OSError as error:
            raise UserError("bundle_unreadable", path=str(path)) from error

    def take(self, read: bundles.Read, way: Way, progress: Progress = _silent) -> Received:
        """Take a bundle in as it comes; what came whole before it broke off stays. Taken twice, nothing changes.

        Raises:
            UserError: As ``unbundling.Taking.run``.
            StorageError: ``disk_full``.
        """
        taking = Taking(self._ground, self.identity(), read, progress)
        try:
            received = taking.run()
        except BaseException:
            self._came(taking.so_far(), way)
            raise
        self._came(received, way)
        return received

    def _came(self, received: Received | None, way: Way) -> None:
        """Write down that a bundle came, or a part of one."""
        if received is not None:
            with self._ground.cache.write() as conn:
                self._write_down(conn, "in", received.sender.id, way, received.load, received.load.bytes)

    # ---------------------------------------------------------------------------------------------- reading

    def history(self, limit: int = 200) -> tuple[TransferRow, ...]:
        """The bundles that went and came, newest first."""
        with self._ground.cache.read() as conn:
            return tuple(
                TransferRow(
                    at=one.at,
                    direction=one.direction,
                    way=one.way,
                    peer_id=one.peer,
                    peer=_peer(conn, one.peer),
                    events=one.events,
                    pieces=one.pieces,
                    bytes=one.bytes,
                )
                for one in transfers.listed(conn, limit)
            )

    def carried(self) -> tuple[CarriedRow, ...]:
        """The events of other devices that came here in bundles, newest first, with what the centre said to each."""
        with self._ground.cache.read() as conn:
            return tuple(
                CarriedRow(
                    receipt=receipt_of(entry),
                    device=_peer(conn, entry.device_id),
                    user=people.person(conn, entry.user_id),
                    number=_number(conn, entry.kind, entry.record_id),
                    text=entry.text,
                )
                for entry in carried.entries(conn)
            )

    def is_carried(self, kind: str, record_id: str) -> bool:
        """Whether what is shown of a record came, in part, by a bundle and is not at the centre yet."""
        with self._ground.cache.read() as conn:
            return carried.is_carried(conn, kind, record_id)

    # ------------------------------------------------------------------------------------------------- ours

    def _weighed(
        self, conn: sa.Connection, identity: Identity, to: tuple[r.Device, ...], batches: Sequence[SignedBatch]
    ) -> Parcel:
        """Find the evidence of each batch, as much as a bundle may hold, and count everything."""
        counts: dict[str, int] = dict.fromkeys(Load.__struct_fields__, 0)
        groups, seen = [], set()
        counts["bytes"] = sum(bundles.batch_item(batch).head.size for batch in batches)
        counts["withheld"] = _waiting(conn, to) - sum(len(batch.lines) for batch in batches)
        for batch in batches:
            pieces = []
            for event in map(e.decode, batch.lines):
                counts[sort_of(event)] += 1
                for sha256 in event.evidence:
                    piece = None if sha256 in seen else evidence.by_hash(conn, sha256)
                    seen.add(sha256)
                    if piece is None or (counts["bytes"] + piece.size) * _ROOM > bundles.MAX_BYTES:
                        continue
                    if not self._readable(sha256, piece.size):
                        counts["unreadable"] += 1
                        continue
                    counts["pieces"] += 1
                    counts["bytes"] += piece.size
                    pieces.append((sha256, piece.size))
            groups.append((batch, tuple(pieces)))
        return Parcel(to, msgspec.convert(counts, Load), tuple(groups), identity)

    def _readable(self, sha256: str, size: int) -> bool:
        """Whether a piece opens to its end: a damaged one must not keep the reports back."""
        try:
            return sum(map(len, self._plain(sha256, size))) == size
        except (EvidenceDamaged, EvidenceMissing):
            return False

    def _items(self, parcel: Parcel) -> Iterator[Item]:
        for batch, pieces in parcel.groups:
            yield bundles.batch_item(batch)
            for sha256, size in pieces:
                yield Item(PieceHead(size=size, sha256=sha256), _cut(self._plain(sha256, size)))

    def _plain(self, sha256: str, size: int) -> Iterator[bytes]:
        for offset in range(0, size, _READ_BYTES):
            yield evidence.read_at(self._ground.cache, sha256, offset, _READ_BYTES)

    def _write_down(self, conn: sa.Connection, direction: str, peer: str, way: Way, load: Load, size: int) -> None:
        row = {
            "at": self._ground.now(),
            "direction": direction,
            "peer": peer,
            "way": way,
            "events": load.events,
            "pieces": load.pieces,
            "bytes": size,
        }
        transfers.add(conn, msgspec.convert(row, transfers.Transfer))


def told(parts: Iterator[bytes], total: int, progress: Progress) -> Iterator[bytes]:
    """Parts of a bundle as they are, with somebody told how far they are."""
    done = 0
    for part in parts:
        yield part
        done += len(part)
        progress(done, max(done, total))


def _cut(parts: Iterator[bytes]) -> Iterator[bytes]:
    return (part[at : at + bundles.DATA_BYTES] for part in parts for at in range(0, len(part), bundles.DATA_BYTES))


def _named(known: Sequence[r.Device], to: Sequence[str]) -> tuple[r.Device, ...]:
    by_id: Mapping[str, r.Device] = {one.id: one for one in known}
    for name in to:
        if name not in by_id:
            raise UserError("bundle_peer_unknown", device=name)
    return tuple(by_id[name] for name in dict.fromkeys(to))


def _supervising(conn: sa.Connection, known: Sequence[r.Device]) -> tuple[r.Device, ...]:
    """The supervisors' devices of the regions in which the people of this device work."""
    ours = {region for member in people.members(conn) for region in member.regions}
    found = tuple(one for one in known if one.supervises and not ours.isdisjoint(one.regions))
    if not found:
        raise UserError("bundle_no_peer")
    return found


def _own(conn: sa.Connection, identity: Identity, to: Sequence[r.Device]) -> Iterator[SignedBatch]:
    """Our own unsent events that every recipient may have, signed in batches as large as a push."""
    lines = [
        event.line
        for event in carried.undelivered(conn)
        if all(peers.may_have(conn, one, e.decode(event.line)) for one in to)
    ]
    while lines:
        count = wire.batch(lines)
        yield bundles.sign(identity.server_id, identity.device_id, identity.seed, lines[:count])
        del lines[:count]


def _carried(conn: sa.Connection, to: Sequence[r.Device]) -> Iterator[SignedBatch]:
    """What other devices gave us, as they signed it; a device is not given what is its own."""
    for batch in carried.batches(conn):
        events = [e.decode(line) for line in batch.lines]
        if any(one.id != batch.device_id for one in to) and all(
            peers.may_have(conn, one, event) for one in to for event in events
        ):
            yield SignedBatch(batch.device_id, batch.signature, batch.lines)


def _waiting(conn: sa.Connection, to: Sequence[r.Device]) -> int:
    """How many events would go, could all the devices have them."""
    others = (batch for batch in carried.batches(conn) if any(one.id != batch.device_id for one in to))
    return len(carried.undelivered(conn)) + sum(len(batch.lines) for batch in others)


def _peer(conn: sa.Connection, device_id: str) -> Peer | None:
    known = maybe(conn, r.Device, device_id)
    return None if known is None else peers.peer_of(conn, known)


def _number(conn: sa.Connection, kind: str, record_id: str) -> str:
    head = maybe(conn, r.Visit, record_id) if kind == "visit" else maybe(conn, r.Case, record_id)
    return head.number if head else ""
