"""What a person finds on a device, as plain data: what was there when it was frozen has to be there for ever."""

from __future__ import annotations

import hashlib
from typing import Any

from inspector_app.services.desk import Desk
from inspector_app.services.views.sync import EventRow
from inspector_app.services.visits import Visits
from inspector_app.storage import drafts
from sync.contract import records as r


def of_desk(desk: Desk) -> dict[str, Any]:
    """Everything the people of a device did, by what its screens read; nothing in it depends on the time of day."""
    outbox = desk.outbox
    return {
        "people": sorted(person.id for person in desk.people()),
        "device": [desk.device.id, desk.device.number, desk.device.committee.id if desk.device.committee else ""],
        "settings": {key: desk.settings.get(key) for key in ("language", "theme")},
        "visits": {visit_id: _visit(desk.visits, visit_id) for visit_id in sorted(desk.visits.list())},
        "cases": {case_id: _case(desk, case_id) for case_id in sorted(desk.cases.list())},
        "drafts": _drafts(desk),
        "events": sorted(_event(row) for row in (*outbox.receipts(), *outbox.attention(), *outbox.events())),
        "evidence_unsent": sorted([row.sha256, row.state, row.offset] for row in outbox.evidence()),
        "register": {kind: sorted(desk.register.all(kind)) for kind in ("place", "company")},
    }


def _visit(visits: Visits, visit_id: str) -> dict[str, Any]:
    detail = visits.detail(visit_id)
    return {
        "number": detail.visit.number,
        "state": detail.visit.state,
        "mark": detail.mark,
        "result": detail.visit.result,
        "revisions": [
            [
                view.revision.revision,
                view.revision.note,
                hashlib.sha256(view.revision.instance.encode()).hexdigest(),
                [_piece(visits, piece) for piece in view.revision.attachments],
                view.revision.signature.name,
            ]
            for view in detail.revisions
        ],
        "findings": [[one.finding.item, one.finding.severity, one.finding.note] for one in detail.findings],
        "decisions": [
            [view.decision.action, view.decision.text, [[one.item, one.text] for one in view.decision.remarks]]
            for view in detail.decisions
        ],
        "answers": {
            answer.item: [answer.answer, answer.note] for section in detail.sections for answer in section.answers
        },
    }


def _piece(visits: Visits, piece: r.Attachment) -> list[str]:
    """A piece of evidence by its hash as the report says it, and as the bytes on this device have it."""
    return [piece.sha256, hashlib.sha256(visits.evidence(piece.sha256)).hexdigest(), piece.item]


def _case(desk: Desk, case_id: str) -> dict[str, Any]:
    detail = desk.cases.detail(case_id)
    contact = detail.contact
    return {
        "number": detail.case.number,
        "kind": detail.case.kind,
        "text": detail.case.text,
        "state": detail.case.state,
        "mark": detail.mark,
        "attachments": [_piece(desk.visits, piece) for piece in detail.case.attachments],
        "contact": [contact.name, contact.phone, contact.language] if contact else None,
        "entries": [[view.entry.action, view.entry.text, view.mark] for view in detail.entries],
    }


def _drafts(desk: Desk) -> list[Any]:
    with desk.cache.read() as conn:
        found = [
            [draft.id, draft.kind, draft.revision, hashlib.sha256(draft.instance.encode()).hexdigest()]
            for person in desk.people()
            for kind in ("visit", "case")
            for draft in drafts.of_user(conn, person.id, kind)
        ]
    for row in desk.visits.drafts():
        opened = desk.visits.open_draft(row.id)
        given = {ref: state.value for ref, state in opened.session.states().items() if state.value}
        pieces = [_piece(desk.visits, piece) for piece in opened.attachments]
        found.append([row.id, opened.head.note, given, pieces])
    found += [[draft.id, draft.fields.text, draft.fields.category] for draft in desk.cases.drafts()]
    return sorted(found, key=lambda one: (one[0], len(one), str(one)))


def _event(row: EventRow) -> list[Any]:
    receipt = row.receipt
    said = [receipt.kind, receipt.action, receipt.record_id, receipt.state, receipt.code]
    return [receipt.n, *said, row.number, row.text]
