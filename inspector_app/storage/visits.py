"""Visits as the device shows them: heads, revisions, findings and decisions, ordered by the database."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from inspector_app.storage import rows
from inspector_app.storage.narrowing import Narrowing
from inspector_app.storage.tables import RECORDS
from sync.contract import records as r

_TABLE = RECORDS["visit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters(Narrowing):
    """What to narrow a list of visits by; what is left as it is narrows nothing."""

    inspector_id: str = ""


def ids(conn: sa.Connection, filters: Filters = Filters()) -> tuple[str, ...]:
    """The visits that pass, last submitted first."""
    wanted = filters.ids(_TABLE, "inspector_id")
    return tuple(conn.execute(wanted.order_by(_newest("submitted_at"), _TABLE.c["id"])).scalars())


def get(conn: sa.Connection, visit_id: str) -> r.Visit | None:
    """A visit, or None."""
    found = rows.get(conn, "visit", visit_id)
    return found if isinstance(found, r.Visit) else None


def revisions(conn: sa.Connection, visit_id: str) -> tuple[r.VisitRevision, ...]:
    """Every submission of a visit, first first."""
    found = rows.where(conn, "visit_revision", "visit_id = ? ORDER BY revision", visit_id)
    return tuple(revision for revision in found if isinstance(revision, r.VisitRevision))


def findings(conn: sa.Connection, visit_id: str, revision: int | None = None) -> tuple[r.Finding, ...]:
    """The findings of one revision (none given: of the newest), gravest first."""
    found = rows.where(
        conn,
        "finding",
        _OF_REVISION,
        visit_id,
        revision,
    )
    return tuple(finding for finding in found if isinstance(finding, r.Finding))


def decisions(conn: sa.Connection, visit_id: str) -> tuple[r.Decision, ...]:
    """What was decided about a visit, first first."""
    found = rows.where(conn, "decision", "visit_id = ? ORDER BY datetime(at), id", visit_id)
    return tuple(decision for decision in found if isinstance(decision, r.Decision))


def latest_at(conn: sa.Connection, place_id: str, other_than: str = "") -> r.Visit | None:
    """The last visit to a place that was not annulled, or None."""
    found = rows.where(
        conn,
        "visit",
        "place_id = ? AND id <> ? AND state <> 'annulled' ORDER BY datetime(submitted_at) DESC, id LIMIT 1",
        place_id,
        other_than,
    )
    return next((visit for visit in found if isinstance(visit, r.Visit)), None)


def last_sheet(conn: sa.Connection, author_id: str, form_id: str) -> str | None:
    """The answers a person submitted last by a checklist, of any version of it; None where this device has none."""
    found = rows.where(
        conn,
        "visit_revision",
        "author_id = ? AND visit_id IN (SELECT id FROM visit WHERE checklist_id IN "
        "(SELECT id FROM checklist WHERE form_id = ?)) ORDER BY datetime(submitted_at) DESC, id DESC LIMIT 1",
        author_id,
        form_id,
    )
    return next((revision.instance for revision in found if isinstance(revision, r.VisitRevision)), None)


def standing_findings(conn: sa.Connection, *, place_id: str = "", company_id: str = "") -> tuple[r.Finding, ...]:
    """The findings of the newest revisions of a place's or a company's visits, first due first."""
    found = rows.where(
        conn,
        "finding",
        "(place_id = ?1 OR company_id = ?2) AND (visit_id, revision) IN "
        "(SELECT id, revision FROM visit WHERE state <> 'annulled') ORDER BY datetime(deadline), item",
        place_id,
        company_id,
    )
    return tuple(finding for finding in found if isinstance(finding, r.Finding))


def review_queue(conn: sa.Connection, regions: tuple[str, ...]) -> tuple[str, ...]:
    """The visits of some regions that wait for a supervisor: gravest first, then longest waiting."""
    wanted = (
        sa.select(_TABLE.c["id"])
        .where(_TABLE.c["state"].in_(("received", "under_review")), _TABLE.c["region"].in_(regions))
        .order_by(sa.text(_WORST), sa.func.datetime(_TABLE.c["submitted_at"]), _TABLE.c["id"])
    )
    return tuple(conn.execute(wanted).scalars())


_RANKED = "CASE {} WHEN 'critical' THEN 0 WHEN 'major' THEN 1 WHEN 'minor' THEN 2 ELSE 3 END"
_GRAVITY = _RANKED.format("severity")
_NEWEST = "(SELECT visit.revision FROM visit WHERE visit.id = ?1)"
_OF_REVISION = f"visit_id = ?1 AND revision = coalesce(?2, {_NEWEST}) ORDER BY {_GRAVITY}, item"
_WORST = _RANKED.format("worst")


def _newest(name: str) -> sa.ColumnElement[str]:
    # Moments carry the offset they were made with; only as points in time can they be compared.
    return sa.func.datetime(_TABLE.c[name]).desc()


def checklists_used(conn: sa.Connection, inspector_id: str) -> tuple[str, ...]:
    """Ids of the checklists that a person's visits were begun with, the last begun first."""
    found = conn.exec_driver_sql(
        "SELECT checklist_id FROM visit WHERE inspector_id = ? GROUP BY checklist_id ORDER BY max(started_at) DESC",
        (inspector_id,),
    )
    return tuple(found.scalars())
