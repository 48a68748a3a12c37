"""A visit while it is being written: started, saved, given evidence, signed, handed over, thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec
import sqlalchemy as sa

from inspector_app.services import answers, reading, submission
from inspector_app.services.errors import UserError
from inspector_app.services.evidence import Prepared
from inspector_app.services.filling_log import FillingLog
from inspector_app.services.ground import form_of, known, maybe
from inspector_app.services.own_drafts import OwnDrafts
from inspector_app.services.submission import attachments_of, notes_of, signs_the_report
from inspector_app.services.views.drafts import DraftHead, DraftRow, EarlierAnswer, OpenDraft
from inspector_app.storage import drafts, evidence, people, register, visits
from inspector_app.storage.drafts import Draft
from sync.contract import ids
from sync.contract import records as r
from sync.domain.workflow import Role, VisitAction, Workflow, legal_actions


class VisitDrafts(OwnDrafts):
    """What an inspector does with a visit that is not submitted yet."""

    _kind = "visit"

    # ------------------------------------------------------------------------------------------------ drafts

    def checklists(self) -> tuple[r.Checklist, ...]:
        """The version in force today of each published checklist, those that this person used last first."""
        with self._ground.cache.read() as conn:
            begun = [draft.checklist_id for draft in drafts.of_user(conn, self._ground.person.id, "visit")]
            used = [*begun, *visits.checklists_used(conn, self._ground.person.id)]
            in_force = register.checklists(conn, self._ground.here().date().isoformat())
        forms = list(dict.fromkeys(ids.form_of(one) for one in used))
        return tuple(sorted(in_force, key=lambda one: forms.index(one.form_id) if one.form_id in forms else len(forms)))

    def start(self, place_id: str | None, company_id: str | None = None, checklist_id: str | None = None) -> str:
        """Begin a visit; returns the id of its draft. Without a checklist, the only one in force is taken.

        Raises:
            UserError: ``not_your_role``, ``record_missing``, ``checklist_missing``, ``checklist_unusable``.
        """
        _refuse_role(self._ground.role)
        if checklist_id is None:
            in_force = self.checklists()
            if len(in_force) != 1:
                raise UserError("checklist_missing", checklist="")
            checklist_id = in_force[0].id
        with self._ground.cache.write() as conn:
            for record, record_id in ((r.Place, place_id), (r.Company, company_id)):
                if record_id is not None:
                    known(conn, record, record_id)
            form = form_of(conn, checklist_id)
            session = form.new(
                answers.language_of(form, self._ground.language(conn)),
                now=self._ground.here,
                last_saved=visits.last_sheet(conn, self._ground.person.id, ids.form_of(checklist_id)),
            )
            draft = Draft(
                id=ids.uuid7(),
                kind="visit",
                user_id=self._ground.person.id,
                record_id=ids.uuid7(),
                started_at=self._ground.now(),
                saved_at=self._ground.now(),
                place_id=place_id,
                company_id=company_id,
                checklist_id=checklist_id,
                instance=session.serialise(),
                extra=submission.Notes(unplaced=session.unplaced).stored(),
            )
            drafts.save(conn, draft)
        return draft.id

    def drafts(self, *, everybody: bool = False) -> tuple[DraftRow, ...]:
        """Unfinished visits, last saved first: one's own, or everybody's on this device."""
        with self._ground.cache.read() as conn:
            owners = people.members(conn) if everybody else (self._ground.person,)
            found = [draft for owner in owners for draft in drafts.of_user(conn, owner.id, "visit")]
            found.sort(key=lambda draft: datetime.fromisoformat(draft.saved_at), reverse=True)
            return tuple(self._draft_row(conn, draft) for draft in found)

    def open_draft(self, draft_id: str) -> OpenDraft:
        """A draft exactly as it was saved, in the reader's language.

        Raises:
            UserError: ``draft_missing``, ``not_yours``, ``checklist_missing``, ``draft_unreadable``.
        """
        with self._ground.cache.read() as conn:
            draft = self._draft(conn, draft_id)
            form = form_of(conn, draft.checklist_id)
            notes = notes_of(draft)
            visit = maybe(conn, r.Visit, draft.record_id)
            head = DraftHead(
                id=draft.id,
                user_id=draft.user_id,
                place=maybe(conn, r.Place, draft.place_id),
                company=maybe(conn, r.Company, draft.company_id),
                checklist=known(conn, r.Checklist, draft.checklist_id),
                revision=draft.revision,
                started_at=draft.started_at,
                saved_at=draft.saved_at,
                note=notes.note,
                fix=notes.fix,
                members=notes.members,
                visit=visit,
            )
            earlier_visit = visits.latest_at(conn, draft.place_id, draft.record_id) if draft.place_id else None
            session = answers.restored(
                form, draft.instance, self._ground.language(conn), self._ground.here, notes.unplaced
            )
            wanted, ground = form.audit, self._ground
            log = FillingLog(wanted, session, ground.here, ground.person, notes.log) if wanted else None
            return OpenDraft(
                form=form,
                session=session,
                head=head,
                attachments=attachments_of(conn, draft),
                signature=notes.signature,
                open_items=None if draft.open_items is None else frozenset(draft.open_items),
                open_refs=submission.open_refs(form, draft),
                remarks=submission.remarks_on(conn, draft.record_id, draft.revision - 1),
                earlier=self._earlier(conn, earlier_visit),
                earlier_visit=earlier_visit,
                log=log,
            )

    def save(
        self,
        draft_id: str,
        instance: str,
        *,
        note: str | None = None,
        fix: r.Fix | msgspec.UnsetType | None = msgspec.UNSET,
        members: Sequence[str] | None = None,
        company_id: str | None = None,
        unplaced: Sequence[str] | None = None,
        log: str | None = None,
    ) -> str:
        """Write the answers down, durably; returns the moment that may be shown as saved. None leaves a field as it is.

        Args:
            draft_id: Which draft.
            instance: ``session.serialise()``.
            note: Words about the whole report.
            fix: Where it was written; None takes away what was kept, left out it stays.
            members: Ids of the others who took part.
            company_id: The company visited, where it was not known at the start.
            unplaced: ``session.unplaced`` of the same moment as the answers.
            log: All that the log of the filling holds by then.

        Raises:
            UserError: ``draft_missing``, ``not_yours``.
        """
        at = self._ground.now()
        with self._ground.cache.write() as conn:
            draft = self._draft(conn, draft_id)
            notes = notes_of(draft)
            notes = msgspec.structs.replace(
                notes,
                note=notes.note if note is None else note,
                fix=notes.fix if fix is msgspec.UNSET else fix,
                members=notes.members if members is None else tuple(members),
                unplaced=notes.unplaced if unplaced is None else tuple(unplaced),
                log=notes.log if log is None else log,
            )
            company_id = company_id or draft.company_id
            drafts.save(
                conn, replace(draft, instance=instance, saved_at=at, company_id=company_id, extra=notes.stored())
            )
        return at

    def hand_over(self, draft_id: str, person_id: str) -> None:
        """Give a draft to another person of this device.

        Raises:
            UserError: ``draft_missing``, ``not_yours``, ``not_on_this_device``, ``not_your_role``.
        """
        with self._ground.cache.write() as conn:
            self._draft(conn, draft_id)
            heir = next((member for member in people.members(conn) if member.id == person_id), None)
            if heir is None:
                raise UserError("not_on_this_device")
            _refuse_role(heir.role)
            drafts.hand_over(conn, draft_id, person_id, self._ground.now())

    # ---------------------------------------------------------------------------------- evidence and signature

    def attach(self, draft_id: str, item: str, source: Path | bytes, *, role: str = "photo") -> r.Attachment:
        """Keep a picture (cleaned: upright, at most 2560 px, JPEG, without metadata) or a file with a draft.

        ``item`` is the checklist item's code, empty for the whole report, or the reference of a question that asks
        for a file. The caller writes ``views.media_name`` of the result into the question.

        Raises:
            UserError: ``draft_missing``, ``not_yours``, or as ``Evidence.prepare``.
        """
        return self._keep(draft_id, item, source, role)

    def attach_prepared(self, draft_id: str, item: str, piece: Prepared) -> r.Attachment:
        """As ``attach``, of a piece that ``Evidence.prepare`` made: this takes a moment, whatever its size.

        Raises:
            UserError: ``draft_missing``, ``not_yours``; the piece is gone then.
        """
        return self._add(draft_id, item, piece)

    def detach(self, draft_id: str, sha256: str, *, item: str | None = None) -> None:
        """Take a piece away from an item or a question of a draft again; without one, from all of them.

        Raises:
            UserError: ``draft_missing``, ``not_yours``.
        """
        with self._ground.cache.write() as conn:
            draft = self._draft(conn, draft_id)

            def meant(piece: evidence.Piece | r.Attachment) -> bool:
                return piece.sha256 == sha256 and not signs_the_report(piece) and item in (None, piece.item)

            files = self._pieces.drop(conn, draft_id, meant)
            notes = notes_of(draft)
            kept = tuple(piece for piece in notes.kept if not meant(piece))
            drafts.save(conn, replace(draft, extra=msgspec.structs.replace(notes, kept=kept).stored()))
        self._pieces.forget(files)

    def evidence(self, sha256: str) -> bytes:
        """The plain bytes of a piece of evidence (see ``Evidence.read``)."""
        return self._pieces.read(sha256)

    def sign(self, draft_id: str, signature: r.Signature, png: bytes | None = None) -> r.Signature:
        """Keep how the representative answered; ``signed`` needs a name and a drawing, else a reason and a witness.

        Raises:
            UserError: ``signature_incomplete`` (``field``), ``image_unreadable``, ``draft_missing``, ``not_yours``.
        """
        _refuse_unsigned(signature, png)
        with self._ground.cache.read() as conn:
            self._draft(conn, draft_id)
        drawing = self._pieces.keep(draft_id, "", png, "signature").sha256 if png is not None else None
        signature = msgspec.structs.replace(signature, sha256=drawing)
        with self._ground.cache.write() as conn:
            draft = self._draft(conn, draft_id)
            notes = msgspec.structs.replace(notes_of(draft), signature=signature)
            drafts.save(conn, replace(draft, saved_at=self._ground.now(), extra=notes.stored()))
            files = self._pieces.drop(conn, draft_id, lambda piece: signs_the_report(piece) and piece.sha256 != drawing)
        self._pieces.forget(files)
        return signature

    # ------------------------------------------------------------------------------------------------- ours

    def _draft_row(self, conn: sa.Connection, draft: Draft) -> DraftRow:
        checklist = maybe(conn, r.Checklist, draft.checklist_id)
        return DraftRow(
            id=draft.id,
            kind="visit",
            place=maybe(conn, r.Place, draft.place_id),
            company=maybe(conn, r.Company, draft.company_id),
            title_ar=checklist.title_ar if checklist else "",
            title_en=checklist.title_en if checklist else "",
            revision=draft.revision,
            started_at=draft.started_at,
            saved_at=draft.saved_at,
            author=people.person(conn, draft.user_id),
            mine=draft.user_id == self._ground.person.id,
        )

    def _earlier(self, conn: sa.Connection, visit: r.Visit | None) -> dict[str, EarlierAnswer]:
        if visit is None:
            return {}
        revision = maybe(conn, r.VisitRevision, ids.revision_id(visit.id, visit.revision))
        read = reading.opened(conn, visit, revision, self._ground.language(conn)) if revision else None
        if read is None or revision is None:
            return {}
        return {
            code: EarlierAnswer(
                answer=given.answer, note=given.note, photos=answers.photos_of(revision.attachments, code)
            )
            for code, given in answers.by_item(*read).items()
        }


def _refuse_role(role: str) -> None:
    try:
        allowed = VisitAction.START in legal_actions(Workflow.VISIT, None, Role(role))
    except ValueError:  # a role of a newer centre
        allowed = False
    if not allowed:
        raise UserError("not_your_role", role=role)


def _refuse_unsigned(signature: r.Signature, png: bytes | None) -> None:
    needed = ("name",) if signature.status == "signed" else ("reason", "witness")
    for field in needed:
        if not getattr(signature, field).strip():
            raise UserError("signature_incomplete", field=field)
    if signature.status == "signed" and not png:
        raise UserError("signature_incomplete", field="drawing")
