"""From a draft to a submission: what still stands in the way, and the one transaction that makes it a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
import sqlalchemy as sa

import xforms
from inspector_app.services import answers
from inspector_app.services.errors import UserError
from inspector_app.services.evidence import is_asked
from inspector_app.services.ground import Ground, form_of, known, maybe
from inspector_app.services.views.drafts import Submitted, media_name
from inspector_app.storage import device, evidence, visits
from inspector_app.storage.drafts import Draft
from inspector_app.storage.outbox import NewEvent
from sync.contract import events as e
from sync.contract import ids
from sync.contract import records as r

KeepLog: TypeAlias = Callable[[sa.Connection, str], r.Attachment]


class Notes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a visit's draft holds beside its answers.

    ``kept`` is evidence of the revision it corrects; ``unplaced`` are the fields that wait for the visit's position;
    ``log`` is what a form that asks for one has been told of its filling.
    """

    note: str = ""
    fix: r.Fix | None = None
    members: tuple[str, ...] = ()
    signature: r.Signature | None = None
    kept: tuple[r.Attachment, ...] = ()
    unplaced: tuple[str, ...] = ()
    log: str = ""

    def stored(self) -> dict[str, Any]:
        """As a draft keeps it."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def notes_of(draft: Draft) -> Notes:
    """What a draft holds beside its answers."""
    return msgspec.convert(draft.extra, Notes)


def attachments_of(conn: sa.Connection, draft: Draft) -> tuple[r.Attachment, ...]:
    """The evidence of a draft, without the representative's signature: what it kept, then what was added."""
    added = (piece.attachment() for piece in evidence.of_owner(conn, draft.id) if not signs_the_report(piece))
    return (*notes_of(draft).kept, *added)


def signs_the_report(piece: evidence.Piece | r.Attachment) -> bool:
    """Whether a piece is the drawing of the representative's signature, which the signature itself names.

    A question of the form may ask for a signature too: that one answers the question.
    """
    return piece.role == "signature" and not piece.item


def open_refs(form: xforms.Form, draft: Draft) -> frozenset[str] | None:
    """The questions a correction may change; None for all of them."""
    if draft.open_items is None:
        return None
    known_items = answers.items(form)
    return frozenset(ref for code in draft.open_items if code in known_items for ref in known_items[code].refs)


def submit(
    ground: Ground, conn: sa.Connection, draft: Draft, keep_log: KeepLog | None = None
) -> tuple[Submitted, tuple[str, ...]]:
    """Make a draft a report: number, event, effect and the end of the draft, in the caller's transaction.

    What was kept for a question and is named by no answer that is submitted stays behind: its files are returned, to
    be removed after the transaction.

    Args:
        ground: Who submits, and where.
        conn: The caller's transaction.
        draft: What is submitted.
        keep_log: Keeps the log of the filling with the draft, for the field that is to name it.

    Raises:
        UserError: ``visit_incomplete``, ``signature_missing``, ``closed_item_changed``, or why it is not legal.
        NotEnrolled: ``no_committee``.
    """
    form = form_of(conn, draft.checklist_id)
    session = answers.restored(form, draft.instance, ground.language(conn), ground.here)
    notes = notes_of(draft)
    before = maybe(conn, r.Visit, draft.record_id)
    _refuse_incomplete(session)
    if notes.signature is None:
        raise UserError("signature_missing")
    if before is not None:
        _refuse_closed(conn, form, session, draft, before)
    checklist = known(conn, r.Checklist, draft.checklist_id)
    if keep_log is not None and form.audit is not None:
        session.answer(form.audit.ref, media_name(keep_log(conn, form.audit.ref)))
    instance = session.serialise(final=True)
    gone = _drop_unnamed(conn, draft, instance)
    attachments = tuple(piece for piece in attachments_of(conn, draft) if _goes_along(piece, instance))
    payload = e.VisitSubmission(
        number=before.number if before else device.next_report(conn),
        revision=draft.revision,
        inspection_type=checklist.inspection_type,
        checklist_id=checklist.id,
        region=_region(ground, conn, draft, before),
        started_at=draft.started_at,
        instance=instance,
        signature=notes.signature,
        place_id=draft.place_id,
        company_id=draft.company_id,
        members=notes.members,
        attachments=attachments,
        fix=notes.fix,
        note=notes.note,
    )
    hashes = [piece.sha256 for piece in attachments]
    if notes.signature.sha256:
        hashes.append(notes.signature.sha256)
    ground.commit(
        conn,
        NewEvent(
            kind="visit",
            record=draft.record_id,
            action="submit",
            data=payload,
            expected_state=before.state if before else "",
            evidence=tuple(dict.fromkeys(hashes)),
            draft_id=draft.id,
        ),
    )
    return Submitted(visit_id=draft.record_id, number=payload.number, revision=draft.revision), gone


