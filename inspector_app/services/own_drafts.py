"""What may be done with a draft of either kind: it is found by its owner only, given evidence, and thrown away."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

import sqlalchemy as sa

from inspector_app.services.errors import UserError
from inspector_app.services.evidence import Evidence, Prepared
from inspector_app.services.ground import Ground
from inspector_app.storage import drafts, evidence
from inspector_app.storage.drafts import Draft
from sync.contract import records as r


class OwnDrafts:
    """The drafts of one kind that belong to the person signed in."""

    _kind: ClassVar[Literal["visit", "case"]]

    def __init__(self, ground: Ground, pieces: Evidence) -> None:
        self._ground = ground
        self._pieces = pieces

    def discard(self, draft_id: str) -> None:
        """Throw a draft and its pictures away.

        Raises:
            UserError: ``draft_missing``, ``not_yours``.
        """
        with self._ground.cache.write() as conn:
            self._draft(conn, draft_id)
            files = evidence.remove_draft(conn, draft_id)
            drafts.delete(conn, draft_id)
        self._pieces.forget(files)

    def _keep(self, draft_id: str, item: str, source: Path | bytes, role: str) -> r.Attachment:
        with self._ground.cache.read() as conn:
            self._draft(conn, draft_id)
        return self._add(draft_id, item, self._pieces.prepare(source, role))

    def _add(self, draft_id: str, item: str, piece: Prepared) -> r.Attachment:
        """Put a prepared piece with a draft that is still there."""
        try:
            with self._ground.cache.write() as conn:
                self._draft(conn, draft_id)
                return self._pieces.add(conn, draft_id, item, piece)
        except BaseException:
            self._pieces.forget((piece.stored.name,))
            raise

    def _draft(self, conn: sa.Connection, draft_id: str) -> Draft:
        draft = drafts.get(conn, draft_id)
        if draft is None or draft.kind != self._kind:
            raise UserError("draft_missing")
        if draft.user_id != self._ground.person.id:
            raise UserError("not_yours")
        return draft
