"""The preview of a form for its author: with its files, again after a change, and what is wrong said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.app import preview
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from tests.support import gallery
from tests.support.gallery import Ask
from tests.support.workbooks import workbook
from tests.ui.hands import find, press, type_in

BROKEN = (Ask("text", "name", "الاسم", "Name", "", (("relevant", "${nobody} = 1"),)),)


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    qtbot.waitUntil(lambda: made.idle, timeout=10_000)
    made.close()


@pytest.fixture
def show(tasks: Tasks, qtbot: QtBot) -> Callable[..., preview.PreviewWindow]:
    """Opens a form in its window."""

    def shown(form_file: Path, folder: Path | None = None) -> preview.PreviewWindow:
        look = Look("en")
        look.apply()
        window = preview.PreviewWindow(look, tasks, form_file, folder)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitUntil(lambda: tasks.idle, timeout=10_000)
        return window

    return shown


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The gallery with all that comes with it."""
    gallery.main(tmp_path)
    return tmp_path


def test_a_workbook_is_shown_with_the_pictures_and_lists_beside_it(
    folder: Path, show: Callable[..., preview.PreviewWindow], qtbot: QtBot
) -> None:
    window = show(folder / "gallery.xlsx", folder)
    window.page.page.go_to("/data/chosen/hotel")
    assert find(QWidget, window, "visit.question.hotel").isVisible()
    window.page.page.go_to("/data/shown/picture")
    qtbot.waitUntil(lambda: window.findChild(QPushButton, "visit.question.picture.media.image") is not None)


def test_the_answers_are_written_nowhere(folder: Path, show: Callable[..., preview.PreviewWindow]) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    window = show(folder / "gallery.xlsx", folder)
    type_in(find(QLineEdit, window, "visit.question.line"), "Salim")
    assert "<line>Salim</line>" in window.page.filler.session.serialise(final=True)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_a_form_that_was_changed_is_read_again(tmp_path: Path, show: Callable[..., preview.PreviewWindow]) -> None:
    file = tmp_path / "form.xlsx"
    file.write_bytes(gallery.workbook(gallery.TIMES))
    window = show(file)
    file.write_bytes(gallery.workbook(gallery.TYPED))
    press(window, "preview.again")
    assert find(QLineEdit, window.page, "visit.question.line").isVisible()


def test_what_an_author_broke_is_said_and_what_was_there_stays(
    tmp_path: Path, show: Callable[..., preview.PreviewWindow]
) -> None:
    file = tmp_path / "form.xlsx"
    file.write_bytes(gallery.workbook(gallery.TYPED))
    window = show(file)
    file.write_bytes(gallery.workbook(BROKEN))
    press(window, "preview.again")
    box = find(QDialog, window, "preview.error")
    assert any("nobody" in label.text() for label in box.findChildren(QLabel))
    box.close()
    assert find(QLineEdit, window, "visit.question.line").isVisible()


def test_a_form_that_cannot_be_shown_is_refused_with_its_reason(
    tmp_path: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "form.xlsx"
    file.write_bytes(gallery.workbook(BROKEN))
    assert preview.main([str(file)]) == 2
    assert "nobody" in capsys.readouterr().err


def test_a_folder_of_everything_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "LARGEST", 10)
    (tmp_path / "much.csv").write_bytes(b"x" * 11)
    with pytest.raises(ValueError, match="more than 10 bytes"):
        preview.read(tmp_path / "form.xlsx", tmp_path)


def test_a_form_that_has_no_version_yet_is_shown(tmp_path: Path, show: Callable[..., preview.PreviewWindow]) -> None:
    file = tmp_path / "room.xlsx"
    file.write_bytes(workbook([["type", "name", "label"], ["text", "line", "Line"]], [[]], [[]]))
    window = show(file)
    assert find(QLineEdit, window.page, "visit.question.line").isVisible()
    assert window.windowTitle() == "room"