def _goes_along(piece: evidence.Piece | r.Attachment, instance: str) -> bool:
    """Whether a piece is part of the report: one that answers a question is while the answer names it."""
    return not is_asked(piece.item) or piece.sha256 in instance


def _drop_unnamed(conn: sa.Connection, draft: Draft, instance: str) -> tuple[str, ...]:
    """Take away what no answer names, so that it does not wait for ever to be sent; returns the names of its files."""
    gone = [piece.id for piece in evidence.of_owner(conn, draft.id) if not _goes_along(piece, instance)]
    for piece_id in gone:
        evidence.remove(conn, piece_id)
    return tuple(gone)


@dataclass(frozen=True, slots=True)
class Returned:
    """A returned visit with what is needed to correct it."""

    visit: r.Visit
    revision: r.VisitRevision
    remarks: tuple[r.Remark, ...]

    @property
    def open_items(self) -> tuple[str, ...] | None:
        """The items to correct; None where a remark is about the whole report, and everything may change."""
        named = tuple(dict.fromkeys(remark.item for remark in self.remarks))
        return None if not named or "" in named else named


def returned(conn: sa.Connection, visit_id: str) -> Returned:
    """A visit that was returned, with the remarks of the newest return.

    Raises:
        UserError: ``record_missing``, ``nothing_to_correct``.
    """
    visit = known(conn, r.Visit, visit_id)
    revision = maybe(conn, r.VisitRevision, ids.revision_id(visit_id, visit.revision))
    if visit.state != "returned" or revision is None:
        raise UserError("nothing_to_correct", number=visit.number, state=visit.state)
    return Returned(visit, revision, remarks_on(conn, visit_id, visit.revision))


def remarks_on(conn: sa.Connection, visit_id: str, revision: int) -> tuple[r.Remark, ...]:
    """What the newest return asked of one revision; nothing where it was not returned."""
    asked: tuple[r.Remark, ...] = ()
    for decision in visits.decisions(conn, visit_id):
        if decision.action == "return" and decision.revision == revision:
            asked = decision.remarks
    return asked


def _refuse_incomplete(session: xforms.Session) -> None:
    problems = session.problems()
    if problems:
        first = session.state(problems[0][0]).label or problems[0][0]
        raise UserError("visit_incomplete", count=str(len(problems)), first=first)


def _refuse_closed(
    conn: sa.Connection, form: xforms.Form, session: xforms.Session, draft: Draft, before: r.Visit
) -> None:
    refs = open_refs(form, draft)
    earlier = maybe(conn, r.VisitRevision, ids.revision_id(before.id, before.revision))
    if refs is None or earlier is None:
        return
    was = answers.restored(form, earlier.instance, session.language)
    changed = answers.changed_outside(form, was, session, refs)
    if changed is not None:
        raise UserError("closed_item_changed", item=changed)


def _region(ground: Ground, conn: sa.Connection, draft: Draft, before: r.Visit | None) -> str:
    """The visit's own region, its place's, or that of the device's committee."""
    if before is not None:
        return before.region
    place = maybe(conn, r.Place, draft.place_id)
    if place is not None:
        return place.region
    return ground.device.committee.region if ground.device.committee else ""
