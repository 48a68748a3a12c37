"""The visits workspace: the list, and in its place the page of what was chosen."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.drafts import OpenDraft, Submitted
from inspector_app.ui.kit.workspace import Navigator, Workspace
from inspector_app.ui.look import Look
from inspector_app.ui.visits.detail_page import VisitPage
from inspector_app.ui.visits.editor_page import EditorPage
from inspector_app.ui.visits.list_page import visit_list
from inspector_app.ui.visits.start_page import StartPage
from inspector_app.ui.visits.submitted_page import SubmittedPage
from inspector_app.viewmodels.tasks import Task, Tasks
from inspector_app.viewmodels.visits import ContinueDraft, Key, ListVisits, ShowVisit, StartVisit


class VisitsWorkspace(Workspace):
    """``opened`` takes ``StartVisit``, ``ShowVisit``, ``ContinueDraft`` or ``ListVisits``.

    None, a click on the side, leads from a finished page back to the list; what is being written stays in front.
    """

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, navigator: Navigator) -> None:
        super().__init__(desk, look, tasks, navigator)
        self.setObjectName("visits")
        self._opening: Task | None = None
        self.editor: EditorPage | None = None
        self.list = visit_list(desk, look, tasks)
        self.list.opened.connect(self._open_key)
        self.list.new_asked.connect(lambda: self.opened(StartVisit()))
        self.pages = QStackedWidget()
        self.pages.addWidget(self.list)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.pages)
        self.list.refresh()

    # ---------------------------------------------------------------------------- pages, made when they are first shown

    @cached_property
    def start(self) -> StartPage:
        """Where a visit begins."""
        page = StartPage(self.desk, self.look, self.tasks)
        page.started.connect(self._started)
        page.left.connect(self.show_list)
        self.pages.addWidget(page)
        return page

    @cached_property
    def detail(self) -> VisitPage:
        """A visit to be read."""
        page = VisitPage(self.desk, self.look, self.tasks)
        page.left.connect(self.show_list)
        page.correction_begun.connect(self._started)
        page.changed.connect(self.navigator.changed)
        self.pages.addWidget(page)
        return page

    @cached_property
    def submitted(self) -> SubmittedPage:
        """What is said when a visit was submitted."""
        page = SubmittedPage(self.look)
        page.left.connect(self.show_list)
        page.show_asked.connect(self._show_visit)
        self.pages.addWidget(page)
        return page

    # ------------------------------------------------------------------------------------------------------- moving

    def opened(self, argument: object | None) -> None:
        if isinstance(argument, StartVisit):
            self._put_editor_away()
            self.start.begin_with(argument)
            self.pages.setCurrentWidget(self.start)
        elif isinstance(argument, ShowVisit):
            self._show_visit(argument.visit_id)
        elif isinstance(argument, ContinueDraft):
            self._open_draft(argument.draft_id)
        elif isinstance(argument, ListVisits):
            self.show_list()
            self.list.narrow(argument.narrowed)
        elif isinstance(self.pages.currentWidget(), SubmittedPage | VisitPage):
            self.show_list()

    def refresh(self) -> None:
        self.list.refresh()
        if isinstance(self.pages.currentWidget(), VisitPage):
            self.detail.refresh()

    def show_list(self) -> None:
        """Back to the list, read again; a draft that was open is saved."""
        self._put_editor_away()
        self._front(self.list)
        self.list.refresh()

    def _front(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)

    def _open_key(self, key: Key) -> None:
        kind, record_id = key
        if kind == "draft":
            self._open_draft(record_id)
        else:
            self._show_visit(record_id)

    def _show_visit(self, visit_id: str) -> None:
        self._put_editor_away()
        self.detail.show_visit(visit_id)
        self._front(self.detail)

    def _started(self, draft_id: str) -> None:
        self._open_draft(draft_id)
        self.navigator.changed()

    def _open_draft(self, draft_id: str) -> None:
        if self.editor is not None and self.editor.editor.head.id == draft_id:
            self._front(self.editor)
            return
        self._put_editor_away()
        if self._opening is not None:
            self._opening.cancel()
        # On the writer's lane: a save of this very draft may still be under way.
        self._opening = self.tasks.run(
            self.desk.visits.open_draft, draft_id, done=self._show_draft, lane="write", owner=self
        )

    def _show_draft(self, opened: OpenDraft) -> None:
        self.editor = EditorPage(self.desk, self.look, self.tasks, opened)
        self.editor.left.connect(self._left_editor)
        self.editor.submitted.connect(self._submitted)
        self.pages.addWidget(self.editor)
        self._front(self.editor)
        self.editor.begin()

    def _left_editor(self) -> None:
        self.show_list()
        self.navigator.changed()

    def _submitted(self, result: Submitted) -> None:
        self._put_editor_away()
        self.submitted.show_result(result)
        self._front(self.submitted)
        self.submitted.read.setFocus()
        self.navigator.changed()

    def _put_editor_away(self) -> None:
        if self.editor is None:
            return
        self.editor.editor.close()
        self.pages.removeWidget(self.editor)
        self.editor.deleteLater()
        self.editor = None
