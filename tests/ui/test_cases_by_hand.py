"""Cases by hand: opened in a minute, warned of before the same thing twice, anonymous when it should be, acted on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QDialog, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage import rows
from inspector_app.storage.cache import Cache
from inspector_app.ui.cases.form_page import CaseForm
from inspector_app.ui.cases.workspace import CasesWorkspace
from inspector_app.ui.kit.fields import Picker
from inspector_app.ui.look import Look
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.viewmodels.cases import ContinueCase, OpenCase, ShowCase
from inspector_app.viewmodels.syncing import SyncHandle
from inspector_app.viewmodels.tasks import Tasks
from sync.contract import records as r
from tests.ui.hands import find, press, write

Settle = Callable[[], None]
TOLD = "لا ماء في الدور الثالث"


def cases_of(window: MainWindow) -> CasesWorkspace:
    assert isinstance(window.current, CasesWorkspace)
    return window.current


@pytest.fixture
def form(window: MainWindow, settle: Settle) -> CaseForm:
    """A new case about a place and a company."""
    window.go("cases", OpenCase("p1", "co1"))
    settle()
    opened = cases_of(window).form
    assert opened is not None
    return opened


def fill(form: CaseForm, settle: Settle) -> None:
    """What every case needs."""
    find(Picker, form, "case.category").choose("CC01")
    form.category.chosen.emit("CC01")
    press(form, "case.priority.P2")
    find(QPlainTextEdit, form, "case.text").setPlainText(TOLD)
    settle()


def a_case(desk: Desk) -> str:
    fields = CaseFields(
        kind="complaint", category="CC01", priority="P2", text=TOLD, region="makkah", place_id="p1", company_id="co1"
    )
    return desk.cases.open(fields).case_id


def at_state(cache: Cache, case_id: str, state: str) -> None:
    """As if the centre had led the case there."""
    with cache.write() as conn:
        record = rows.get(conn, "case", case_id)
        assert isinstance(record, r.Case)
        conn.exec_driver_sql("UPDATE event SET laid = 0, state = 'confirmed'")
        values = {**r.to_row(record), "state": state}
        rows.put(conn, "case", [rows.Row(r.from_row("case", values), rev=9)])


def test_a_case_is_opened_once_category_priority_and_text_are_given(
    form: CaseForm, window: MainWindow, desk: Desk, settle: Settle
) -> None:
    assert not form.save.isEnabled()
    fill(form, settle)
    press(form, "case.save")
    settle()
    [case_id] = desk.cases.list()
    case = desk.cases.detail(case_id).case
    assert (case.text, case.category, case.place_id) == (TOLD, "CC01", "p1")
    box = find(QDialog, window, "case.opened")
    assert box.isVisible()
    box.close()


def test_what_is_typed_is_a_draft_on_the_disk_soon_after(
    form: CaseForm, window: MainWindow, desk: Desk, qtbot: QtBot, settle: Settle
) -> None:
    with qtbot.waitSignal(form.writer.saved):
        find(QPlainTextEdit, form, "case.text").setPlainText(TOLD)
    [draft] = desk.cases.drafts()
    assert draft.fields.text == TOLD
    window.go("cases", ContinueCase(draft.id))
    settle()
    again = cases_of(window).form
    assert again is not None
    assert again.text.toPlainText() == TOLD


def test_a_form_left_untouched_leaves_no_draft(form: CaseForm, desk: Desk, settle: Settle) -> None:
    form.leave()
    settle()
    assert desk.cases.drafts() == ()


def test_choosing_anonymous_clears_name_and_number_everywhere(
    form: CaseForm, desk: Desk, qtbot: QtBot, settle: Settle
) -> None:
    press(form, "case.reporter.named")
    write(form, "case.reporter_name", "أحمد")
    write(form, "case.reporter_phone", "0501234567")
    with qtbot.waitSignal(form.writer.saved):
        form.writer.save()
    press(form, "case.reporter.anonymous")
    assert not find(QLineEdit, form, "case.reporter_name").isVisible()
    assert find(QLineEdit, form, "case.reporter_name").text() == ""
    with qtbot.waitSignal(form.writer.saved):
        form.writer.save()
    [draft] = desk.cases.drafts()
    assert (draft.fields.reporter_name, draft.fields.reporter_phone) == ("", "")
    press(form, "case.reporter.named")
    assert find(QLineEdit, form, "case.reporter_phone").text() == ""


def test_a_named_reporter_needs_a_name(form: CaseForm, settle: Settle) -> None:
    fill(form, settle)
    press(form, "case.reporter.named")
    assert not form.save.isEnabled()
    write(form, "case.reporter_name", "أحمد")
    assert form.save.isEnabled()


def test_the_same_thing_reported_nearby_is_warned_of_and_asked_about(
    window: MainWindow, desk: Desk, qtbot: QtBot, settle: Settle
) -> None:
    a_case(desk)
    window.go("cases", OpenCase("p1", "co1"))
    settle()
    form = cases_of(window).form
    assert form is not None
    with qtbot.waitSignal(form.writer.alike, check_params_cb=bool):
        fill(form, settle)
    assert find(QWidget, form, "case.similar").isVisible()
    press(form, "case.save")
    assert len(desk.cases.list()) == 1
    press(find(QDialog, form, "case.similar.box"), "case.similar.box.yes")
    settle()
    assert len(desk.cases.list()) == 2
    find(QDialog, window, "case.opened").close()


def test_another_kind_of_case_has_its_own_categories(form: CaseForm, desk: Desk, look: Look, settle: Settle) -> None:
    press(form, "case.kind.inquiry")
    settle()
    offered = [form.category.itemText(row) for row in range(1, form.category.count())]
    assert offered == [look.words.name(code) for code in desk.cases.categories("inquiry")]
    assert form.category.value == ""


def test_a_draft_is_discarded_only_after_a_question(form: CaseForm, desk: Desk, qtbot: QtBot, settle: Settle) -> None:
    with qtbot.waitSignal(form.writer.saved):
        find(QPlainTextEdit, form, "case.text").setPlainText(TOLD)
    press(form, "case.discard")
    assert len(desk.cases.drafts()) == 1
    press(find(QDialog, form, "case.discard.box"), "case.discard.box.yes")
    settle()
    assert desk.cases.drafts() == ()


def test_a_comment_goes_into_the_timeline(window: MainWindow, desk: Desk, settle: Settle) -> None:
    case_id = a_case(desk)
    window.go("cases", ShowCase(case_id))
    settle()
    find(QPlainTextEdit, window, "case.comment").setPlainText("تواصلنا مع المشرف")
    press(window, "case.comment.send")
    settle()
    assert [view.entry.text for view in desk.cases.detail(case_id).entries] == ["", "تواصلنا مع المشرف"]
    assert find(QPlainTextEdit, window, "case.comment").toPlainText() == ""


def test_only_legal_steps_are_offered_and_a_rejection_needs_its_reason(
    window: MainWindow, desk: Desk, cache: Cache, settle: Settle
) -> None:
    case_id = a_case(desk)
    at_state(cache, case_id, "on_site_check")
    window.go("cases", ShowCase(case_id))
    settle()
    offered = {
        button.objectName()
        for button in cases_of(window).detail.findChildren(QPushButton)
        if button.objectName().startswith("case.step.") and button.isVisible()
    }
    assert offered == {"case.step.resolve", "case.step.refer", "case.step.reject"}
    press(window, "case.step.reject")
    box = find(QDialog, window, "case.step.box")
    assert not find(QPushButton, box, "case.step.box.yes").isEnabled()
    find(QPlainTextEdit, box, "case.step.box.text").setPlainText("ليس من اختصاص اللجنة")
    press(box, "case.step.box.yes")
    settle()
    assert desk.cases.row(case_id).case.state == "rejected"


def test_a_step_without_a_reason_may_still_say_what_was_done(
    window: MainWindow, desk: Desk, cache: Cache, settle: Settle
) -> None:
    case_id = a_case(desk)
    at_state(cache, case_id, "on_site_check")
    window.go("cases", ShowCase(case_id))
    settle()
    press(window, "case.step.resolve")
    press(find(QDialog, window, "case.step.box"), "case.step.box.yes")
    settle()
    assert desk.cases.row(case_id).case.state == "resolved"


def test_the_list_is_narrowed_to_complaints_and_says_what_to_do_when_it_is_empty(
    window: MainWindow, desk: Desk, settle: Settle, look: Look
) -> None:
    case_id = a_case(desk)
    window.go("cases")
    settle()
    cases = cases_of(window)
    press(window, "cases.filter.complaint")
    settle()
    assert list(cases.list.list.rows.ids) == [("case", case_id)]
    press(window, "cases.filter.note")
    settle()
    empty = find(QWidget, window, "cases.empty")
    assert empty.isVisible()
    assert find(QPushButton, empty, "cases.empty.act").text() == look.words.say("cases.new")


def test_a_supervisor_without_a_committee_is_not_offered_a_new_case(
    supervisor: Desk, look: Look, tasks: Tasks, sync: SyncHandle, qtbot: QtBot, settle: Settle
) -> None:
    window = MainWindow(supervisor, look, tasks, sync)
    qtbot.addWidget(window, before_close_func=lambda _: settle())
    window.show()
    window.go("cases")
    settle()
    assert not find(QPushButton, window, "cases.new").isVisible()
    assert not find(QPushButton, window, "cases.empty.act").isVisible()
