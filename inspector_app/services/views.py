"""What screens and reports read: frozen values put together from the cache, each made by one service call."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import xforms
from sync.contract import records as r
from sync.domain.deadlines import Standing
from sync.domain.findings import Score, caps

Mark = Literal["local", "waiting", "confirmed", "attention"]
"""Where a record of ours stands: never sent from here, waiting to be sent, confirmed, or refused in part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """This device as the centre knows it."""

    id: str
    number: int
    name: str
    server_url: str
    server_id: str
    committee: r.Committee | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescued:
    """What was saved of a damaged cache: unsent events, drafts, pieces of evidence, and whether that is all.

    ``folder`` is the name of the folder, below ``set-aside`` of the profile, that has the damaged files whole.
    """

    folder: str
    events: int
    drafts: int
    evidence: int
    whole: bool


# --------------------------------------------------------------------------------------------------------- register


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing a company lacks: a stable ``code`` for the words (``missing.<code>``) and its particulars.

    Codes: ``licence_not_active`` (state), ``licence_expired`` (day), ``licence_expiring`` (day),
    ``licence_day_unknown``, ``guarantee_expired`` (day), ``guarantee_expiring`` (day), ``guarantee_day_unknown``,
    ``package_not_approved`` (code, name_ar, name_en), ``no_packages``, ``contract_not_certified`` (agent, country),
    ``contract_expired`` (agent, country, day), ``no_contracts``. ``blocking`` is False for what is about to be missing
    only.
    """

    code: str
    params: dict[str, str] = field(default_factory=dict)
    blocking: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """How ready a company is by the register: ``met`` of ``checked`` points, as 0 to 100, and what is missing."""

    met: int
    checked: int
    percent: int
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """A finding with the words behind its codes; ``label`` is the checklist item in the reader's language."""

    finding: r.Finding
    label: str
    violation: r.Code | None
    standing: Standing
    photos: tuple[r.Attachment, ...] = ()
    visit_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCard:
    """Everything the card of a place shows; ``distance_m`` is None where the register's position is not measurable."""

    place: r.Place
    companies: tuple[r.Company, ...]
    last_visit: r.Visit | None
    last_photos: tuple[r.Attachment, ...]
    visits: tuple[VisitRow, ...]
    open_findings: tuple[FindingView, ...]
    open_cases: tuple[CaseRow, ...]
    measurable: bool
    distance_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyCard:
    """Everything the card of a company shows."""

    company: r.Company
    readiness: Readiness
    places: tuple[r.Place, ...]
    open_findings: tuple[FindingView, ...]
    visits: tuple[VisitRow, ...]
    cases: tuple[CaseRow, ...]

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What the company lacks."""
        return self.readiness.missing


# ----------------------------------------------------------------------------------------------------------- visits


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftHead:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierAnswer:
    """What the previous visit to the same place answered to an item."""

    answer: str
    note: str
    photos: tuple[r.Attachment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDraft:
    """A draft ready to be filled in.

    ``session`` is the caller's alone, and one thread's at a time; give ``session.serialise()`` to ``visits.save``.
    ``open_items`` and ``open_refs`` are None where everything may change; in a correction they name the item codes,
    and the questions, that a remark opened: the rest is shown and not asked. A question that had not been relevant
    in the returned revision may be answered too. ``remarks`` are the supervisor's. ``earlier`` has the previous
    visit's answers by item.
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


def media_name(attachment: r.Attachment) -> str:
    """What stands in the answers for a picture or a recording: its hash with the ending of its media type."""
    return attachment.sha256 + _ENDINGS.get(attachment.media_type, "")


