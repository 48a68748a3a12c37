"""What is on its way to the centre, in rows: events, evidence, receipts, what needs the user, and the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from inspector_app.services.desk import Desk
from inspector_app.services.views.sync import EventRow, EvidenceRow, HeldBack, LogRow, ReceiptLine, Status
from inspector_app.services.views.transfers import CarriedRow, TransferRow
from inspector_app.viewmodels.lists import Face, Tone
from inspector_app.viewmodels.syncing import SyncStatus
from inspector_app.words import Explanation, Words

STATE_TONES: Final[dict[str, Tone]] = {
    "waiting": "info",
    "confirmed": "good",
    "complete": "good",
    "refused": "danger",
    "failed": "danger",
    "blocked": "warning",
    "parked": "warning",
    "held": "warning",
    "carried": "info",
}
LEVEL_TONES: Final[dict[str, Tone]] = {"info": "neutral", "warning": "warning", "error": "danger"}
LOG_LINES: Final = 500
RECEIPTS: Final = 1_000
"""So many are shown; all that are kept are exported."""


@dataclass(frozen=True)
class ShowAttention:
    """Go to what the centre did not accept."""


@dataclass(frozen=True)
class Outgoing:
    """Everything the screen of the synchronisation shows, read at once."""

    status: Status
    events: tuple[EventRow, ...]
    carried: tuple[CarriedRow, ...]
    held: tuple[EventRow, ...]
    evidence: tuple[EvidenceRow, ...]
    attention: tuple[EventRow, ...]
    receipts: tuple[EventRow, ...]
    log: tuple[LogRow, ...]
    held_back: tuple[HeldBack, ...]
    history: tuple[TransferRow, ...]

    @property
    def waiting(self) -> tuple[EventRow, ...]:
        """The events on their way, and after them those that wait for a supervisor."""
        return (*self.events, *self.held)

    @property
    def going(self) -> tuple[EvidenceRow, ...]:
        """The pieces of evidence on their way."""
        return tuple(piece for piece in self.evidence if piece.state != "failed")

    @property
    def given_up(self) -> tuple[EvidenceRow, ...]:
        """The pieces of evidence that could not be sent."""
        return tuple(piece for piece in self.evidence if piece.state == "failed")

    @property
    def can_go_again(self) -> bool:
        """Whether anything that needs somebody can be sent once more."""
        return bool(self.given_up) or any(can_go_again(row) for row in self.attention)


def read(desk: Desk) -> Outgoing:
    """Read it (queries: never on the GUI thread)."""
    outbox = desk.outbox
    return Outgoing(
        status=outbox.status(),
        events=outbox.events(),
        carried=tuple(row for row in desk.bundles.carried() if row.receipt.state == "carried"),
        history=desk.bundles.history(),
        held=outbox.held(),
        evidence=outbox.evidence(),
        attention=outbox.attention(),
        receipts=outbox.receipts(RECEIPTS),
        log=outbox.log(LOG_LINES),
        held_back=outbox.held_back(),
    )


def can_go_again(row: EventRow) -> bool:
    """Whether an event that was set aside can be sent once more: the centre failed on it, it did not say no.

    What depends on a refused event has no code of its own, and no sending will help it.
    """
    return row.receipt.state == "parked" and bool(row.receipt.code)


def deed(words: Words, row: EventRow) -> str:
    """What an event did, and to which report, in words."""
    said = kind_of_deed(words, row)
    return f"{said} {words.code(row.number)}" if row.number else said


def kind_of_deed(words: Words, row: EventRow) -> str:
    """What an event did, in words."""
    return deed_of(words, row.receipt.kind, row.receipt.action)


def deed_of(words: Words, kind: str, action: str) -> str:
    """What an action does, in words; an action of a newer version is just an action."""
    key = f"sync.event.{kind}.{action}"
    return words.say(key if words.has(key) else "sync.event.other")


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


def waiting_face(words: Words, row: EventRow, status: Callable[[], SyncStatus]) -> Face:
    """An event that has not reached the centre: what it did, when and by whom, and what it waits for."""
    return replace(event_face(words, row), trailing=why(words, row.receipt.state, status()))


def why(words: Words, state: str, status: SyncStatus) -> str:
    """What something unsent waits for, as things are with the link."""
    if state in ("blocked", "held", "carried"):
        return words.say(f"sync.why.{state}")
    return words.say("sync.why.turn" if status.link == "online" else f"sync.why.{status.link.replace(' ', '_')}")


def receipt_face(words: Words, row: EventRow) -> Face:
    """A receipt: what was done, when it came to the centre, and what the centre remarked on it."""
    return replace(event_face(words, row), trailing=flags(words, row), trailing_tone="warning")


def flags(words: Words, row: EventRow) -> str:
    """What the centre remarked on a record that it took all the same."""
    return words.join(
        *(words.say(key) if words.has(key := f"visits.flag.{flag}") else flag for flag in row.receipt.flags)
    )


def receipt_lines(words: Words, rows: Sequence[EventRow]) -> list[ReceiptLine]:
    """Receipts for a table or for paper."""
    return [
        ReceiptLine(
            deed=kind_of_deed(words, row),
            number=row.number,
            person=words.name(row.user) if row.user is not None else "",
            made_at=row.receipt.made_at,
            received_at=row.receipt.received_at,
            flags=flags(words, row),
            event=row.receipt.event_id,
        )
        for row in rows
    ]


def all_receipts(desk: Desk, words: Words) -> list[ReceiptLine]:
    """Every receipt that is kept (a query: never on the GUI thread)."""
    return receipt_lines(words, desk.outbox.receipts(-1))


def whose(desk: Desk, words: Words) -> str:
    """Whose receipts they are: the committee and the device."""
    committee = desk.device.committee
    name = "" if committee is None else words.name(committee)
    return words.join(name, words.say("shell.device", name=desk.device.name))


def figures(words: Words, status: SyncStatus) -> str:
    """What the link has cost since the device was opened."""
    cost = status.traffic
    said = words.say(
        "sync.figures",
        requests=cost.requests,
        sent=words.bytes(cost.sent),
        received=words.bytes(cost.received),
        wasted=words.bytes(cost.wasted),
        retries=cost.retries,
    )
    problem = words.explain(status.last_problem).title if status.last_problem else ""
    return words.join(said, words.say("sync.figures.problem", problem=problem) if problem else "")


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
    return words.say("sync.why.stranded" if row.receipt.state == "parked" else "sync.why.supervisor")


def advice(words: Words, row: EventRow) -> Explanation:
    """Why the centre did not take it, and what to do."""
    receipt = row.receipt
    if can_go_again(row):
        return Explanation(reason(words, row), words.say("sync.parked_text"))
    if receipt.code:
        return words.explain(receipt.code, receipt.fields)
    if receipt.state == "parked":
        return Explanation(reason(words, row), words.say("sync.why.stranded_text"))
    note = receipt.fields.get("note", "")
    text = words.say("sync.why.supervisor_text", note=note) if note else words.say("sync.why.supervisor_silent")
    return Explanation(reason(words, row), text)


def evidence_face(words: Words, row: EvidenceRow, status: Callable[[], SyncStatus]) -> Face:
    """A piece of evidence: what it is, how much of it is at the centre, and what the rest waits for."""
    now = status()
    going = row.sha256 in now.pieces
    row = msgspec.structs.replace(row, offset=now.pieces.get(row.sha256, row.offset))
    waits_for = why(words, "waiting", now) if row.ready else words.say("sync.why.report_first")
    return Face(
        title=piece_called(words, row),
        secondary=share(words, row),
        chip=state(words, "sending" if going else row.state),
        tone=STATE_TONES.get(row.state, "info"),
        trailing="" if going else waits_for,
        icon="camera",
    )


def given_up_face(words: Words, row: EvidenceRow) -> Face:
    """A piece of evidence that could not be sent: what it is, and why."""
    return Face(
        title=piece_called(words, row),
        secondary=words.join(words.explain(row.problem).title, share(words, row)),
        chip=state(words, row.state),
        tone="danger",
        icon="alert",
    )


def piece_called(words: Words, row: EvidenceRow) -> str:
    """What a piece of evidence is."""
    key = f"sync.evidence.{row.role}"
    return words.say(key if words.has(key) else "sync.evidence.file")


def share(words: Words, row: EvidenceRow) -> str:
    """How much of a piece is at the centre."""
    return words.say("sync.bytes", done=words.bytes(row.offset), total=words.bytes(row.size))


def missing_text(words: Words, row: HeldBack) -> str:
    """How many rows of a kind the centre no longer names."""
    key = f"sync.kind.{row.kind}"
    kind = words.say(key if words.has(key) else "sync.kind.other")
    return words.say("sync.held_back.line", kind=kind, missing=row.missing, total=row.total)


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
