"""A walk through every page of the window, with the work of a season behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from inspector_app.services.desk import Desk
from inspector_app.services.views.cases import CaseFields
from inspector_app.services.views.drafts import Submitted
from inspector_app.storage.cache import Cache
from inspector_app.ui.cases.workspace import CasesWorkspace
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.shell.places import PLACES
from inspector_app.ui.visits.workspace import VisitsWorkspace
from inspector_app.viewmodels.cases import OpenCase, ShowCase
from inspector_app.viewmodels.visits import ContinueDraft, ShowVisit, StartVisit
from sync.contract import records as r
from tests.support import desks, short_centre

TOLD = "qqqq xxxx"
REMARK = "qqqq zzzz"
SIGNED = r.Signature(status="refused", name="Qq", reason="qq", witness="qq")


def a_season_of_work(desk: Desk, supervisor: Desk, cache: Cache) -> tuple[str, str]:
    """A returned visit, another one submitted, and a case that was received; returns visit and case."""
    visit = desks.write_visit(desk, "p1", "co1", E01="nonconform", E09="partial")
    desks.write_visit(desk, "p1", "co1", I03="nonconform")
    case = desk.cases.open(
        CaseFields(
            kind="complaint", category="CC01", priority="P2", text=TOLD, region="makkah", place_id="p1",
            company_id="co1", reporter="confidential", reporter_name="Qq", reporter_phone="0501234567",
        )
    )  # fmt: skip
    short_centre.receive(cache)
    supervisor.review.give_back(visit, [r.Remark(item="E01", text=REMARK)])
    short_centre.receive(cache)
    return visit, case.case_id


def _pages_of_visits(window: MainWindow, desk: Desk, visit: str, settle: Callable[[], None]) -> Iterator[str]:
    workspace = window.current
    assert isinstance(workspace, VisitsWorkspace)
    window.go("visits", StartVisit("p1"))
    yield "start"
    window.go("visits", ShowVisit(visit))
    yield "returned"
    draft = desk.visits.correct(visit)
    desk.visits.sign(draft, SIGNED)
    window.go("visits", ContinueDraft(draft))
    settle()
    assert workspace.editor is not None
    for number in range(len(workspace.editor.editor.pages)):
        workspace.editor.show_section(number)
        yield f"section {number}"
    workspace.editor.show_section(-1)
    yield "finish"
    workspace.submitted.show_result(Submitted(visit_id=visit, number="11-003-0001-5", revision=1))
    workspace.pages.setCurrentWidget(workspace.submitted)
    yield "submitted"


def _pages_of_cases(window: MainWindow, case: str, settle: Callable[[], None]) -> Iterator[str]:
    window.go("cases", OpenCase("p1", "co1"))
    cases = window.current
    assert isinstance(cases, CasesWorkspace)
    assert cases.form is not None
    settle()
    cases.form.writer.change(category="CC01")
    cases.form.writer.look()
    cases.form.reporter.button("confidential").click()
    cases.form.text.setPlainText(TOLD)
    cases.form.writer.save()
    yield "form"
    window.go("cases", ShowCase(case))
    yield "detail"


def pages(window: MainWindow, desk: Desk, visit: str, case: str, settle: Callable[[], None]) -> Iterator[str]:
    """Bring every page of a person's window to the front, one after another; gives the name of each.

    Args:
        window: The person's window, shown.
        desk: The person's.
        visit: A returned visit.
        case: A case.
        settle: Waits until everything has arrived.
    """
    for place in PLACES:
        if not place.open_to(desk.person):
            continue
        window.go(place.name)
        yield place.name
        if place.name == "register":
            for key in (("place", "p1"), ("company", "co1")):
                window.go("register", key)
                yield key[0]
        elif place.name == "visits" and desk.person.role == "inspector":
            yield from _pages_of_visits(window, desk, visit, settle)
        elif place.name == "cases" and desk.person.role == "inspector":
            yield from _pages_of_cases(window, case, settle)
