"""What is on its way to the centre, in rows: events, evidence, receipts, what needs the user, and the log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ShowAttention:
    """Go to what the centre did not accept."""
