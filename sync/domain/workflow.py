"""What is legal: the states of a visit, a case, a violation and what was held back, and who may lead each on.

Source: domain catalogue, "How a report travels". The states there are the authority; those of what was held back are
of `sync/PROTOCOL.md`. Whatever is legal stands in the
tables below and nowhere else; ``step`` and ``legal_actions`` only read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sync.domain.errors import DomainError


class Role(StrEnum):
    """Who acts. ``CENTRE`` is the receiving centre itself; no person holds it."""

    INSPECTOR = "inspector"
    COMMITTEE_HEAD = "committee_head"
    SUPERVISOR = "supervisor"
    STEWARD = "steward"
    ADMINISTRATOR = "administrator"
    READER = "reader"
    CENTRE = "centre"


PEOPLE: Final = tuple(role for role in Role if role is not Role.CENTRE)
"""The roles that an account can have."""


class Workflow(StrEnum):
    """What has states."""

    VISIT = "visit"
    CASE = "case"
    VIOLATION = "violation"
    QUARANTINED = "quarantined"


class VisitState(StrEnum):
    """Where a visit's newest revision stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    UNDER_REVIEW = "under_review"
    RETURNED = "returned"
    APPROVED = "approved"
    ANNULLED = "annulled"


class CaseState(StrEnum):
    """Where a complaint, note or inquiry stands."""

    RECEIVED = "received"
    CLASSIFIED = "classified"
    ASSIGNED = "assigned"
    ON_SITE_CHECK = "on_site_check"
    RESOLVED = "resolved"
    REFERRED = "referred"
    REJECTED = "rejected"
    CLOSED = "closed"
    REOPENED = "reopened"


