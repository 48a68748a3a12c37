"""What a profile holds after a death, read as the next start would read it, and what is only half there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from inspector_app.services import answers
from inspector_app.services.desk import Desk
from inspector_app.services.ground import form_of
from inspector_app.services.views.drafts import media_name
from inspector_app.storage import drafts as draft_rows
from inspector_app.viewmodels.checklist import pages
from sync.contract import events as e
from sync.contract import records as r
from xforms import Form, Session


@dataclass(frozen=True)
class Texts:
    """What was written in one place; ``texts`` by item code, ``note`` or ``text``; ``pictures`` counted by item."""

    kind: str
    texts: dict[str, str]
    pictures: dict[str, int]


@dataclass(frozen=True)
class HeldDraft(Texts):
    """A draft, the record it will become, and whether it is signed."""

    record: str
    signed: bool


@dataclass(frozen=True)
class HeldReport(Texts):
    """A visit that was submitted or a case that was opened, with its number."""

    number: str


@dataclass(frozen=True)
class HeldEvent:
    """An event of the outbox as it will be, or was, sent."""

    n: int
    state: str
    event: e.Event


@dataclass
class Held:
    """Everything of one person's work in a profile; ``faults`` names what is broken in itself."""

    drafts: dict[str, HeldDraft] = field(default_factory=dict)
    reports: dict[str, HeldReport] = field(default_factory=dict)
    events: dict[str, HeldEvent] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def unsent(self) -> int:
        """Events that the device has no word of the centre about."""
        return sum(one.state in ("waiting", "blocked") for one in self.events.values())

    @property
    def unsent_pieces(self) -> int:
        """Pieces of evidence that the device has no word of the centre about."""
        return list(self.evidence.values()).count("waiting")


def read(desk: Desk) -> Held:
    """Read everything, and look at how it hangs together."""
    held = Held()
    held.faults += _database(desk)
    _read_events(desk, held)
    for row in desk.visits.drafts():
        held.drafts[row.id] = _visit_draft(desk, row.id)
    for case in desk.cases.drafts():
        with desk.cache.read() as conn:
            kept = draft_rows.get(conn, case.id)
        assert kept is not None
        texts = {"text": case.fields.text}
        held.drafts[case.id] = HeldDraft("case", texts, _count(case.attachments), kept.record_id, signed=False)
    for one in held.events.values():
        _read_report(desk, held, one.event)
    held.faults += _both_draft_and_report(held)
    held.faults += _evidence(desk, held)
    return held


def _database(desk: Desk) -> Iterator[str]:
    with desk.cache.read() as conn:
        found = [str(line) for (line,) in conn.exec_driver_sql("PRAGMA integrity_check")]
        found += [str(line) for (line,) in conn.exec_driver_sql("PRAGMA cipher_integrity_check")]
        found += [f"foreign key: {line}" for line in conn.exec_driver_sql("PRAGMA foreign_key_check")]
    yield from (f"the database: {line}" for line in found if line != "ok")


def _read_events(desk: Desk, held: Held) -> None:
    with desk.cache.read() as conn:
        rows = conn.exec_driver_sql("SELECT id, n, state, line FROM event ORDER BY n").all()
    held.events = {event_id: HeldEvent(n, state, e.decode(bytes(line))) for event_id, n, state, line in rows}
    if [one.n for one in held.events.values()] != list(range(1, len(rows) + 1)):
        held.faults.append("the running numbers of the events have a gap or stand twice")
    told = [str(one.event.data["number"]) for one in held.events.values() if "number" in one.event.data]
    if len(set(told)) != len(told):
        held.faults.append(f"a report number was given twice: {sorted(told)}")


def _visit_draft(desk: Desk, draft_id: str) -> HeldDraft:
    opened = desk.visits.open_draft(draft_id)
    with desk.cache.read() as conn:
        kept = draft_rows.get(conn, draft_id)
    assert kept is not None
    texts = _notes(opened.form, opened.session) | {"note": opened.head.note}
    return HeldDraft("visit", texts, _count(opened.attachments), kept.record_id, opened.signature is not None)


