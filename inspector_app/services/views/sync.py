"""What waits to be sent, what became of it, and the log of the link."""

from __future__ import annotations

import msgspec

from inspector_app.services.views.common import Receipt
from sync.contract import records as r


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What waits to be sent and what needs somebody: counts, bytes, and when the link last worked.

    ``carried`` are events of other devices that came in bundles and are to be handed to the centre.
    """

    waiting: int
    evidence_waiting: int
    evidence_bytes: int
    attention: int
    carried: int
    last_sync: str | None
    unsent_since: str | None


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """An event of the outbox in words: what it was about, who made it, what was written, what became of it."""

    receipt: Receipt
    user: r.Person | None
    number: str
    text: str


class EvidenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of evidence on its way: ``offset`` of ``size`` bytes are at the centre.

    ``ready`` says that its event was judged, so that it waits for nothing but its turn.
    """

    sha256: str
    size: int
    offset: int
    role: str
    media_type: str
    state: str
    problem: str = ""
    ready: bool = True


class ReceiptLine(msgspec.Struct, frozen=True, kw_only=True):
    """One receipt in words; the moments are RFC 3339, ``event`` is the id of the event."""

    deed: str
    number: str
    person: str
    made_at: str
    received_at: str
    flags: str
    event: str


class HeldBack(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that the centre no longer names, so many of one kind that a person has to say what becomes of them."""

    kind: str
    missing: int
    total: int


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """A long time without the centre: since when, how many days, and what was held then (revisions by kind and id)."""

    since: str
    days: int
    held: dict[str, dict[str, int | None]]

    def __repr__(self) -> str:
        """Say how long, and not what is held."""
        return f"Absence(days={self.days})"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows of a kind came, changed and went while a device was away."""

    kind: str
    new: int
    changed: int
    gone: int


class LogRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the sync log: ``log.<code>`` in words."""

    at: str
    level: str
    code: str
    params: dict[str, str]
