"""Visits: submit, correct, annul, and reading them again; `drafting` has what comes before."""

from __future__ import annotations

from collections.abc import Sequence

from inspector_app.services import answers, reading, submission
from inspector_app.services.drafting import VisitDrafts
from inspector_app.services.errors import UserError
from inspector_app.services.filling_log import FILE_NAME
from inspector_app.services.ground import form_of, known, rules_of
from inspector_app.services.submission import KeepLog, Notes, attachments_of, notes_of
from inspector_app.services.views.drafts import Outcome, OutcomeFinding, OutcomeProblem, Submitted
from inspector_app.services.views.visits import VisitDetail, VisitFilter, VisitRow
from inspector_app.storage import drafts, outbox, register, search, visits
from inspector_app.storage.book import CacheBook
from inspector_app.storage.drafts import Draft
from sync.contract import attached, ids
from sync.contract import events as e
from sync.contract import records as r
from sync.domain import findings
from sync.domain.workflow import VisitState


class Visits(VisitDrafts):
    """What an inspector does with visits."""

    # ------------------------------------------------------------------------------------------- submission

    def outcome(self, draft_id: str) -> Outcome:
        """What submitting the saved draft now would say.

        Raises:
            UserError: As ``open_draft``.
        """
        with self._ground.cache.read() as conn:
            draft = self._draft(conn, draft_id)
            form = form_of(conn, draft.checklist_id)
            session = answers.restored(form, draft.instance, self._ground.language(conn), self._ground.here)
            rules = rules_of(conn)
            given = answers.by_item(form, session)
            pieces = attachments_of(conn, draft)
            found = []
            for finding in findings.derive(given.values(), self._ground.clock(), rules):
                ref = answers.items(form)[finding.item].ref
                found.append(
                    OutcomeFinding(
                        item=finding.item,
                        ref=ref,
                        label=session.state(ref).label,
                        severity=finding.severity,
                        violation=register.code(conn, reading.VIOLATIONS, finding.violation),
                        answer=finding.answer,
                        note=finding.note,
                        deadline=finding.deadline,
                        photos=answers.photos_of(pieces, finding.item),
                    )
                )
        problems = (
            OutcomeProblem(ref=ref, label=session.state(ref).label, kind=problem.kind, message=problem.message)
            for ref, problem in session.problems()
        )
        return Outcome(
            score=findings.score(given.values(), rules),
            findings=tuple(found),
            problems=tuple(problems),
            signature=notes_of(draft).signature,
        )

    def submit(self, draft_id: str) -> Submitted:
        """Submit the saved draft: effect, event, number and the end of the draft in one transaction.

        Raises:
            UserError: ``visit_incomplete`` (``count``, ``first``), ``signature_missing``, ``closed_item_changed``
                (``item``), ``outside_scope``, or as ``open_draft``.
            NotEnrolled: ``no_committee``.
        """
        with self._ground.cache.read() as conn:
            log = notes_of(self._draft(conn, draft_id)).log
        if not log:
            return self._submit(draft_id)
        piece = self._pieces.prepare(log.encode(), "file", name=FILE_NAME)
        try:
            return self._submit(draft_id, lambda conn, item: self._pieces.add(conn, draft_id, item, piece))
        except BaseException:
            self._pieces.forget((piece.stored.name,))
            raise

    def _submit(self, draft_id: str, keep_log: KeepLog | None = None) -> Submitted:
        with self._ground.cache.write() as conn:
            submitted, files = submission.submit(self._ground, conn, self._draft(conn, draft_id), keep_log)
        self._pieces.forget(files)
        return submitted

    def correct(self, visit_id: str) -> str:
        """Begin revision n+1 of a returned visit; the id of its draft (the same one when it is asked again).

        Raises:
            UserError: ``record_missing``, ``nothing_to_correct``, ``not_your_role``, ``not_yours``.
        """
        with self._ground.cache.write() as conn:
            before = submission.returned(conn, visit_id)
            if "submit" not in reading.visit_actions(self._ground, before.visit, (before.revision,)):
                raise UserError("not_your_role", role=self._ground.person.role)
            # One begun before a colleague's revision arrived could never be submitted; it stays, with what was typed.
            begun = [one for one in drafts.of_record(conn, visit_id) if one.revision == before.visit.revision + 1]
            if begun:
                return self._draft(conn, begun[0].id).id
            revision = before.revision
            notes = Notes(note=revision.note, fix=revision.fix, members=revision.members, kept=revision.attachments)
            draft = Draft(
                id=ids.uuid7(),
                kind="visit",
                user_id=self._ground.person.id,
                record_id=visit_id,
                started_at=self._ground.now(),
                saved_at=self._ground.now(),
                place_id=before.visit.place_id,
                company_id=before.visit.company_id,
                checklist_id=before.visit.checklist_id,
                revision=revision.revision + 1,
                open_items=before.open_items,
                instance=revision.instance,
                extra=notes.stored(),
            )
            drafts.save(conn, draft)
        return draft.id

    def annul(self, visit_id: str, reason: str) -> None:
        """Annul a visit, with a reason.

        Raises:
            UserError: ``record_missing``, ``needs_reason``, ``not_your_role``, ``illegal_step``.
        """
        with self._ground.cache.write() as conn:
            visit = known(conn, r.Visit, visit_id)
            data = e.VisitReview(revision=visit.revision, text=reason)
            # Only this device sees a report as submitted: wherever it arrives with this, it is received by then.
            expected = "" if visit.state == VisitState.SUBMITTED else visit.state
            self._ground.commit(
                conn,
                outbox.NewEvent(kind="visit", record=visit_id, action="annul", data=data, expected_state=expected),
            )

    # ---------------------------------------------------------------------------------------------- reading

    def list(self, which: VisitFilter = VisitFilter()) -> list[str]:  # noqa: B008 - frozen
        """Ids of visits, newest first."""
        filters = visits.Filters(
            states=which.states,
            place_id=which.place_id or "",
            company_id=which.company_id or "",
            inspector_id=self._ground.person.id if which.mine else "",
        )
        with self._ground.cache.read() as conn:
            found: Sequence[str] = visits.ids(conn, filters)
            if which.text.strip():
                meant = search.about(conn, which.text, "visit")
                found = [visit_id for visit_id in found if visit_id in meant]
        return list(found[: which.limit])

    def row(self, visit_id: str) -> VisitRow:
        """One visit for a list (key reads only).

        Raises:
            UserError: ``record_missing``.
        """
        with self._ground.cache.read() as conn:
            return reading.visit_row(self._ground, conn, visit_id)

    def detail(self, visit_id: str, language: str | None = None) -> VisitDetail:
        """A visit as a page is read; labels in ``language``, or in the reader's.

        Raises:
            UserError: ``record_missing``.
        """
        with self._ground.cache.read() as conn:
            return reading.visit_detail(self._ground, conn, visit_id, language or self._ground.language(conn))

    def file(self, checklist_id: str, address: str) -> bytes | None:
        """A file that came with a checklist, by its address in the form: the picture beside a question or a choice.

        Returns:
            Its bytes; None where the checklist has no such file, or a part of it is not on this device.
        """
        with self._ground.cache.read() as conn:
            checklist = register.checklist(conn, checklist_id)
            named = next((file for file in checklist.files if file.address == address), None) if checklist else None
            return None if named is None else attached.content(named, CacheBook(conn).chunk)
