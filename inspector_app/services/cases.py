"""Cases: complaint, note, inquiry; opened in under a minute, then a timeline of steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from inspector_app.services import reading
from inspector_app.services.errors import UserError
from inspector_app.services.ground import known, mark_of, maybe, position_of, receipt_of, rules_of, standing_of
from inspector_app.services.own_drafts import OwnDrafts
from inspector_app.services.views.cases import (
    CaseDetail,
    CaseDraft,
    CaseFields,
    CaseFilter,
    CaseRow,
    EntryView,
    Opened,
    Similar,
)
from inspector_app.storage import cases, device, drafts, evidence, outbox, people, register, rows, search
from inspector_app.storage.drafts import Draft
from sync.contract import events as e
from sync.contract import ids
from sync.contract import records as r
from sync.domain import duplicates, geo, identity
from sync.domain.workflow import CaseAction, Need, Workflow, legal_actions, transition

NAMELESS = frozenset({"anonymous", "committee"})
"""How a case may be reported without anybody's name being written anywhere."""
_REQUIRED = ("kind", "category", "priority", "text")


class Cases(OwnDrafts):
    """What a committee and its supervisor do with cases."""

    _kind = "case"

    def categories(self, kind: str) -> tuple[r.Code, ...]:
        """The categories of ``complaint``, ``note`` or ``inquiry``, in their order."""
        with self._ground.cache.read() as conn:
            return register.codes(conn, reading.CATEGORY_LISTS.get(kind, ""), parent="")

    def subcategories(self, kind: str, category: str) -> tuple[r.Code, ...]:
        """What a category divides into; often nothing."""
        if not category:
            return ()
        with self._ground.cache.read() as conn:
            return register.codes(conn, reading.CATEGORY_LISTS.get(kind, ""), parent=category)

    # ------------------------------------------------------------------------------------------------ drafts

    def save_draft(self, fields: CaseFields, draft_id: str | None = None) -> str:
        """Keep what was typed; returns the draft's id. Of an anonymous reporter nothing is kept.

        Raises:
            UserError: ``draft_missing``, ``not_yours``.
        """
        at = self._ground.now()
        with self._ground.cache.write() as conn:
            if draft_id is None:
                draft = Draft(
                    id=ids.uuid7(),
                    kind="case",
                    user_id=self._ground.person.id,
                    record_id=ids.uuid7(),
                    started_at=at,
                    saved_at=at,
                )
            else:
                draft = self._draft(conn, draft_id)
            written = replace(
                draft,
                saved_at=at,
                place_id=fields.place_id,
                company_id=fields.company_id,
                extra=_writable(fields),
            )
            drafts.save(conn, written)
        return draft.id

    def drafts(self) -> tuple[CaseDraft, ...]:
        """One's own unfinished cases, last saved first."""
        with self._ground.cache.read() as conn:
            return tuple(_case_draft(conn, draft) for draft in drafts.of_user(conn, self._ground.person.id, "case"))

    def draft(self, draft_id: str) -> CaseDraft:
        """One unfinished case.

        Raises:
            UserError: ``draft_missing``, ``not_yours``.
        """
        with self._ground.cache.read() as conn:
            return _case_draft(conn, self._draft(conn, draft_id))

    def attach(self, draft_id: str, source: Path | bytes) -> r.Attachment:
        """Keep a cleaned picture with a draft.

        Raises:
            UserError: ``image_unreadable``, ``image_too_large``, ``evidence_too_large``, ``draft_missing``,
                ``not_yours``.
        """
        return self._keep(draft_id, "", source, "photo")

    def detach(self, draft_id: str, sha256: str) -> None:
        """Take a picture away from a draft again.

        Raises:
            UserError: ``draft_missing``, ``not_yours``.
        """
        with self._ground.cache.write() as conn:
            self._draft(conn, draft_id)
            files = self._pieces.drop(conn, draft_id, lambda piece: piece.sha256 == sha256)
        self._pieces.forget(files)

    # ----------------------------------------------------------------------------------------------- opening

    def similar(self, fields: CaseFields) -> tuple[Similar, ...]:
        """Open cases that may be the same one: same company and category, near in place and time; nearest first."""
        if not fields.company_id or not fields.category:
            return ()
        now = self._ground.clock()
        with self._ground.cache.read() as conn:
            rules = rules_of(conn)
            ours = duplicates.CaseOutline(
                company=fields.company_id,
                category=fields.category,
                at=now,
                position=_position(conn, fields.fix, fields.place_id),
            )
            since = (now - timedelta(hours=rules.duplicate_hours)).isoformat()
            found = []
            for case in cases.opened_since(conn, fields.category, since):
                other = duplicates.CaseOutline(
                    company=case.company_id or "",
                    category=case.category,
                    at=datetime.fromisoformat(case.opened_at),
                    position=_position(conn, case.fix, case.place_id),
                )
                if case.state not in cases.SETTLED and duplicates.possible_duplicate(ours, other, rules):
                    found.append(
                        Similar(
                            row=reading.case_row(self._ground, conn, case.id),
                            distance_m=geo.between(ours.position, other.position),
                            hours=abs((now - other.at).total_seconds()) / 3600,
                        )
                    )
        return tuple(sorted(found, key=lambda one: (one.distance_m is None, one.distance_m or 0.0, one.hours)))

    def open(self, fields: CaseFields, draft_id: str | None = None) -> Opened:
        """Open a case. A contact becomes an event of its own, and none where the reporter is anonymous.

        Args:
            fields: What was typed.
            draft_id: The draft it comes from, whose pictures go with it and which ends with it.

        Raises:
            UserError: ``case_incomplete`` (``field``), ``outside_scope``, ``not_your_role``.
            NotEnrolled: ``no_committee``.
        """
        for field in _REQUIRED:
            if not getattr(fields, field).strip():
                raise UserError("case_incomplete", field=field)
        with self._ground.cache.write() as conn:
            draft = self._draft(conn, draft_id) if draft_id else None
            pieces = tuple(piece.attachment() for piece in evidence.of_owner(conn, draft.id)) if draft else ()
            case_id = draft.record_id if draft else ids.uuid7()
            payload = _opening(
                fields, number=device.next_report(conn), region=self._region(conn, fields), attachments=pieces
            )
            event = self._ground.commit(
                conn,
                outbox.NewEvent(
                    kind="case",
                    record=case_id,
                    action="open",
                    data=payload,
                    evidence=tuple(piece.sha256 for piece in pieces),
                    draft_id=draft.id if draft else "",
                ),
            )
            self._give_contact(conn, fields, case_id, event.id)
        return Opened(case_id=case_id, number=payload.number)

    def _give_contact(self, conn: sa.Connection, fields: CaseFields, case_id: str, opening: str) -> None:
        if fields.reporter in NAMELESS or not (fields.reporter_name.strip() or fields.reporter_phone.strip()):
            return
        contact = e.ContactGiven(
            case_id=case_id, name=fields.reporter_name, phone=fields.reporter_phone, language=fields.language
        )
        self._ground.commit(
            conn,
            outbox.NewEvent(kind="contact", record=ids.uuid7(), action="give", data=contact, depends_on=(opening,)),
        )

    # ---------------------------------------------------------------------------------------------- timeline

    def actions(self, case_id: str) -> tuple[str, ...]:
        """What the person signed in may do with it now.

        Raises:
            UserError: ``record_missing``.
        """
        with self._ground.cache.read() as conn:
            return self._actions(known(conn, r.Case, case_id))

    def needs_reason(self, action: str) -> bool:
        """Whether an action has to come with words."""
        return action == CaseAction.COMMENT or Need.REASON in transition(Workflow.CASE, action).needs

    def act(self, case_id: str, action: str, text: str = "") -> None:
        """Take a step, or comment.

        Raises:
            UserError: ``record_missing``, ``illegal_step``, ``not_your_role``, ``needs_reason``, ``outside_scope``.
        """
        if self.needs_reason(action) and not text.strip():
            raise UserError("needs_reason", action=action)
        with self._ground.cache.write() as conn:
            case = known(conn, r.Case, case_id)
            self._ground.commit(
                conn,
                outbox.NewEvent(
                    kind="case",
                    record=case_id,
                    action=action,
                    data=e.CaseStep(text=text),
                    expected_state="" if action == CaseAction.COMMENT else case.state,
                ),
            )

    def committees(self, case_id: str) -> tuple[r.Committee, ...]:
        """Where a case may be moved to: every committee but its own, those of its region first.

        Raises:
            UserError: ``record_missing``.
        """
        with self._ground.cache.read() as conn:
            case = known(conn, r.Case, case_id)
            others = rows.where(
                conn, "committee", "id <> ? ORDER BY region <> ?, region, number", case.committee_id, case.region
            )
        return tuple(one for one in others if isinstance(one, r.Committee))

    def move(self, case_id: str, committee_id: str, text: str = "") -> None:
        """Hand a case, with its whole history, to another committee, which may be of another region.

        Raises:
            UserError: ``record_missing``, ``record_unknown``, ``illegal_step``, ``not_your_role``, ``outside_scope``.
        """
        with self._ground.cache.write() as conn:
            case = known(conn, r.Case, case_id)
            self._ground.commit(
                conn,
                outbox.NewEvent(
                    kind="case",
                    record=case_id,
                    action=CaseAction.MOVE,
                    data=e.CaseMove(committee_id=committee_id, text=text),
                    expected_state=case.state,
                ),
            )

    # ----------------------------------------------------------------------------------------------- reading

    def list(self, which: CaseFilter = CaseFilter()) -> list[str]:  # noqa: B008 - frozen
        """Ids of cases: the open ones by deadline, then the settled ones."""
        filters = cases.Filters(
            states=which.states,
            place_id=which.place_id or "",
            company_id=which.company_id or "",
            open_only=which.open_only,
        )
        with self._ground.cache.read() as conn:
            found: Sequence[str] = cases.ids(conn, filters)
            if which.kinds:
                of_kind = {case_id for kind in which.kinds for case_id in cases.ids(conn, replace(filters, kind=kind))}
                found = [case_id for case_id in found if case_id in of_kind]
            if which.text.strip():
                meant = search.about(conn, which.text, "case")
                found = [case_id for case_id in found if case_id in meant]
        return list(found[: which.limit])

    def row(self, case_id: str) -> CaseRow:
        """One case for a list (key reads only).

        Raises:
            UserError: ``record_missing``.
        """
        with self._ground.cache.read() as conn:
            return reading.case_row(self._ground, conn, case_id)

    def detail(self, case_id: str) -> CaseDetail:
        """A case with its timeline.

        Raises:
            UserError: ``record_missing``.
        """
        with self._ground.cache.read() as conn:
            case = known(conn, r.Case, case_id)
            done = outbox.entries_of(conn, "case", case_id)
            settled = case.state in cases.SETTLED
            codes = reading.CATEGORY_LISTS.get(case.kind, "")
            return CaseDetail(
                case=case,
                category=register.code(conn, codes, case.category),
                subcategory=register.code(conn, codes, case.subcategory) if case.subcategory else None,
                place=maybe(conn, r.Place, case.place_id),
                company=maybe(conn, r.Company, case.company_id),
                visit=maybe(conn, r.Visit, case.visit_id),
                opened_by=people.person(conn, case.opened_by),
                entries=tuple(
                    EntryView(
                        entry=entry,
                        by=people.person(conn, entry.by),
                        mark=mark_of(tuple(one for one in done if one.id == entry.id)),
                    )
                    for entry in cases.entries(conn, case_id)
                ),
                contact=cases.contact(conn, case_id),
                receipt=receipt_of(done[-1]) if done else None,
                standing=None if settled else standing_of(conn, case.due_at, self._ground.clock()),
                mark=mark_of(done),
                actions=self._actions(case),
            )

    # -------------------------------------------------------------------------------------------------- ours

    def _actions(self, case: r.Case) -> tuple[str, ...]:
        own = case.opened_by == self._ground.person.id
        legal = legal_actions(Workflow.CASE, case.state, self._ground.role, is_author=own)
        return tuple(str(action) for action in legal if ("case", action) in e.PAYLOADS)

    def _region(self, conn: sa.Connection, fields: CaseFields) -> str:
        """The region typed, the place's, or that of the device's committee."""
        place = maybe(conn, r.Place, fields.place_id)
        home = self._ground.device.committee.region if self._ground.device.committee else ""
        return fields.region or (place.region if place else home)


