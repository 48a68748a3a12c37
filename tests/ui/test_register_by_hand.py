"""The register by hand: type and it narrows; a card leads to a visit, a case, a company, a place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.ui.cases.workspace import CasesWorkspace
from inspector_app.ui.kit.fields import Picker
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.register.workspace import RegisterWorkspace
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.visits.workspace import VisitsWorkspace
from tests.support import desks
from tests.ui.hands import find, press, type_in

Settle = Callable[[], None]


@pytest.fixture
def register(window: MainWindow, settle: Settle) -> RegisterWorkspace:
    window.go("register")
    settle()
    assert isinstance(window.current, RegisterWorkspace)
    return window.current


def ask(register: RegisterWorkspace, text: str, qtbot: QtBot, settle: Settle) -> list[object]:
    type_in(find(QLineEdit, register, "register.search"), text)
    QTest.keyClick(register.field, Qt.Key.Key_Return)
    settle()
    return list(register.list.rows.ids)


def title(register: RegisterWorkspace) -> str:
    return find(QLabel, register, "register.card.title").text()


def test_everything_is_listed_before_anything_is_typed(register: RegisterWorkspace) -> None:
    assert len(register.list.rows.ids) == 4


def test_typing_with_other_letters_finds_the_place(register: RegisterWorkspace, qtbot: QtBot, settle: Settle) -> None:
    assert ask(register, "أجياد", qtbot, settle) == [("place", "p1")]


def test_the_kind_narrows_the_list(register: RegisterWorkspace, settle: Settle) -> None:
    press(register, "register.kind.company")
    settle()
    assert {kind for kind, _ in register.list.rows.ids} == {"company"}


def test_the_state_of_a_licence_narrows_to_companies(register: RegisterWorkspace, settle: Settle) -> None:
    state = find(Picker, register, "register.state")
    state.choose("suspended")
    state.chosen.emit("suspended")
    settle()
    assert list(register.list.rows.ids) == [("company", "co2")]


def test_licences_about_to_end_are_a_filter(register: RegisterWorkspace, qtbot: QtBot, settle: Settle) -> None:
    state = find(Picker, register, "register.state")
    state.choose("expiring")
    state.chosen.emit("expiring")
    settle()
    assert set(register.list.rows.ids) == {("company", "co1"), ("company", "co2")}
    assert ask(register, "العليان", qtbot, settle) == [("company", "co1")]


def test_only_what_has_open_findings_may_be_listed(
    register: RegisterWorkspace, desk: Desk, qtbot: QtBot, settle: Settle
) -> None:
    desks.write_visit(desk, "p1", "co1", E01="nonconform")
    find(QCheckBox, register, "register.open_findings").click()
    settle()
    assert list(register.list.rows.ids) == [("place", "p1"), ("company", "co1")]
    press(register, "register.kind.company")
    settle()
    assert list(register.list.rows.ids) == [("company", "co1")]
    assert ask(register, "الروضة", qtbot, settle) == []


def test_a_region_that_cannot_narrow_is_left_out(register: RegisterWorkspace, settle: Settle) -> None:
    region = find(Picker, register, "register.region")
    region.offer([("", "-"), ("makkah", "مكة")])
    region.choose("makkah")
    press(register, "register.kind.company")
    settle()
    assert not region.isEnabled()
    assert len(register.list.rows.ids) == 2


def test_nothing_found_says_what_to_do(register: RegisterWorkspace, qtbot: QtBot, settle: Settle) -> None:
    assert ask(register, "زحل", qtbot, settle) == []
    assert find(QWidget, register, "register.nothing").isVisible()


def test_down_moves_from_the_search_into_the_list_and_shows_the_card(
    register: RegisterWorkspace, qtbot: QtBot, settle: Settle
) -> None:
    ask(register, "أجياد", qtbot, settle)
    QTest.keyClick(register.field, Qt.Key.Key_Down)
    QTest.keyClick(register.list, Qt.Key.Key_Down)
    settle()
    assert title(register) == desks.PLACE.name_ar


def test_a_place_leads_to_the_company_lodged_there(
    register: RegisterWorkspace, window: MainWindow, settle: Settle
) -> None:
    window.go("register", ("place", "p1"))
    settle()
    find(RowList, register, "register.place.companies").opened.emit("co1")
    settle()
    assert title(register) == desks.COMPANY.name_ar


def test_a_visit_is_started_from_the_card(register: RegisterWorkspace, window: MainWindow, settle: Settle) -> None:
    window.go("register", ("place", "p1"))
    settle()
    press(register, "register.start_visit")
    settle()
    assert isinstance(window.current, VisitsWorkspace)
    assert window.current.start.place.value == "p1"


def test_a_case_is_opened_from_the_card_of_a_company(
    register: RegisterWorkspace, window: MainWindow, settle: Settle
) -> None:
    window.go("register", ("company", "co1"))
    settle()
    press(register, "register.open_case")
    settle()
    assert isinstance(window.current, CasesWorkspace)
    assert window.current.form is not None
    assert window.current.form.writer.fields.company_id == "co1"


def test_of_two_cards_asked_for_quickly_the_last_is_shown(
    register: RegisterWorkspace, window: MainWindow, settle: Settle
) -> None:
    window.go("register", ("company", "co2"))
    window.go("register", ("place", "p1"))
    settle()
    assert title(register) == desks.PLACE.name_ar
