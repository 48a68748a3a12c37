"""What is on its way to the centre, in rows: events, evidence, receipts, what needs the user, and the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inspector_app.services.desk import Desk
from inspector_app.services.views.sync import EventRow, EvidenceRow, LogRow, Status
from inspector_app.viewmodels.lists import Face, Tone
from inspector_app.words import Words

STATE_TONES: Final[dict[str, Tone]] = {
    "waiting": "info",
    "confirmed": "good",
    "complete": "good",
    "refused": "danger",
    "failed": "danger",
    "blocked": "warning",
    "parked": "warning",
}
LEVEL_TONES: Final[dict[str, Tone]] = {"info": "neutral", "warning": "warning", "error": "danger"}
LOG_LINES: Final = 500


@dataclass(frozen=True)
class ShowAttention:
    """Go to what the centre did not accept."""


@dataclass(frozen=True)
class Outgoing:
    """Everything the screen of the synchronisation shows, read at once."""

    status: Status
    events: tuple[EventRow, ...]
    evidence: tuple[EvidenceRow, ...]
    attention: tuple[EventRow, ...]
    receipts: tuple[EventRow, ...]
    log: tuple[LogRow, ...]


def read(desk: Desk) -> Outgoing:
    """Read it (queries: never on the GUI thread)."""
    outbox = desk.outbox
    return Outgoing(
        status=outbox.status(),
        events=outbox.events(),
        evidence=outbox.evidence(),
        attention=outbox.attention(),
        receipts=outbox.receipts(),
        log=outbox.log(LOG_LINES),
    )


def deed(words: Words, row: EventRow) -> str:
    """What an event did, and to which report, in words."""
    key = f"sync.event.{row.receipt.kind}.{row.receipt.action}"
    said = words.say(key if words.has(key) else "sync.event.other")
    return f"{said} {words.code(row.number)}" if row.number else said


def event_face(words: Words, row: EventRow) -> Face:
    """An event: what it did, when and by whom, and where it stands."""
    receipt = row.receipt
    came = words.say("sync.received", when=words.moment(receipt.received_at)) if receipt.received_at else ""
    made = words.say("sync.made", when=words.moment(receipt.made_at))
    return Face(
        title=deed(words, row),
        secondary=words.join(came or made, words.name(row.user) if row.user is not None else ""),
        chip=state(words, receipt.state),
        tone=STATE_TONES.get(receipt.state, "neutral"),
        icon="case" if receipt.kind in ("case", "contact") else "visit",
    )


def reason_face(words: Words, row: EventRow) -> Face:
    """An event the centre did not take: what it did, and why it was not taken."""
    return Face(
        title=deed(words, row),
        secondary=words.join(reason(words, row), words.moment(row.receipt.made_at)),
        chip=state(words, row.receipt.state),
        tone=STATE_TONES.get(row.receipt.state, "warning"),
        icon="alert",
    )


def reason(words: Words, row: EventRow) -> str:
    """Why the centre did not take it, in a few words."""
    if row.receipt.code:
        return words.explain(row.receipt.code, row.receipt.fields).title
    return state(words, row.receipt.state)


def evidence_face(words: Words, row: EvidenceRow) -> Face:
    """A piece of evidence: what it is, how much of it is at the centre."""
    key = f"sync.evidence.{row.role}"
    share = words.say("sync.bytes", done=words.bytes(row.offset), total=words.bytes(row.size))
    return Face(
        title=words.say(key if words.has(key) else "sync.evidence.file"),
        secondary=share,
        chip=state(words, "sending" if row.state == "waiting" and row.offset else row.state),
        tone=STATE_TONES.get(row.state, "info"),
        icon="camera",
    )


def log_face(words: Words, row: LogRow) -> Face:
    """A line of the log: in words where this version has some, and always as support reads it."""
    known = words.has(f"error.{row.code}")
    return Face(
        title=words.explain(row.code, row.params).title if known else words.verbatim(row.code),
        secondary=words.join(words.moment(row.at), words.verbatim(log_code(row))),
        chip=words.say(f"sync.level.{row.level}"),
        tone=LEVEL_TONES.get(row.level, "neutral"),
    )


def log_code(row: LogRow) -> str:
    """A line of the log as support reads it: code and particulars, no words."""
    params = " ".join(f"{name}={value}" for name, value in sorted(row.params.items()))
    return f"{row.code} {params}".strip()


def log_text(rows: Sequence[LogRow]) -> str:
    """The whole log for support, one line each, oldest first."""
    return "".join(f"{row.at}\t{row.level}\t{log_code(row)}\n" for row in reversed(rows))


def state(words: Words, code: str) -> str:
    """Where an event or a piece of evidence stands, in words."""
    key = f"sync.state.{code}"
    return words.say(key) if words.has(key) else code
