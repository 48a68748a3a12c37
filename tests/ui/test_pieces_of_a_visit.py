"""What a visit's questions are given is kept with its draft, found again when it is opened, and gone when replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

import xforms
from inspector_app.services.desk import Desk
from inspector_app.services.views.drafts import media_name
from inspector_app.storage import evidence
from inspector_app.storage.cache import Cache
from inspector_app.ui.forms.inputs.base import Tools
from inspector_app.ui.forms.inputs.sketches import SketchInput
from inspector_app.ui.forms.inputs.uploads import FileInput, PictureInput
from inspector_app.ui.forms.keeping import VisitKeeper
from inspector_app.ui.forms.sketch import Sketch
from inspector_app.ui.look import Look
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.visits.editor_page import EditorPage
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visits import ContinueDraft
from tests.services.test_pieces_of_questions import sound
from tests.services.test_visit_drafts import photo
from tests.support import desks, media_checklist
from tests.ui.hands import draw, find, press, type_in
from tests.ui.test_filling_in_a_visit import editor_of

Settle = Callable[[], None]


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    """With the checklist of pictures and sounds beside the one for accommodation."""
    with desks.cache_in(tmp_path / "midan", (*desks.season(), media_checklist.checklist())) as made:
        yield made


@pytest.fixture
def page(window: MainWindow, desk: Desk, settle: Settle) -> EditorPage:
    """A new visit at its evidence."""
    draft_id = desk.visits.start("p1", "co1", media_checklist.checklist().id)
    return opened(window, settle, draft_id)


def opened(window: MainWindow, settle: Settle, draft_id: str) -> EditorPage:
    window.go("visits", ContinueDraft(draft_id))
    settle()
    page = editor_of(window)
    page.show_section(section_of(page, "/data/M"))
    settle()
    return page


def section_of(page: EditorPage, ref: str) -> int:
    return next(n for n, one in enumerate(page.editor.pages) if one.ref == ref)


def saved(page: EditorPage, settle: Settle) -> None:
    """What was done is on the disk, and what follows from it too."""
    page.editor.save()
    settle()
    settle()


def value(page: EditorPage, ref: str) -> str:
    return page.editor.session.state(ref).value


def keeps(cache: Cache, page: EditorPage) -> set[str]:
    """The hashes that the disk has for the draft."""
    with cache.read() as conn:
        return {piece.sha256 for piece in evidence.of_owner(conn, page.editor.head.id)}


def question(page: EditorPage, ref: str) -> xforms.Question:
    groups = [part for part in page.editor.form.layout if isinstance(part, xforms.Group)]
    found = next(one for group in groups for one in group.children if one.ref == ref)
    assert isinstance(found, xforms.Question)
    return found


def give(page: EditorPage, name: str, path: Path) -> None:
    find(FileInput, page, f"visit.question.{name}")._keep_first([path])


def test_a_drawn_signature_is_kept_and_lies_on_its_sheet_when_the_draft_is_opened_again(
    page: EditorPage, window: MainWindow, settle: Settle, qtbot: QtBot, cache: Cache
) -> None:
    page.go_to("/data/M/cook")
    settle()
    draw(find(Sketch, page, "visit.question.cook.sheet"), qtbot)
    settle()
    name = value(page, "/data/M/cook")
    saved(page, settle)
    assert keeps(cache, page) == {name.removesuffix(".png")}
    page.leave()
    settle()
    again = opened(window, settle, page.editor.head.id)
    assert again is not page
    again.go_to("/data/M/cook")
    settle()
    assert value(again, "/data/M/cook") == name
    assert not find(SketchInput, again, "visit.question.cook").sheet.blank


def test_a_recording_that_is_replaced_is_gone_from_the_disk_once_the_answer_is_on_it(
    page: EditorPage, settle: Settle, cache: Cache, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.wav", tmp_path / "second.wav"
    first.write_bytes(sound(0.1))
    second.write_bytes(sound(0.2))
    give(page, "tape", first)
    settle()
    saved(page, settle)
    worse = value(page, "/data/M/tape")
    give(page, "tape", second)
    settle()
    saved(page, settle)
    assert value(page, "/data/M/tape") != worse
    assert keeps(cache, page) == {value(page, "/data/M/tape").removesuffix(".wav")}
    press(page, "visit.question.tape.remove")
    saved(page, settle)
    assert keeps(cache, page) == set()
    assert cache.vault.names() == frozenset()


def test_a_recording_that_is_removed_and_given_again_at_once_is_there(
    page: EditorPage, settle: Settle, cache: Cache, tmp_path: Path
) -> None:
    path = tmp_path / "tape.wav"
    path.write_bytes(sound())
    give(page, "tape", path)
    settle()
    saved(page, settle)
    for _ in range(5):
        press(page, "visit.question.tape.remove")
        page.editor.save()
        give(page, "tape", path)
        settle()
        saved(page, settle)
        assert keeps(cache, page) == {value(page, "/data/M/tape").removesuffix(".wav")}


def test_leaving_waits_for_what_was_just_given(
    page: EditorPage, window: MainWindow, settle: Settle, tmp_path: Path
) -> None:
    path = tmp_path / "tape.wav"
    path.write_bytes(sound(60))
    give(page, "tape", path)
    page.leave()
    settle()
    again = opened(window, settle, page.editor.head.id)
    assert again is not page
    assert value(again, "/data/M/tape").endswith(".wav")


def test_submitting_waits_for_what_was_just_given(
    page: EditorPage, desk: Desk, settle: Settle, qtbot: QtBot, tmp_path: Path
) -> None:
    page.editor.answer("/data/K/K01", "conform")
    saved(page, settle)
    desks.refuse_to_sign(desk, page.editor.head.id)
    path = tmp_path / "tape.wav"
    path.write_bytes(sound(60))
    give(page, "tape", path)
    with qtbot.waitSignal(page.editor.submitted) as told:
        page.editor.submit()
    settle()
    newest = desk.visits.detail(told.args[0].visit_id).newest
    assert newest is not None
    assert [piece.role for piece in newest.revision.attachments] == ["voice"]


def test_removing_a_room_takes_its_picture_along_and_leaves_the_others(
    page: EditorPage, settle: Settle, cache: Cache, tasks: Tasks, desk: Desk
) -> None:
    editor = page.editor
    editor.add("/data/room")
    names: list[str] = []
    for room, size in (("/data/room[1]", 100), ("/data/room[2]", 200)):
        view = xforms.Question(f"{room}/view", "upload", "binary", mediatype="image/*")
        VisitKeeper(desk, tasks, editor).keep(view, photo(size, 80), "photo", done=names.append, owner=page)
        settle()
        editor.answer(f"{room}/view", names[-1])
    saved(page, settle)
    assert len(keeps(cache, page)) == 2
    editor.remove("/data/room[1]")
    saved(page, settle)
    assert value(page, "/data/room[1]/view") == names[1]
    assert keeps(cache, page) == {names[1].removesuffix(".jpg")}


def test_a_picture_that_is_still_being_kept_does_not_go_to_the_room_that_moved_up(
    page: EditorPage, settle: Settle, cache: Cache, tasks: Tasks, desk: Desk
) -> None:
    editor = page.editor
    editor.add("/data/room")
    view = xforms.Question("/data/room[1]/view", "upload", "binary", mediatype="image/*")
    given: list[str] = []
    VisitKeeper(desk, tasks, editor).keep(view, photo(100, 80), "photo", done=given.append, owner=page)
    editor.remove("/data/room[1]")
    settle()
    assert given == []
    saved(page, settle)
    assert keeps(cache, page) == set()


def test_a_file_is_answered_though_its_row_was_scrolled_away_meanwhile(
    page: EditorPage, settle: Settle, tasks: Tasks, desk: Desk, look: Look
) -> None:
    keeper = VisitKeeper(desk, tasks, page.editor)
    row = PictureInput("row", question(page, "/data/M/front"), Tools(look, tasks, keeper))
    keeper.keep(row.question, photo(100, 80), "photo", done=row.given.emit, owner=row)
    row.deleteLater()
    QCoreApplication.sendPostedEvents(row, QEvent.Type.DeferredDelete)
    settle()
    assert value(page, "/data/M/front").endswith(".jpg")


def test_what_a_death_left_without_an_answer_is_gone_when_the_draft_is_opened(
    window: MainWindow, desk: Desk, settle: Settle, cache: Cache
) -> None:
    draft_id = desk.visits.start("p1", "co1", media_checklist.checklist().id)
    kept = desk.visits.attach(draft_id, "/data/M/tape", sound(0.1), role="voice")
    lost = desk.visits.attach(draft_id, "/data/M/tape", sound(0.2), role="voice")
    session = desk.visits.open_draft(draft_id).session
    session.answer("/data/M/tape", media_name(kept))
    desk.visits.save(draft_id, session.serialise())
    page = opened(window, settle, draft_id)
    settle()
    assert keeps(cache, page) == {kept.sha256}
    assert not desk.evidence.has(lost.sha256)


def test_a_picture_is_scaled_as_the_form_says_and_offers_its_position(
    page: EditorPage, settle: Settle, desk: Desk, tasks: Tasks
) -> None:
    front = question(page, "/data/M/front")
    VisitKeeper(desk, tasks, page.editor).keep(
        front, photo(2000, 1000), "photo", done=lambda name: page.editor.answer(front.ref, name), owner=page
    )
    settle()
    piece = page.editor.piece(value(page, "/data/M/front"))
    assert piece is not None
    assert piece.item == "/data/M/front"
    assert piece.size < len(photo(2000, 1000))


def test_dates_and_places_of_a_visit_are_typed_in_its_page(page: EditorPage, settle: Settle) -> None:
    for name, typed, kept in (
        ("opened", "2-6-1448", "2026-11-12"),
        ("meal", "2:30 م", "14:30:00.000+03:00"),
        ("door", "٢١٫٤٢٢٥، ٣٩٫٨٢٦٢", "21.4225 39.8262 0.0 0.0"),
        ("label", "٦٢٨١٠٠٧٠٠١", "6281007001"),
    ):
        page.go_to(f"/data/M/{name}")
        settle()
        type_in(find(QLineEdit, page, f"visit.question.{name}"), typed)
        assert value(page, f"/data/M/{name}") == kept
    page.go_to("/data/M/pipe")
    settle()
    line = find(QLineEdit, page, "visit.question.pipe")
    for point in ("21.42, 39.826", "21.421, 39.826"):
        type_in(line, point)
        press(page, "visit.question.pipe.add")
    assert value(page, "/data/M/pipe") == "21.42 39.826 0.0 0.0;21.421 39.826 0.0 0.0"
