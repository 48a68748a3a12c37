"""The list of visits: drafts, returned, submitted, approved."""

from __future__ import annotations

from inspector_app.services.desk import Desk
from inspector_app.ui.kit.listing import Listing
from inspector_app.ui.look import Look
from inspector_app.viewmodels import visits as shown
from inspector_app.viewmodels.tasks import Tasks
from sync.domain.workflow import VISIT_TRANSITIONS, VisitAction

STARTERS = next(one.roles for one in VISIT_TRANSITIONS if one.action is VisitAction.START)


def visit_list(desk: Desk, look: Look, tasks: Tasks) -> Listing:
    """One's own drafts, then visits, newest first; a row's id is a ``viewmodels.visits.Key``."""
    faces = shown.VisitFaces(desk)
    return Listing(
        look,
        tasks,
        area="visits",
        new="visits.start",
        icon="visit",
        filters=shown.FILTERS,
        find=faces.listed,
        face=lambda key: faces.face(look.words, key),
        may_make=desk.person.role in STARTERS,
    )
