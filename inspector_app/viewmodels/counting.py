"""What the side counts: how much waits in each workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inspector_app.services.desk import Desk
from inspector_app.services.views.sync import Status
from sync.domain.deadlines import Standing
from sync.domain.workflow import Role


@dataclass(frozen=True)
class Counts:
    """Numbers beside the names of the workspaces, those that are urgent, and what waits to be sent."""

    by_place: Mapping[str, int]
    urgent: frozenset[str]
    status: Status


def count(desk: Desk) -> Counts:
    """Count everything once (queries: never on the GUI thread)."""
    status = desk.outbox.status()
    today = desk.today.summary()
    returned = len(today.returned)
    counts = {
        "visits": len(today.drafts) + returned,
        "cases": len(today.cases_near),
        "sync": status.waiting + status.attention,
    }
    if desk.person.role == Role.SUPERVISOR:
        counts["review"] = today.to_review + len(desk.quarantine.list())
    urgent = set()
    if status.attention:
        urgent.add("sync")
    if any(row.standing is Standing.OVERDUE for row in today.cases_near):
        urgent.add("cases")
    return Counts(counts, frozenset(urgent), status)
