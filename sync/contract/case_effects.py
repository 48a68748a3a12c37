"""What events do to cases: opened, led on, handed over, and how to reach whoever reported them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from sync.contract import events as e
from sync.contract import records as r
from sync.contract import scopes
from sync.contract.acting import MERGED, Actor, Book, Effect, check_sight, clock_flags, field_effect, home_of, step
from sync.contract.problems import Refused
from sync.domain import deadlines, workflow
from sync.domain.workflow import Role, Workflow


def opening(event: e.Event, payload: e.CaseOpening, actor: Actor, book: Book) -> Effect:
    """``case.open``: a case with its deadline, given to the committee that reports it."""
    if book.get("case", event.record) is not None:
        raise Refused("record_exists", kind="case", record=event.record)
    committee_id, home = home_of(actor, payload.region)
    flags = home + clock_flags(actor)
    state = step(Workflow.CASE, None, event, actor, own=True)
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
    return field_effect(committee_id, payload.region, case, entry, flags=flags)


def case_step(event: e.Event, payload: e.CaseStep, actor: Actor, book: Book) -> Effect:
    """Every later step of a case, and a comment, which changes no state."""
    case = book.get("case", event.record)
    if not isinstance(case, r.Case):
        raise Refused("record_unknown", kind="case", record=event.record)
    check_sight(actor, case.committee_id, case.region)
    own = actor.person.id == case.opened_by
    state = step(Workflow.CASE, case.state, event, actor, own=own, reason=payload.text)
    entry = _entry(event, actor, payload.text, case.state, state)
    changed = () if state == case.state else (msgspec.structs.replace(case, state=state),)
    return field_effect(case.committee_id, case.region, *changed, entry)


def case_move(event: e.Event, payload: e.CaseMove, actor: Actor, book: Book) -> Effect:
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
    state = step(Workflow.CASE, case.state, event, actor, own=own, reason=payload.text)
    gone_from = book.get("committee", case.committee_id)
    route = f"{gone_from.number if isinstance(gone_from, r.Committee) else case.committee_id} > {to.number}"
    entry = _entry(event, actor, "\n".join(filter(None, (route, payload.text))), case.state, state)
    moved = msgspec.structs.replace(case, committee_id=to.id, region=to.region, state=state)
    return field_effect(to.id, to.region, moved, *book.history(case.id), entry)


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


def contact_given(event: e.Event, payload: e.ContactGiven, actor: Actor, book: Book) -> Effect:
    """``contact.give``: how to reach a reporter who did not stay anonymous."""
    case = book.get("case", payload.case_id)
    if not isinstance(case, r.Case):
        raise Refused("record_unknown", kind="case", record=payload.case_id)
    check_sight(actor, case.committee_id, case.region)
    if case.reporter in ("anonymous", "committee"):
        raise Refused("outside_scope", reporter=case.reporter)
    before = book.get("contact", event.record)
    if isinstance(before, r.Contact) and before.case_id != case.id:
        raise Refused("record_exists", kind="contact", record=event.record)
    contact = r.Contact(
        id=event.record, case_id=case.id, name=payload.name, phone=payload.phone, language=payload.language
    )
    return field_effect(case.committee_id, case.region, contact)
