"""Events: what a user did, once, on one device; their payloads and the final result the centre gives each."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec

from sync.contract.records import Attachment, Fix, Moment, Part, Remark, Signature
from sync.domain.rules import Priority

SCHEMA = 1
"""The version of the records and payloads that this code writes."""


class VisitSubmission(Part, frozen=True, kw_only=True, omit_defaults=True):
    """``visit.submit``: one revision of an inspection; ``instance`` is the final XForms instance.

    Findings and score are not sent: both ends derive them from the answers by the same rule.
    """

    number: str
    revision: int
    inspection_type: str
    checklist_id: str
    region: str
    started_at: Moment
    instance: str
    signature: Signature
    place_id: str | None = None
    company_id: str | None = None
    members: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    fix: Fix | None = None
    note: str = ""


class VisitReview(Part, frozen=True, kw_only=True, omit_defaults=True):
    """``visit.take_up``, ``visit.return``, ``visit.approve`` and ``visit.annul``: a step on one revision."""

    revision: int
    text: str = ""
    remarks: tuple[Remark, ...] = ()


class CaseOpening(Part, frozen=True, kw_only=True, omit_defaults=True):
    """``case.open``: a complaint, note or inquiry. Whoever reported it is never named in it."""

    number: str
    kind: Literal["complaint", "note", "inquiry"]
    category: str
    priority: Priority
    region: str
    text: str
    reporter: Literal["committee", "named", "confidential", "anonymous"] = "committee"
    subcategory: str = ""
    language: str = ""
    place_id: str | None = None
    company_id: str | None = None
    visit_id: str | None = None
    fix: Fix | None = None
    attachments: tuple[Attachment, ...] = ()


class CaseStep(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Every later ``case`` action: a comment, or a step of its workflow with its reason."""

    text: str = ""


class CaseMove(Part, frozen=True, kw_only=True, omit_defaults=True):
    """``case.move``: a case goes, with its whole history, to another committee, which may be of another region."""

    committee_id: str
    text: str = ""


class QuarantineDecision(Part, frozen=True, kw_only=True, omit_defaults=True):
    """``quarantined.accept`` and ``quarantined.refuse``: what a supervisor decides about an event held back."""

    text: str = ""


class ContactGiven(Part, frozen=True, kw_only=True, omit_defaults=True):
    """``contact.give``: how to reach the reporter of a case; never kept in the ledger or the log."""

    case_id: str
    name: str
    phone: str = ""
    language: str = ""


Payload = VisitSubmission | VisitReview | CaseOpening | CaseStep | CaseMove | ContactGiven | QuarantineDecision

PAYLOADS: dict[tuple[str, str], type[Part]] = {
    ("visit", "submit"): VisitSubmission,
    ("visit", "take_up"): VisitReview,
    ("visit", "return"): VisitReview,
    ("visit", "approve"): VisitReview,
    ("visit", "annul"): VisitReview,
    ("case", "open"): CaseOpening,
    ("case", "comment"): CaseStep,
    ("case", "check"): CaseStep,
    ("case", "resolve"): CaseStep,
    ("case", "refer"): CaseStep,
    ("case", "reject"): CaseStep,
    ("case", "close"): CaseStep,
    ("case", "reopen"): CaseStep,
    ("case", "move"): CaseMove,
    ("contact", "give"): ContactGiven,
    ("quarantined", "accept"): QuarantineDecision,
    ("quarantined", "refuse"): QuarantineDecision,
}
"""Every (kind, action) that can be sent, with the type of its ``data``."""


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One user action.

    Attributes:
        id: UUIDv7, made on the device.
        n: The device's own running number, from 1, without a gap.
        kind: What it is about (``visit``, ``case``, ``contact``, ``quarantined``).
        record: The id of the record it is about.
        action: What was done.
        user: The id of the person who did it.
        made_at: The device's clock, with offset; it orders nothing.
        expected_state: The state of the record that the user saw, for a step of a workflow.
        data: The payload, of the type that ``PAYLOADS`` names.
        depends_on: Events that must be applied first.
        evidence: SHA-256 of each piece of evidence, in hex.
        schema: The version in which ``data`` is written.
    """

    id: str
    n: int
    kind: str
    record: str
    action: str
    user: str
    made_at: Moment
    data: dict[str, Any]
    expected_state: str = ""
    depends_on: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    schema: int = SCHEMA


Outcome = Literal["applied", "merged", "conflict", "rejected", "blocked", "quarantined"]


class EventResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The final word of the centre on one event.

    Attributes:
        id: The event.
        outcome: ``applied``, ``merged``, ``conflict``, ``rejected`` (see ``code`` and ``fields``), ``blocked`` (by the
            events in ``blocked_by``) or ``quarantined``.
        code: A problem code, for an event that was not applied.
        fields: What the problem is about, such as ``{"expected": "received", "actual": "approved"}``.
        received_at: When the centre committed it: this is the receipt.
        flags: What a field record was flagged with; it is stored all the same.
    """

    id: str
    outcome: Outcome
    received_at: Moment = ""
    code: str = ""
    fields: dict[str, str] = {}
    blocked_by: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the event has its effect at the centre."""
        return self.outcome in ("applied", "merged")

    @property
    def final(self) -> bool:
        """Whether the event is judged for good.

        A blocked one is not yet; one whose running number is another's is sent again by its device, as another device.
        """
        return self.outcome != "blocked" and self.code != "number_reused"


class UnknownEvent(Exception):
    """No such (kind, action) in this version of the contract.

    Attributes:
        kind: The event's kind.
        action: The event's action.
    """

    def __init__(self, kind: str, action: str) -> None:
        super().__init__(f"unknown event {kind}.{action}")
        self.kind = kind
        self.action = action


def encode(event: Event) -> bytes:
    """The one JSON line of an event, without its newline; what is hashed, stored and sent, byte for byte."""
    return msgspec.json.encode(event)


def decode(line: bytes) -> Event:
    """An event from its line.

    Raises:
        msgspec.DecodeError: The line is not JSON or not an event; the message names the field.
    """
    try:
        return msgspec.json.decode(line, type=Event)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(f"not an event: {error}") from error


def body_hash(line: bytes) -> str:
    """SHA-256, in hex, of an event's line: the same id with another hash is another event."""
    return hashlib.sha256(line).hexdigest()


def payload_of(event: Event) -> Part:
    """The typed payload of an event.

    Raises:
        UnknownEvent: This version does not know the event.
        msgspec.ValidationError: The payload does not fit; the message names the field.
    """
    try:
        payload = PAYLOADS[event.kind, event.action]
    except KeyError:
        raise UnknownEvent(event.kind, event.action) from None
    return msgspec.convert(event.data, payload)


def text_of(event: Event) -> str:
    """What the user wrote in an event, to show where the event itself was refused."""
    words = [str(event.data.get(name, "")) for name in ("text", "note")]
    remarks = event.data.get("remarks")
    if isinstance(remarks, list):  # what was refused may have any shape
        words += [str(remark.get("text", "")) for remark in remarks if isinstance(remark, dict)]
    return "\n".join(word for word in words if word)


__all__ = [
    "PAYLOADS",
    "SCHEMA",
    "CaseMove",
    "CaseOpening",
    "CaseStep",
    "ContactGiven",
    "Event",
    "EventResult",
    "Payload",
    "QuarantineDecision",
    "UnknownEvent",
    "VisitReview",
    "VisitSubmission",
    "body_hash",
    "decode",
    "encode",
    "payload_of",
    "text_of",
]
