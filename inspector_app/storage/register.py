"""The register: companies, places and the code lists behind them, filtered and ordered by the database."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from inspector_app.storage import rows, search
from inspector_app.storage.search import Hit
from inspector_app.storage.tables import RECORDS
from sync.contract import records as r

Kind = Literal["company", "place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What to narrow a list of companies or places by; what is left as it is narrows nothing.

    Attributes:
        region: Of a place.
        kinds: Of a place or company (``housing``, ``umrah`` ...).
        states: Of a company.
        expiring_before: A company whose licence or guarantee ends before this day.
        with_findings: Only those with findings of a visit that stands.
        near: Latitude and longitude to order places by nearness to.
    """

    region: str = ""
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    expiring_before: r.Day = ""
    with_findings: bool = False
    near: tuple[float, float] | None = None


def search_ids(
    conn: sa.Connection, query: str, kinds: Collection[str] = ("company", "place"), region: str = "", limit: int = 200
) -> tuple[Hit, ...]:
    """What a question finds, best first; with a region, only places of it and whatever has no region."""
    hits = search.find(conn, query, kinds, limit if not region else limit * 5)
    if region:
        hits = tuple(hit for hit in hits if _in_region(conn, hit, region))
    return hits[:limit]


def ids(conn: sa.Connection, kind: Kind, filters: Filters = Filters()) -> tuple[str, ...]:
    """The companies or places that pass, by Arabic name, or by nearness where a position is given."""
    column = RECORDS[kind].c
    wanted = sa.select(column["id"])
    if filters.kinds:
        wanted = wanted.where(column["kind"].in_(filters.kinds))
    if kind == "place" and filters.region:
        wanted = wanted.where(column["region"] == filters.region)
    if kind == "company" and filters.states:
        wanted = wanted.where(column["state"].in_(filters.states))
    if kind == "company" and filters.expiring_before:
        ends = (column["licence_expires"], column["guarantee_expires"])
        wanted = wanted.where(sa.or_(*(end < filters.expiring_before for end in ends)))
    if filters.with_findings:
        wanted = wanted.where(sa.text(f"EXISTS ({_STANDING} AND finding.{kind}_id = {kind}.id)"))
    if kind == "place" and filters.near is not None:
        wanted = wanted.order_by(*_nearness(column, *filters.near))
    return tuple(conn.execute(wanted.order_by(column["name_ar"], column["id"])).scalars())


def company(conn: sa.Connection, company_id: str) -> r.Company | None:
    """A company, or None."""
    found = rows.get(conn, "company", company_id)
    return found if isinstance(found, r.Company) else None


def place(conn: sa.Connection, place_id: str) -> r.Place | None:
    """A place, or None."""
    found = rows.get(conn, "place", place_id)
    return found if isinstance(found, r.Place) else None


def codes(conn: sa.Connection, list_name: str, parent: str | None = None) -> tuple[r.Code, ...]:
    """A code list in its own order; with a parent, only what is under it."""
    if parent is None:
        found = rows.where(conn, "code", "list = ? ORDER BY position, code", list_name)
    else:
        found = rows.where(conn, "code", "list = ? AND parent = ? ORDER BY position, code", list_name, parent)
    return tuple(code for code in found if isinstance(code, r.Code))


def code(conn: sa.Connection, list_name: str, name: str) -> r.Code | None:
    """One entry of a code list, or None."""
    found = rows.get(conn, "code", f"{list_name}:{name}")
    return found if isinstance(found, r.Code) else None


def checklists(conn: sa.Connection, day: r.Day) -> tuple[r.Checklist, ...]:
    """Of each form, the newest version in force on a day, by Arabic title."""
    newest: dict[str, tuple[tuple[object, ...], str]] = {}
    in_force = conn.exec_driver_sql(
        "SELECT form_id, effective_from, version, id FROM checklist WHERE effective_from <= ?", (day,)
    )
    for form_id, since, version, checklist_id in in_force:
        newest[form_id] = max(newest.get(form_id, ((), "")), ((since, *_in_order(version)), checklist_id))
    found = (checklist(conn, checklist_id) for _, checklist_id in newest.values())
    return tuple(sorted(filter(None, found), key=lambda known: (known.title_ar, known.id)))


def _in_order(version: str) -> tuple[tuple[int, str], ...]:
    """A version so that it can be compared: 10 comes after 9, and 2.10 after 2.9."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in re.findall(r"\d+|\D+", version))


def checklist(conn: sa.Connection, checklist_id: str) -> r.Checklist | None:
    """One version of a checklist, or None."""
    found = rows.get(conn, "checklist", checklist_id)
    return found if isinstance(found, r.Checklist) else None


def lodged_at(conn: sa.Connection, place_id: str) -> tuple[r.Company, ...]:
    """The companies whose pilgrims are lodged at a place now, by Arabic name."""
    found = rows.where(
        conn,
        "company",
        "id IN (SELECT value FROM place, json_each(place.lodged_companies) WHERE place.id = ?) ORDER BY name_ar, id",
        place_id,
    )
    return tuple(known for known in found if isinstance(known, r.Company))


def lodgings_of(conn: sa.Connection, company_id: str) -> tuple[r.Place, ...]:
    """The places where a company's pilgrims are lodged now, by Arabic name."""
    found = rows.where(
        conn,
        "place",
        "EXISTS (SELECT 1 FROM json_each(place.lodged_companies) WHERE value = ?) ORDER BY name_ar, id",
        company_id,
    )
    return tuple(known for known in found if isinstance(known, r.Place))


_STANDING = (
    "SELECT 1 FROM finding JOIN visit ON visit.id = finding.visit_id "
    "WHERE finding.revision = visit.revision AND visit.state <> 'annulled'"
)


def _in_region(conn: sa.Connection, hit: Hit, region: str) -> bool:
    if hit.kind == "company":
        return True
    found = rows.get(conn, hit.kind, hit.id)
    return getattr(found, "region", region) == region


def _nearness(
    place: sa.ColumnCollection[str, sa.Column[Any]], lat: float, lon: float
) -> tuple[sa.ColumnElement[Any], ...]:
    """Order by distance on a plane, right enough within one region; places without a position come last."""
    north = place["lat"] - lat
    east = (place["lon"] - lon) * math.cos(math.radians(lat))
    return place["lat"].is_(None), north * north + east * east