_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "audio/ogg": ".ogg", "audio/wav": ".wav", "audio/mpeg": ".mp3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFinding:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeProblem:
    """What keeps the draft from being submitted; ``kind`` is ``required``, ``constraint`` or ``type``."""

    ref: str
    label: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What submitting now would say: score and findings, and what is still required."""

    score: Score
    findings: tuple[OutcomeFinding, ...]
    problems: tuple[OutcomeProblem, ...]
    signature: r.Signature | None

    @property
    def ready(self) -> bool:
        """Whether nothing but the signature stands in the way."""
        return not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What a submission was given: the number is final and can be said over the telephone."""

    visit_id: str
    number: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFilter:
    """Which visits to list; an empty field does not narrow. ``state`` may name several; ``mine`` is by inspector."""

    text: str = ""
    states: tuple[str, ...] = ()
    place_id: str | None = None
    company_id: str | None = None
    mine: bool = False
    limit: int = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRow:
    """A visit in a list."""

    visit: r.Visit
    place: r.Place | None
    company: r.Company | None
    inspector: r.Person | None
    mark: Mark
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one event of ours; ``received_at`` is the centre's word, empty until there is one.

    ``code`` and ``fields`` say why, where it was not accepted (``problem.<code>``).
    """

    event_id: str
    n: int
    kind: str
    action: str
    record_id: str
    made_at: str
    state: str
    received_at: str = ""
    code: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """One item of a submitted report with what was said and shown; ``finding`` where it led to one."""

    item: str
    label: str
    answer: str
    severity: str
    note: str
    photos: tuple[r.Attachment, ...]
    finding: r.Finding | None = None
    violation: r.Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """An answer that is not a checklist item: a count, a yes or no; ``value`` is in the reader's language."""

    ref: str
    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A section of a submitted report, in the order of its checklist."""

    title: str
    answers: tuple[AnswerView, ...]
    facts: tuple[FactView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionView:
    """One submission of a visit and who made it."""

    revision: r.VisitRevision
    author: r.Person | None
    members: tuple[r.Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """One decision on a visit and who took it; ``labels`` has the label of each remarked item by its code."""

    decision: r.Decision
    by: r.Person | None
    labels: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDetail:
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


# ------------------------------------------------------------------------------------------------------------ cases


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CaseFields:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDraft:
    """A case not opened yet."""

    id: str
    fields: CaseFields
    attachments: tuple[r.Attachment, ...]
    started_at: str
    saved_at: str
    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases to list; an empty field does not narrow; ``open_only`` leaves out the closed and the rejected."""

    text: str = ""
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    place_id: str | None = None
    company_id: str | None = None
    open_only: bool = False
    limit: int = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case in a list; ``standing`` is None once it is settled."""

    case: r.Case
    category: r.Code | None
    place: r.Place | None
    company: r.Company | None
    standing: Standing | None
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One line of a case's timeline and who wrote it."""

    entry: r.CaseEntry
    by: r.Person | None
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDetail:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a new case was given."""

    case_id: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """A case that may be the same one; ``distance_m`` is None where a position is missing on either side."""

    row: CaseRow
    distance_m: float | None
    hours: float


# ----------------------------------------------------------------------------------------------------------- review


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChange:
    """An item whose answer or note differs from an earlier report; an empty answer was not asked or not answered."""

    item: str
    label: str
    before: str
    after: str
    note_before: str
    note_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDetail:
    """A report as a supervisor reads it.

    ``nonconformities`` come gravest first. ``since_revision`` compares with the revision before this one (empty for
    the first), ``since_visit`` with the newest approved or submitted report on the same place before it.
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


# ---------------------------------------------------------------------------------------------------- today, sync


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    """A licence or guarantee that ends soon or has ended; ``what`` is ``licence`` or ``guarantee``; days may be < 0."""

    company: r.Company
    what: Literal["licence", "guarantee"]
    day: str
    days_left: int
    today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What today holds. ``waiting`` counts unsent events; ``unsent_since`` is when the oldest of them was made."""

    drafts: tuple[DraftRow, ...]
    returned: tuple[VisitRow, ...]
    cases_near: tuple[CaseRow, ...]
    expiring: tuple[Expiring, ...]
    to_review: int
    waiting: int
    unsent_since: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What waits to be sent and what needs somebody: counts, bytes, and when the link last worked."""

    waiting: int
    evidence_waiting: int
    evidence_bytes: int
    attention: int
    last_sync: str | None
    unsent_since: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event of the outbox in words: what it was about, who made it, what was written, what became of it."""

    receipt: Receipt
    user: r.Person | None
    number: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """A piece of evidence on its way: ``offset`` of ``size`` bytes are at the centre."""

    sha256: str
    size: int
    offset: int
    role: str
    media_type: str
    state: str
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """A line of the sync log: ``log.<code>`` in words."""

    at: str
    level: str
    code: str
    params: dict[str, str]
