"""What the user can do about what is under way: send again, decide about rows held back, keep receipts and figures."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from inspector_app.reports.receipts import write_receipts_csv
from inspector_app.services.desk import Desk
from inspector_app.services.views.sync import ReceiptLine
from inspector_app.storage import rows
from inspector_app.storage.cache import Cache
from inspector_app.ui.kit.cards import Banner
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.viewmodels.lists import FACE_ROLE, Face
from inspector_app.viewmodels.syncing import SyncHandle
from inspector_app.words import Words
from sync.engine.engine import Link, Phase, Report
from sync.engine.traffic import Traffic
from tests.support import outgoing
from tests.ui.hands import find, press

Settle = Callable[[], None]
WORDS = Words.load("ar")
SAY = WORDS.say


class Still:
    """A driver that turns nothing."""

    def start(self, *, working: bool = True) -> None:
        """Begin nothing."""

    def work(self, on: bool) -> None:
        """Use no link."""

    def sync_now(self) -> None:
        """Hurry nobody."""

    def cancel(self) -> None:
        """Give nothing up."""

    def stop(self) -> None:
        """End nothing."""


@pytest.fixture
def laid_out(window: MainWindow, desk: Desk, cache: Cache, settle: Settle) -> outgoing.Outgoing:
    """One of everything, with the sync in front."""
    made = outgoing.lay_out(desk, cache)
    window.go("sync")
    settle()
    return made


def faces(window: MainWindow, name: str) -> dict[object, Face]:
    listed = find(RowList, window, f"sync.{name}")
    return {key: listed.rows.index(place).data(FACE_ROLE) for place, key in enumerate(listed.rows.ids)}


def choose(window: MainWindow, key: str, settle: Settle) -> None:
    press(window, "sync.tab.attention")
    find(RowList, window, "sync.attention").select(key)
    settle()


def save(window: MainWindow, button: str, box: str, path: Path, qtbot: QtBot, settle: Settle) -> None:
    press(window, button)
    chooser = find(QFileDialog, window, box)
    chooser.selectFile(str(path))
    with qtbot.waitSignal(chooser.finished):
        chooser.accept()
    settle()


def test_each_line_says_what_it_waits_for(window: MainWindow, laid_out: outgoing.Outgoing) -> None:
    waiting = faces(window, "waiting")
    assert waiting[laid_out.waiting].trailing == SAY("sync.why.connecting")
    assert waiting[laid_out.held].chip == SAY("sync.state.held")
    assert waiting[laid_out.held].trailing == SAY("sync.why.held")
    assert any(face.trailing == SAY("sync.why.connecting") for face in waiting.values())


def test_what_a_line_waits_for_follows_the_link(
    window: MainWindow, laid_out: outgoing.Outgoing, sync: SyncHandle, settle: Settle
) -> None:
    sync.set_online(False)
    settle()
    assert faces(window, "waiting")[laid_out.waiting].trailing == SAY("sync.why.working_offline")
    assert faces(window, "waiting")[laid_out.held].trailing == SAY("sync.why.held")


def test_a_parked_entry_can_be_sent_again(window: MainWindow, laid_out: outgoing.Outgoing, settle: Settle) -> None:
    choose(window, laid_out.parked, settle)
    press(window, "sync.refused.again")
    settle()
    assert laid_out.parked in faces(window, "waiting")
    assert laid_out.parked not in faces(window, "attention")


def test_a_refused_entry_cannot_be_sent_again(window: MainWindow, laid_out: outgoing.Outgoing, settle: Settle) -> None:
    choose(window, laid_out.parked, settle)
    again = find(QPushButton, window, "sync.refused.again")
    assert again.isVisible()
    choose(window, laid_out.refused, settle)
    assert not again.isVisible()


def test_everything_that_was_given_up_goes_again_with_one_button(
    window: MainWindow, laid_out: outgoing.Outgoing, settle: Settle
) -> None:
    press(window, "sync.tab.attention")
    press(window, "sync.all_again")
    settle()
    assert set(faces(window, "attention")) == {laid_out.refused}
    assert {laid_out.parked, laid_out.picture} <= set(faces(window, "waiting"))


def test_a_picture_that_was_given_up_can_be_sent_again(
    window: MainWindow, laid_out: outgoing.Outgoing, settle: Settle
) -> None:
    choose(window, laid_out.picture, settle)
    press(window, "sync.refused.again")
    settle()
    again = faces(window, "waiting")[laid_out.picture]
    assert again.trailing == SAY("sync.why.report_first"), "its report has not arrived yet"


def test_rows_that_the_centre_no_longer_names_are_kept_or_removed_as_the_user_says(
    window: MainWindow, laid_out: outgoing.Outgoing, cache: Cache, settle: Settle
) -> None:
    press(window, "sync.held_back.place.remove")
    box = find(QDialog, window, "sync.held_back.box")
    box.accept()
    settle()
    with cache.read() as conn:
        assert rows.get(conn, "place", "gone-1") is None
        assert rows.get(conn, "place", "p1") is not None
    assert not window.findChildren(QDialog, "sync.held_back.box")


def test_rows_that_were_kept_are_not_asked_about_again(
    window: MainWindow, laid_out: outgoing.Outgoing, cache: Cache, desk: Desk, settle: Settle
) -> None:
    press(window, "sync.held_back.place.keep")
    settle()
    assert desk.outbox.held_back() == ()
    with cache.read() as conn:
        assert rows.get(conn, "place", "gone-1") is not None


def test_the_receipts_become_a_table_that_excel_reads_as_arabic(
    window: MainWindow, laid_out: outgoing.Outgoing, tmp_path: Path, qtbot: QtBot, settle: Settle
) -> None:
    press(window, "sync.tab.receipts")
    path = tmp_path / "receipts.csv"
    save(window, "sync.save_table", "sync.table_file", path, qtbot, settle)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    head, *lines = csv.reader(path.read_text("utf-8-sig").splitlines())
    assert head[0] == SAY("receipts.deed")
    by_event = {line[-1]: line for line in lines}
    confirmed = by_event[laid_out.confirmed]
    assert confirmed[0] == SAY("sync.event.case.open")
    assert confirmed[4] == "2026-11-22 12:00:00", "as Riyadh has it"
    assert SAY("visits.flag.place_unknown") in confirmed[5]
    assert path.name in texts(window)


def test_no_cell_of_the_table_is_taken_for_a_formula(tmp_path: Path) -> None:
    line = ReceiptLine(
        deed="=1+1", number="", person="@x", made_at=outgoing.AT, received_at=outgoing.AT, flags="", event="e"
    )
    write_receipts_csv([line], WORDS, tmp_path / "t.csv")
    (_, cells) = csv.reader((tmp_path / "t.csv").read_text("utf-8-sig").splitlines())
    assert cells[0] == "'=1+1"
    assert cells[2] == "'@x"


def test_the_receipts_can_be_printed(
    window: MainWindow, laid_out: outgoing.Outgoing, tmp_path: Path, qtbot: QtBot, settle: Settle
) -> None:
    press(window, "sync.tab.receipts")
    path = tmp_path / "receipts.pdf"
    save(window, "sync.save_paper", "sync.paper_file", path, qtbot, settle)
    assert path.read_bytes().startswith(b"%PDF")


def test_a_folder_that_takes_no_file_is_said(
    window: MainWindow, laid_out: outgoing.Outgoing, tmp_path: Path, qtbot: QtBot, settle: Settle
) -> None:
    press(window, "sync.tab.receipts")
    (tmp_path / "receipts.csv").mkdir()
    foot = window.current
    save_to = tmp_path / "receipts.csv" / "missing" / "receipts.csv"
    press(window, "sync.save_table")
    chooser = find(QFileDialog, foot, "sync.table_file")
    chooser.fileSelected.emit(str(save_to))
    chooser.reject()
    settle()
    box = find(QDialog, window, "sync.file_box")
    assert SAY("error.file_not_written", file="x").split("\n")[0] in "\n".join(
        label.text() for label in box.findChildren(QLabel)
    )
    box.accept()


def test_the_figures_of_the_link_are_told_for_support(
    window: MainWindow, laid_out: outgoing.Outgoing, sync: SyncHandle, settle: Settle, qtbot: QtBot
) -> None:
    sync.attach(Still(), last_sync=None, waiting=2)
    press(window, "sync.tab.log")
    traffic = Traffic(requests=7, sent=2048, received=4096, wasted=512, retries=3)
    with qtbot.waitSignal(sync.progress_changed):
        sync.hear(Report(Phase.PULL, Link.OFFLINE, wait_s=5, problem="link_down", traffic=traffic))
    said = find(QLabel, window, "sync.figures").text()
    for figure in (WORDS.number(7), WORDS.bytes(2048), WORDS.bytes(4096), WORDS.bytes(512), WORDS.number(3)):
        assert figure in said
    assert WORDS.explain("link_down").title in said


def test_each_picture_shows_its_own_bytes_while_it_goes(
    window: MainWindow, laid_out: outgoing.Outgoing, sync: SyncHandle, qtbot: QtBot, desk: Desk
) -> None:
    sync.attach(Still(), last_sync=None, waiting=2)
    piece = next(row for row in desk.outbox.evidence() if row.state == "waiting")
    with qtbot.waitSignal(sync.progress_changed):
        sync.hear(
            Report(Phase.EVIDENCE, Link.ONLINE, piece=piece.sha256, done_bytes=piece.size // 2, total_bytes=piece.size)
        )
    assert faces(window, "waiting")[piece.sha256].chip == SAY("sync.state.sending")
    assert WORDS.bytes(piece.size // 2) in faces(window, "waiting")[piece.sha256].secondary
    assert find(QProgressBar, window, "sync.progress.bar").value() == piece.size // 2 * 1000 // piece.size
    assert sync.status.running


def test_a_first_sync_tells_bytes_and_records(
    window: MainWindow, laid_out: outgoing.Outgoing, sync: SyncHandle, qtbot: QtBot
) -> None:
    sync.attach(Still(), last_sync=None, waiting=2)
    with qtbot.waitSignal(sync.progress_changed):
        sync.hear(
            Report(
                Phase.SNAPSHOT, Link.ONLINE, done_bytes=1_000_000, total_bytes=2_000_000, done_rows=5_000,
                total_rows=20_000,
            )
        )  # fmt: skip
    bar = find(QProgressBar, window, "sync.progress.bar")
    assert bar.value() == 500
    assert SAY("sync.rows", done=5_000, total=20_000) in bar.accessibleName()


@pytest.mark.parametrize(
    ("ahead_s", "told"), [(750.0, WORDS.clock(720)), (-10_900.0, WORDS.clock(-10_900)), (200.0, "")]
)
def test_a_wrong_clock_is_pointed_out(
    window: MainWindow, laid_out: outgoing.Outgoing, sync: SyncHandle, qtbot: QtBot, ahead_s: float, told: str
) -> None:
    sync.attach(Still(), last_sync=None, waiting=2)
    with qtbot.waitSignal(sync.progress_changed):
        sync.hear(Report(Phase.PULL, Link.ONLINE, clock_ahead_s=ahead_s))
    banner = find(Banner, window, "sync.clock")
    assert banner.isVisible() == bool(told)
    assert not told or told in "".join(label.text() for label in banner.findChildren(QLabel))


def test_a_thousand_receipts_do_not_hold_the_window_up(
    window: MainWindow, desk: Desk, cache: Cache, settle: Settle
) -> None:
    event_id = outgoing.event_of(desk, outgoing.open_case(desk))
    outgoing.settle(cache, event_id, "applied")
    with cache.write() as conn:
        conn.exec_driver_sql(
            "WITH RECURSIVE more(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM more WHERE i < 1000) "
            "INSERT INTO event SELECT id || '-' || i, n + i, kind, record_id, action, user_id, made_at, line, state, "
            "laid, trace, result, settled_at, device_id, arrived + i FROM event, more WHERE id = ?",
            (event_id,),
        )
    window.go("sync")
    press(window, "sync.tab.receipts")
    settle()
    listed = find(RowList, window, "sync.receipts")
    assert listed.rows.rowCount() == 1000
    held_up = []
    for _ in range(3):
        read = window.current._read  # type: ignore[attr-defined]
        started = time.perf_counter()
        window.current._show(read)  # type: ignore[attr-defined]
        window.grab()
        held_up.append(time.perf_counter() - started)
    assert min(held_up) < 0.1, held_up


def texts(window: MainWindow) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())
