"""The frame: what stands in the side and the bar, search over everything, shortcuts, language, locking, errors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage.sync_store import SyncStore
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.look import Look
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.shell.topbar import link_in_words
from inspector_app.viewmodels.lists import FACE_ROLE
from inspector_app.viewmodels.syncing import SyncHandle, SyncStatus
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visits import ContinueDraft
from inspector_app.words import Words
from sync.contract.events import EventResult
from sync.domain import findings
from tests.support import desks

Settle = Callable[[], None]


def button(window: QWidget, name: str) -> QPushButton:
    found = window.findChild(QPushButton, name)
    assert isinstance(found, QPushButton), name
    return found


def press(window: QWidget, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    held = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        held |= modifier
    QTest.keyClick(window, key, held)


def titles(rows: RowList) -> list[str]:
    return [rows.rows.index(place).data(FACE_ROLE).title for place in range(rows.rows.rowCount())]


def test_the_day_opens_first(window: MainWindow) -> None:
    assert window.current.objectName() == "today"
    assert button(window, "side.today").isChecked()


def test_only_a_supervisor_has_a_review(
    window: MainWindow, supervisor: Desk, look: Look, tasks: Tasks, sync: SyncHandle, qtbot: QtBot, settle: Settle
) -> None:
    other = MainWindow(supervisor, look, tasks, sync)
    qtbot.addWidget(other, before_close_func=lambda _: settle())
    assert window.findChild(QPushButton, "side.review") is None
    assert button(other, "side.review").isEnabled()
    with pytest.raises(KeyError):
        window.go("review")


def test_a_workspace_is_built_when_it_is_first_opened(window: MainWindow, settle: Settle) -> None:
    assert window.findChild(QWidget, "settings.appearance") is None
    button(window, "side.settings").click()
    settle()
    assert window.findChild(QWidget, "settings.appearance") is not None


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (SyncStatus(link="offline", waiting=3), "غير متصل · ٣ بانتظار الإرسال"),
        (SyncStatus(link="online", last_sync="2026-11-22T14:20:00+03:00"), "متصل · آخر مزامنة ١٤:٢٠"),
        (SyncStatus(link="online", running=True), "متصل · تجري المزامنة"),
        (SyncStatus(link="working offline"), "العمل دون اتصال"),
        (SyncStatus(link="refused", waiting=1), "المركز لا يقبل هذا الجهاز · واحد بانتظار الإرسال"),
        (SyncStatus(link="connecting"), "جارٍ الاتصال"),
    ],
)
def test_the_state_of_the_link_is_said_in_words(status: SyncStatus, said: str) -> None:
    heard = link_in_words(Words.load("ar"), status)
    assert "".join(char for char in heard if char not in "\u2068\u2069\u200f") == said


def test_what_waits_is_counted_in_the_side_after_ones_own_action(
    window: MainWindow, desk: Desk, sync: SyncHandle, settle: Settle
) -> None:
    desk.cases.open(CaseFields(kind="note", category="N01", priority="P3", text="نظيف", region="makkah", place_id="p1"))
    window.changed()
    settle()
    assert "١" in button(window, "side.sync").accessibleName()
    assert sync.status.waiting == 1


def test_ctrl_k_finds_places_visits_and_cases_while_one_types(
    window: MainWindow, desk: Desk, qtbot: QtBot, settle: Settle
) -> None:
    desks.write_visit(desk, "p1", "co1")
    press(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    field = window.bar.search
    assert field.hasFocus()
    QTest.keyClicks(field, "ajyad")
    results = window.findChild(RowList, "finder.results")
    assert isinstance(results, RowList)
    qtbot.waitUntil(results.isVisible)
    assert results.rows.ids[0] == ("place", "p1")
    assert {kind for kind, _ in results.rows.ids} >= {"place", "visit"}
    press(field, Qt.Key.Key_Down)
    assert results.hasFocus()
    press(results, Qt.Key.Key_Down)
    press(results, Qt.Key.Key_Return)
    settle()
    assert window.current.objectName() == "visits"
    assert field.text() == ""
    assert not results.isVisible()


def test_enter_opens_the_first_hit_of_what_was_typed_even_before_it_is_found(
    window: MainWindow, settle: Settle
) -> None:
    window.bar.search.setText("اجياد")
    press(window.bar.search, Qt.Key.Key_Return)
    settle()
    assert window.current.objectName() == "register"


def test_a_search_without_a_hit_says_what_to_try(window: MainWindow, settle: Settle) -> None:
    window.bar.search.setText("ززززز")
    press(window.bar.search, Qt.Key.Key_Return)
    settle()
    finder = window.findChild(QWidget, "finder")
    assert finder is not None
    assert any("جرّب" in label.text() for label in finder.findChildren(QLabel))
    press(window.bar.search, Qt.Key.Key_Escape)
    assert not finder.isVisible()


@pytest.mark.parametrize(
    ("key", "shift", "place"),
    [(Qt.Key.Key_N, False, "visits"), (Qt.Key.Key_N, True, "cases"), (Qt.Key.Key_2, False, "register")],
)
def test_a_shortcut_leads_to_its_workspace(
    key: Qt.Key, shift: bool, place: str, window: MainWindow, settle: Settle
) -> None:
    shifted = (Qt.KeyboardModifier.ShiftModifier,) if shift else ()
    press(window, key, Qt.KeyboardModifier.ControlModifier, *shifted)
    settle()
    assert window.current.objectName() == place


def test_f1_explains_the_screen_in_front(window: MainWindow, qtbot: QtBot, settle: Settle) -> None:
    window.go("sync")
    settle()
    press(window, Qt.Key.Key_F1)
    box = window.findChild(QDialog, "box.help")
    assert isinstance(box, QDialog)
    said = " ".join(label.text() for label in box.findChildren(QLabel))
    assert Words.load("ar").say("help.sync") in said
    with qtbot.waitSignal(box.finished):
        button(box, "box.help.close").click()


def test_the_language_switches_at_once_with_the_direction_and_is_kept(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    for place in ("register", "visits", "cases", "sync", "settings"):
        window.go(place)
        settle()
    button(window, "topbar.language").click()
    settle()
    assert QGuiApplication.layoutDirection() == Qt.LayoutDirection.LeftToRight
    assert button(window, "side.today").text() == "Today"
    assert button(window, "settings.change_passphrase").text() == "Change the passphrase"
    assert desk.settings.get("language") == "en"
    button(window, "topbar.language").click()
    settle()
    assert QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert button(window, "side.today").text() == "اليوم"


def test_locking_hides_everything_before_it_is_said(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.locked):
        press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert not window.current.isVisible()


@pytest.mark.parametrize("way", ["lock", "close"])
def test_an_answer_given_a_moment_before_the_window_goes_is_on_the_disk(
    way: str, window: MainWindow, desk: Desk, settle: Settle
) -> None:
    draft_id = desk.visits.start("p1", "co1")
    window.go("visits", ContinueDraft(draft_id))
    settle()
    button(window, "visit.next").click()
    answers = window.findChildren(QPushButton, QRegularExpression(r"^visit\.answer\..*\.nonconform$"))
    answer = next(one for one in answers if one.isVisible())
    item = answer.objectName().split(".")[-2]
    answer.click()
    if way == "lock":
        window.lock()
    else:
        window.close()
    opened = desk.visits.open_draft(draft_id)
    kept = {one.code: one.answer for one in findings.from_session(opened.session, opened.form)}
    assert kept[item] == "nonconform"
    settle()


def test_rows_that_arrive_are_read_once_for_a_burst_of_pages(
    window: MainWindow, desk: Desk, sync: SyncHandle, qtbot: QtBot, settle: Settle
) -> None:
    desk.visits.start("p1")
    for _ in range(20):
        sync.rows_arrived.emit()
    drafts = window.findChild(RowList, "today.drafts.list")
    assert isinstance(drafts, RowList)
    qtbot.waitUntil(lambda: drafts.rows.rowCount() == 1)
    settle()


def test_what_the_centre_refused_is_said_over_every_screen_and_leads_to_its_text(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    refuse_the_first_event(desk)
    window.changed()
    settle()
    assert window.notice.isVisible()
    window.notice.button.click()
    settle()
    assert window.current.objectName() == "sync"
    kept = window.findChild(RowList, "sync.attention")
    assert isinstance(kept, RowList)
    assert kept.isVisible()
    assert len(titles(kept)) == 1


def test_an_error_no_screen_expected_is_told_in_words_when_the_user_can_act_on_it(
    window: MainWindow, tasks: Tasks, qtbot: QtBot
) -> None:
    def fail() -> None:
        raise UserError("link_down")

    tasks.run(fail)
    qtbot.waitUntil(lambda: window.findChild(QDialog, "box.error") is not None)
    box = window.findChild(QDialog, "box.error")
    assert isinstance(box, QDialog)
    assert any("تعذر الوصول إلى المركز" in label.text() for label in box.findChildren(QLabel))
    with qtbot.waitSignal(box.finished):
        box.reject()


def test_a_window_that_was_locked_away_hears_nothing_any_more(
    desk: Desk, look: Look, tasks: Tasks, sync: SyncHandle, qtbot: QtBot, settle: Settle
) -> None:
    window = MainWindow(desk, look, tasks, sync)
    for place in ("register", "visits", "cases", "sync", "settings"):
        window.go(place)
        settle()
    with qtbot.waitSignal(window.destroyed):
        window.deleteLater()
    with qtbot.captureExceptions() as raised:
        look.set_language("en")
        look.set_theme("dark")
        sync.status_changed.emit(SyncStatus(link="online"))
        sync.finished.emit(SyncStatus(link="online"))
        sync.rows_arrived.emit()
        settle()
    assert raised == []


def test_the_application_is_dressed_once_for_all_windows(look: Look) -> None:
    assert QApplication.font().family() == "IBM Plex Sans Arabic"
    look.set_text_size(19)
    assert QApplication.font().pixelSize() == 19


def refuse_the_first_event(desk: Desk) -> None:
    """Open a case and let the centre refuse it, as the sync store writes it down."""
    told = "لا ماء في الدور الثالث"
    desk.cases.open(
        CaseFields(kind="complaint", category="CC01", priority="P1", text=told, region="makkah", place_id="p1")
    )
    store = SyncStore(desk.cache, desks.Clock())
    event = store.waiting(1)[0]
    store.settle(
        [EventResult(id=event.id, outcome="rejected", code="outside_scope", received_at="2026-11-22T12:00:00Z")]
    )
