"""The one table that leads from the states of the ministry's catalogue to ours.

Source: domain catalogue, "How a report travels": our states are the authority. The catalogue's ``penalty``, ``sync``
and ``answer`` lists are code lists and have no states; what a decided violation became is told by its penalty.
"""

from __future__ import annotations

from typing import Final

from sync.domain.errors import DomainError
from sync.domain.workflow import CaseState, State, ViolationState, VisitState, Workflow

WORKFLOW_OF: Final = {
    "inspection": Workflow.VISIT,
    "violation": Workflow.VIOLATION,
    "complaint": Workflow.CASE,
    "incident": Workflow.CASE,
}
"""Which of our workflows each of the catalogue's is."""

STATES: Final[dict[str, dict[str, State]]] = {
    "inspection": {
        "draft": VisitState.DRAFT,
        "scheduled": VisitState.DRAFT,  # planned, nothing answered yet
        "in_progress": VisitState.DRAFT,
        "completed_local": VisitState.SUBMITTED,  # finished and numbered on the device
        "pending_sync": VisitState.SUBMITTED,
        "submitted": VisitState.RECEIVED,  # the catalogue means uploaded: it comes after waiting to be sent
        "under_review": VisitState.UNDER_REVIEW,
        "returned": VisitState.RETURNED,
        "approved": VisitState.APPROVED,
        "closed": VisitState.APPROVED,  # nothing follows approval but its violations, which have their own states
        "cancelled": VisitState.ANNULLED,
    },
    "violation": {
        "observed": ViolationState.OBSERVED,
        "report_drawn": ViolationState.REPORT_DRAWN,
        "company_notified": ViolationState.COMPANY_NOTIFIED,
        "correction_period": ViolationState.CORRECTION_PERIOD,
        "company_reply": ViolationState.COMPANY_REPLIED,
        "referred": ViolationState.COMPANY_REPLIED,  # before the deciding committee, not decided
        # From here on only where no penalty is recorded; see PENALTIES.
        "decided": ViolationState.DISMISSED,
        "appealed": ViolationState.DISMISSED,
        "executed": ViolationState.DISMISSED,
        "closed": ViolationState.DISMISSED,
    },
    "complaint": {
        "received": CaseState.RECEIVED,
        "classified": CaseState.CLASSIFIED,
        "assigned": CaseState.ASSIGNED,
        "field_check": CaseState.ON_SITE_CHECK,
        "under_action": CaseState.ON_SITE_CHECK,  # checked, and being mended
        "amicable": CaseState.RESOLVED,
        "resolved": CaseState.RESOLVED,
        "escalated": CaseState.REFERRED,
        "rejected": CaseState.REJECTED,
        "closed": CaseState.CLOSED,
    },
    "incident": {
        "open": CaseState.RECEIVED,
        "in_progress": CaseState.ON_SITE_CHECK,
        "closed": CaseState.CLOSED,
    },
}
"""Every state of the catalogue, by its workflow and code."""

DECIDED: Final = frozenset({"decided", "appealed", "executed", "closed"})
"""The violation states of the catalogue behind a decision; an appeal leaves the decision standing until it is heard."""

PENALTIES: Final = {
    "warning": ViolationState.WARNED,
    "downgrade": ViolationState.WARNED,  # the class is a matter of the register; the violation ends as a reprimand
    "fine": ViolationState.FINED,
    "guarantee": ViolationState.FINED,  # money, taken from the bank guarantee
    "suspend": ViolationState.SUSPENDED,
    "system_block": ViolationState.SUSPENDED,  # a company without the electronic path cannot work
    "cancel": ViolationState.CANCELLED,
    "refer": ViolationState.COMPANY_REPLIED,  # another body decides
}
"""What a decided violation became, by the catalogue's penalty code."""


class UnknownCatalogueState(DomainError):
    """The table has no such entry; ``params`` has ``workflow`` and ``state``, or ``penalty``."""


def our_state(workflow: str, state: str, penalty: str | None = None) -> State:
    """Our state for one of the catalogue's.

    Args:
        workflow: The catalogue's workflow: ``inspection``, ``violation``, ``complaint`` or ``incident``.
        state: The state's code there.
        penalty: The penalty's code, where a violation has one; it speaks only once the violation is decided.

    Raises:
        UnknownCatalogueState: The catalogue has grown an entry that nobody has mapped.
    """
    try:
        mapped = STATES[workflow][state]
    except KeyError as error:
        raise UnknownCatalogueState("unknown_catalogue_state", workflow=workflow, state=state) from error
    if workflow != "violation" or state not in DECIDED or not penalty:
        return mapped
    try:
        return PENALTIES[penalty]
    except KeyError as error:
        raise UnknownCatalogueState("unknown_penalty", penalty=penalty) from error
