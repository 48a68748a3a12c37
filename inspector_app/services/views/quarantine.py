"""What a supervisor sees of events that the centre holds back."""

from __future__ import annotations

import msgspec

from inspector_app.services.views.visits import SectionView
from sync.contract import records as r


class QuarantineRow(msgspec.Struct, frozen=True, kw_only=True):
    """A held event for a list: whose it is, from which device, and the number of the report it is about."""

    held: r.Quarantined
    by: r.Person | None
    device: r.Device | None
    number: str


class QuarantineDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A held event as a supervisor reads it before he decides.

    ``sections``, ``percent`` and ``attachments`` are those of the report or case inside it. ``problem`` is a code where
    it could not be applied as things stand here, with ``fields`` what that is about. ``actions`` are what the person
    signed in may do with it.
    """

    row: QuarantineRow
    place: r.Place | None
    company: r.Company | None
    percent: float | None
    sections: tuple[SectionView, ...]
    remarks: tuple[r.Remark, ...]
    attachments: tuple[r.Attachment, ...]
    problem: str
    fields: dict[str, str]
    actions: tuple[str, ...]
