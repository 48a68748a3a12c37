"""A case: as it is typed, in a list, with its timeline, and those it may be the same as."""

from __future__ import annotations

import msgspec

from inspector_app.services.views.common import Mark, Receipt
from sync.contract import records as r
from sync.domain.deadlines import Standing


class CaseFields(msgspec.Struct, frozen=True, kw_only=True):
    """What is typed into a case; ``reporter_name`` and ``reporter_phone`` go nowhere when it is anonymous."""

    kind: str
    category: str = ""
    subcategory: str = ""
    priority: str = ""
    text: str = ""
    region: str = ""
    reporter: str = "committee"
    reporter_name: str = ""
    reporter_phone: str = ""
    language: str = ""
    place_id: str | None = None
    company_id: str | None = None
    visit_id: str | None = None
    fix: r.Fix | None = None

    def __repr__(self) -> str:
        """Say what it is about and never who reported it or what was told."""
        return f"CaseFields(kind={self.kind!r}, category={self.category!r}, priority={self.priority!r})"


class CaseDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A case not opened yet."""

    id: str
    fields: CaseFields
    attachments: tuple[r.Attachment, ...]
    started_at: str
    saved_at: str
    user_id: str


class CaseFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases to list; an empty field does not narrow; ``open_only`` leaves out the closed and the rejected."""

    text: str = ""
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    place_id: str | None = None
    company_id: str | None = None
    open_only: bool = False
    limit: int = 2_000


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """A case in a list; ``standing`` is None once it is settled."""

    case: r.Case
    category: r.Code | None
    place: r.Place | None
    company: r.Company | None
    standing: Standing | None
    mark: Mark


class EntryView(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a case's timeline and who wrote it."""

    entry: r.CaseEntry
    by: r.Person | None
    mark: Mark


class CaseDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A case with its timeline; ``contact`` is None where there is none or the reader may not see it."""

    case: r.Case
    category: r.Code | None
    subcategory: r.Code | None
    place: r.Place | None
    company: r.Company | None
    visit: r.Visit | None
    opened_by: r.Person | None
    entries: tuple[EntryView, ...]
    contact: r.Contact | None
    receipt: Receipt | None
    standing: Standing | None
    mark: Mark
    actions: tuple[str, ...]


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """What a new case was given."""

    case_id: str
    number: str


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """A case that may be the same one; ``distance_m`` is None where a position is missing on either side."""

    row: CaseRow
    distance_m: float | None
    hours: float
