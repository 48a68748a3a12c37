"""What an event means: the rows it makes, by the same rules at the device that sends it and at the centre."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec

import xforms
from sync.contract import events as e
from sync.contract import ids, scopes
from sync.contract import records as r
from sync.contract.problems import Refused
from sync.domain import deadlines, findings, workflow
from sync.domain.rules import Rules


class Book(Protocol):
    """The rows an effect may read: at the centre those of the open transaction, on a device what it shows."""

    def get(self, kind: str, record_id: str) -> r.Record | None:
        """The row, or None."""
        ...

    def rules(self) -> Rules:
        """The rules of the season in force."""
        ...

    def form(self, checklist_id: str) -> xforms.Form | None:
        """A published checklist, or None where this end does not have it."""
        ...


class Actor(NamedTuple):
    """Who acts, and at which end this is worked out."""

    person: r.Person
    at_centre: bool


class Effect(NamedTuple):
    """What an event does.

    Attributes:
        records: The rows to write, whole.
        scopes: The scopes all of them belong to.
        merged: True where the event asked for what is already so, and nothing needs writing.
        flags: What is odd about a field record; it is stored all the same.
    """

    records: tuple[r.Record, ...]
    scopes: frozenset[str]
    merged: bool = False
    flags: tuple[str, ...] = ()


def effect_of(event: e.Event, actor: Actor, book: Book) -> Effect:
    """Work out what an event does to the rows in a book.

    Raises:
        Refused: The event is not understood, not legal in the record's state, or not this person's to make. This is
            final: the same event will not be accepted later.
    """
    try:
        payload = e.payload_of(event)
    except e.UnknownEvent as error:
        raise Refused("event_unknown", kind=error.kind, action=error.action) from error
    except ValueError as error:  # msgspec.ValidationError; its message names the field
        raise Refused("event_malformed", detail=str(error)) from error
    return _EFFECTS[type(payload)](event, payload, actor, book)


def _step(event: e.Event, kind: str, state: str, actor: Actor, *, is_author: bool, text: str, remarks: bool) -> str:
    """The state after the event's action, with the domain's refusals turned into problems that travel."""
    if event.expected_state and event.expected_state != state and event.action != "comment":
        raise Refused("illegal_step", action=event.action, expected=event.expected_state, actual=state)
    try:
        return workflow.step(
            kind,
            state,
            event.action,
            actor.person.role,
            is_author=is_author,
            has_reason=bool(text.strip()),
            has_remarks=remarks,
        )
    except workflow.IllegalStep as error:
        code = error.code if error.code in ("not_your_role", "own_report", "needs_reason", "needs_remarks") else ""
        raise Refused(code or "illegal_step", action=event.action, actual=state) from error


def _home_of(actor: Actor, region: str) -> str:
    """The committee a field record belongs to: its author's, who may only write in his own region."""
    if not actor.person.committee_id or region not in actor.person.regions:
        raise Refused("outside_scope", region=region)
    return actor.person.committee_id


def _may_see(actor: Actor, committee_id: str, region: str) -> None:
    if not scopes.granted_to(actor.person) & scopes.of_field_record(committee_id, region):
        raise Refused("outside_scope", region=region)


def _submission(event: e.Event, payload: e.VisitSubmission, actor: Actor, book: Book) -> Effect:
    before = book.get("visit", event.record)
    if before is None:
        committee_id, state, newest, first_author = _home_of(actor, payload.region), "draft", 0, actor.person.id
    else:
        assert isinstance(before, r.Visit)
        committee_id, state = before.committee_id, before.state
        newest, first_author = before.revision, before.inspector_id
        _may_see(actor, committee_id, before.region)
    if payload.revision != newest + 1:
        raise Refused("revision_stale", expected=str(newest + 1), actual=str(payload.revision), state=state)
    state = _step(event, "visit", state, actor, is_author=True, text="", remarks=False)
    if actor.at_centre:
        state = workflow.step("visit", state, "receive", workflow.CENTRE)
    percent, result, drafts, flags = _assess(event, payload, book)
    flags += () if payload.place_id is None or book.get("place", payload.place_id) else ("place_unknown",)
    flags += () if payload.company_id is None or book.get("company", payload.company_id) else ("company_unknown",)
    region = before.region if isinstance(before, r.Visit) else payload.region
    revision = r.VisitRevision(
        id=ids.revision_id(event.record, payload.revision),
        visit_id=event.record,
        revision=payload.revision,
        author_id=actor.person.id,
        submitted_at=event.made_at,
        instance=payload.instance,
        attachments=payload.attachments,
        signature=payload.signature,
        members=payload.members,
        fix=payload.fix,
        note=payload.note,
        percent=percent,
        result=result,
    )
    found = tuple(_finding(event, payload, draft, region) for draft in drafts)
    visit = r.Visit(
        id=event.record,
        number=before.number if isinstance(before, r.Visit) else payload.number,
        inspection_type=payload.inspection_type,
        checklist_id=payload.checklist_id,
        place_id=payload.place_id,
        company_id=payload.company_id,
        committee_id=committee_id,
        region=region,
        inspector_id=first_author,
        state=state,
        revision=payload.revision,
        started_at=before.started_at if isinstance(before, r.Visit) else payload.started_at,
        submitted_at=event.made_at,
        percent=percent,
        result=result,
        findings=len(found),
        worst=findings.worst([draft.severity for draft in drafts]),
        flags=flags,
    )
    return Effect((visit, revision, *found), scopes.of_field_record(committee_id, region), flags=flags)


