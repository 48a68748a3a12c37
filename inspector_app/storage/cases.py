"""Cases as the device shows them: complaints, notes and inquiries, their timeline, and how to reach a reporter."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from inspector_app.storage import rows
from inspector_app.storage.narrowing import Narrowing
from inspector_app.storage.tables import RECORDS
from sync.contract import records as r

SETTLED = ("resolved", "referred", "rejected", "closed")
"""The states in which no deadline runs."""

_TABLE = RECORDS["case"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters(Narrowing):
    """What to narrow a list of cases by; what is left as it is narrows nothing."""

    kind: str = ""
    category: str = ""
    priority: str = ""
    open_only: bool = False
    due_before: r.Moment = ""


def ids(conn: sa.Connection, filters: Filters = Filters()) -> tuple[str, ...]:
    """The cases that pass: open ones first, first due first."""
    wanted = filters.ids(_TABLE, "kind", "category", "priority")
    if filters.open_only or filters.due_before:
        wanted = wanted.where(_TABLE.c["state"].not_in(SETTLED))
    if filters.due_before:
        wanted = wanted.where(sa.func.datetime(_TABLE.c["due_at"]) < sa.func.datetime(filters.due_before))
    order = (_TABLE.c["state"].in_(SETTLED), sa.func.datetime(_TABLE.c["due_at"]), _TABLE.c["id"])
    return tuple(conn.execute(wanted.order_by(*order)).scalars())


def get(conn: sa.Connection, case_id: str) -> r.Case | None:
    """A case, or None."""
    found = rows.get(conn, "case", case_id)
    return found if isinstance(found, r.Case) else None


def entries(conn: sa.Connection, case_id: str) -> tuple[r.CaseEntry, ...]:
    """The timeline of a case, first first."""
    found = rows.where(conn, "case_entry", "case_id = ? ORDER BY datetime(at), at, id", case_id)
    return tuple(entry for entry in found if isinstance(entry, r.CaseEntry))


def contact(conn: sa.Connection, case_id: str) -> r.Contact | None:
    """How to reach the reporter of a case, or None."""
    found = rows.where(conn, "contact", "case_id = ? ORDER BY id LIMIT 1", case_id)
    return next((known for known in found if isinstance(known, r.Contact)), None)


def opened_since(conn: sa.Connection, category: str, since: r.Moment) -> tuple[r.Case, ...]:
    """The cases of a category opened since a moment, last opened first: among them a duplicate may be."""
    found = rows.where(
        conn,
        "case",
        "category = ? AND datetime(opened_at) >= datetime(?) ORDER BY datetime(opened_at) DESC, id",
        category,
        since,
    )
    return tuple(case for case in found if isinstance(case, r.Case))
