"""Review: the supervisor's queue, a report read like a page, and the word on it."""

from __future__ import annotations

from collections.abc import Sequence

from inspector_app.services.ground import Ground
from inspector_app.services.views import ReviewDetail
from sync.contract import records as r


class Review:
    """What a supervisor does with received reports."""

    def __init__(self, ground: Ground) -> None:
        raise NotImplementedError

    def queue(self) -> list[str]:
        """Ids of the visits that wait for a word: gravest finding first, then the oldest."""
        raise NotImplementedError

    def detail(self, visit_id: str, language: str | None = None) -> ReviewDetail:
        """A report as a supervisor reads it.

        Raises:
            UserError: ``record_missing``.
        """
        raise NotImplementedError

    def take_up(self, visit_id: str) -> None:
        """Say that one is reading it.

        Raises:
            UserError: ``record_missing``, ``illegal_step``, ``not_your_role``.
        """
        raise NotImplementedError

    def give_back(self, visit_id: str, remarks: Sequence[r.Remark], text: str = "") -> None:
        """Return a report with remarks on named items (an empty item: the whole report).

        Raises:
            UserError: ``record_missing``, ``illegal_step``, ``not_your_role``, ``own_report``, ``needs_remarks``.
        """
        raise NotImplementedError

    def approve(self, visit_id: str, text: str = "") -> None:
        """Approve a report.

        Raises:
            UserError: ``record_missing``, ``illegal_step``, ``not_your_role``, ``own_report``.
        """
        raise NotImplementedError
