"""The centre's clock, and the two ways its moments are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Tells the time, with a zone. Services take it from ``Centre``, so that a test can move it."""


def utc_now() -> datetime:
    """The clock of this machine."""
    return datetime.now(UTC)


def milliseconds(moment: datetime) -> int:
    """A moment as the books keep it: Unix time in milliseconds."""
    return int(moment.timestamp() * 1000)


def text(moment: datetime) -> str:
    """A moment as it travels: RFC 3339 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
