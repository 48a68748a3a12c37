"""The outbox as its owner sees it: what waits, what was confirmed, what needs him, and the log for support."""

from __future__ import annotations

from inspector_app.services.ground import Ground
from inspector_app.services.views import EventRow, EvidenceRow, LogRow, Receipt, Status


class Outbox:
    """What is on its way to the centre."""

    def __init__(self, ground: Ground) -> None:
        raise NotImplementedError

    def status(self) -> Status:
        """The counts for the top bar."""
        raise NotImplementedError

    def events(self, limit: int = 500) -> tuple[EventRow, ...]:
        """What waits, in the order it will be sent."""
        raise NotImplementedError

    def attention(self) -> tuple[EventRow, ...]:
        """What the centre did not take, with its reason and the text that came with it; newest first."""
        raise NotImplementedError

    def receipts(self, limit: int = 500) -> tuple[EventRow, ...]:
        """What the centre has confirmed, newest first."""
        raise NotImplementedError

    def receipt(self, kind: str, record_id: str) -> Receipt | None:
        """What became of the newest event of ours about a record; None where we never made one."""
        raise NotImplementedError

    def evidence(self) -> tuple[EvidenceRow, ...]:
        """Pieces of evidence on their way, with the bytes that have arrived."""
        raise NotImplementedError

    def log(self, limit: int = 1_000) -> tuple[LogRow, ...]:
        """The log, newest first; it names nobody."""
        raise NotImplementedError
