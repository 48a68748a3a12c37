"""A visit while it is being written: its rows, the draft that is open, and what submitting it would say."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

import xforms
from inspector_app.services import media
from inspector_app.services.filling_log import FillingLog
from sync.contract import records as r
from sync.domain.findings import Score


class DraftHead(msgspec.Struct, frozen=True, kw_only=True):
    """A visit being written: where, by which checklist, and since when; ``revision`` is 2 or more in a correction."""

    id: str
    user_id: str
    place: r.Place | None
    company: r.Company | None
    checklist: r.Checklist
    revision: int
    started_at: str
    saved_at: str
    note: str = ""
    fix: r.Fix | None = None
    members: tuple[str, ...] = ()
    visit: r.Visit | None = None


class DraftRow(msgspec.Struct, frozen=True, kw_only=True):
    """A draft in a list; ``mine`` is False for the drafts of the others on this device."""

    id: str
    kind: Literal["visit", "case"]
    place: r.Place | None
    company: r.Company | None
    title_ar: str
    title_en: str
    revision: int
    started_at: str
    saved_at: str
    author: r.Person | None
    mine: bool


class EarlierAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the previous visit to the same place answered to an item."""

    answer: str
    note: str
    photos: tuple[r.Attachment, ...]


class OpenDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft ready to be filled in.

    ``session`` is the caller's alone, and one thread's at a time; give ``session.serialise()`` to ``visits.save``.
    ``open_items`` and ``open_refs`` are None where everything may change; in a correction they name the item codes,
    and the questions, that a remark opened: the rest is shown and not asked. A question that had not been relevant
    in the returned revision may be answered too. ``remarks`` are the supervisor's. ``earlier`` has the previous
    visit's answers by item. ``log`` is told of the filling where the form wants that; give its text to ``visits.save``.
    """

    form: xforms.Form
    session: xforms.Session
    head: DraftHead
    attachments: tuple[r.Attachment, ...]
    signature: r.Signature | None
    open_items: frozenset[str] | None
    open_refs: frozenset[str] | None
    remarks: tuple[r.Remark, ...]
    earlier: dict[str, EarlierAnswer]
    earlier_visit: r.Visit | None
    log: FillingLog | None = None


def media_name(attachment: r.Attachment) -> str:
    """What stands in the answers for a picture, a recording or a file: its hash with the ending of its media type."""
    return attachment.sha256 + media.ENDINGS.get(attachment.media_type, "")


class OutcomeFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding the draft would lead to if it were submitted now."""

    item: str
    ref: str
    label: str
    severity: str
    violation: r.Code | None
    answer: str
    note: str
    deadline: datetime
    photos: tuple[r.Attachment, ...]


class OutcomeProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What keeps the draft from being submitted; ``kind`` is ``required``, ``constraint`` or ``type``."""

    ref: str
    label: str
    kind: str
    message: str


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What submitting now would say: score and findings, and what is still required."""

    score: Score
    findings: tuple[OutcomeFinding, ...]
    problems: tuple[OutcomeProblem, ...]
    signature: r.Signature | None

    @property
    def ready(self) -> bool:
        """Whether nothing but the signature stands in the way."""
        return not self.problems


class Submitted(msgspec.Struct, frozen=True, kw_only=True):
    """What a submission was given: the number is final and can be said over the telephone."""

    visit_id: str
    number: str
    revision: int