class QuarantineState(StrEnum):
    """Where an event of a withdrawn device, or of a person released from it, stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class ViolationState(StrEnum):
    """Where an approved violation stands between being seen and being decided."""

    OBSERVED = "observed"
    REPORT_DRAWN = "report_drawn"
    COMPANY_NOTIFIED = "company_notified"
    CORRECTION_PERIOD = "correction_period"
    COMPANY_REPLIED = "company_replied"
    WARNED = "warned"
    FINED = "fined"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    DISMISSED = "dismissed"


class VisitAction(StrEnum):
    """What can be done with a visit."""

    START = "start"
    SUBMIT = "submit"
    RECEIVE = "receive"
    TAKE_UP = "take_up"
    RETURN = "return"
    APPROVE = "approve"
    ANNUL = "annul"


class CaseAction(StrEnum):
    """What can be done with a case."""

    OPEN = "open"
    CLASSIFY = "classify"
    ASSIGN = "assign"
    CHECK = "check"
    RESOLVE = "resolve"
    REFER = "refer"
    REJECT = "reject"
    CLOSE = "close"
    REOPEN = "reopen"
    COMMENT = "comment"
    MOVE = "move"


class QuarantineAction(StrEnum):
    """What can be done with an event of a withdrawn device or a released person."""

    HOLD = "hold"
    ACCEPT = "accept"
    REFUSE = "refuse"


class ViolationAction(StrEnum):
    """What can be done with a violation."""

    OBSERVE = "observe"
    DRAW_REPORT = "draw_report"
    NOTIFY_COMPANY = "notify_company"
    OPEN_CORRECTION = "open_correction"
    RECORD_REPLY = "record_reply"
    WARN = "warn"
    FINE = "fine"
    SUSPEND = "suspend"
    CANCEL = "cancel"
    DISMISS = "dismiss"


class Need(StrEnum):
    """What has to come with a step."""

    REASON = "reason"
    REMARKS = "remarks"


State = VisitState | CaseState | ViolationState | QuarantineState
Action = VisitAction | CaseAction | ViolationAction | QuarantineAction

STATES: Final[dict[Workflow, type[VisitState | CaseState | ViolationState | QuarantineState]]] = {
    Workflow.VISIT: VisitState,
    Workflow.CASE: CaseState,
    Workflow.VIOLATION: ViolationState,
    Workflow.QUARANTINED: QuarantineState,
}
"""The states of each workflow, in the order a report passes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row of a table.

    Attributes:
        action: What is done.
        from_states: The states it is legal in; ``None`` is a record that does not exist yet.
        to_state: Where it leads; ``None`` leaves the state as it is.
        roles: Who may do it.
        author_roles: Who may do it with a record of his own, besides ``roles``.
        needs: What has to come with it.
        never_own: Whether a record's author is kept from it, whatever his role.
    """

    action: Action
    from_states: frozenset[State | None]
    to_state: State | None
    roles: frozenset[Role]
    author_roles: frozenset[Role] = frozenset()
    needs: frozenset[Need] = frozenset()
    never_own: bool = False

    def allows(self, role: Role, *, is_author: bool) -> bool:
        """Whether the role may do it at all, in some state."""
        return role in self.roles or (is_author and role in self.author_roles)


_COMMITTEE: Final = frozenset({Role.INSPECTOR, Role.COMMITTEE_HEAD})
_SUPERVISOR: Final = frozenset({Role.SUPERVISOR})
_HEAD_UP: Final = frozenset({Role.COMMITTEE_HEAD, Role.SUPERVISOR})
_FIELD: Final = _COMMITTEE | _SUPERVISOR
_CENTRE: Final = frozenset({Role.CENTRE})
_REASON: Final = frozenset({Need.REASON})
_NEW: Final[frozenset[State | None]] = frozenset({None})


def _one_of(*states: State) -> frozenset[State | None]:
    return frozenset(states)


_V = VisitState
VISIT_TRANSITIONS: Final = (
    Transition(action=VisitAction.START, from_states=_NEW, to_state=_V.DRAFT, roles=_COMMITTEE),
    Transition(
        action=VisitAction.SUBMIT,
        from_states=_one_of(_V.DRAFT, _V.RETURNED),
        to_state=_V.SUBMITTED,
        roles=_COMMITTEE,
    ),
    Transition(action=VisitAction.RECEIVE, from_states=_one_of(_V.SUBMITTED), to_state=_V.RECEIVED, roles=_CENTRE),
    Transition(
        action=VisitAction.TAKE_UP, from_states=_one_of(_V.RECEIVED), to_state=_V.UNDER_REVIEW, roles=_SUPERVISOR
    ),
    Transition(
        action=VisitAction.RETURN,
        from_states=_one_of(_V.RECEIVED, _V.UNDER_REVIEW),
        to_state=_V.RETURNED,
        roles=_SUPERVISOR,
        needs=frozenset({Need.REMARKS}),
        never_own=True,
    ),
    Transition(
        action=VisitAction.APPROVE,
        from_states=_one_of(_V.RECEIVED, _V.UNDER_REVIEW),
        to_state=_V.APPROVED,
        roles=_SUPERVISOR,
        never_own=True,
    ),
    Transition(
        action=VisitAction.ANNUL,
        from_states=_one_of(_V.DRAFT, _V.SUBMITTED, _V.RECEIVED, _V.RETURNED),
        to_state=_V.ANNULLED,
        roles=_HEAD_UP,
        author_roles=frozenset({Role.INSPECTOR}),
        needs=_REASON,
    ),
)
"""A visit, from the first answer to the supervisor's word."""

