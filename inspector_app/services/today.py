"""Today: what there is to finish, to mend, to watch and to send."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, Literal

import sqlalchemy as sa

from inspector_app.services import reading
from inspector_app.services.ground import Ground, maybe, rules_of
from inspector_app.services.readiness import SOON
from inspector_app.services.views.drafts import DraftRow
from inspector_app.services.views.today import Expiring, Today
from inspector_app.services.visits import Visits
from inspector_app.storage import cases, outbox, register, visits
from inspector_app.storage.book import season_in_force
from sync.contract import records as r
from sync.domain.workflow import Role

_MOST_EXPIRING: Final = 30
_ENDS: Final[tuple[tuple[Literal["licence", "guarantee"], str], ...]] = (
    ("licence", "licence_expires"),
    ("guarantee", "guarantee_expires"),
)


class TodayPage:
    """The first page of the day."""

    def __init__(self, ground: Ground, desk_visits: Visits) -> None:
        self._ground = ground
        self._visits = desk_visits

    def summary(self) -> Today:
        """Everything on it."""
        ground = self._ground
        drafts = self._visits.drafts()
        with ground.cache.read() as conn:
            depth = outbox.depth(conn)
            mine = visits.Filters(states=("returned",), inspector_id=ground.person.id)
            return Today(
                drafts=drafts,
                returned=tuple(reading.visit_row(ground, conn, one) for one in visits.ids(conn, mine)),
                cases_near=tuple(reading.case_row(ground, conn, one) for one in self._near(conn)),
                expiring=self._expiring(conn, drafts),
                to_review=self._to_review(conn),
                waiting=depth.waiting,
                unsent_since=depth.since,
            )

    def _near(self, conn: sa.Connection) -> tuple[str, ...]:
        """Open cases whose deadline is near or has passed."""
        if season_in_force(conn) is None:
            return ()  # nothing has arrived yet, so there are no cases either
        near = timedelta(minutes=rules_of(conn).near_minutes)
        return cases.ids(conn, cases.Filters(due_before=(self._ground.clock() + near).isoformat()))

    def _expiring(self, conn: sa.Connection, drafts: tuple[DraftRow, ...]) -> tuple[Expiring, ...]:
        """Licences and guarantees about to end: those at today's places first, then the soonest."""
        today = self._ground.clock().date()
        soon = (today + SOON).isoformat()
        here = _companies_of(conn, drafts)
        found = []
        for company_id in register.ids(conn, "company", register.Filters(expiring_before=soon)):
            company = maybe(conn, r.Company, company_id)
            if company is not None:
                found += _ends(company, today, soon, company_id in here)
        found.sort(key=lambda one: (not one.today, one.day, one.company.id))
        return tuple(found[:_MOST_EXPIRING])

    def _to_review(self, conn: sa.Connection) -> int:
        if self._ground.person.role != Role.SUPERVISOR:
            return 0
        return len(visits.review_queue(conn, self._ground.person.regions))


def _companies_of(conn: sa.Connection, drafts: tuple[DraftRow, ...]) -> frozenset[str]:
    """The companies of today's places: those being visited, and those lodged there."""
    named = {draft.company.id for draft in drafts if draft.company}
    for draft in drafts:
        if draft.place:
            named.update(draft.place.lodged_companies)
    return frozenset(named)


def _ends(company: r.Company, today: date, soon: r.Day, is_here: bool) -> list[Expiring]:
    ends = []
    for what, field in _ENDS:
        day = getattr(company, field)
        if day is not None and day < soon:
            left = (datetime.fromisoformat(day).date() - today).days
            ends.append(Expiring(company=company, what=what, day=day, days_left=left, today=is_here))
    return ends
