"""Cases: complaint, note, inquiry; opened in under a minute, then a timeline of steps."""

from __future__ import annotations

from pathlib import Path

from inspector_app.services.ground import Ground
from inspector_app.services.views import CaseDetail, CaseDraft, CaseFields, CaseFilter, CaseRow, Opened, Similar
from sync.contract import records as r


class Cases:
    """What a committee and its supervisor do with cases."""

    def __init__(self, ground: Ground) -> None:
        raise NotImplementedError

    def categories(self, kind: str) -> tuple[r.Code, ...]:
        """The categories of ``complaint``, ``note`` or ``inquiry``, in their order."""
        raise NotImplementedError

    def subcategories(self, kind: str, category: str) -> tuple[r.Code, ...]:
        """What a category divides into; often nothing."""
        raise NotImplementedError

    def save_draft(self, fields: CaseFields, draft_id: str | None = None) -> str:
        """Keep what was typed; returns the draft's id. Of an anonymous reporter nothing is kept.

        Raises:
            UserError: ``draft_missing``, ``not_yours``.
        """
        raise NotImplementedError

    def drafts(self) -> tuple[CaseDraft, ...]:
        """One's own unfinished cases, newest first."""
        raise NotImplementedError

    def draft(self, draft_id: str) -> CaseDraft:
        """One unfinished case.

        Raises:
            UserError: ``draft_missing``, ``not_yours``.
        """
        raise NotImplementedError

    def discard(self, draft_id: str) -> None:
        """Throw a draft away.

        Raises:
            UserError: ``draft_missing``, ``not_yours``.
        """
        raise NotImplementedError

    def attach(self, draft_id: str, source: Path | bytes) -> r.Attachment:
        """Keep a cleaned picture with a draft.

        Raises:
            UserError: ``image_unreadable``, ``image_too_large``, ``draft_missing``, ``not_yours``.
        """
        raise NotImplementedError

    def detach(self, draft_id: str, sha256: str) -> None:
        """Take a picture away from a draft again."""
        raise NotImplementedError

    def similar(self, fields: CaseFields) -> tuple[Similar, ...]:
        """Open cases that may be the same one: same company and category, near in place and time; nearest first."""
        raise NotImplementedError

    def open(self, fields: CaseFields, draft_id: str | None = None) -> Opened:
        """Open a case. A contact becomes an event of its own, and none where the reporter is anonymous.

        Args:
            fields: What was typed.
            draft_id: The draft it comes from, whose pictures go with it and which ends with it.

        Raises:
            UserError: ``case_incomplete`` (``field``), ``no_committee``, ``outside_scope``, ``not_your_role``.
        """
        raise NotImplementedError

    def list(self, which: CaseFilter = CaseFilter()) -> list[str]:  # noqa: B008 - frozen
        """Ids of cases: the open ones by deadline, then the settled ones, newest first."""
        raise NotImplementedError

    def row(self, case_id: str) -> CaseRow:
        """One case for a list (key reads only).

        Raises:
            UserError: ``record_missing``.
        """
        raise NotImplementedError

    def detail(self, case_id: str) -> CaseDetail:
        """A case with its timeline.

        Raises:
            UserError: ``record_missing``.
        """
        raise NotImplementedError

    def actions(self, case_id: str) -> tuple[str, ...]:
        """What the person signed in may do with it now.

        Raises:
            UserError: ``record_missing``.
        """
        raise NotImplementedError

    def needs_reason(self, action: str) -> bool:
        """Whether an action has to come with words."""
        raise NotImplementedError

    def act(self, case_id: str, action: str, text: str = "") -> None:
        """Take a step, or comment.

        Raises:
            UserError: ``record_missing``, ``illegal_step``, ``not_your_role``, ``needs_reason``, ``outside_scope``.
        """
        raise NotImplementedError
