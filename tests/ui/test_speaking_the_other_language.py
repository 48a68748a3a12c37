"""A language is switched under open screens full of data; afterwards nothing speaks the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.views import CaseFields, Submitted
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from inspector_app.ui.access.window import AccessWindow
from inspector_app.ui.cases.workspace import CasesWorkspace
from inspector_app.ui.look import Look
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.shell.places import PLACES
from inspector_app.ui.visits.workspace import VisitsWorkspace
from inspector_app.viewmodels.cases import OpenCase, ShowCase
from inspector_app.viewmodels.syncing import SyncHandle
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visits import ContinueDraft, ShowVisit, StartVisit
from sync.contract import records as r
from sync.domain.text import Language
from tests.support import desks, screens, short_centre
from tests.ui import overheard

OTHER: dict[Language, Language] = {"ar": "en", "en": "ar"}
TOLD = "qqqq xxxx"
REMARK = "qqqq zzzz"
SIGNED = r.Signature(status="refused", name="Qq", reason="qq", witness="qq")
TYPED = (desks.DEVICE.name, "المناوب", "لا يملك صلاحية التوقيع", "ياسر الغامدي")
"""What stays as it was typed; all but the device's name stand in ``desks.refuse_to_sign``."""
SENT = [one for one in desks.season() if not isinstance(one, r.Checklist)]
"""Data, which may have a name in one language only; a checklist has each of its words in both."""


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


def pages_of_visits(window: MainWindow, desk: Desk, visit: str, settle: Callable[[], None]) -> Iterator[str]:
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


def pages_of_cases(window: MainWindow, case: str, settle: Callable[[], None]) -> Iterator[str]:
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
            yield from pages_of_visits(window, desk, visit, settle)
        elif place.name == "cases" and desk.person.role == "inspector":
            yield from pages_of_cases(window, case, settle)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("person", ["inspector", "supervisor"])
def test_no_word_of_the_other_language_is_left_on_any_screen(
    person: str,
    desk: Desk,
    supervisor: Desk,
    cache: Cache,
    look: Look,
    tasks: Tasks,
    sync: SyncHandle,
    qtbot: QtBot,
    settle: Callable[[], None],
) -> None:
    visit, case = a_season_of_work(desk, supervisor, cache)
    who = desk if person == "inspector" else supervisor
    window = MainWindow(who, look, tasks, sync)
    qtbot.addWidget(window, before_close_func=lambda _: settle())
    window.resize(1280, 800)
    window.show()
    found: dict[str, dict[str, str]] = {}
    for page in pages(window, who, visit, case, settle):
        settle()
        for language, other in OTHER.items():
            look.set_language(language)
            who.settings.set("language", language)
            settle()
            known = overheard.words_in(other, SENT, *TYPED)
            if wrong := overheard.strange(window, other, known):
                found[f"{page} in {language}"] = wrong
            assert screens.faults(window) == [], f"{page} in {language}"
    assert found == {}


def test_no_word_of_the_other_language_is_left_at_the_door(
    profile: Profile, look: Look, tasks: Tasks, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    door = AccessWindow(Access(profile, HttpTransport), look, tasks)
    qtbot.addWidget(door)
    door.show()
    found: dict[str, dict[str, str]] = {}
    for page in ("enrol", "unlock", "recover", "damaged"):
        door.show_page(page)
        for language, other in OTHER.items():
            settle()
            look.set_language(language)
            if wrong := overheard.strange(door, other, frozenset()):
                found[f"{page} in {language}"] = wrong
    assert found == {}