_C = CaseState
_ASSIGNABLE: Final = _one_of(_C.CLASSIFIED, _C.ASSIGNED, _C.ON_SITE_CHECK, _C.REOPENED)
_SETTLED: Final = _one_of(_C.RESOLVED, _C.REFERRED, _C.REJECTED)
CASE_TRANSITIONS: Final = (
    Transition(action=CaseAction.OPEN, from_states=_NEW, to_state=_C.RECEIVED, roles=_FIELD),
    # A case opened by a committee arrives with its category and its committee: the centre can take both over itself.
    Transition(
        action=CaseAction.CLASSIFY,
        from_states=_one_of(_C.RECEIVED, _C.REOPENED),
        to_state=_C.CLASSIFIED,
        roles=_HEAD_UP | _CENTRE,
    ),
    Transition(
        action=CaseAction.ASSIGN,
        from_states=_ASSIGNABLE,
        to_state=_C.ASSIGNED,
        roles=_SUPERVISOR | _CENTRE,
    ),
    Transition(
        action=CaseAction.CHECK,
        from_states=_one_of(_C.ASSIGNED, _C.REOPENED),
        to_state=_C.ON_SITE_CHECK,
        roles=_COMMITTEE,
    ),
    Transition(action=CaseAction.RESOLVE, from_states=_one_of(_C.ON_SITE_CHECK), to_state=_C.RESOLVED, roles=_FIELD),
    Transition(action=CaseAction.REFER, from_states=_one_of(_C.ON_SITE_CHECK), to_state=_C.REFERRED, roles=_FIELD),
    Transition(
        action=CaseAction.REJECT,
        from_states=_one_of(_C.ON_SITE_CHECK),
        to_state=_C.REJECTED,
        roles=_FIELD,
        needs=_REASON,
    ),
    Transition(action=CaseAction.CLOSE, from_states=_SETTLED, to_state=_C.CLOSED, roles=_SUPERVISOR),
    Transition(
        action=CaseAction.REOPEN,
        from_states=_SETTLED | {_C.CLOSED},
        to_state=_C.REOPENED,
        roles=_HEAD_UP,
        needs=_REASON,
    ),
    Transition(
        action=CaseAction.COMMENT,
        from_states=frozenset(state for state in _C if state is not _C.CLOSED),
        to_state=None,
        roles=_FIELD,
    ),
    # To another committee, which may be of another region: whoever gets it begins with his own look at the place.
    Transition(
        action=CaseAction.MOVE,
        from_states=_ASSIGNABLE | {_C.RECEIVED},
        to_state=_C.ASSIGNED,
        roles=_SUPERVISOR,
    ),
)
"""A complaint, note or inquiry, from the pilgrim to its end."""

_W = ViolationState
# A company that lets the correction period pass in silence is decided upon all the same.
_DECIDABLE: Final = _one_of(_W.CORRECTION_PERIOD, _W.COMPANY_REPLIED)


def _decision(action: ViolationAction, to_state: ViolationState) -> Transition:
    return Transition(action=action, from_states=_DECIDABLE, to_state=to_state, roles=_SUPERVISOR, needs=_REASON)


VIOLATION_TRANSITIONS: Final = (
    Transition(action=ViolationAction.OBSERVE, from_states=_NEW, to_state=_W.OBSERVED, roles=_COMMITTEE),
    Transition(
        action=ViolationAction.DRAW_REPORT,
        from_states=_one_of(_W.OBSERVED),
        to_state=_W.REPORT_DRAWN,
        roles=_COMMITTEE,
    ),
    Transition(
        action=ViolationAction.NOTIFY_COMPANY,
        from_states=_one_of(_W.REPORT_DRAWN),
        to_state=_W.COMPANY_NOTIFIED,
        roles=_HEAD_UP,
    ),
    Transition(
        action=ViolationAction.OPEN_CORRECTION,
        from_states=_one_of(_W.COMPANY_NOTIFIED),
        to_state=_W.CORRECTION_PERIOD,
        roles=_HEAD_UP,
    ),
    Transition(
        action=ViolationAction.RECORD_REPLY,
        from_states=_one_of(_W.CORRECTION_PERIOD),
        to_state=_W.COMPANY_REPLIED,
        roles=_FIELD,
    ),
    _decision(ViolationAction.WARN, _W.WARNED),
    _decision(ViolationAction.FINE, _W.FINED),
    _decision(ViolationAction.SUSPEND, _W.SUSPENDED),
    _decision(ViolationAction.CANCEL, _W.CANCELLED),
    _decision(ViolationAction.DISMISS, _W.DISMISSED),
)
"""A violation, from being seen to being decided. Every decision carries its grounds."""

