"""Quarantine: events of withdrawn devices and released people, which a supervisor accepts or refuses."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from inspector_app.services import reading
from inspector_app.services.errors import UserError
from inspector_app.services.ground import Ground, known, maybe
from inspector_app.services.views.quarantine import QuarantineDetail, QuarantineRow
from inspector_app.services.views.visits import SectionView
from inspector_app.storage import outbox, people, rows
from inspector_app.storage.book import CacheBook
from sync.contract import events as e
from sync.contract import records as r
from sync.contract.effects import Actor, effect_of, made_in
from sync.contract.problems import Refused
from sync.domain.workflow import QuarantineAction, Workflow, legal_actions


class Quarantine:
    """What a supervisor does with held events."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def list(self) -> list[str]:
        """Ids of the held events that nobody has decided yet, the oldest first."""
        with self._ground.cache.read() as conn:
            found = rows.where(conn, "quarantined", "state = 'open' ORDER BY received_at, id")
        return [one.id for one in found]

    def row(self, held_id: str) -> QuarantineRow:
        """One held event for a list (key reads only).

        Raises:
            UserError: ``record_missing``.
        """
        with self._ground.cache.read() as conn:
            return self._row(conn, known(conn, r.Quarantined, held_id))

    def detail(self, held_id: str, language: str | None = None) -> QuarantineDetail:
        """A held event, with what it would do; labels in ``language``, or in the reader's.

        Raises:
            UserError: ``record_missing``.
        """
        with self._ground.cache.read() as conn:
            held = known(conn, r.Quarantined, held_id)
            payload = _payload(held)
            made, problem = _effect(conn, held)
            visit = next((one for one in made if isinstance(one, r.Visit)), None)
            return QuarantineDetail(
                row=self._row(conn, held),
                place=maybe(conn, r.Place, getattr(payload, "place_id", None)),
                company=maybe(conn, r.Company, getattr(payload, "company_id", None)),
                percent=visit.percent if visit else None,
                sections=_sections(conn, visit, made, language or self._ground.language(conn)),
                remarks=getattr(payload, "remarks", ()),
                attachments=getattr(payload, "attachments", ()),
                problem=problem.code if problem else "",
                fields=problem.fields if problem else {},
                actions=self._actions(held),
            )

    def accept(self, held_id: str, text: str = "") -> None:
        """Let a held event have its effect, as its author's.

        Raises:
            UserError: ``record_missing``, ``illegal_step``, ``not_your_role``, ``own_report``, ``outside_scope``.
        """
        self._decide(held_id, QuarantineAction.ACCEPT, text)

    def refuse(self, held_id: str, reason: str) -> None:
        """Refuse a held event; it stays in the ledger without effect.

        Raises:
            UserError: ``needs_reason``, and as ``accept``.
        """
        if not reason.strip():
            raise UserError("needs_reason", action=QuarantineAction.REFUSE)
        self._decide(held_id, QuarantineAction.REFUSE, reason)

    def _decide(self, held_id: str, action: str, text: str) -> None:
        with self._ground.cache.write() as conn:
            held = known(conn, r.Quarantined, held_id)
            self._ground.commit(
                conn,
                outbox.NewEvent(
                    kind="quarantined",
                    record=held_id,
                    action=action,
                    data=e.QuarantineDecision(text=text),
                    expected_state=held.state,
                ),
            )

    def _row(self, conn: sa.Connection, held: r.Quarantined) -> QuarantineRow:
        about = maybe(conn, r.Visit, held.record_id) or maybe(conn, r.Case, held.record_id)
        return QuarantineRow(
            held=held,
            by=people.person(conn, held.by),
            device=maybe(conn, r.Device, held.device_id),
            number=getattr(_payload(held), "number", "") or (about.number if about else ""),
        )

    def _actions(self, held: r.Quarantined) -> tuple[str, ...]:
        own = held.by == self._ground.person.id
        legal = legal_actions(Workflow.QUARANTINED, held.state, self._ground.role, is_author=own)
        return tuple(str(action) for action in legal)


def _effect(conn: sa.Connection, held: r.Quarantined) -> tuple[tuple[r.Record, ...], Refused | None]:
    """The rows a held event would make as things stand here, or why it would make none."""
    event, author = _event(held), people.person(conn, held.by)
    if event is None or author is None:
        return (), None
    try:
        return effect_of(event, Actor(author, at_centre=False, left=made_in(event)), CacheBook(conn)).records, None
    except Refused as refused:
        return (), refused


def _sections(
    conn: sa.Connection, visit: r.Visit | None, made: tuple[r.Record, ...], language: str
) -> tuple[SectionView, ...]:
    revision = next((one for one in made if isinstance(one, r.VisitRevision)), None)
    if visit is None or revision is None:
        return ()
    found = [one for one in made if isinstance(one, r.Finding)]
    return reading.sections(conn, visit, revision, found, language) or ()


def _event(held: r.Quarantined) -> e.Event | None:
    """The event inside; None where it has been erased, or is of a version this one does not know."""
    try:
        return e.decode(held.body.encode()) if held.body else None
    except (msgspec.DecodeError, e.UnknownEvent):
        return None


def _payload(held: r.Quarantined) -> r.Part | None:
    event = _event(held)
    try:
        return e.payload_of(event) if event is not None else None
    except (msgspec.ValidationError, e.UnknownEvent):
        return None
