"""The list of cases, by deadline."""

from __future__ import annotations

from functools import partial

from inspector_app.services.desk import Desk
from inspector_app.ui.kit.listing import Listing
from inspector_app.ui.look import Look
from inspector_app.viewmodels import cases as shown
from inspector_app.viewmodels.tasks import Tasks
from sync.domain.workflow import CASE_TRANSITIONS, CaseAction

OPENERS = next(one.roles for one in CASE_TRANSITIONS if one.action is CaseAction.OPEN)


def case_list(desk: Desk, look: Look, tasks: Tasks) -> Listing:
    """Drafts first, then the open cases by deadline; a row's id is a ``viewmodels.cases.Key``."""
    return Listing(
        look,
        tasks,
        area="cases",
        new="cases.new",
        icon="case",
        filters=shown.FILTERS,
        find=partial(shown.listed, desk),
        face=lambda key: shown.face(desk, look.words, key),
        may_make=desk.person.role in OPENERS and bool(desk.person.committee_id),
    )
