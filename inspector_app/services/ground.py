"""What every service stands on: the open cache, who is signed in, which device, the clock, and reads they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import sqlalchemy as sa

import xforms
from inspector_app.services.errors import UserError, told_to_the_user
from inspector_app.services.views.common import Device, Mark, Receipt
from inspector_app.storage import outbox, rows, settings
from inspector_app.storage.book import CacheBook
from inspector_app.storage.cache import Cache
from sync.contract import events as e
from sync.contract import records as r
from sync.domain import deadlines, geo
from sync.domain.deadlines import Standing
from sync.domain.rules import Rules
from sync.domain.workflow import Role
from sync.domain.zone import RIYADH

Clock = Callable[[], datetime]
_Known = TypeVar("_Known", bound=r.Record)


def system_clock() -> datetime:
    """This machine's time, with its zone."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every service stands on."""

    cache: Cache
    person: r.Person
    device: Device
    clock: Clock = system_clock

    @property
    def role(self) -> Role:
        """The role of the person signed in.

        Raises:
            UserError: ``not_your_role``: this version does not know it.
        """
        try:
            return Role(self.person.role)
        except ValueError as error:
            raise UserError("not_your_role", role=self.person.role) from error

    def now(self) -> r.Moment:
        """The moment as records carry it, to the millisecond."""
        return self.clock().isoformat(timespec="milliseconds")

    def here(self) -> datetime:
        """The moment in the field's own zone: what a checklist means by today, whatever the machine is set to."""
        return self.clock().astimezone(RIYADH)

    def language(self, conn: sa.Connection) -> str:
        """The language the person reads."""
        return str(settings.get(conn, self.person.id, "language", "ar"))

    def commit(self, conn: sa.Connection, new: outbox.NewEvent) -> e.Event:
        """Do something in the person's name.

        Raises:
            UserError: It is not legal, or not this person's to do.
        """
        with told_to_the_user():
            return outbox.commit(conn, new, self.person, self.now())


def maybe(conn: sa.Connection, record: type[_Known], record_id: str | None) -> _Known | None:
    """A row, or None where there is no id or this device does not have it."""
    found = None if record_id is None else rows.get(conn, r.KIND_OF[record], record_id)
    return found if isinstance(found, record) else None


def known(conn: sa.Connection, record: type[_Known], record_id: str) -> _Known:
    """A row.

    Raises:
        UserError: ``record_missing``.
    """
    found = maybe(conn, record, record_id)
    if found is None:
        raise UserError("record_missing", kind=r.KIND_OF[record], id=record_id)
    return found


def position_of(place: r.Place | None) -> geo.Position | None:
    """Where a place is, if a distance may be measured from there."""
    if place is None or place.lat is None or place.lon is None or not geo.measurable(place.confidence):
        return None
    return geo.Position(place.lat, place.lon)


def rules_of(conn: sa.Connection) -> Rules:
    """The rules of the season in force.

    Raises:
        UserError: ``record_unknown``: the centre has not sent a season yet.
    """
    with told_to_the_user():
        return CacheBook(conn).rules()


def form_of(conn: sa.Connection, checklist_id: str) -> xforms.Form:
    """A checklist, ready to be filled in or read.

    Raises:
        UserError: ``checklist_missing``, or ``checklist_unusable`` by this version.
    """
    try:
        form = CacheBook(conn).form(checklist_id)
    except xforms.FormError as error:
        raise UserError("checklist_unusable", checklist=checklist_id, reason=error.code) from error
    if form is None:
        raise UserError("checklist_missing", checklist=checklist_id)
    return form


def standing_of(conn: sa.Connection, due: r.Moment, now: datetime) -> Standing:
    """How an open deadline stands."""
    return deadlines.standing(datetime.fromisoformat(due), now, rules_of(conn))


def receipt_of(entry: outbox.Entry) -> Receipt:
    """What became of one event."""
    result = entry.result
    return Receipt(
        event_id=entry.id,
        n=entry.n,
        kind=entry.kind,
        action=entry.action,
        record_id=entry.record_id,
        made_at=entry.made_at,
        state=entry.state,
        received_at=result.received_at if result and result.accepted else "",
        code=result.code if result else "",
        fields=dict(result.fields) if result else {},
        flags=result.flags if result else (),
    )


def mark_of(entries: tuple[outbox.Entry, ...]) -> Mark:
    """Where a record stands, by what was done with it here, oldest first."""
    if not entries:
        return "local"
    if any(entry.state in outbox.UNSENT for entry in entries):
        return "waiting"
    return "attention" if entries[-1].state in outbox.ATTENTION else "confirmed"
