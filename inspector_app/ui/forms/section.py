"""One section of a visit's checklist on a page: items with their cards, and questions of any kind."""

from __future__ import annotations

from functools import partial

from inspector_app.services.desk import Desk
from inspector_app.ui.forms.inputs.base import Tools
from inspector_app.ui.forms.item import ItemCard
from inspector_app.ui.forms.keeping import VisitKeeper
from inspector_app.ui.forms.page import FormPage
from inspector_app.ui.look import Look
from inspector_app.viewmodels.checklist import Page
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visit_editor import VisitEditor


class SectionPage(FormPage):
    """The questions of one section of an open draft."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, editor: VisitEditor, page: Page) -> None:
        super().__init__(
            Tools(look, tasks, VisitKeeper(desk, tasks, editor), partial(desk.visits.file, editor.head.checklist.id)),
            editor,
            page,
            paged=editor.paged,
            make_item=lambda entry: ItemCard(desk, look, tasks, editor, entry),
        )
        editor.evidence_changed.connect(self.renew_item)