_Q = QuarantineState
QUARANTINE_TRANSITIONS: Final = (
    Transition(action=QuarantineAction.HOLD, from_states=_NEW, to_state=_Q.OPEN, roles=_CENTRE),
    Transition(
        action=QuarantineAction.ACCEPT,
        from_states=_one_of(_Q.OPEN),
        to_state=_Q.ACCEPTED,
        roles=_SUPERVISOR,
        never_own=True,
    ),
    Transition(
        action=QuarantineAction.REFUSE,
        from_states=_one_of(_Q.OPEN),
        to_state=_Q.REFUSED,
        roles=_SUPERVISOR,
        never_own=True,
    ),
)
"""An event that is held back: a supervisor decides once, and never about what he did himself."""

TRANSITIONS: Final[dict[Workflow, tuple[Transition, ...]]] = {
    Workflow.VISIT: VISIT_TRANSITIONS,
    Workflow.CASE: CASE_TRANSITIONS,
    Workflow.VIOLATION: VIOLATION_TRANSITIONS,
    Workflow.QUARANTINED: QUARANTINE_TRANSITIONS,
}
"""Every table, one row an action."""


_ROWS: Final[dict[tuple[Workflow, str], Transition]] = {
    (workflow, row.action): row for workflow, rows in TRANSITIONS.items() for row in rows
}


class IllegalStep(DomainError):
    """A step that may not be taken.

    ``code`` is one of ``unknown_action``, ``wrong_state`` (``params``: ``expected``, a comma between states, and
    ``actual``; a record that does not exist is the empty state), ``not_your_role`` (``role``), ``own_report``,
    ``needs_reason`` and ``needs_remarks``. ``params`` always has ``workflow`` and ``action``.
    """


def transition(workflow: Workflow, action: str) -> Transition:
    """The row of an action.

    Raises:
        IllegalStep: ``unknown_action``.
    """
    try:
        return _ROWS[workflow, action]
    except KeyError:
        raise IllegalStep("unknown_action", workflow=workflow, action=action) from None


def step(
    workflow: Workflow,
    state: str | None,
    action: str,
    role: Role,
    *,
    is_author: bool = False,
    has_reason: bool = False,
    has_remarks: bool = False,
) -> State:
    """The state after an action, where it is legal.

    Args:
        workflow: Which table.
        state: The state now; ``None`` for a record that does not exist yet.
        action: What is to be done.
        role: The role of whoever does it.
        is_author: Whether the record is his own work.
        has_reason: Whether a reason comes with it.
        has_remarks: Whether a remark on at least one item comes with it.

    Raises:
        IllegalStep: It may not be done; see there for the codes.
    """
    row = transition(workflow, action)
    problem = ""
    if state not in row.from_states:
        problem = "wrong_state"
    elif not row.allows(role, is_author=is_author):
        problem = "not_your_role"
    elif is_author and row.never_own:
        problem = "own_report"
    elif Need.REASON in row.needs and not has_reason:
        problem = "needs_reason"
    elif Need.REMARKS in row.needs and not has_remarks:
        problem = "needs_remarks"
    if problem:
        raise _illegal(problem, workflow, row, str(state or ""), role)
    return row.to_state if row.to_state is not None else STATES[workflow](str(state))


def _illegal(code: str, workflow: Workflow, row: Transition, state: str, role: Role) -> IllegalStep:
    about = {"workflow": str(workflow), "action": str(row.action)}
    if code == "wrong_state":
        expected = ",".join(known for known in STATES[workflow] if known in row.from_states)
        return IllegalStep(code, **about, expected=expected, actual=state)
    if code == "not_your_role":
        return IllegalStep(code, **about, role=str(role))
    return IllegalStep(code, **about)


def legal_actions(workflow: Workflow, state: str | None, role: Role, *, is_author: bool = False) -> tuple[Action, ...]:
    """What the role may do now, in the table's order; a reason or remarks may still have to come with it."""
    return tuple(
        row.action
        for row in TRANSITIONS[workflow]
        if state in row.from_states and row.allows(role, is_author=is_author) and not (is_author and row.never_own)
    )
