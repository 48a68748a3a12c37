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

    def history(self, case_id: str) -> tuple[r.Record, ...]:
        """What hangs on a case: its entries, and the contacts of whoever reported it."""
        ...

    def form(self, checklist_id: str) -> xforms.Form | None:
        """A published checklist, or None where this end does not have it."""
        ...


class Actor(NamedTuple):
    """Who acts, and at which end this is worked out.

    Attributes:
        person: He, as he is now.
        at_centre: Whether this is the centre.
        left: The regions that his committee was moved out of, as far as this end knows.
    """

    person: r.Person
    at_centre: bool
    left: frozenset[str] = frozenset()


class Group(NamedTuple):
    """Rows to write, whole, and the scopes that each of them belongs to from now on."""

    records: tuple[r.Record, ...]
    scopes: frozenset[str]


class Effect(NamedTuple):
    """What an event does.

    Attributes:
        groups: The rows to write, by the scopes they belong to.
        merged: True where the event asked for what is already so, and nothing needs writing.
        flags: What is odd about a field record; it is stored all the same.
    """

    groups: tuple[Group, ...]
    merged: bool = False
    flags: tuple[str, ...] = ()

    @property
    def records(self) -> tuple[r.Record, ...]:
        """Every row to write."""
        return tuple(record for group in self.groups for record in group.records)


MERGED = Effect((), merged=True)
"""Nothing to write: what was asked for is so already."""


def _field_effect(committee_id: str, region: str, *records: r.Record, flags: tuple[str, ...] = ()) -> Effect:
    return Effect((Group(records, scopes.of_field_record(committee_id, region)),), flags=flags)


def effect_of(event: e.Event, actor: Actor, book: Book) -> Effect:
    """Work out what an event does to the rows in a book.

    Raises:
        Refused: The event is not understood, not legal in the record's state, or not this person's to make. This is
            final: the same event will not be accepted later.
    """
    payload = understood(event)
    return _EFFECTS[type(payload)](event, payload, actor, book)


def understood(event: e.Event) -> r.Part:
    """The payload of an event that can be read, whatever comes of it.

    Raises:
        Refused: ``event_unknown``, or ``event_malformed`` with what is wrong and where.
    """
    try:
        payload = e.payload_of(event)
    except e.UnknownEvent as error:
        raise Refused("event_unknown", kind=error.kind, action=error.action) from error
    except ValueError as error:  # msgspec.ValidationError; its message names the field
        raise Refused("event_malformed", detail=str(error)) from error
    if _moment(event.made_at) is None:
        raise Refused("event_malformed", detail="made_at: not a moment with an offset")
    return payload


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


REGION_LEFT = "region_left"
NUMBER_DUPLICATE = "number_duplicate"
"""The flag of a report whose number another has already; only the centre sees all of them, and sets it."""
_LASTING = frozenset({REGION_LEFT, NUMBER_DUPLICATE})
"""Flags of a report itself: they stay, whatever its later revisions say."""


def _home_of(actor: Actor, region: str) -> tuple[str, tuple[str, ...]]:
    """The committee a field record belongs to, and what is odd about that: its author may write in his own region.

    What was made before his committee moved, and arrives afterwards, belongs to the region it was made in.
    """
    if not actor.person.committee_id:
        raise Refused("outside_scope", region=region)
    if region in actor.person.regions:
        return actor.person.committee_id, ()
    if region not in actor.left:
        raise Refused("outside_scope", region=region)
    return actor.person.committee_id, (REGION_LEFT,)


def _may_see(actor: Actor, committee_id: str, region: str) -> None:
    if not scopes.granted_to(actor.person) & scopes.of_field_record(committee_id, region):
        raise Refused("outside_scope", region=region)


def _submission(event: e.Event, payload: e.VisitSubmission, actor: Actor, book: Book) -> Effect:
    before = book.get("visit", event.record)
    if isinstance(before, r.Visit):
        _may_see(actor, before.committee_id, before.region)
        committee_id, region, newest, state = before.committee_id, before.region, before.revision, before.state
        home = tuple(flag for flag in before.flags if flag in _LASTING)
        number, author, started_at = before.number, before.inspector_id, before.started_at
    else:
        committee_id, home = _home_of(actor, payload.region)
        region, newest, state = payload.region, 0, "draft"
        number, author, started_at = payload.number, actor.person.id, payload.started_at
    if payload.revision != newest + 1:
        raise Refused("revision_stale", expected=str(newest + 1), actual=str(payload.revision), state=state)
    state = _step(Workflow.VISIT, state, event, actor, own=True)
    if actor.at_centre:
        state = workflow.step(Workflow.VISIT, state, "receive", Role.CENTRE)
    percent, result, drafts, flags = _assess(event, payload, book)
    flags += home
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
    revision = _revision(event, payload, actor, percent, result)
    return _field_effect(committee_id, region, visit, revision, *found, flags=flags)


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
    if event.action == "take_up" and visit.state == "under_review" and visit.revision == payload.revision:
        return MERGED
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
    return _field_effect(visit.committee_id, visit.region, msgspec.structs.replace(visit, state=state), decision)


def _opening(event: e.Event, payload: e.CaseOpening, actor: Actor, book: Book) -> Effect:
    if book.get("case", event.record) is not None:
        raise Refused("record_exists", kind="case", record=event.record)
    committee_id, flags = _home_of(actor, payload.region)
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
        flags=flags,
    )
    entry = _entry(event, actor, "", "", state)
    return _field_effect(committee_id, payload.region, case, entry, flags=flags)