def _read_report(desk: Desk, held: Held, event: e.Event) -> None:
    """Read what an event made, where it made a report."""
    if (event.kind, event.action) == ("visit", "submit"):
        payload = msgspec.convert(event.data, e.VisitSubmission)
        detail = desk.visits.detail(event.record)
        newest = detail.newest
        if newest is None or detail.visit.number != payload.number or newest.revision.revision != payload.revision:
            held.faults.append(f"visit {payload.number} has no revision of its own")
            return
        with desk.cache.read() as conn:
            form = form_of(conn, detail.visit.checklist_id)
        session = answers.restored(form, newest.revision.instance, "ar")
        held.faults += _unnamed(payload, form, session)
        texts = _notes(form, session) | {"note": newest.revision.note}
        held.reports[event.record] = HeldReport("visit", texts, _count(payload.attachments), payload.number)
    elif (event.kind, event.action) == ("case", "open"):
        opening = msgspec.convert(event.data, e.CaseOpening)
        case = desk.cases.detail(event.record)
        if case.case.number != opening.number:
            held.faults.append(f"case {opening.number} is shown as {case.case.number}")
        given = [one for one in held.events.values() if one.event.kind == "contact"]
        contacts = sum(one.event.data["case_id"] == event.record for one in given)
        if contacts != (opening.reporter == "named"):
            held.faults.append(f"case {opening.number} was opened with {contacts} contacts")
        texts = {"text": case.case.text}
        held.reports[event.record] = HeldReport("case", texts, _count(opening.attachments), opening.number)


def _notes(form: Form, session: Session) -> dict[str, str]:
    entries = [entry for page in pages(form) for entry in page.entries]
    return {entry.code: session.state(entry.note.ref).value for entry in entries if entry.note is not None}


def _unnamed(payload: e.VisitSubmission, form: Form, session: Session) -> Iterator[str]:
    """Items whose pictures and answers say different things: one of the two was written, the other got lost."""
    for entry in (entry for page in pages(form) for entry in page.entries):
        names = [media_name(one) for one in answers.photos_of(payload.attachments, entry.code)]
        asked = None if entry.photo is None else session.state(entry.photo.ref)
        if asked is not None and asked.relevant and asked.value not in (names or [""]):
            yield f"visit {payload.number} has {len(names)} pictures of {entry.code}, its answers name {asked.value!r}"


def _count(attachments: Iterable[r.Attachment]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for one in attachments:
        if one.role == "photo":
            counted[one.item] = counted.get(one.item, 0) + 1
    return counted


def _both_draft_and_report(held: Held) -> Iterator[str]:
    for draft_id, draft in held.drafts.items():
        if draft.record in held.reports:
            yield f"draft {draft_id} is still there though {held.reports[draft.record].number} was made of it"


def _evidence(desk: Desk, held: Held) -> Iterator[str]:
    """Every piece belongs to something, and every piece that is named can be read and is what it says."""
    with desk.cache.read() as conn:
        rows = conn.exec_driver_sql("SELECT sha256, owner, state FROM evidence").all()
    for sha256, owner, state in rows:
        held.evidence[sha256] = state
        if owner not in held.drafts and owner not in held.reports:
            yield f"evidence {sha256[:8]} belongs to nothing"
        if (state == "draft") != (owner in held.drafts):
            yield f"evidence {sha256[:8]} of {'a draft' if owner in held.drafts else 'a report'} stands as {state}"
        if hashlib.sha256(desk.visits.evidence(sha256)).hexdigest() != sha256:
            yield f"evidence {sha256[:8]} is not what it was"
    for one in held.events.values():
        for sha256 in one.event.evidence:
            if sha256 not in held.evidence:
                yield f"evidence {sha256[:8]} of event {one.n} is not on the device"
