"""The record types, once for both ends: what a row of each kind says, and its columns in wire order.

Every record is an immutable struct whose first field is ``id``. The server adds an envelope (``seq``, ``rev``,
``deleted``, scopes) that is not part of the record. Moments are RFC 3339 text with an offset, days are ISO 8601
text, both Gregorian; a calendar is a matter of display.
"""

from __future__ import annotations

import types
import typing
from functools import cache
from typing import Any, Literal, NamedTuple, Union

import msgspec

from sync.domain.rules import Rules

Moment = str
"""RFC 3339 date and time with offset, such as ``2026-11-22T14:03:07.120+03:00``."""
Day = str
"""ISO 8601 calendar day, Gregorian, such as ``2026-11-22``."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The base of everything that has a row on both ends."""

    id: str


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The base of what lives inside a record, without a row of its own."""


class StaffNeed(Part, frozen=True, kw_only=True, omit_defaults=True):
    """How many people of one role a company owes one city."""

    role: str
    city: str
    required: int


class Package(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A service package as the electronic path knows it; the price is in Saudi riyals for one pilgrim."""

    code: str
    name_ar: str
    name_en: str
    approved: bool
    price_sar: int | None = None


class AgentContract(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A contract with an agent abroad; ``country`` is ISO 3166 alpha-2."""

    agent: str
    country: str
    certified: bool
    expires: Day | None = None


class Fix(Part, frozen=True, kw_only=True, omit_defaults=True):
    """One position: degrees WGS 84, accuracy in metres, and where it is from (``device``, ``typed`` or ``photo``)."""

    lat: float
    lon: float
    accuracy_m: float | None = None
    source: str = "device"
    at: Moment | None = None


class Attachment(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of evidence by the hash of its plain bytes.

    ``item`` is the checklist item it belongs to (empty: the whole report), or the reference of the question it answers,
    without the numbers of repeats: ``/data/tape``; the answer names the piece, its hash first. ``role`` is ``photo``,
    ``drawing``, ``signature``, ``voice``, ``video`` or ``file``; a reader takes one it does not know for a file.
    What the file's own metadata said when it was stripped stands in ``taken_at`` and ``fix``.
    """

    sha256: str
    size: int
    media_type: str
    role: str
    item: str = ""
    taken_at: Moment | None = None
    fix: Fix | None = None


class Signature(Part, frozen=True, kw_only=True, omit_defaults=True):
    """How the representative answered: ``signed`` (a drawing), or ``refused`` / ``absent`` (reason and witness)."""

    status: Literal["signed", "refused", "absent"]
    name: str = ""
    position: str = ""
    reason: str = ""
    witness: str = ""
    sha256: str | None = None


class Remark(Part, frozen=True, kw_only=True, omit_defaults=True):
    """What a supervisor asks of one item; an empty ``item`` means the report as a whole."""

    item: str
    text: str


class AttachedFile(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A file that a checklist refers to: a list of choices, a picture beside a question.

    ``address`` is how the form names it (``jr://file-csv/hotels.csv``); ``chunks`` are the ids of the ``Chunk`` rows
    whose bytes, in this order, are the file.
    """

    address: str
    media_type: str
    size: int
    chunks: tuple[str, ...]


class Company(Record, frozen=True, kw_only=True):
    """A licensed Umrah company or establishment of the register."""

    name_ar: str
    name_en: str
    licence: str
    state: str
    licence_expires: Day | None = None
    guarantee_expires: Day | None = None
    grade: str = ""
    kind: str = "umrah"
    city: str = ""
    phone: str = ""
    staff_required: tuple[StaffNeed, ...] = ()
    packages: tuple[Package, ...] = ()
    contracts: tuple[AgentContract, ...] = ()


class Place(Record, frozen=True, kw_only=True):
    """Where pilgrims are: lodging, port, camp, kitchen, office ...; ``confidence`` of its position is A to D, or N."""

    kind: str
    name_ar: str
    name_en: str
    region: str
    city: str
    lat: float | None = None
    lon: float | None = None
    confidence: str = "N"
    capacity: int | None = None
    stars: int | None = None
    tourism_licence: str = ""
    distance_haram_m: int | None = None
    lodged_companies: tuple[str, ...] = ()
    source: str = ""
    flags: tuple[str, ...] = ()


class Committee(Record, frozen=True, kw_only=True):
    """A field committee: its number (part of every report number) and its one region."""

    number: int
    region: str
    name_ar: str
    name_en: str


class Person(Record, frozen=True, kw_only=True):
    """A user of the system as the others see him: name, role, committee and the regions he works in."""

    name_ar: str
    name_en: str
    role: str
    committee_id: str | None = None
    regions: tuple[str, ...] = ()


class Code(Record, frozen=True, kw_only=True):
    """One entry of a code list: ``id`` is ``list:code``; ``parent`` and ``severity`` where the list has them."""

    list: str
    code: str
    name_ar: str
    name_en: str
    severity: str = ""
    parent: str = ""
    position: int = 0


class Chunk(Record, frozen=True, kw_only=True):
    """A part of files that checklists refer to: ``id`` is the SHA-256 of its bytes in hex, ``data`` they in base64."""

    data: str


class Checklist(Record, frozen=True, kw_only=True):
    """A published checklist version: ``id`` is ``form@version``, ``xform`` the whole XForm, ``files`` what it needs."""

    form_id: str
    version: str
    inspection_type: str
    title_ar: str
    title_en: str
    effective_from: Day
    xform: str
    files: tuple[AttachedFile, ...] = ()


class Season(Record, frozen=True, kw_only=True):
    """The season in force with the rules that are data: weights, bands, deadlines."""

    name_ar: str
    name_en: str
    rules: Rules


class Visit(Record, frozen=True, kw_only=True):
    """The head of an inspection: where it stands now and the figures of its newest revision."""

    number: str
    inspection_type: str
    checklist_id: str
    place_id: str | None
    company_id: str | None
    committee_id: str
    region: str
    inspector_id: str
    state: str
    revision: int
    started_at: Moment
    submitted_at: Moment
    percent: float | None = None
    result: str = ""
    findings: int = 0
    worst: str = ""
    flags: tuple[str, ...] = ()


class VisitRevision(Record, frozen=True, kw_only=True):
    """One submission of a visit, never changed: the answers as an XForms instance, evidence, signature, score."""

    visit_id: str
    revision: int
    author_id: str
    submitted_at: Moment
    instance: str
    attachments: tuple[Attachment, ...]
    signature: Signature
    members: tuple[str, ...] = ()
    fix: Fix | None = None
    note: str = ""
    percent: float | None = None
    result: str = ""


class Finding(Record, frozen=True, kw_only=True):
    """One non-conformity, derived from one answer of one revision; ``deadline`` is when it must be corrected."""

    visit_id: str
    revision: int
    item: str
    severity: str
    violation: str
    answer: str
    note: str
    deadline: Moment
    place_id: str | None = None
    company_id: str | None = None
    region: str = ""


class Decision(Record, frozen=True, kw_only=True):
    """What a person did with a submitted visit, by event id: returned with remarks, approved, taken up, annulled."""

    visit_id: str
    revision: int
    action: str
    by: str
    at: Moment
    text: str = ""
    remarks: tuple[Remark, ...] = ()


class Case(Record, frozen=True, kw_only=True):
    """A complaint, note or inquiry; ``reporter`` says how it was reported, never by whom."""

    number: str
    kind: str
    category: str
    priority: str
    state: str
    text: str
    committee_id: str
    region: str
    opened_by: str
    opened_at: Moment
    due_at: Moment
    subcategory: str = ""
    reporter: str = "committee"
    language: str = ""
    place_id: str | None = None
    company_id: str | None = None
    visit_id: str | None = None
    fix: Fix | None = None
    attachments: tuple[Attachment, ...] = ()
    flags: tuple[str, ...] = ()


class CaseEntry(Record, frozen=True, kw_only=True):
    """One line of a case's timeline, by event id."""

    case_id: str
    action: str
    by: str
    at: Moment
    text: str = ""
    from_state: str = ""
    to_state: str = ""


class Contact(Record, frozen=True, kw_only=True):
    """How to reach a reporter; a row of its own that can be erased, outside revisions, ledger and search."""

    case_id: str
    name: str
    phone: str = ""
    language: str = ""


class Refusal(Record, frozen=True, kw_only=True):
    """An event the centre could not accept, with its text kept for the person who sent it."""

    event_kind: str
    action: str
    record_id: str
    by: str
    device_id: str
    at: Moment
    code: str
    text: str
    body: str


class Device(Record, frozen=True, kw_only=True):
    """An enrolled device as the others of its regions see it, so that a bundle can be sealed to it and checked.

    ``public_key`` is Ed25519, hex; ``supervises`` says whether a supervisor uses it; ``committee_id`` is empty for a
    device of no committee.
    """

    name: str
    number: int
    committee_id: str
    regions: tuple[str, ...]
    public_key: str
    supervises: bool = False
    revoked: bool = False


class Quarantined(Record, frozen=True, kw_only=True):
    """An event of a withdrawn device or a released person, by event id: without effect until a supervisor decides.

    ``reason`` is ``device_revoked`` or ``person_released``, ``state`` is ``open``, ``accepted`` or ``refused``,
    ``text`` what was written in the event, ``body`` its whole line.
    """

    device_id: str
    by: str
    event_kind: str
    action: str
    record_id: str
    at: Moment
    received_at: Moment
    reason: str
    text: str
    body: str
    state: str = "open"
    decided_by: str = ""
    decided_at: str = ""
    note: str = ""


KINDS: dict[str, type[Record]] = {
    "season": Season,
    "code": Code,
    "committee": Committee,
    "person": Person,
    "chunk": Chunk,
    "checklist": Checklist,
    "company": Company,
    "place": Place,
    "visit": Visit,
    "visit_revision": VisitRevision,
    "finding": Finding,
    "decision": Decision,
    "case": Case,
    "case_entry": CaseEntry,
    "contact": Contact,
    "refusal": Refusal,
    "device": Device,
    "quarantined": Quarantined,
}
"""Every kind that has rows, by its wire name, in the order in which one may refer to another."""

KIND_OF: dict[type[Record], str] = {record: kind for kind, record in KINDS.items()}


class Column(NamedTuple):
    """A field of a record as storage sees it: neutral type, and whether it may be null."""

    name: str
    type: Literal["text", "integer", "real", "boolean", "json"]
    nullable: bool


_SCALARS: dict[Any, Literal["text", "integer", "real", "boolean"]] = {
    str: "text",
    int: "integer",
    float: "real",
    bool: "boolean",
}


def _column(name: str, hint: Any) -> Column:
    options = typing.get_args(hint) if typing.get_origin(hint) in (Union, types.UnionType) else (hint,)
    nullable = type(None) in options
    plain = [option for option in options if option is not type(None)]
    if len(plain) == 1 and plain[0] in _SCALARS:
        return Column(name, _SCALARS[plain[0]], nullable)
    return Column(name, "json", nullable)


@cache
def columns(kind: str) -> tuple[Column, ...]:
    """The columns of a kind, in wire order, ``id`` first.

    Args:
        kind: A key of ``KINDS``.

    Raises:
        KeyError: The kind is unknown.
    """
    record = KINDS[kind]
    hints = typing.get_type_hints(record)
    return tuple(_column(field, hints[field]) for field in record.__struct_fields__)


def to_row(record: Record) -> dict[str, Any]:
    """A record as column values, nested parts as plain lists and dicts (ready for a JSON column)."""
    row: dict[str, Any] = msgspec.to_builtins(record)
    return row


def from_row(kind: str, row: typing.Mapping[str, Any]) -> Record:
    """A record from column values, checked.

    Raises:
        msgspec.ValidationError: A value does not fit its field; the message names the field.
    """
    return msgspec.convert({c.name: row[c.name] for c in columns(kind) if c.name in row}, KINDS[kind])
