"""Who took part and where: ticked and typed on the last page, kept with the draft, and read by the supervisor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton

from inspector_app.app.tour import camera
from inspector_app.services.desk import Desk
from inspector_app.storage.cache import Cache
from inspector_app.ui.look import Look
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.visits.editor_page import FINISH, EditorPage
from inspector_app.ui.visits.workspace import VisitsWorkspace
from inspector_app.viewmodels import positions
from inspector_app.viewmodels.visits import ContinueDraft
from sync.contract import records as r
from sync.domain import geo
from tests.support import desks, short_centre
from tests.ui.hands import find, press, write

Settle = Callable[[], None]


@pytest.fixture
def page(window: MainWindow, desk: Desk, settle: Settle) -> EditorPage:
    """A visit with every question answered, at its last page."""
    draft_id = desk.visits.start("p1", "co1")
    desks.fill_in(desk, draft_id, E02="nonconform")
    return at_the_end(window, draft_id, settle)


def at_the_end(window: MainWindow, draft_id: str, settle: Settle) -> EditorPage:
    window.go("visits", ContinueDraft(draft_id))
    settle()
    assert isinstance(window.current, VisitsWorkspace)
    editor = window.current.editor
    assert editor is not None
    editor.show_section(FINISH)
    settle()
    return editor


def kept(page: EditorPage, desk: Desk, settle: Settle) -> tuple[r.Fix | None, tuple[str, ...]]:
    page.editor.save()
    settle()
    head = desk.visits.open_draft(page.editor.head.id).head
    return head.fix, head.members


def test_a_colleague_who_took_part_is_ticked(page: EditorPage, desk: Desk, settle: Settle) -> None:
    tick = find(QCheckBox, page, "visit.member.col")
    assert tick.text() == desks.COLLEAGUE.name_ar
    tick.click()
    assert kept(page, desk, settle)[1] == ("col",)
    tick.click()
    assert kept(page, desk, settle)[1] == ()


def test_only_the_others_of_ones_committee_are_offered(page: EditorPage) -> None:
    offered = [tick.objectName() for tick in page.findChildren(QCheckBox) if "member" in tick.objectName()]
    assert offered == ["visit.member.col"]


@pytest.mark.parametrize("typed", ["21.4225, 39.8262", "٢١٫٤٢٢٥، ٣٩٫٨٢٦٢", " 21.4225  39.8262 "])
def test_a_position_is_typed_in_any_digits(typed: str, page: EditorPage, desk: Desk, settle: Settle) -> None:
    write(page, "visit.position", typed)
    fix, _ = kept(page, desk, settle)
    assert fix is not None
    assert (fix.lat, fix.lon, fix.source) == (21.4225, 39.8262, "typed")
    assert said(page) == ""


@pytest.mark.parametrize(
    ("typed", "flag"),
    [
        ("21.4225", geo.Flag.NOT_A_COORDINATE),
        ("in front of the door", geo.Flag.NOT_A_COORDINATE),
        ("39.8262, 21.4225", geo.Flag.SWAPPED),
        ("21.4225, 21.4225", geo.Flag.EQUAL),
        ("51.5, 0.12", geo.Flag.OUTSIDE_KINGDOM),
    ],
)
def test_what_is_no_position_is_said_and_not_kept(
    typed: str, flag: geo.Flag, page: EditorPage, desk: Desk, look: Look, settle: Settle
) -> None:
    write(page, "visit.position", typed)
    assert kept(page, desk, settle)[0] is None
    assert said(page) == look.words.say(f"visits.position.{flag}")


def test_a_position_outside_the_region_is_kept_and_doubted(
    page: EditorPage, desk: Desk, look: Look, settle: Settle
) -> None:
    write(page, "visit.position", "24.4672, 39.6111")
    fix, _ = kept(page, desk, settle)
    assert fix is not None
    assert said(page) == look.words.say("visits.position.outside_region")


def test_a_position_that_is_wiped_is_forgotten(page: EditorPage, desk: Desk, settle: Settle) -> None:
    write(page, "visit.position", "21.4225, 39.8262")
    assert kept(page, desk, settle)[0] is not None
    line = find(QLineEdit, page, "visit.position")
    line.clear()
    line.textEdited.emit("")
    assert kept(page, desk, settle)[0] is None


def test_the_position_of_a_photo_is_offered_and_taken(
    page: EditorPage, window: MainWindow, desk: Desk, settle: Settle, tmp_path: Path
) -> None:
    assert not find(QPushButton, page, "visit.position.of_photo").isVisible()
    draft_id = page.editor.head.id
    page.leave()
    settle()
    desk.visits.attach(draft_id, "E02", camera.take(tmp_path / "corridor.jpg", 21.4207, 39.8315))
    page = at_the_end(window, draft_id, settle)
    press(page, "visit.position.of_photo")
    fix, _ = kept(page, desk, settle)
    assert fix is not None
    assert (fix.lat, fix.lon) == pytest.approx((21.4207, 39.8315), abs=1e-4)
    assert fix.source == "photo"
    assert positions.read(find(QLineEdit, page, "visit.position").text()) == (round(fix.lat, 5), round(fix.lon, 5))


def test_what_was_typed_stands_there_again_and_reaches_the_supervisor(
    page: EditorPage, window: MainWindow, desk: Desk, supervisor: Desk, cache: Cache, settle: Settle
) -> None:
    find(QCheckBox, page, "visit.member.col").click()
    write(page, "visit.position", "21.4290, 39.8260")
    draft_id = page.editor.head.id
    page.leave()
    settle()
    again = at_the_end(window, draft_id, settle)
    assert find(QLineEdit, again, "visit.position").text() == "21.42900, 39.82600"
    assert find(QCheckBox, again, "visit.member.col").isChecked()
    desks.refuse_to_sign(desk, draft_id)
    visit = desk.visits.submit(draft_id).visit_id
    short_centre.receive(cache)
    detail = supervisor.review.detail(visit)
    assert detail.distance_m is not None
    assert round(detail.distance_m) == 1001
    assert detail.detail.newest is not None
    assert [one.id for one in detail.detail.newest.members] == ["col"]


def said(page: EditorPage) -> str:
    return find(QLabel, page, "visit.position.error").text()
