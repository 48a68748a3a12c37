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
from sync.domain.rules import Rules, Severity
from sync.domain.workflow import IllegalStep, Role, Workflow


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
    if _moment(event.made_at) is None:
        raise Refused("event_malformed", detail="made_at: not a moment with an offset")
    return _EFFECTS[type(payload)](event, payload, actor, book)


def words_in(event: e.Event, book: Book) -> str:
    """What the user wrote in an event, a report's notes on its items included, to show where the event was refused.

    Returns:
        One text a line, an item's after its code; only what can be read of an event that does not fit.
    """
    words = e.text_of(event)
    try:
        payload = e.payload_of(event)
    except (e.UnknownEvent, ValueError):
        return words
    if not isinstance(payload, e.VisitSubmission):
        return words
    try:
        form = book.form(payload.checklist_id)
        answers = findings.from_session(form.restore(payload.instance), form) if form else ()
    except (xforms.FormError, xforms.RestoreError, findings.UnfitChecklist):
        return words
    notes = (f"{answer.code}: {answer.note}" for answer in answers if answer.note)
    return "\n".join(filter(None, (words, *notes)))


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    # A clock may be wrong by decades; at the ends of the calendar no deadline could be counted.
    return moment if moment.tzinfo and 1970 <= moment.year < 9000 else None


_PASSED_ON = frozenset({"not_your_role", "own_report", "needs_reason", "needs_remarks"})


def _step(
    table: Workflow,
    state: str | None,
    event: e.Event,
    actor: Actor,
    *,
    own: bool,
    reason: str = "",
    remarks: bool = False,
) -> str:
    """The state after the event's action, with the domain's refusals turned into problems that travel."""
    actual = state or ""
    if event.expected_state not in ("", actual) and event.action != "comment":
        raise Refused("illegal_step", action=event.action, expected=event.expected_state, actual=actual)
    try:
        return workflow.step(
            table,
            state,
            event.action,
            _role(actor),
            is_author=own,
            has_reason=bool(reason.strip()),
            has_remarks=remarks,
        )
    except IllegalStep as error:
        code = error.code if error.code in _PASSED_ON else "illegal_step"
        raise Refused(code, action=event.action, actual=actual) from error


def _role(actor: Actor) -> Role:
    try:
        return Role(actor.person.role)
    except ValueError:
        raise Refused("not_your_role", role=actor.person.role) from None


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
    if isinstance(before, r.Visit):
        _may_see(actor, before.committee_id, before.region)
        committee_id, region, newest, state = before.committee_id, before.region, before.revision, before.state
        number, author, started_at = before.number, before.inspector_id, before.started_at
    else:
        committee_id, region, newest, state = _home_of(actor, payload.region), payload.region, 0, "draft"
        number, author, started_at = payload.number, actor.person.id, payload.started_at
    if payload.revision != newest + 1:
        raise Refused("revision_stale", expected=str(newest + 1), actual=str(payload.revision), state=state)
    state = _step(Workflow.VISIT, state, event, actor, own=True)
    if actor.at_centre:
        state = workflow.step(Workflow.VISIT, state, "receive", Role.CENTRE)
    percent, result, drafts, flags = _assess(event, payload, book)
    flags += () if payload.place_id is None or book.get("place", payload.place_id) else ("place_unknown",)
    flags += () if payload.company_id is None or book.get("company", payload.company_id) else ("company_unknown",)
    visit = r.Visit(
        id=event.record,
        number=number,
        inspection_type=payload.inspection_type,
        checklist_id=payload.checklist_id,
        place_id=payload.place_id,
        company_id=payload.company_id,
        committee_id=committee_id,
        region=region,
        inspector_id=author,
        state=state,
        revision=payload.revision,
        started_at=started_at,
        submitted_at=event.made_at,
        percent=percent,
        result=result,
        findings=len(drafts),
        worst=next((str(grade) for grade in Severity if any(draft.severity is grade for draft in drafts)), ""),
        flags=flags,
    )
    found = tuple(_finding(event, payload, draft, region) for draft in drafts)
    records = (visit, _revision(event, payload, actor, percent, result), *found)
    return Effect(records, scopes.of_field_record(committee_id, region), flags=flags)


def _revision(
    event: e.Event, payload: e.VisitSubmission, actor: Actor, percent: float | None, result: str
) -> r.VisitRevision:
    return r.VisitRevision(
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


def _assess(
    event: e.Event, payload: e.VisitSubmission, book: Book
) -> tuple[float | None, str, tuple[findings.FindingDraft, ...], tuple[str, ...]]:
    """Score and findings of a submission; a report that cannot be read is kept and flagged, never refused."""
    form = book.form(payload.checklist_id)
    if form is None:
        return None, "", (), ("checklist_unknown",)
    try:
        session = form.restore(payload.instance)
        answers = findings.from_session(session, form)
    except (xforms.RestoreError, findings.UnfitChecklist):
        return None, "", (), ("answers_unreadable",)
    score = findings.score(answers, book.rules())
    drafts = findings.derive(answers, datetime.fromisoformat(event.made_at), book.rules())
    flags = ("answers_incomplete",) if session.problems() else ()
    percent = None if score.percent is None else float(score.percent)
    return percent, score.result or "", drafts, flags


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
    newest = book.get("visit_revision", ids.revision_id(visit.id, visit.revision))
    writers = {visit.inspector_id}
    if isinstance(newest, r.VisitRevision):
        writers |= {newest.author_id, *newest.members}
    own = actor.person.id in writers
    remarks = bool(payload.remarks)
    state = _step(Workflow.VISIT, visit.state, event, actor, own=own, reason=payload.text, remarks=remarks)
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
    state = _step(Workflow.CASE, None, event, actor, own=True)
    if actor.at_centre:  # it comes with its category, from the committee it belongs to
        for action in ("classify", "assign"):
            state = workflow.step(Workflow.CASE, state, action, Role.CENTRE)
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
    own = actor.person.id == case.opened_by
    state = _step(Workflow.CASE, case.state, event, actor, own=own, reason=payload.text)
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
    before = book.get("contact", event.record)
    if isinstance(before, r.Contact) and before.case_id != case.id:
        raise Refused("record_exists", kind="contact", record=event.record)
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
