"""Visits: start, fill in, attach, sign, submit, correct, hand over, discard, annul; and reading them again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from inspector_app.services.ground import Ground
from inspector_app.services.views import (
    DraftHead,
    DraftRow,
    OpenDraft,
    Outcome,
    Submitted,
    VisitDetail,
    VisitFilter,
    VisitRow,
)
from sync.contract import records as r


class Visits:
    """What an inspector does with visits."""

    def __init__(self, ground: Ground) -> None:
        raise NotImplementedError

    def checklists(self) -> tuple[r.Checklist, ...]:
        """The version in force today of each published checklist."""
        raise NotImplementedError

    def start(self, place_id: str | None, company_id: str | None = None, checklist_id: str | None = None) -> str:
        """Begin a visit; returns the id of its draft. Without a checklist, the only one in force is taken.

        Raises:
            UserError: ``not_your_role``, ``record_missing``, ``checklist_missing``.
        """
        raise NotImplementedError

    def drafts(self, *, everybody: bool = False) -> tuple[DraftRow, ...]:
        """Unfinished visits, newest first: one's own, or everybody's on this device."""
        raise NotImplementedError

    def open_draft(self, draft_id: str) -> OpenDraft:
        """A draft exactly as it was saved, in the reader's language.

        Raises:
            UserError: ``draft_missing``, ``not_yours``, ``checklist_missing``, ``draft_unreadable``.
        """
        raise NotImplementedError

    def save(
        self,
        draft_id: str,
        instance: str,
        *,
        note: str | None = None,
        fix: r.Fix | None = None,
        members: Sequence[str] | None = None,
        company_id: str | None = None,
    ) -> str:
        """Write the answers down, durably; returns the moment that may be shown as saved. None leaves a field as it is.

        Args:
            draft_id: Which draft.
            instance: ``session.serialise()``.
            note: Words about the whole report.
            fix: Where it was written.
            members: Ids of the others who took part.
            company_id: The company visited, where it was not known at the start.

        Raises:
            UserError: ``draft_missing``, ``not_yours``.
        """
        raise NotImplementedError

    def attach(self, draft_id: str, item: str, source: Path | bytes, *, role: str = "photo") -> r.Attachment:
        """Keep a picture (cleaned: upright, at most 2560 px, JPEG, without metadata) or a recording with a draft.

        ``item`` is the checklist item's code, empty for the whole report. The caller writes ``views.media_name`` of
        the result into the photo question, where the item has one.

        Raises:
            UserError: ``image_unreadable``, ``image_too_large``, ``evidence_too_large``, ``draft_missing``,
                ``not_yours``.
        """
        raise NotImplementedError

    def detach(self, draft_id: str, sha256: str) -> None:
        """Take a picture away from a draft again.

        Raises:
            UserError: ``draft_missing``, ``not_yours``.
        """
        raise NotImplementedError

    def evidence(self, sha256: str) -> bytes:
        """The plain bytes of a piece of evidence (see ``Evidence.read``)."""
        raise NotImplementedError

    def sign(self, draft_id: str, signature: r.Signature, png: bytes | None = None) -> r.Signature:
        """Keep how the representative answered; ``signed`` needs a name and a drawing, else a reason and a witness.

        Raises:
            UserError: ``signature_incomplete`` (``field``), ``image_unreadable``, ``draft_missing``, ``not_yours``.
        """
        raise NotImplementedError

    def outcome(self, draft_id: str) -> Outcome:
        """What submitting the saved draft now would say.

        Raises:
            UserError: As ``open_draft``.
        """
        raise NotImplementedError

    def submit(self, draft_id: str) -> Submitted:
        """Submit the saved draft: effect, event, number and the end of the draft in one transaction.

        Raises:
            UserError: ``visit_incomplete`` (``count``, ``first``), ``signature_missing``, ``closed_item_changed``
                (``item``), ``no_committee``, ``outside_scope``, or as ``open_draft``.
        """
        raise NotImplementedError

    def correct(self, visit_id: str) -> str:
        """Begin revision n+1 of a returned visit; the id of its draft (the same one when it is asked again).

        Raises:
            UserError: ``record_missing``, ``nothing_to_correct``, ``not_your_role``, ``checklist_missing``.
        """
        raise NotImplementedError

    def discard(self, draft_id: str) -> None:
        """Throw a draft and its pictures away.

        Raises:
            UserError: ``draft_missing``, ``not_yours``.
        """
        raise NotImplementedError

    def hand_over(self, draft_id: str, person_id: str) -> None:
        """Give a draft to another person of this device.

        Raises:
            UserError: ``draft_missing``, ``not_yours``, ``not_on_this_device``, ``not_your_role``.
        """
        raise NotImplementedError

    def list(self, which: VisitFilter = VisitFilter()) -> list[str]:  # noqa: B008 - frozen
        """Ids of visits, newest first."""
        raise NotImplementedError

    def row(self, visit_id: str) -> VisitRow:
        """One visit for a list (key reads only).

        Raises:
            UserError: ``record_missing``.
        """
        raise NotImplementedError

    def detail(self, visit_id: str, language: str | None = None) -> VisitDetail:
        """A visit as a page is read; labels in ``language``, or in the reader's.

        Raises:
            UserError: ``record_missing``.
        """
        raise NotImplementedError

    def annul(self, visit_id: str, reason: str) -> None:
        """Annul a visit, with a reason.

        Raises:
            UserError: ``record_missing``, ``needs_reason``, ``not_your_role``, ``illegal_step``.
        """
        raise NotImplementedError
