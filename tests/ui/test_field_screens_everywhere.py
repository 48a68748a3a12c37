"""Every screen of the register, visits, cases and review, in both languages and themes, on the smallest screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.services.views.cases import CaseFields
from inspector_app.services.views.drafts import Submitted
from inspector_app.storage.cache import Cache
from inspector_app.ui.cases.workspace import CasesWorkspace
from inspector_app.ui.look import Look
from inspector_app.ui.register.workspace import RegisterWorkspace
from inspector_app.ui.review.workspace import ReviewWorkspace
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.visits.workspace import VisitsWorkspace
from inspector_app.viewmodels.cases import OpenCase, ShowCase
from inspector_app.viewmodels.syncing import SyncHandle
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visits import ContinueDraft, ShowVisit, StartVisit
from sync.contract import records as r
from sync.domain.text import Language
from tests.support import desks, pictures, screens, short_centre

LANGUAGES: tuple[Language, ...] = ("ar", "en")
TOLD = "لا ماء في الدور الثالث منذ الصباح"


@pytest.fixture(params=[(language, theme) for language in LANGUAGES for theme in ("light", "dark")], ids="-".join)
def dressed(request: pytest.FixtureRequest, look: Look, desk: Desk, supervisor: Desk) -> Look:
    """The look in one language and theme, chosen by both people."""
    language, theme = request.param
    look.set_language(language)
    look.set_theme(theme)
    for person in (desk, supervisor):
        person.settings.set("language", language)
    return look


@pytest.fixture
def seat(
    dressed: Look, tasks: Tasks, sync: SyncHandle, qtbot: QtBot, settle: Callable[[], None]
) -> Callable[[Desk], MainWindow]:
    """Somebody's window on the smallest screen."""

    def make(desk: Desk) -> MainWindow:
        window = MainWindow(desk, dressed, tasks, sync)
        qtbot.addWidget(window, before_close_func=lambda _: settle())
        window.resize(1024, 700)
        window.show()
        settle()
        return window

    return make


def a_returned_visit_and_a_case(desk: Desk, supervisor: Desk, cache: Cache) -> tuple[str, str]:
    visit = desks.write_visit(desk, "p1", "co1", E01="nonconform", E09="partial")
    desks.write_visit(desk, "p1", "co1", I03="nonconform")
    case = desk.cases.open(
        CaseFields(
            kind="complaint", category="CC01", priority="P2", text=TOLD, region="makkah", place_id="p1",
            company_id="co1", reporter="confidential", reporter_name="Ahmad", reporter_phone="0501234567",
        )
    )  # fmt: skip
    short_centre.receive(cache)
    supervisor.review.give_back(visit, [r.Remark(item="E01", text="أرفق صورة الترخيص كاملة")])
    short_centre.receive(cache)
    return visit, case.case_id


def visits_by_page(
    window: MainWindow, desk: Desk, visit: str, settle: Callable[[], None]
) -> Iterator[tuple[str, object]]:
    window.go("visits")
    workspace = window.current
    assert isinstance(workspace, VisitsWorkspace)
    yield "list", workspace
    window.go("visits", StartVisit("p1"))
    yield "start", workspace
    window.go("visits", ShowVisit(visit))
    yield "returned", workspace
    window.go("visits", ContinueDraft(desk.visits.correct(visit)))
    settle()
    assert workspace.editor is not None
    for number in range(len(workspace.editor.editor.pages)):
        workspace.editor.show_section(number)
        yield f"section-{number}", workspace
    workspace.editor.show_section(-1)
    yield "finish", workspace
    workspace.submitted.show_result(Submitted(visit_id=visit, number="11-003-0001-5", revision=1))
    workspace.pages.setCurrentWidget(workspace.submitted)
    yield "submitted", workspace


@pytest.mark.timeout(120)
def test_no_screen_of_an_inspector_has_a_nameless_input_a_raw_key_or_a_clipped_label(
    desk: Desk,
    supervisor: Desk,
    cache: Cache,
    dressed: Look,
    seat: Callable[[Desk], MainWindow],
    settle: Callable[[], None],
) -> None:
    visit, case = a_returned_visit_and_a_case(desk, supervisor, cache)
    window = seat(desk)
    found: dict[str, object] = {}

    def look_at(name: str) -> None:
        settle()
        pictures.grab(window, dressed, name)
        found[name] = screens.faults(window)

    window.go("register", ("place", "p1"))
    look_at("register-place")
    window.go("register", ("company", "co1"))
    look_at("register-company")
    for name, _ in visits_by_page(window, desk, visit, settle):
        look_at(f"visits-{name}")
    window.go("cases")
    look_at("cases-list")
    window.go("cases", OpenCase("p1", "co1"))
    cases = window.current
    assert isinstance(cases, CasesWorkspace)
    assert cases.form is not None
    cases.form.reporter.button("confidential").click()
    look_at("cases-form")
    window.go("cases", ShowCase(case))
    look_at("cases-detail")
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_no_screen_of_a_supervisor_has_a_nameless_input_a_raw_key_or_a_clipped_label(
    desk: Desk,
    supervisor: Desk,
    cache: Cache,
    dressed: Look,
    seat: Callable[[Desk], MainWindow],
    settle: Callable[[], None],
) -> None:
    a_returned_visit_and_a_case(desk, supervisor, cache)
    window = seat(supervisor)
    window.go("review")
    settle()
    pictures.grab(window, dressed, "review-report")
    assert isinstance(window.current, ReviewWorkspace)
    assert window.current.reviewer.current is not None
    assert screens.faults(window) == []


def test_a_card_speaks_the_other_language_at_once(window: MainWindow, look: Look, settle: Callable[[], None]) -> None:
    window.go("register", ("company", "co1"))
    settle()
    assert isinstance(window.current, RegisterWorkspace)
    for language in reversed(LANGUAGES):
        look.set_language(language)
        settle()
        assert window.current.start.text().strip() == look.words.say("register.start_visit")
        assert screens.faults(window) == []
