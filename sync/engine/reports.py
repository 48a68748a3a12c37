"""What the machine says of each of its steps, and how long to wait after a failure."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from sync.engine.calls import NotTheCentre, TryLater
from sync.engine.ports import LinkDown, Random
from sync.engine.traffic import Traffic

_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 300.0

_CODES: dict[type[LinkDown], str] = {TryLater: "busy", NotTheCentre: "answer_unreadable"}
"""What a failure of the link is called where people see it; every other one is ``link_down``."""


class Phase(StrEnum):
    """What the machine works at; in this order within a round."""

    PUSH = "push"
    RELAY = "relay"
    SNAPSHOT = "snapshot"
    PULL = "pull"
    CHECK = "check"
    EVIDENCE = "evidence"
    REST = "rest"


class Link(StrEnum):
    """How things stand with the centre."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    OFFLINE = "offline"
    REFUSED = "refused"


class Report(NamedTuple):
    """What one step did.

    Attributes:
        phase: What the step worked at.
        link: How things stand with the centre after it.
        wait_s: Seconds until the next step is worth taking; 0 means at once.
        problem: A problem code, or empty.
        detail: What the problem is about, for the log.
        events: Events settled by this step.
        rows: Rows received by this step.
        done_bytes: At the centre of the piece of evidence at work, or here of the first sync (phase ``snapshot``).
        total_bytes: The size of that piece, or of the whole first sync.
        done_rows: Rows of the first sync that are in.
        total_rows: Rows of the first sync.
        piece: SHA-256 of the piece of evidence at work, or empty.
        evidence: Whether evidence waits for the uploaders; only where the machine itself sends none.
        sent: Bytes of bodies sent by this step.
        received: Bytes of bodies received by this step.
        traffic: What everything has cost so far.
        clock_ahead_s: Seconds by which this device's clock is ahead of the centre's, as last seen; None before.
    """

    phase: Phase
    link: Link
    wait_s: float = 0.0
    problem: str = ""
    detail: str = ""
    events: int = 0
    rows: int = 0
    done_bytes: int = 0
    total_bytes: int = 0
    done_rows: int = 0
    total_rows: int = 0
    piece: str = ""
    evidence: bool = False
    sent: int = 0
    received: int = 0
    traffic: Traffic = Traffic()
    clock_ahead_s: float | None = None


class Backoff:
    """Full-jitter exponential waiting between 1 s and 5 min, begun again by any progress."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._failures = 0

    def progressed(self) -> None:
        """Something went through."""
        self._failures = 0

    def failed(self, asked: float = 0.0) -> float:
        """How many seconds to wait after one more failure, and never less than the centre asks for."""
        ceiling = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** min(self._failures, 16))
        self._failures += 1
        return max(asked, self._random.uniform(_FIRST_WAIT_S / 2, ceiling))

    def after(self, phase: Phase, error: LinkDown) -> Report:
        """The report of a step that came to nothing by the link, or by a centre that is busy."""
        busy = isinstance(error, TryLater)
        wait = self.failed(error.retry_after if isinstance(error, TryLater) else 0.0)
        link = Link.ONLINE if busy else Link.OFFLINE
        return Report(phase, link, wait_s=wait, problem=_CODES.get(type(error), "link_down"), detail=str(error))