def _writable(fields: CaseFields) -> dict[str, Any]:
    """What of a case may be written down: nothing that names a reporter who is not to be named."""
    plain: dict[str, Any] = msgspec.to_builtins(fields)
    return identity.scrub_reporter(plain) if fields.reporter in NAMELESS else plain


def _opening(fields: CaseFields, number: str, region: str, attachments: tuple[r.Attachment, ...]) -> e.CaseOpening:
    """The payload of an opening: what was typed, without whoever reported it.

    Raises:
        UserError: ``event_malformed``: a kind, priority or way of reporting that the contract does not know.
    """
    plain = identity.scrub_reporter(msgspec.to_builtins(fields))
    plain |= {"number": number, "region": region, "attachments": msgspec.to_builtins(attachments)}
    try:
        return msgspec.convert(plain, e.CaseOpening)
    except msgspec.ValidationError as error:
        raise UserError("event_malformed", detail=str(error)) from error


def _case_draft(conn: sa.Connection, draft: Draft) -> CaseDraft:
    return CaseDraft(
        id=draft.id,
        fields=msgspec.convert(draft.extra, CaseFields),
        attachments=tuple(piece.attachment() for piece in evidence.of_owner(conn, draft.id)),
        started_at=draft.started_at,
        saved_at=draft.saved_at,
        user_id=draft.user_id,
    )


def _position(conn: sa.Connection, fix: r.Fix | None, place_id: str | None) -> geo.Position | None:
    """Where a case is: its own fix, or its place's position where that may be measured from."""
    if fix is not None:
        return geo.Position(fix.lat, fix.lon)
    return position_of(maybe(conn, r.Place, place_id))
