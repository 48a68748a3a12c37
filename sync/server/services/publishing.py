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


class About(NamedTuple):
    """What a checklist's workbook does not say of it; an empty title is the workbook's own."""

    inspection_type: str
    effective_from: r.Day
    title_ar: str = ""
    title_en: str = ""


def publish(centre: Centre, workbook: Path, about: About) -> r.Checklist:
    """Publish a workbook.

    Raises:
        xforms.PublishError: The workbook is no checklist; the message says what and where.
        Refused: ``record_exists`` when this version was published with another content.
    """
    checklist = checklist_of(workbook, about)
    with writing(centre.database) as rows:
        put(rows, checklist)
        audit.note(rows.connection, centre.now_ms(), "checklist.published", checklist.id)
    return checklist
