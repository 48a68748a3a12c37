"""Publishing a checklist: a workbook becomes a version that every device gets and that never changes."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import xforms
from sync.contract import ids, scopes
from sync.contract import records as r
from sync.contract.problems import Refused
from sync.domain import findings
from sync.server.services.centre import Centre
from sync.server.storage import audit
from sync.server.storage.rows import Rows, writing

VIOLATIONS = "violation_type"
"""The code list that a checklist's items name their violations from."""


class UnknownViolation(Exception):
    """An item of a checklist names a violation type that is not published; the message says which."""


class About(NamedTuple):
    """What a workbook does not say of its checklist; an empty title is the workbook's own."""

    inspection_type: str
    effective_from: r.Day
    title_ar: str = ""
    title_en: str = ""


def publish(centre: Centre, workbook: Path, about: About) -> r.Checklist:
    """Publish a workbook; publishing the same version again, unchanged, changes nothing.

    Raises:
        xforms.PublishError: The workbook is no checklist that can be run; the message says what and where.
        findings.UnfitChecklist: Its questions cannot be read as items.
        UnknownViolation: An item names a violation type that the centre does not have.
        Refused: ``record_exists`` when this version was published with another content.
    """
    checklist = read(workbook, about)
    with writing(centre.database) as rows:
        put(rows, checklist)
        audit.note(rows.connection, centre.now_ms(), "checklist.published", checklist.id)
    return checklist


def read(workbook: Path, about: About) -> r.Checklist:
    """The checklist that a workbook makes.

    Raises:
        xforms.PublishError: See ``publish``.
    """
    # The converter is slow to import, and a serving centre has no use for it.
    from xforms.publish import publish as convert

    made = convert(workbook)
    return r.Checklist(
        id=ids.checklist_id(made.form_id, made.version),
        form_id=made.form_id,
        version=made.version,
        inspection_type=about.inspection_type,
        title_ar=about.title_ar or made.title,
        title_en=about.title_en or made.title,
        effective_from=about.effective_from,
        xform=made.xml,
    )


def put(rows: Rows, checklist: r.Checklist) -> None:
    """Write a checklist, if it is new and its items can be read.

    Raises:
        findings.UnfitChecklist: See ``publish``.
        UnknownViolation: See ``publish``.
        Refused: See ``publish``.
    """
    published = rows.get("checklist", checklist.id)
    if published is not None:
        if published != checklist:
            raise Refused("record_exists", kind="checklist", record=checklist.id)
        return
    form = xforms.load(checklist.xform)
    for item in findings.from_session(form.new(), form):
        if item.violation and rows.get("code", f"{VIOLATIONS}:{item.violation}") is None:
            raise UnknownViolation(f"{item.code}: {item.violation}")
    rows.put([checklist], scopes.of_register(checklist))
