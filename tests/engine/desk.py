"""An engine with everything around it, whose waiting times pass at once."""

from __future__ import annotations

from sync.contract import wire
from sync.engine.engine import Engine, Phase, Report
from sync.engine.ports import Answer, LinkDown
from tests.engine.centre import Centre, Low, Time
from tests.engine.store import MemoryStore


class Desk:
    """An engine with everything around it."""

    def __init__(self) -> None:
        self.clock = Time()
        self.centre = Centre(self.clock)
        self.store = MemoryStore()
        self.engine = Engine(self.store, self.centre, self.clock, Low())

    def round(self, most: int = 200) -> list[Report]:
        """Steps until the machine rests; waiting times pass at once."""
        reports = []
        for _ in range(most):
            reports.append(self.engine.step())
            if reports[-1].phase is Phase.REST:
                return reports
            self.clock.t += reports[-1].wait_s
        raise AssertionError(f"still not at rest: {reports[-3:]}")

    def modern(self, rows: int, frame_rows: int = 3) -> None:
        """Let the centre be one of today, with so many rows."""
        self.centre.modern = self.centre.takes_bodies = True
        self.centre.frame_rows = frame_rows
        self.centre.page_rows = 50
        self.centre.rows = [place(f"p{number}", number) for number in range(1, rows + 1)]


def place(row_id: str, seq: int, rev: int = 1) -> wire.Change:
    """A row of the centre."""
    return wire.Change("place", row_id, seq, rev, ("x" * 50,))


def down() -> Answer | None:
    raise LinkDown("no link")
