"""The rows an effect may read on a device: what it shows, within the transaction that asks."""

from __future__ import annotations

import threading
from collections import OrderedDict

import sqlalchemy as sa

import xforms
from inspector_app.storage import rows
from sync.contract import attached
from sync.contract import records as r
from sync.contract.problems import Refused
from sync.domain.rules import Rules

_FORMS_KEPT = 8


class CacheBook:
    """``sync.contract.effects.Book`` over one connection."""

    def __init__(self, conn: sa.Connection) -> None:
        """Read from this connection."""
        self._conn = conn

    def get(self, kind: str, record_id: str) -> r.Record | None:
        """The row as it is shown, or None."""
        return rows.get(self._conn, kind, record_id)

    def rules(self) -> Rules:
        """The rules of the season in force.

        Raises:
            Refused: ``record_unknown``: the device has not received a season yet.
        """
        season = season_in_force(self._conn)
        if season is None:
            raise Refused("record_unknown", kind="season")
        return season.rules

    def history(self, case_id: str) -> tuple[r.Record, ...]:
        """What hangs on a case: its entries and its contacts, as they are shown."""
        return tuple(
            record
            for kind in ("case_entry", "contact")
            for record in rows.where(self._conn, kind, "case_id = ?", case_id)
        )

    def form(self, checklist_id: str) -> xforms.Form | None:
        """A published checklist, compiled; None where this device does not have it.

        Raises:
            xforms.FormError: This version cannot run it, or a list it needs is not here.
        """
        checklist = rows.get(self._conn, "checklist", checklist_id)
        return compiled(checklist, self.chunk) if isinstance(checklist, r.Checklist) else None

    def chunk(self, chunk_id: str) -> r.Record | None:
        """A part of files that checklists refer to, or None."""
        return rows.get(self._conn, "chunk", chunk_id)


def season_in_force(conn: sa.Connection) -> r.Season | None:
    """The newest season the centre has sent, or None."""
    found = rows.where(conn, "season", "true ORDER BY rules ->> '$.season' DESC, id LIMIT 1")
    return next((season for season in found if isinstance(season, r.Season)), None)


_lock = threading.Lock()
_compiled: OrderedDict[tuple[str, tuple[r.AttachedFile, ...]], xforms.Form] = OrderedDict()


def compiled(checklist: r.Checklist, chunks: attached.Chunks) -> xforms.Form:
    """A checklist ready to be filled in; compiling takes tens of milliseconds, so the last few are kept.

    Args:
        checklist: The checklist.
        chunks: Where the parts of its files are; asked only where the form is not kept.

    Raises:
        xforms.FormError: This version cannot run it, or a list it needs is not here.
    """
    key = (checklist.xform, checklist.files)
    with _lock:
        form = _compiled.get(key)
    if form is None:  # compiled outside of the lock: whoever needs another checklist does not wait for it
        form = xforms.load(checklist.xform, attached.lists(checklist, chunks))
    with _lock:
        _compiled[key] = form
        _compiled.move_to_end(key)
        if len(_compiled) > _FORMS_KEPT:
            _compiled.popitem(last=False)
    return form
