"""Taking a bundle in: who may have sent what is checked first, evidence is on disk before the events that name it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec
import sqlalchemy as sa

from inspector_app.services.errors import UserError
from inspector_app.services.ground import Ground, maybe
from inspector_app.services.peers import peer_of
from inspector_app.services.views.transfers import Load, Received, RefusedBatch
from inspector_app.storage import carried, evidence, people
from inspector_app.storage.errors import EvidenceTooLarge
from inspector_app.storage.vault import Stored
from sync.contract import bundles, wire
from sync.contract import events as e
from sync.contract import records as r
from sync.contract.bundles import BadBundle, BatchHead, PieceHead, SignedBatch
from sync.engine.ports import Batch, Identity

Progress = Callable[[int, int], None]
"""Told how many bytes of how many are through; whatever it raises ends the transfer."""

_MAX_N: Final = 2**53
_MAX_ID: Final = 100
"""As the centre has it: an event beyond these would be refused there, and fits no column here."""


def sort_of(event: e.Event) -> str:
    """Which field of ``Load`` counts an event."""
    if event.kind == "visit":
        return "reports" if event.action == "submit" else "decisions"
    if event.kind == "quarantined":
        return "decisions"
    return "cases" if (event.kind, event.action) == ("case", "open") else "steps"


@dataclass
class _Group:
    """A batch that was found right, and the evidence that has come for it."""

    signed: SignedBatch
    signer: r.Device
    events: tuple[e.Event, ...]
    stored: dict[str, Stored] = field(default_factory=dict)

    @property
    def named(self) -> frozenset[str]:
        """SHA-256 of the evidence its events name."""
        return frozenset(sha256 for event in self.events for sha256 in event.evidence)


class Taking:
    """One bundle as it is read.

    Each batch is committed, whole, when all that belongs to it has come and was found right; what came before a
    bundle broke off stays.
    """

    def __init__(self, ground: Ground, identity: Identity, read: bundles.Read, progress: Progress) -> None:
        self._ground, self._identity = ground, identity
        self._source, self._progress = read, progress
        self.bytes = 0
        """How many bytes were read."""
        self._size = 0
        self._sender: r.Device | None = None
        self._counts: dict[str, int] = dict.fromkeys(Load.__struct_fields__, 0)
        self._known = self._unshown = self._missing = 0
        self._refused: list[RefusedBatch] = []

    def run(self) -> Received:
        """Read the whole of it.

        Raises:
            UserError: ``bundle_foreign``, ``bundle_newer``, ``bundle_damaged``, ``bundle_too_large``,
                ``bundle_not_for_us``, ``bundle_other_centre``, ``bundle_sender_unknown``, ``bundle_signature_wrong``.
            StorageError: ``disk_full``.
        """
        try:
            bundle = bundles.Sealed(self._read)
            self._sender = self._known_sender(bundle)
            self._size = bundle.header.size
            self._take(bundle)
        except BadBundle as error:
            raise UserError(error.code, **error.params, taken=str(self._taken())) from error
        return self._received(self._sender)

    def so_far(self) -> Received | None:
        """What has come of a bundle that broke off; None where nothing of it was taken."""
        return self._received(self._sender) if self._sender is not None and self._taken() else None

    def _received(self, sender: r.Device) -> Received:
        with self._ground.cache.read() as conn:
            peer = peer_of(conn, sender)
        load = msgspec.convert({**self._counts, "bytes": self.bytes}, Load)
        return Received(
            sender=peer,
            load=load,
            known=self._known,
            unshown=self._unshown,
            missing=self._missing,
            refused=tuple(self._refused),
        )

    def _taken(self) -> int:
        return sum(self._counts[name] for name in ("reports", "decisions", "cases", "steps"))

    def _read(self, count: int) -> bytes:
        data = self._source(count)
        self.bytes += len(data)
        self._progress(self.bytes, max(self._size, self.bytes))
        return data

    def _known_sender(self, bundle: bundles.Sealed) -> r.Device:
        """Who made the bundle, if he is known and it is for our centre."""
        header = bundle.header
        if header.server_id != self._identity.server_id:
            raise UserError("bundle_other_centre")
        with self._ground.cache.read() as conn:
            sender = maybe(conn, r.Device, header.sender)
        if sender is None:
            raise UserError("bundle_sender_unknown")
        if not bundle.is_sent_by(sender.public_key):
            raise UserError("bundle_signature_wrong", device=sender.name)
        return sender

    def _take(self, bundle: bundles.Sealed) -> None:
        group: _Group | None = None
        try:
            for item in bundle.items(self._identity.device_id, self._identity.seed):
                if isinstance(item.head, BatchHead):
                    whole, group = group, None
                    self._commit(whole)
                    group = self._verified(item.head, item.data)
                elif group is not None:
                    self._store(group, item.head, item.data)
            whole, group = group, None
            self._commit(whole)
        except BaseException:
            if group is not None:
                self._forget(group)
            raise

    def _verified(self, head: BatchHead, data: Iterable[bytes]) -> _Group | None:
        """A batch whose signature and events are right; None for our own, and for one that is written down as refused.

        Raises:
            BadBundle: It does not arrive whole.
        """
        with self._ground.cache.read() as conn:
            signer = maybe(conn, r.Device, head.device_id)
        try:
            signed = self._lines(head, data)
            if head.device_id == self._identity.device_id:
                self._known += len(signed.lines)
                return None
            if signer is None:
                raise UserError("bundle_signer_unknown")
            if not bundles.is_signed(signed, self._identity.server_id, signer.public_key):
                raise UserError("bundle_batch_signature_wrong")
            return _Group(signed, signer, _events(signed))
        except UserError as error:
            self._refuse(head.device_id, signer, error.code)
            return None

    def _lines(self, head: BatchHead, data: Iterable[bytes]) -> SignedBatch:
        try:
            return bundles.read_batch(head, data)
        except (wire.BadPage, wire.TooLarge) as error:
            raise UserError("bundle_batch_unreadable") from error

    def _store(self, group: _Group, head: PieceHead, data: Iterable[bytes]) -> None:
        """Put a piece on disk, if an event of its batch names it and it is not here yet."""
        if head.sha256 not in group.named or head.sha256 in group.stored:
            return
        with self._ground.cache.read() as conn:
            if evidence.by_hash(conn, head.sha256) is not None:
                return
        vault = self._ground.cache.vault
        try:
            stored = vault.put_parts(data)
        except EvidenceTooLarge as error:
            raise BadBundle("bundle_damaged", place=str(self.bytes)) from error
        if stored.sha256 != head.sha256:
            vault.remove(stored.name)
            raise BadBundle("bundle_damaged", place=str(self.bytes))
        group.stored[head.sha256] = stored

    def _commit(self, group: _Group | None) -> None:
        """Take a batch in with its evidence, in one transaction."""
        if group is None:
            return
        signed, at = group.signed, self._ground.now()
        batch = Batch(signed.id_at(self._identity.server_id), signed.device_id, signed.signature, signed.lines)
        try:
            with self._ground.cache.write() as conn:
                arrived = carried.receive(conn, batch, at, show=not group.signer.revoked)
                kept = _keep(conn, group, at)
                wanted = {sha256 for event in arrived.events for sha256 in event.evidence}
                missing = sum(evidence.by_hash(conn, sha256) is None for sha256 in wanted)
                unknown = sum(people.person(conn, event.user) is None for event in arrived.events)
        except carried.OtherBody as error:
            self._forget(group)
            self._refuse(signed.device_id, group.signer, error.code)
            return
        except BaseException:
            self._forget(group)
            raise
        self._forget(group, kept)
        for event in arrived.events:
            self._counts[sort_of(event)] += 1
        self._counts["pieces"] += len(kept)
        self._missing += missing
        self._known += arrived.known
        self._unshown += len(arrived.events) if group.signer.revoked else unknown

    def _refuse(self, device_id: str, device: r.Device | None, code: str) -> None:
        self._refused.append(RefusedBatch(device_id=device_id, device=device.name if device else "", code=code))

    def _forget(self, group: _Group, kept: frozenset[str] = frozenset()) -> None:
        """Remove the files that no row names; a later sweep would find them, too."""
        for sha256, stored in group.stored.items():
            if sha256 not in kept:
                self._ground.cache.vault.remove(stored.name)


def _keep(conn: sa.Connection, group: _Group, at: r.Moment) -> frozenset[str]:
    """Name the evidence that came with a batch, so that it belongs to its records; which pieces were new."""
    kept = set()
    for sha256, told in _described(group):
        stored = group.stored.get(sha256)
        if stored is None or evidence.by_hash(conn, sha256) is not None:
            continue
        kept.add(sha256)
        evidence.add(
            conn,
            stored,
            media_type=told.media_type,
            role=told.role,
            owner=told.owner,
            item=told.item,
            at=at,
            state=evidence.PieceState.WAITING,
        )
    return frozenset(kept)


def _events(signed: SignedBatch) -> tuple[e.Event, ...]:
    """The events of a batch.

    Raises:
        UserError: ``bundle_batch_unreadable``: they are none, or more than the centre would take at once.
    """
    if len(signed.lines) > wire.BATCH_EVENTS or any(len(line) > wire.MAX_EVENT_BYTES for line in signed.lines):
        raise UserError("bundle_batch_unreadable")
    try:
        events = tuple(e.decode(line) for line in signed.lines)
    except msgspec.DecodeError as error:
        raise UserError("bundle_batch_unreadable") from error
    if any(not 0 < event.n < _MAX_N or not 0 < len(event.id) <= _MAX_ID for event in events):
        raise UserError("bundle_batch_unreadable")
    return events


@dataclass(frozen=True)
class _Description:
    """What an event says of a piece; ``owner`` is the record it belongs to."""

    owner: str
    media_type: str = "application/octet-stream"
    role: str = "photo"
    item: str = ""


def _described(group: _Group) -> Iterator[tuple[str, _Description]]:
    """Every piece that the events of a batch name, each once, as its event describes it."""
    seen = set()
    for event in group.events:
        told = _told(event)
        for sha256 in event.evidence:
            if sha256 not in seen:
                seen.add(sha256)
                yield sha256, told.get(sha256, _Description(event.record))


def _told(event: e.Event) -> dict[str, _Description]:
    try:
        payload = e.payload_of(event)
    except (e.UnknownEvent, msgspec.ValidationError):
        return {}
    attachments = payload.attachments if isinstance(payload, e.VisitSubmission | e.CaseOpening) else ()
    told = {one.sha256: _Description(event.record, one.media_type, one.role, one.item) for one in attachments}
    if isinstance(payload, e.VisitSubmission) and payload.signature.sha256:
        told[payload.signature.sha256] = _Description(event.record, "image/png", "signature")
    return told
