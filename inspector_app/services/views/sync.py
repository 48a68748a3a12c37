"""What waits to be sent, what became of it, and the log of the link."""

from __future__ import annotations

import msgspec

from inspector_app.services.views.common import Receipt
from sync.contract import records as r


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What waits to be sent and what needs somebody: counts, bytes, and when the link last worked."""

    waiting: int
    evidence_waiting: int
    evidence_bytes: int
    attention: int
    last_sync: str | None
    unsent_since: str | None


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """An event of the outbox in words: what it was about, who made it, what was written, what became of it."""

    receipt: Receipt
    user: r.Person | None
    number: str
    text: str


class EvidenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of evidence on its way: ``offset`` of ``size`` bytes are at the centre."""

    sha256: str
    size: int
    offset: int
    role: str
    media_type: str
    state: str
    problem: str = ""


class LogRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the sync log: ``log.<code>`` in words."""

    at: str
    level: str
    code: str
    params: dict[str, str]
