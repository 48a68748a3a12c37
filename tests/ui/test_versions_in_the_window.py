"""Two versions of a checklist in the window: a draft stays with its own, a new visit begins with the newest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from inspector_app.services.desk import Desk
from inspector_app.storage import rows
from inspector_app.storage.cache import Cache
from inspector_app.storage.rows import Row
from inspector_app.ui.kit.fields import Picker
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.visits.editor_page import EditorPage
from inspector_app.ui.visits.workspace import VisitsWorkspace
from inspector_app.viewmodels.visits import ContinueDraft, StartVisit
from sync.server.services import publishing
from tests.support.workbooks import LODGINGS, PLAN, tour
from tests.ui.hands import find

Settle = Callable[[], None]


def came(cache: Cache, folder: Path, version: str, *more: list[str]) -> str:
    """A version of the tour is published and has come to this device; returns its id."""
    folder.mkdir()
    (folder / "tour.xlsx").write_bytes(tour(version, *more))
    (folder / "lodgings.csv").write_text(LODGINGS, encoding="utf-8")
    (folder / "plan.png").write_bytes(PLAN)
    about = publishing.About("IT04", "2026-01-01", f"جولة {version}", f"Tour {version}")
    made = publishing.read(folder / "tour.xlsx", about, [folder / "lodgings.csv", folder / "plan.png"])
    with cache.write() as conn:
        rows.put(conn, "chunk", [Row(chunk, rev=1) for chunk in made.chunks])
        rows.put(conn, "checklist", [Row(made.checklist, rev=1)])
    return made.checklist.id


def opened(window: MainWindow, draft_id: str, settle: Settle) -> EditorPage:
    window.go("visits", ContinueDraft(draft_id))
    settle()
    return editor(window)


def editor(window: MainWindow) -> EditorPage:
    workspace = window.current
    assert isinstance(workspace, VisitsWorkspace)
    assert workspace.editor is not None
    return workspace.editor


def sections(page: EditorPage) -> list[str]:
    return [part.ref for part in page.editor.pages]


def test_a_draft_stays_with_its_version_and_a_new_visit_begins_with_the_newest(
    window: MainWindow, desk: Desk, cache: Cache, tmp_path: Path, settle: Settle
) -> None:
    first = came(cache, tmp_path / "9", "9")
    draft_id = desk.visits.start("p1", "co1", first)
    second = came(cache, tmp_path / "10", "10", ["begin_group", "later", "Later"], ["text", "a", "A"], ["end_group"])

    page = opened(window, draft_id, settle)
    assert page.editor.head.checklist.id == first
    assert "/data/later" not in sections(page)

    window.go("visits", StartVisit("p1", "co1"))
    settle()
    picker = find(Picker, window, "visit.start.checklist")
    assert [picker.itemData(at) for at in range(picker.count())].count(first) == 0
    picker.choose(second)
    QTest.mouseClick(find(QPushButton, window, "visit.start.begin"), Qt.MouseButton.LeftButton)
    settle()
    page = editor(window)
    assert page.editor.head.checklist.id == second
    assert "/data/later" in sections(page)
