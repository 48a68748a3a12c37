"""The watches of the test run bite: a test that warns or leaves something running is not green."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = (Path(__file__).parents[1] / "conftest.py").read_text("utf-8")


@pytest.fixture
def watched(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder of its own with this project's conftest."""
    pytester.makeconftest(CONFTEST)
    pytester.makeini("[pytest]\nqt_api = pyside6\nqt_log_level_fail = WARNING\n")
    return pytester


def run(pytester: pytest.Pytester, body: str) -> pytest.RunResult:
    pytester.makepyfile(body)
    return pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider")


def test_an_unexpected_warning_in_the_log_is_an_error(watched: pytest.Pytester) -> None:
    result = run(watched, "import logging\ndef test_it(): logging.getLogger('a').warning('disk is full')")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*WARNING a: disk is full*"])


def test_an_announced_warning_is_fine(watched: pytest.Pytester) -> None:
    body = """
        import logging
        def test_it(expected_log):
            with expected_log("disk is", logger="a") as records:
                logging.getLogger("a").warning("disk is full")
            assert len(records) == 1
    """
    run(watched, body).assert_outcomes(passed=1)


def test_an_announced_warning_that_never_comes_is_a_failure(watched: pytest.Pytester) -> None:
    body = """
        def test_it(expected_log):
            with expected_log("disk is full"):
                pass
    """
    run(watched, body).assert_outcomes(failed=1)


def test_a_thread_left_running_is_an_error(watched: pytest.Pytester) -> None:
    body = """
        import threading
        def test_it(): threading.Thread(target=threading.Event().wait, name="lost", daemon=True).start()
    """
    result = run(watched, body)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*left running: thread lost*"])


def test_a_qt_timer_left_ticking_is_an_error_of_that_test_only(watched: pytest.Pytester) -> None:
    body = """
        from PySide6.QtCore import QTimer
        kept = []
        def test_first(qapp):
            kept.append(QTimer(objectName="lost"))
            kept[0].start(1000)
        def test_second(qapp): assert not kept[0].isActive()
    """
    result = run(watched, body)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*left running: QTimer lost*"])


def test_a_warning_of_qt_is_a_failure(watched: pytest.Pytester) -> None:
    body = """
        from PySide6.QtCore import qWarning
        def test_it(qapp): qWarning("no such signal")
    """
    run(watched, body).assert_outcomes(failed=1)
