"""A small season for the tests of the cache: rules, a checklist, people, places, and what they do."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from inspector_app.storage import device, people, rows
from inspector_app.storage.outbox import NewEvent
from inspector_app.storage.rows import Row
from sync.contract import events as e
from sync.contract import records as r
from sync.contract import wire
from tests.support.laptop import DEVICE
from tests.support.season import COMMITTEE, HEAD, INSPECTOR, RULES, SUPERVISOR, XFORM

NOON = "2026-11-22T12:00:00.000+03:00"
EVENING = "2026-11-22T18:00:00.000+03:00"

SEASON = r.Season(id="1448", name_ar="موسم 1448", name_en="Season 1448", rules=RULES)

CHECKLIST = r.Checklist(
    id="f@1",
    form_id="f",
    version="1",
    inspection_type="IT04",
    title_ar="سكن",
    title_en="Lodging",
    effective_from="2026-01-01",
    xform=XFORM,
)


def place(place_id: str = "p1", name: str = "فندق اجياد الذهبي", **more: Any) -> r.Place:
    given: dict[str, Any] = {
        "kind": "hotel",
        "name_ar": name,
        "name_en": "",
        "region": "makkah",
        "city": "makkah",
        **more,
    }
    return r.Place(id=place_id, **given)


def company(company_id: str = "co1", name: str = "شركة العليان لخدمات المعتمرين", **more: Any) -> r.Company:
    given: dict[str, Any] = {"name_ar": name, "name_en": "", "licence": "L-1", "state": "active", **more}
    return r.Company(id=company_id, **given)


def fill(conn: sa.Connection) -> None:
    """What a device has after its first sync."""
    for record in (SEASON, COMMITTEE, INSPECTOR, HEAD, SUPERVISOR, CHECKLIST, place(), company()):
        rows.put(conn, r.KIND_OF[type(record)], [Row(record, rev=1)])
    people.bind(conn, INSPECTOR, NOON)
    people.bind(conn, SUPERVISOR, NOON)
    device.save(conn, DEVICE)


def submission(visit_id: str = "v1", revision: int = 1, exit_: str = "nonconform", **more: Any) -> NewEvent:
    data = e.VisitSubmission(
        number="11-003-0001-6",
        revision=revision,
        inspection_type="IT04",
        checklist_id="f@1",
        region="makkah",
        place_id="p1",
        company_id="co1",
        started_at=NOON,
        instance=f'<data id="f" version="1"><exit>{exit_}</exit><water>conform</water></data>',
        signature=r.Signature(status="absent", reason="غائب", witness="سالم"),
    )
    return NewEvent(kind="visit", record=visit_id, action="submit", data=data, **more)


def opening(case_id: str = "c1", text: str = "لا يوجد ماء بارد في الدور الثالث", **data: Any) -> NewEvent:
    given: dict[str, Any] = {"kind": "complaint", "category": "C01", "priority": "P2", "region": "makkah", **data}
    payload = e.CaseOpening(number="11-003-0002-1", text=text, place_id="p1", **given)
    return NewEvent(kind="case", record=case_id, action="open", data=payload)


def step(action: str, case_id: str = "c1", text: str = "", **more: Any) -> NewEvent:
    return NewEvent(kind="case", record=case_id, action=action, data=e.CaseStep(text=text), **more)


def page(*records: r.Record, since: int = 0, more: bool = False, rev: int = 1, gone: tuple[Any, ...] = ()) -> wire.Page:
    """A page as the centre sends it; ``gone`` are (kind, id) of deleted rows."""
    columns = {
        kind: tuple(column.name for column in r.columns(kind))[1:] for kind in {r.KIND_OF[type(x)] for x in records}
    }
    changes = []
    for seq, record in enumerate(records, start=since + 1):
        kind = r.KIND_OF[type(record)]
        row = r.to_row(record)
        changes.append(wire.Change(kind, record.id, seq, rev, tuple(row[name] for name in columns[kind])))
    for seq, (kind, record_id) in enumerate(gone, start=since + len(records) + 1):
        changes.append(wire.Change(kind, record_id, seq, rev, None))
    return wire.Page("epoch1", since, since + len(changes), more, columns, tuple(changes))
