"""A submitted visit: in a list, and as a page is read, with its findings in words."""

from __future__ import annotations

import msgspec

from inspector_app.services.views.common import Mark, Receipt
from sync.contract import records as r
from sync.domain.deadlines import Standing
from sync.domain.findings import caps


class FindingView(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with the words behind its codes; ``label`` is the checklist item in the reader's language."""

    finding: r.Finding
    label: str
    violation: r.Code | None
    standing: Standing
    photos: tuple[r.Attachment, ...] = ()
    visit_number: str = ""


class VisitFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which visits to list; an empty field does not narrow. ``state`` may name several; ``mine`` is by inspector."""

    text: str = ""
    states: tuple[str, ...] = ()
    place_id: str | None = None
    company_id: str | None = None
    mine: bool = False
    limit: int = 2_000


class VisitRow(msgspec.Struct, frozen=True, kw_only=True):
    """A visit in a list."""

    visit: r.Visit
    place: r.Place | None
    company: r.Company | None
    inspector: r.Person | None
    mark: Mark
    mine: bool


class AnswerView(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a submitted report with what was said and shown; ``finding`` where it led to one."""

    item: str
    label: str
    answer: str
    severity: str
    note: str
    photos: tuple[r.Attachment, ...]
    finding: r.Finding | None = None
    violation: r.Code | None = None


class FactView(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that is not a checklist item: a count, a yes or no, a picture.

    Attributes:
        ref: The question, in its own instance of a repeat.
        label: What is asked, in the reader's language.
        value: The answer as the checklist keeps it.
        kind: How it is to be said: ``text``, ``number``, ``date``, ``time``, ``moment``, ``places``, ``choice``,
            ``order`` (a ranking), ``read`` (confirmed as read), ``file``, or ``log`` (of the filling, asked by nobody).
        chosen: Of a choice or an order, the labels in the reader's language.
        piece: Of a file, the evidence; None where the report does not name it.
    """

    ref: str
    label: str
    value: str
    kind: str = "text"
    chosen: tuple[str, ...] = ()
    piece: r.Attachment | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A heading below that of a section: a group, or an instance of a repeat (``number`` of ``of``, from 1)."""

    label: str
    number: int = 0
    of: int = 0


class SectionView(msgspec.Struct, frozen=True, kw_only=True):
    """A section of a submitted report, or a part of one (``steps`` lead to it), in the order of its checklist."""

    title: str
    answers: tuple[AnswerView, ...]
    facts: tuple[FactView, ...] = ()
    steps: tuple[Step, ...] = ()


class RevisionView(msgspec.Struct, frozen=True, kw_only=True):
    """One submission of a visit and who made it."""

    revision: r.VisitRevision
    author: r.Person | None
    members: tuple[r.Person, ...]


class DecisionView(msgspec.Struct, frozen=True, kw_only=True):
    """One decision on a visit and who took it; ``labels`` has the label of each remarked item by its code."""

    decision: r.Decision
    by: r.Person | None
    labels: dict[str, str]


class VisitDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A submitted visit as a page is read: the newest revision in words, every revision, every decision.

    ``sections`` is empty where the checklist of the visit is not on this device; ``readable`` is then False.
    """

    visit: r.Visit
    place: r.Place | None
    company: r.Company | None
    committee: r.Committee | None
    inspector: r.Person | None
    inspection_type: r.Code | None
    checklist: r.Checklist | None
    revisions: tuple[RevisionView, ...]
    findings: tuple[FindingView, ...]
    sections: tuple[SectionView, ...]
    readable: bool
    decisions: tuple[DecisionView, ...]
    receipt: Receipt | None
    mark: Mark
    actions: tuple[str, ...]
    correctable: bool

    @property
    def newest(self) -> RevisionView | None:
        """The newest revision on this device."""
        return self.revisions[-1] if self.revisions else None

    @property
    def capped(self) -> bool:
        """Whether a finding decided the result, so that the percentage beside it does not explain it."""
        return any(caps(view.finding.severity, view.finding.answer) for view in self.findings)