def _case_step(event: e.Event, payload: e.CaseStep, actor: Actor, book: Book) -> Effect:
    case = book.get("case", event.record)
    if not isinstance(case, r.Case):
        raise Refused("record_unknown", kind="case", record=event.record)
    _may_see(actor, case.committee_id, case.region)
    own = actor.person.id == case.opened_by
    state = _step(Workflow.CASE, case.state, event, actor, own=own, reason=payload.text)
    entry = _entry(event, actor, payload.text, case.state, state)
    changed = () if state == case.state else (msgspec.structs.replace(case, state=state),)
    return _field_effect(case.committee_id, case.region, *changed, entry)


def _case_move(event: e.Event, payload: e.CaseMove, actor: Actor, book: Book) -> Effect:
    """Hand a case over, by a supervisor of the region it leaves or of the one it comes to, with all that hangs on it.

    Everything of it is in the new scopes only: whoever had it before holds nothing of it any more.
    """
    case, to = book.get("case", event.record), book.get("committee", payload.committee_id)
    if not isinstance(case, r.Case):
        raise Refused("record_unknown", kind="case", record=event.record)
    if not isinstance(to, r.Committee):
        raise Refused("record_unknown", kind="committee", record=payload.committee_id)
    if not scopes.granted_to(actor.person) & {scopes.supervision(case.region), scopes.supervision(to.region)}:
        raise Refused("outside_scope", region=case.region)
    if to.id == case.committee_id:
        return MERGED
    own = actor.person.id == case.opened_by
    state = _step(Workflow.CASE, case.state, event, actor, own=own, reason=payload.text)
    gone_from = book.get("committee", case.committee_id)
    route = f"{gone_from.number if isinstance(gone_from, r.Committee) else case.committee_id} > {to.number}"
    entry = _entry(event, actor, "\n".join(filter(None, (route, payload.text))), case.state, state)
    moved = msgspec.structs.replace(case, committee_id=to.id, region=to.region, state=state)
    return _field_effect(to.id, to.region, moved, *book.history(case.id), entry)


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
    return _field_effect(case.committee_id, case.region, contact)


def deciding_regions(event: e.Event | None, author: r.Person, device: r.Device | None, book: Book) -> frozenset[str]:
    """The regions whose supervisors decide about an event that is held back: where its author and its device work.

    A reporter's contact is seen, while it is held back, only where it may be read once it is accepted: in the region
    of its case.

    Args:
        event: The event; None where nothing of it was kept.
        author: Who made it.
        device: The device it was made on, where this end knows it.
        book: The rows.

    Returns:
        None at all for the contact of a case that nobody knows.
    """
    if event is not None and event.kind == "contact":
        return _regions_of_case(event, book)
    return frozenset({*author.regions, *(device.regions if device else ())})


def _regions_of_case(contact: e.Event, book: Book) -> frozenset[str]:
    """The region of the case that a contact belongs to, also while the opening of the case is itself held back."""
    case_id = contact.data.get("case_id")
    case = book.get("case", case_id) if isinstance(case_id, str) else None
    if isinstance(case, r.Case):
        return frozenset({case.region})
    for event_id in contact.depends_on:
        held = book.get("quarantined", event_id)
        opening = _event_in(held) if isinstance(held, r.Quarantined) and held.record_id == case_id else None
        if opening is not None and isinstance(opening.data.get("region"), str):
            return frozenset({opening.data["region"]})
    return frozenset()


def _event_in(held: r.Quarantined) -> e.Event | None:
    return e.decode(held.body.encode()) if held.body else None


def _quarantine(event: e.Event, payload: e.QuarantineDecision, actor: Actor, book: Book) -> Effect:
    """Decide about an event that was held back: accepted, it has the effect it would have had, as its author's."""
    held = book.get("quarantined", event.record)
    if not isinstance(held, r.Quarantined):
        raise Refused("record_unknown", kind="quarantined", record=event.record)
    author, device, inner = book.get("person", held.by), book.get("device", held.device_id), _event_in(held)
    if not isinstance(author, r.Person):
        raise Refused("record_unknown", kind="person", record=held.by)
    regions = deciding_regions(inner, author, device if isinstance(device, r.Device) else None, book)
    seen_by = scopes.of_held_back(regions)
    if not scopes.granted_to(actor.person) & seen_by:
        raise Refused("outside_scope", record=held.id)
    own = actor.person.id == author.id
    decided = msgspec.structs.replace(
        held,
        state=_step(Workflow.QUARANTINED, held.state, event, actor, own=own, reason=payload.text),
        decided_by=actor.person.id,
        decided_at=event.made_at,
        note=payload.text,
        body="" if held.event_kind == "contact" else held.body,  # a contact is kept nowhere but in its own row
    )
    effect = _accepted(inner, author, actor, book) if event.action == "accept" else Effect(())
    return Effect((*effect.groups, Group((decided,), seen_by)), flags=effect.flags)


def _accepted(inner: e.Event | None, author: r.Person, actor: Actor, book: Book) -> Effect:
    if inner is None or inner.kind == "quarantined":  # a decision is made anew, by one who may
        raise Refused("illegal_step", action="accept", actual="open")
    # Where it was made is what the supervisor has judged.
    left = frozenset({str(inner.data.get("region", ""))})
    return effect_of(inner, Actor(author, actor.at_centre, left), book)


_EFFECTS: dict[type[r.Part], Callable[..., Effect]] = {
    e.VisitSubmission: _submission,
    e.VisitReview: _review,
    e.CaseOpening: _opening,
    e.CaseStep: _case_step,
    e.CaseMove: _case_move,
    e.ContactGiven: _contact,
    e.QuarantineDecision: _quarantine,
}
