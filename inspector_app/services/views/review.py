"""A report as a supervisor reads it."""

from __future__ import annotations

import msgspec

from inspector_app.services.views.visits import AnswerView, VisitDetail
from sync.contract import records as r


class AnswerChange(msgspec.Struct, frozen=True, kw_only=True):
    """An item whose answer or note differs from an earlier report; an empty answer was not asked or not answered."""

    item: str
    label: str
    before: str
    after: str
    note_before: str
    note_after: str


class ReviewDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A report as a supervisor reads it.

    ``nonconformities`` come gravest first. ``since_revision`` compares with the revision before this one (empty for
    the first), ``since_visit`` with the newest approved or submitted report on the same place before it. ``carried``
    says that it came, in part, by a bundle and is not at the centre yet.
    """

    detail: VisitDetail
    nonconformities: tuple[AnswerView, ...]
    evidence: tuple[r.Attachment, ...]
    signature: r.Signature | None
    since_revision: tuple[AnswerChange, ...]
    since_visit: tuple[AnswerChange, ...]
    previous_visit: r.Visit | None
    last_remarks: tuple[r.Remark, ...]
    distance_m: float | None
    actions: tuple[str, ...]
    carried: bool = False
