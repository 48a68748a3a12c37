"""What the link costs: requests, bytes, waste and failures, counted where they happen and readable from any thread."""

from __future__ import annotations

import threading
from typing import NamedTuple


class Traffic(NamedTuple):
    """What a run has cost so far.

    Attributes:
        requests: Sent, answered or not.
        sent: Bytes of bodies sent.
        received: Bytes of bodies received.
        wasted: Of both, the bytes that were of no use: sent without an answer, or received and thrown away.
        retries: Requests that failed and have to be made again.
        wakeups: How often a thread of the sync awoke; the driver counts them.
    """

    requests: int = 0
    sent: int = 0
    received: int = 0
    wasted: int = 0
    retries: int = 0
    wakeups: int = 0


class Meter:
    """Counts; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._so_far = Traffic()

    @property
    def so_far(self) -> Traffic:
        """What was counted until now."""
        with self._lock:
            return self._so_far

    def count(
        self,
        *,
        requests: int = 0,
        sent: int = 0,
        received: int = 0,
        wasted: int = 0,
        retries: int = 0,
        wakeups: int = 0,
    ) -> None:
        """Add to what was counted; the names are those of ``Traffic``."""
        more = (requests, sent, received, wasted, retries, wakeups)
        with self._lock:
            self._so_far = Traffic(*(old + new for old, new in zip(self._so_far, more, strict=True)))
