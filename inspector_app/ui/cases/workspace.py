"""The cases workspace: the list, and in its place the form or the case that was chosen."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from inspector_app.services.desk import Desk
from inspector_app.services.views.cases import CaseDraft, CaseFields, Opened
from inspector_app.ui import boxes
from inspector_app.ui.cases.detail_page import CasePage
from inspector_app.ui.cases.form_page import CaseForm
from inspector_app.ui.cases.list_page import case_list
from inspector_app.ui.kit.workspace import Navigator, Workspace
from inspector_app.ui.look import Look
from inspector_app.ui.visits.report import spaced
from inspector_app.viewmodels.cases import KINDS, ContinueCase, Key, OpenCase, ShowCase
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visits import ShowVisit


class CasesWorkspace(Workspace):
    """``opened`` takes ``OpenCase``, ``ShowCase`` or ``ContinueCase``; None leaves everything as it was."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, navigator: Navigator) -> None:
        super().__init__(desk, look, tasks, navigator)
        self.setObjectName("cases")
        self.form: CaseForm | None = None
        self.list = case_list(desk, look, tasks)
        self.list.opened.connect(self._open_key)
        self.list.new_asked.connect(lambda: self.opened(OpenCase()))
        self.pages = QStackedWidget()
        self.pages.addWidget(self.list)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.pages)
        self.list.refresh()

    @cached_property
    def detail(self) -> CasePage:
        """A case to be read; made when one is first shown."""
        page = CasePage(self.desk, self.look, self.tasks)
        page.left.connect(self.show_list)
        page.changed.connect(self.navigator.changed)
        page.place_asked.connect(lambda one: self.navigator.go("register", ("place", one)))
        page.company_asked.connect(lambda one: self.navigator.go("register", ("company", one)))
        page.visit_asked.connect(lambda one: self.navigator.go("visits", ShowVisit(one)))
        self.pages.addWidget(page)
        return page

    def opened(self, argument: object | None) -> None:
        if isinstance(argument, OpenCase):
            known = CaseFields(
                kind=KINDS[0],
                place_id=argument.place_id,
                company_id=argument.company_id,
                visit_id=argument.visit_id,
            )
            self._show_form(known, None)
        elif isinstance(argument, ShowCase):
            self._show_case(argument.case_id)
        elif isinstance(argument, ContinueCase):
            self._open_draft(argument.draft_id)

    def refresh(self) -> None:
        self.list.refresh()
        if isinstance(self.pages.currentWidget(), CasePage):
            self.detail.refresh()

    def show_list(self) -> None:
        """Back to the list, read again; a form that was open is kept as a draft."""
        self._put_form_away()
        self.pages.setCurrentWidget(self.list)
        self.list.refresh()

    def _open_key(self, key: Key) -> None:
        kind, record_id = key
        if kind == "draft":
            self._open_draft(record_id)
        else:
            self._show_case(record_id)

    def _show_case(self, case_id: str) -> None:
        self._put_form_away()
        self.detail.show_case(case_id)
        self.pages.setCurrentWidget(self.detail)

    def _open_draft(self, draft_id: str) -> None:
        def done(draft: CaseDraft) -> None:
            self._show_form(draft.fields, draft)

        # On the writer's lane: a save of this very draft may still be under way.
        self.tasks.run(self.desk.cases.draft, draft_id, done=done, lane="write", owner=self)

    def _show_form(self, fields: CaseFields, draft: CaseDraft | None) -> None:
        self._put_form_away()
        self.form = CaseForm(self.desk, self.look, self.tasks, fields, draft)
        self.form.left.connect(self._left_form)
        self.form.opened.connect(self._case_opened)
        self.form.show_asked.connect(self._show_case)
        self.pages.addWidget(self.form)
        self.pages.setCurrentWidget(self.form)

    def _left_form(self) -> None:
        self.show_list()
        self.navigator.changed()

    def _case_opened(self, result: Opened) -> None:
        self._show_case(result.case_id)
        words = self.look.words
        boxes.tell(
            self.look,
            self,
            words.say("cases.opened_title"),
            words.say("cases.opened_text", number=words.code(spaced(result.number))),
            icon="check",
            name="case.opened",
        )
        self.navigator.changed()

    def _put_form_away(self) -> None:
        if self.form is None:
            return
        self.form.writer.close()
        self.pages.removeWidget(self.form)
        self.form.deleteLater()
        self.form = None
