"""Reading visits and cases back: rows of lists, findings in words, and a submitted visit as a page is read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

import xforms
from inspector_app.services import answers
from inspector_app.services.errors import UserError
from inspector_app.services.ground import Ground, form_of, known, mark_of, maybe, receipt_of, standing_of
from inspector_app.services.views.cases import CaseRow
from inspector_app.services.views.visits import (
    DecisionView,
    FindingView,
    RevisionView,
    SectionView,
    VisitDetail,
    VisitRow,
)
from inspector_app.storage import cases, outbox, people, register, visits
from sync.contract import events as e
from sync.contract import ids
from sync.contract import records as r
from sync.domain.workflow import Workflow, legal_actions
from sync.domain.zone import RIYADH

CATEGORY_LISTS = {
    "complaint": "complaint_category",
    "note": "note_category",
    "inquiry": "inquiry_category",
}
"""The code list that the categories of each kind of case are in."""
VIOLATIONS = "violation_type"
INSPECTIONS = "inspection_type"


def visit_row(ground: Ground, conn: sa.Connection, visit_id: str) -> VisitRow:
    """A visit for a list: key reads only.

    Raises:
        UserError: ``record_missing``.
    """
    visit = known(conn, r.Visit, visit_id)
    return VisitRow(
        visit=visit,
        place=maybe(conn, r.Place, visit.place_id),
        company=maybe(conn, r.Company, visit.company_id),
        inspector=people.person(conn, visit.inspector_id),
        mark=mark_of(outbox.entries_of(conn, "visit", visit_id)),
        mine=visit.inspector_id == ground.person.id,
    )


def case_row(ground: Ground, conn: sa.Connection, case_id: str) -> CaseRow:
    """A case for a list: key reads only.

    Raises:
        UserError: ``record_missing``.
    """
    case = known(conn, r.Case, case_id)
    settled = case.state in cases.SETTLED
    return CaseRow(
        case=case,
        category=register.code(conn, CATEGORY_LISTS.get(case.kind, ""), case.category),
        place=maybe(conn, r.Place, case.place_id),
        company=maybe(conn, r.Company, case.company_id),
        standing=None if settled else standing_of(conn, case.due_at, ground.clock()),
        mark=mark_of(outbox.entries_of(conn, "case", case_id)),
    )


def finding_views(
    ground: Ground, conn: sa.Connection, found: Sequence[r.Finding], language: str
) -> tuple[FindingView, ...]:
    """Findings, of whatever visits, with the words behind their codes."""
    views = []
    for finding in found:
        visit = maybe(conn, r.Visit, finding.visit_id)
        revision = maybe(conn, r.VisitRevision, ids.revision_id(finding.visit_id, finding.revision))
        labels = {} if visit is None else _labels(conn, visit.checklist_id, language)
        views.append(
            FindingView(
                finding=finding,
                label=labels.get(finding.item, finding.item),
                violation=register.code(conn, VIOLATIONS, finding.violation),
                standing=standing_of(conn, finding.deadline, ground.clock()),
                photos=answers.photos_of(revision.attachments, finding.item) if revision else (),
                visit_number=visit.number if visit else "",
            )
        )
    return tuple(views)


def visit_detail(ground: Ground, conn: sa.Connection, visit_id: str, language: str) -> VisitDetail:
    """A submitted visit, its newest revision in words.

    Raises:
        UserError: ``record_missing``.
    """
    visit = known(conn, r.Visit, visit_id)
    revisions = visits.revisions(conn, visit_id)
    found = visits.findings(conn, visit_id)
    entries = outbox.entries_of(conn, "visit", visit_id)
    read = sections(conn, visit, revisions[-1], found, language) if revisions else None
    actions = visit_actions(ground, visit, revisions)
    return VisitDetail(
        visit=visit,
        place=maybe(conn, r.Place, visit.place_id),
        company=maybe(conn, r.Company, visit.company_id),
        committee=maybe(conn, r.Committee, visit.committee_id),
        inspector=people.person(conn, visit.inspector_id),
        inspection_type=register.code(conn, INSPECTIONS, visit.inspection_type),
        checklist=maybe(conn, r.Checklist, visit.checklist_id),
        revisions=tuple(_revision(conn, revision) for revision in revisions),
        findings=finding_views(ground, conn, found, language),
        sections=read or (),
        readable=read is not None,
        decisions=tuple(_decision(conn, visit, decision, language) for decision in visits.decisions(conn, visit_id)),
        receipt=receipt_of(entries[-1]) if entries else None,
        mark=mark_of(entries),
        actions=tuple(action for action in actions if ("visit", action) in e.PAYLOADS and action != "submit"),
        correctable=visit.state == "returned" and "submit" in actions,
    )


def visit_actions(ground: Ground, visit: r.Visit, revisions: Sequence[r.VisitRevision]) -> tuple[str, ...]:
    """What the person signed in may do with a visit now, by the domain's table."""
    writers = {visit.inspector_id}
    if revisions:
        writers |= {revisions[-1].author_id, *revisions[-1].members}
    own = ground.person.id in writers
    return tuple(str(action) for action in legal_actions(Workflow.VISIT, visit.state, ground.role, is_author=own))


def opened(
    conn: sa.Connection, visit: r.Visit, revision: r.VisitRevision, language: str
) -> tuple[xforms.Form, xforms.Session] | None:
    """A revision's checklist and answers; None where this device cannot read them."""
    try:
        form = form_of(conn, visit.checklist_id)
        then = datetime.fromisoformat(revision.submitted_at).astimezone(RIYADH)
        return form, answers.restored(form, revision.instance, language, lambda: then)
    except UserError:
        return None  # the report is shown without its answers, and says so


def sections(
    conn: sa.Connection, visit: r.Visit, revision: r.VisitRevision, found: Sequence[r.Finding], language: str
) -> tuple[SectionView, ...] | None:
    """The answers of a revision as a page is read; None where this device cannot read them."""
    read = opened(conn, visit, revision, language)
    if read is None:
        return None
    form, session = read
    violations = {code.code: code for code in register.codes(conn, VIOLATIONS)}
    by_item = {finding.item: finding for finding in found}
    try:
        return answers.sections(form, session, revision.attachments, by_item, violations)
    except UserError:
        return None  # the report is shown without its answers, and says so


def _revision(conn: sa.Connection, revision: r.VisitRevision) -> RevisionView:
    members = (people.person(conn, member) for member in revision.members)
    return RevisionView(
        revision=revision,
        author=people.person(conn, revision.author_id),
        members=tuple(member for member in members if member is not None),
    )


def _decision(conn: sa.Connection, visit: r.Visit, decision: r.Decision, language: str) -> DecisionView:
    labels = _labels(conn, visit.checklist_id, language) if decision.remarks else {}
    return DecisionView(
        decision=decision,
        by=people.person(conn, decision.by),
        labels={remark.item: labels[remark.item] for remark in decision.remarks if remark.item in labels},
    )


def _labels(conn: sa.Connection, checklist_id: str, language: str) -> dict[str, str]:
    try:
        return dict(answers.labels(form_of(conn, checklist_id), language))
    except UserError:
        return {}  # a finding without its checklist is shown by its code
