"""Every screen of what travels, in both languages and themes, on the smallest screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.link.http import HttpTransport
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from inspector_app.ui.access.window import AccessWindow
from inspector_app.ui.look import Look
from inspector_app.ui.review.workspace import ReviewWorkspace
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.sync.workspace import SyncWorkspace
from inspector_app.viewmodels.cases import ShowCase
from inspector_app.viewmodels.leaving import LastDelivery, Leaving
from inspector_app.viewmodels.syncing import SyncHandle, SyncStatus
from inspector_app.viewmodels.tasks import Tasks
from sync.domain.text import Language
from tests.support import by_hand, desks, outgoing, pictures, screens
from tests.ui.hands import find, press

LANGUAGES: tuple[Language, ...] = ("ar", "en")
Seat = Callable[[Desk], MainWindow]
Settle = Callable[[], None]


@pytest.fixture(params=[(language, theme) for language in LANGUAGES for theme in ("light", "dark")], ids="-".join)
def dressed(request: pytest.FixtureRequest, look: Look) -> Look:
    """The look in one language and theme."""
    language, theme = request.param
    look.set_language(language)
    look.set_theme(theme)
    return look


@pytest.fixture
def laptops(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """An inspector's laptop and his supervisor's, which know each other and have no link."""
    with ExitStack() as stack:
        field = stack.enter_context(by_hand.laptop(tmp_path, "field", desks.INSPECTOR, desks.COLLEAGUE))
        office = stack.enter_context(by_hand.laptop(tmp_path, "desk", desks.SUPERVISOR))
        yield field, office


@pytest.fixture
def seat(dressed: Look, tasks: Tasks, sync: SyncHandle, qtbot: QtBot, settle: Settle) -> Seat:
    """Somebody's window on the smallest screen."""

    def make(desk: Desk) -> MainWindow:
        window = MainWindow(desk, dressed, tasks, sync)
        qtbot.addWidget(window, before_close_func=lambda _: settle())
        window.resize(1024, 700)
        window.show()
        settle()
        return window

    return make


@pytest.mark.timeout(120)
def test_no_list_of_the_sync_is_clipped_or_nameless(
    desk: Desk, cache: Cache, seat: Seat, dressed: Look, sync: SyncHandle, settle: Settle
) -> None:
    outgoing.lay_out(desk, cache)
    window = seat(desk)
    window.go("sync")
    settle()
    assert isinstance(window.current, SyncWorkspace)
    found = {}
    for tab in ("waiting", "attention", "receipts", "transfers", "log"):
        press(window, f"sync.tab.{tab}")
        settle()
        pictures.grab(window, dressed, f"sync-{tab}")
        found[tab] = screens.faults(window)
        assert (window.width(), window.height()) == (1024, 700), tab
    press(window, "sync.tab.attention")
    for number, key in enumerate(list(window.current.attention.rows.ids)):
        window.current.attention.select(key)
        settle()
        pictures.grab(window, dressed, f"sync-attention-{number}")
        found[f"attention {number}"] = screens.faults(window)
    sync.status = SyncStatus(
        link="online", running=True, phase="snapshot", done_bytes=700_000, total_bytes=2_400_000, done_rows=6_000,
        total_rows=20_000, problem="busy",
    )  # fmt: skip
    sync.status_changed.emit(sync.status)
    pictures.grab(window, dressed, "sync-first")
    assert (window.width(), window.height()) == (1024, 700)
    found["first sync"] = screens.faults(window)
    assert {tab: wrong for tab, wrong in found.items() if wrong} == {}


