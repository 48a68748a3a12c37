"""What events do to visits: a submission with its findings and its score, and the steps of its review."""

from __future__ import annotations

from datetime import datetime

import msgspec

import xforms
from sync.contract import events as e
from sync.contract import ids
from sync.contract import records as r
from sync.contract.acting import (
    LASTING,
    MERGED,
    Actor,
    Book,
    Effect,
    check_sight,
    clock_flags,
    field_effect,
    home_of,
    step,
)
from sync.contract.problems import Refused
from sync.domain import findings, workflow
from sync.domain.rules import Severity
from sync.domain.workflow import Role, Workflow
from sync.domain.zone import RIYADH


def submission(event: e.Event, payload: e.VisitSubmission, actor: Actor, book: Book) -> Effect:
    """``visit.submit``: a revision with its score and its findings, and the head that shows the newest."""
    before = book.get("visit", event.record)
    if isinstance(before, r.Visit):
        check_sight(actor, before.committee_id, before.region)
        committee_id, region, newest, state = before.committee_id, before.region, before.revision, before.state
        home = tuple(flag for flag in before.flags if flag in LASTING)
        number, author, started_at = before.number, before.inspector_id, before.started_at
    else:
        committee_id, home = home_of(actor, payload.region)
        region, newest, state = payload.region, 0, "draft"
        number, author, started_at = payload.number, actor.person.id, payload.started_at
    if payload.revision != newest + 1:
        raise Refused("revision_stale", expected=str(newest + 1), actual=str(payload.revision), state=state)
    state = step(Workflow.VISIT, state, event, actor, own=True)
    if actor.at_centre:
        state = workflow.step(Workflow.VISIT, state, "receive", Role.CENTRE)
    percent, result, drafts, flags = _assess(event, payload, book)
    flags += home + clock_flags(actor)
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
    return field_effect(committee_id, region, visit, revision, *found, flags=flags)


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
    made_at = datetime.fromisoformat(event.made_at).astimezone(RIYADH)
    try:
        form = book.form(payload.checklist_id)
        if form is None:
            return None, "", (), ("checklist_unknown",)
        # A rule that asks for today means the day of the submission, however late it arrives.
        session = form.restore(payload.instance, now=lambda: made_at)
        answers = findings.from_session(session, form)
    except (xforms.FormError, xforms.RestoreError, findings.UnfitChecklist):
        # A form may also be newer than this program, or its lists be still on their way.
        return None, "", (), ("answers_unreadable",)
    score = findings.score(answers, book.rules())
    drafts = findings.derive(answers, made_at, book.rules())
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


def review(event: e.Event, payload: e.VisitReview, actor: Actor, book: Book) -> Effect:
    """A step of a supervisor, or of the author, on the newest revision of a visit."""
    visit = book.get("visit", event.record)
    if not isinstance(visit, r.Visit):
        raise Refused("record_unknown", kind="visit", record=event.record)
    check_sight(actor, visit.committee_id, visit.region)
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
    state = step(Workflow.VISIT, visit.state, event, actor, own=own, reason=payload.text, remarks=remarks)
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
    return field_effect(visit.committee_id, visit.region, msgspec.structs.replace(visit, state=state), decision)