def _assess(
    event: e.Event, payload: e.VisitSubmission, book: Book
) -> tuple[float | None, str, tuple[findings.FindingDraft, ...], tuple[str, ...]]:
    """Score and findings of a submission; a report that cannot be read is kept and flagged, never refused."""
    form = book.form(payload.checklist_id)
    if form is None:
        return None, "", (), ("checklist_unknown",)
    try:
        session = form.restore(payload.instance)
    except xforms.RestoreError:
        return None, "", (), ("answers_unreadable",)
    answers = findings.from_session(session, form)
    score = findings.score(answers, book.rules())
    drafts = findings.derive(answers, datetime.fromisoformat(event.made_at), book.rules())
    flags = ("answers_incomplete",) if session.problems() else ()
    return (None if score.percent is None else float(score.percent)), score.result, drafts, flags


def _finding(event: e.Event, payload: e.VisitSubmission, draft: findings.FindingDraft, region: str) -> r.Finding:
    return r.Finding(
        id=ids.finding_id(event.record, payload.revision, draft.item),
        visit_id=event.record,
        revision=payload.revision,
        item=draft.item,
        severity=draft.severity,
        violation=draft.violation,
        answer=draft.answer,
        note=draft.note,
        deadline=draft.deadline.isoformat(),
        place_id=payload.place_id,
        company_id=payload.company_id,
        region=region,
    )


def _review(event: e.Event, payload: e.VisitReview, actor: Actor, book: Book) -> Effect:
    visit = book.get("visit", event.record)
    if not isinstance(visit, r.Visit):
        raise Refused("record_unknown", kind="visit", record=event.record)
    _may_see(actor, visit.committee_id, visit.region)
    where = scopes.of_field_record(visit.committee_id, visit.region)
    if event.action == "take_up" and visit.state == "under_review" and visit.revision == payload.revision:
        return Effect((), where, merged=True)
    if payload.revision != visit.revision:
        raise Refused("revision_stale", expected=str(visit.revision), actual=str(payload.revision), state=visit.state)
    author = book.get("visit_revision", ids.revision_id(visit.id, visit.revision))
    writers = {visit.inspector_id} | ({author.author_id, *author.members} if isinstance(author, r.VisitRevision) else set())
    state = _step(
        event,
        "visit",
        visit.state,
        actor,
        is_author=actor.person.id in writers,
        text=payload.text,
        remarks=bool(payload.remarks),
    )
    decision = r.Decision(
        id=event.id,
        visit_id=visit.id,
        revision=payload.revision,
        action=event.action,
        by=actor.person.id,
        at=event.made_at,
        text=payload.text,
        remarks=payload.remarks,
    )
    return Effect((msgspec.structs.replace(visit, state=state), decision), where)


def _opening(event: e.Event, payload: e.CaseOpening, actor: Actor, book: Book) -> Effect:
    if book.get("case", event.record) is not None:
        raise Refused("record_exists", kind="case", record=event.record)
    committee_id = _home_of(actor, payload.region)
    state = _step(event, "case", "", actor, is_author=True, text=payload.text, remarks=False)
    due = deadlines.due_at(datetime.fromisoformat(event.made_at), payload.priority, book.rules())
    case = r.Case(
        id=event.record,
        number=payload.number,
        kind=payload.kind,
        category=payload.category,
        subcategory=payload.subcategory,
        priority=payload.priority,
        state=state,
        text=payload.text,
        committee_id=committee_id,
        region=payload.region,
        opened_by=actor.person.id,
        opened_at=event.made_at,
        due_at=due.isoformat(),
        reporter=payload.reporter,
        language=payload.language,
        place_id=payload.place_id,
        company_id=payload.company_id,
        visit_id=payload.visit_id,
        fix=payload.fix,
        attachments=payload.attachments,
    )
    entry = _entry(event, actor, "", "", state)
    return Effect((case, entry), scopes.of_field_record(committee_id, payload.region))


def _case_step(event: e.Event, payload: e.CaseStep, actor: Actor, book: Book) -> Effect:
    case = book.get("case", event.record)
    if not isinstance(case, r.Case):
        raise Refused("record_unknown", kind="case", record=event.record)
    _may_see(actor, case.committee_id, case.region)
    state = _step(
        event, "case", case.state, actor, is_author=actor.person.id == case.opened_by, text=payload.text, remarks=False
    )
    entry = _entry(event, actor, payload.text, case.state, state)
    changed = () if state == case.state else (msgspec.structs.replace(case, state=state),)
    return Effect((*changed, entry), scopes.of_field_record(case.committee_id, case.region))


def _entry(event: e.Event, actor: Actor, text: str, from_state: str, to_state: str) -> r.CaseEntry:
    return r.CaseEntry(
        id=event.id,
        case_id=event.record,
        action=event.action,
        by=actor.person.id,
        at=event.made_at,
        text=text,
        from_state=from_state,
        to_state=to_state,
    )


def _contact(event: e.Event, payload: e.ContactGiven, actor: Actor, book: Book) -> Effect:
    case = book.get("case", payload.case_id)
    if not isinstance(case, r.Case):
        raise Refused("record_unknown", kind="case", record=payload.case_id)
    _may_see(actor, case.committee_id, case.region)
    if case.reporter in ("anonymous", "committee"):
        raise Refused("outside_scope", reporter=case.reporter)
    contact = r.Contact(
        id=event.record, case_id=case.id, name=payload.name, phone=payload.phone, language=payload.language
    )
    return Effect((contact,), scopes.of_field_record(case.committee_id, case.region))


_EFFECTS: dict[type[r.Part], Callable[..., Effect]] = {
    e.VisitSubmission: _submission,
    e.VisitReview: _review,
    e.CaseOpening: _opening,
    e.CaseStep: _case_step,
    e.ContactGiven: _contact,
}