@pytest.mark.timeout(120)
def test_no_box_of_a_transfer_is_clipped_or_nameless(
    laptops: tuple[Desk, Desk], seat: Seat, dressed: Look, settle: Settle, tmp_path: Path, qtbot: QtBot
) -> None:
    field, office = laptops
    outgoing.a_visit_with_a_picture(field)
    window = seat(field)
    window.go("sync")
    press(window, "sync.tab.transfers")
    found = {}
    for name, opened in (
        ("give", "transfer.give"),
        ("nearby_give", "transfer.visit"),
        ("nearby_take", "transfer.window"),
    ):
        press(window, f"transfers.{name}")
        settle_box(qtbot, name, settle)
        box = find(QDialog, window, opened)
        pictures.grab(box, dressed, f"transfer-{name}")
        found[name] = screens.faults(box)
        if name == "give":
            press(box, "transfer.give.act")
            choose = find(QFileDialog, box, "transfer.give.file")
            choose.selectFile(str(tmp_path / "work.midan"))
            with qtbot.waitSignal(choose.finished):
                choose.accept()
            settle()
            pictures.grab(box, dressed, "transfer-given")
            found["given"] = screens.faults(box)
        box.reject()
        settle()
    window.close()
    other = seat(office)
    other.go("sync")
    press(other, "sync.tab.transfers")
    press(other, "transfers.take")
    choose = find(QFileDialog, other, "transfers.take_file")
    choose.selectFile(str(tmp_path / "work.midan"))
    with qtbot.waitSignal(choose.finished):
        choose.accept()
    settle()
    box = find(QDialog, other, "transfer.take")
    pictures.grab(box, dressed, "transfer-taken")
    found["taken"] = screens.faults(box)
    box.reject()
    settle()
    pictures.grab(other, dressed, "transfers-history")
    found["history"] = screens.faults(other)
    other.go("review")
    settle()
    pictures.grab(other, dressed, "review-carried")
    found["carried"] = screens.faults(other)
    other.close()
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def settle_box(qtbot: QtBot, name: str, settle: Settle) -> None:
    """A box nearby listens for as long as it is open; the others come to rest."""
    if name == "give":
        settle()
    else:
        qtbot.wait(300)


@pytest.mark.timeout(60)
def test_what_is_held_can_be_read_on_the_smallest_screen(
    desk: Desk, supervisor: Desk, cache: Cache, seat: Seat, dressed: Look, settle: Settle
) -> None:
    outgoing.quarantined(desk, cache)
    outgoing.quarantined(desk, cache, "person_released")
    window = seat(supervisor)
    window.go("review")
    settle()
    assert isinstance(window.current, ReviewWorkspace)
    press(window, "review.which.held")
    settle()
    pictures.grab(window, dressed, "quarantine")
    found = {"held": screens.faults(window)}
    for which in ("accept", "refuse"):
        press(window, f"quarantine.{which}")
        box = find(QDialog, window, f"quarantine.{which}.box")
        pictures.grab(box, dressed, f"quarantine-{which}")
        found[which] = screens.faults(box)
        box.reject()
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_case_can_be_moved_on_the_smallest_screen(
    desk: Desk, supervisor: Desk, seat: Seat, dressed: Look, settle: Settle, qtbot: QtBot
) -> None:
    case_id = outgoing.open_case(desk)
    window = seat(supervisor)
    window.go("cases", ShowCase(case_id))
    settle()
    pictures.grab(window, dressed, "case-supervisor")
    found = {"case": screens.faults(window)}
    press(window, "case.step.move")
    settle()
    box = find(QDialog, window, "case.move")
    pictures.grab(box, dressed, "case-move")
    found["box"] = screens.faults(box)
    box.reject()
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_the_page_of_a_withdrawn_device_can_be_read_on_the_smallest_screen(
    desk: Desk, profile: Profile, dressed: Look, tasks: Tasks, sync: SyncHandle, qtbot: QtBot, settle: Settle
) -> None:
    door = AccessWindow(Access(profile, HttpTransport), dressed, tasks)
    qtbot.addWidget(door)
    door.resize(1024, 700)
    door.show()
    delivery = LastDelivery(desk, sync, tasks)
    door.show_withdrawal(delivery)
    settle()
    running = SyncStatus(link="online", running=True, phase="evidence", done_bytes=512 * 1024, total_bytes=4 * 1024**2)
    found = {}
    for name, leaving in (
        ("delivering", Leaving(events=3, pieces=2, bytes=3_600_000, status=running)),
        ("offline", Leaving(events=3, pieces=2, bytes=3_600_000, status=SyncStatus(link="offline"))),
        ("wiped", Leaving(wiped=True)),
    ):
        delivery.changed.emit(leaving)
        pictures.grab(door, dressed, f"withdrawn-{name}")
        found[name] = screens.faults(door)
    door.begin()
    door.tell_released()
    box = find(QDialog, door, "released")
    pictures.grab(box, dressed, "released")
    found["released"] = screens.faults(box)
    box.reject()
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
