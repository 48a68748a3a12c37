"""What every effect is made of: who acts, upon which rows, and what comes of it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Protocol

import xforms
from sync.contract import events as e
from sync.contract import records as r
from sync.contract import scopes
from sync.contract.problems import Refused
from sync.domain import workflow
from sync.domain.rules import Rules
from sync.domain.workflow import IllegalStep, Role, Workflow


class Book(Protocol):
    """The rows an effect may read: at the centre those of the open transaction, on a device what it shows."""

    def get(self, kind: str, record_id: str) -> r.Record | None:
        """The row, or None."""
        ...

    def rules(self) -> Rules:
        """The rules of the season in force."""
        ...

    def history(self, case_id: str) -> tuple[r.Record, ...]:
        """What hangs on a case: its entries, and the contacts of whoever reported it."""
        ...

    def form(self, checklist_id: str) -> xforms.Form | None:
        """A published checklist, or None where this end does not have it."""
        ...


class Actor(NamedTuple):
    """Who acts, and at which end this is worked out.

    Attributes:
        person: He, as he is now.
        at_centre: Whether this is the centre.
        left: The regions that his committee was moved out of, as far as this end knows.
        clock_wrong: Whether the clock of his device was far off when this end last heard of it.
    """

    person: r.Person
    at_centre: bool
    left: frozenset[str] = frozenset()
    clock_wrong: bool = False


class Group(NamedTuple):
    """Rows to write, whole, and the scopes that each of them belongs to from now on."""

    records: tuple[r.Record, ...]
    scopes: frozenset[str]


class Effect(NamedTuple):
    """What an event does.

    Attributes:
        groups: The rows to write, by the scopes they belong to.
        merged: True where the event asked for what is already so, and nothing needs writing.
        flags: What is odd about a field record; it is stored all the same.
    """

    groups: tuple[Group, ...]
    merged: bool = False
    flags: tuple[str, ...] = ()

    @property
    def records(self) -> tuple[r.Record, ...]:
        """Every row to write."""
        return tuple(record for group in self.groups for record in group.records)


MERGED = Effect((), merged=True)
"""Nothing to write: what was asked for is so already."""


def field_effect(committee_id: str, region: str, *records: r.Record, flags: tuple[str, ...] = ()) -> Effect:
    """The effect of an event that a committee recorded: seen by the committee and its region's supervisors."""
    return Effect((Group(records, scopes.of_field_record(committee_id, region)),), flags=flags)


def moment(text: str) -> datetime | None:
    """A moment with an offset as it travels; None for what is none, or is out of any calendar."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    # A clock may be wrong by decades; at the ends of the calendar no deadline could be counted.
    return found if found.tzinfo and 1970 <= found.year < 9000 else None


_PASSED_ON = frozenset({"not_your_role", "own_report", "needs_reason", "needs_remarks"})


def step(
    table: Workflow,
    state: str | None,
    event: e.Event,
    actor: Actor,
    *,
    own: bool,
    reason: str = "",
    remarks: bool = False,
) -> str:
    """The state after the event's action, with the domain's refusals turned into problems that travel."""
    actual = state or ""
    if event.expected_state not in ("", actual) and event.action != "comment":
        raise Refused("illegal_step", action=event.action, expected=event.expected_state, actual=actual)
    try:
        return workflow.step(
            table,
            state,
            event.action,
            _role(actor),
            is_author=own,
            has_reason=bool(reason.strip()),
            has_remarks=remarks,
        )
    except IllegalStep as error:
        code = error.code if error.code in _PASSED_ON else "illegal_step"
        raise Refused(code, action=event.action, actual=actual) from error


def _role(actor: Actor) -> Role:
    try:
        return Role(actor.person.role)
    except ValueError:
        raise Refused("not_your_role", role=actor.person.role) from None


CLOCK_WRONG = "clock_wrong"
"""The flag of a report whose moments are from a clock that was more than five minutes off."""
REGION_LEFT = "region_left"
NUMBER_DUPLICATE = "number_duplicate"
"""The flag of a report whose number another has already; only the centre sees all of them, and sets it."""
LASTING = frozenset({REGION_LEFT, NUMBER_DUPLICATE})
"""Flags of a report itself: they stay, whatever its later revisions say."""


def clock_flags(actor: Actor) -> tuple[str, ...]:
    """What is odd about the moments in what somebody reports: no clock of a device orders anything, but it is told."""
    return (CLOCK_WRONG,) if actor.clock_wrong else ()


def home_of(actor: Actor, region: str) -> tuple[str, tuple[str, ...]]:
    """The committee a field record belongs to, and what is odd about that: its author may write in his own region.

    What was made before his committee moved, and arrives afterwards, belongs to the region it was made in.
    """
    if not actor.person.committee_id:
        raise Refused("outside_scope", region=region)
    if region in actor.person.regions:
        return actor.person.committee_id, ()
    if region not in actor.left:
        raise Refused("outside_scope", region=region)
    return actor.person.committee_id, (REGION_LEFT,)


def check_sight(actor: Actor, committee_id: str, region: str) -> None:
    """Check that somebody may see what a committee recorded in a region.

    Raises:
        Refused: ``outside_scope``.
    """
    if not scopes.granted_to(actor.person) & scopes.of_field_record(committee_id, region):
        raise Refused("outside_scope", region=region)
