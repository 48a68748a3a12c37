"""Reports of our own mistakes: where, never what; once; and never a mistake of their own."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from inspector_app.app.crash import CrashReports
from tests.conftest import ExpectLog

OURS = "a mistake of ours"


def mistake(said: str) -> Exception:
    try:
        raise KeyError(said)
    except KeyError as error:
        return error


@pytest.fixture
def crashes(qtbot: QtBot, tmp_path: Path) -> CrashReports:
    return CrashReports(tmp_path / "reports")


def test_neither_report_nor_log_says_what_the_mistake_was_about(
    crashes: CrashReports, qtbot: QtBot, expected_log: ExpectLog
) -> None:
    with expected_log(OURS, level=logging.ERROR) as logged, qtbot.waitSignal(crashes.written) as told:
        crashes.report(mistake("سيتي رحماواتي"))
    assert told.args is not None
    [path] = told.args
    written = [path.read_text("utf-8"), *(logging.Formatter().format(record) for record in logged)]
    assert all("test_crash_reports.py" in text and "سيتي" not in text for text in written)


def test_a_mistake_made_again_and_again_is_told_once(
    crashes: CrashReports, qtbot: QtBot, expected_log: ExpectLog
) -> None:
    told: list[Path] = []
    crashes.written.connect(told.append)
    with expected_log(OURS, level=logging.ERROR):
        for _ in range(5):
            crashes.report(mistake("x"))
    QCoreApplication.processEvents()
    assert len(told) == 1


def test_a_report_that_cannot_be_written_is_not_reported_in_turn(
    qtbot: QtBot, tmp_path: Path, expected_log: ExpectLog
) -> None:
    (tmp_path / "reports").write_text("a file where the folder should be")
    crashes = CrashReports(tmp_path / "reports")
    with qtbot.captureExceptions() as escaped, expected_log(f"{OURS}|not be written", level=logging.ERROR):
        crashes.report(mistake("x"))
        QCoreApplication.processEvents()
    assert escaped == []
