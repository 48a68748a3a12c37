"""A death between a picture and the answer that names it: the draft is made whole when it is opened again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.services.views.drafts import media_name
from inspector_app.viewmodels.checklist import Entry
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visit_editor import VisitEditor
from tests.chaos.material import photograph
from tests.support import desks

ITEM = "I01"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desks.cache_in(tmp_path / "profile") as cache:
        yield desks.seat(cache, desks.INSPECTOR, desks.Clock())


@pytest.fixture
def draft(desk: Desk) -> str:
    """A visit in which one item does not conform."""
    draft_id = desk.visits.start("p1", "co1")
    session = desk.visits.open_draft(draft_id).session
    ref = next(ref for ref in session.states() if ref.endswith(f"/{ITEM}"))
    session.answer(ref, "nonconform")
    desk.visits.save(draft_id, session.serialise())
    return draft_id


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    qtbot.waitUntil(lambda: made.idle)
    made.close()


def named(editor: VisitEditor) -> str:
    """What the answers name as the item's picture."""
    photo = entry(editor).photo
    assert photo is not None
    return editor.session.state(photo.ref).value


def entry(editor: VisitEditor) -> Entry:
    return next(entry for page in editor.pages for entry in page.entries if entry.code == ITEM)


def test_a_picture_that_was_kept_but_not_named_is_named(desk: Desk, draft: str, tasks: Tasks) -> None:
    kept = desk.visits.attach(draft, ITEM, photograph(random.Random(1), 320, 240))
    editor = VisitEditor(desk, tasks, desk.visits.open_draft(draft))
    assert named(editor) == media_name(kept)
    editor.close()


def test_a_picture_that_was_taken_away_but_is_still_named_is_named_no_more(
    desk: Desk, draft: str, tasks: Tasks, qtbot: QtBot
) -> None:
    kept = desk.visits.attach(draft, ITEM, photograph(random.Random(1), 320, 240))
    before = VisitEditor(desk, tasks, desk.visits.open_draft(draft))
    before.close()
    qtbot.waitUntil(lambda: tasks.idle)
    desk.visits.detach(draft, kept.sha256)
    editor = VisitEditor(desk, tasks, desk.visits.open_draft(draft))
    assert named(editor) == ""
    editor.close()


def test_a_draft_that_is_whole_is_opened_without_being_written(
    desk: Desk, draft: str, tasks: Tasks, qtbot: QtBot
) -> None:
    desk.visits.attach(draft, ITEM, photograph(random.Random(1), 320, 240))
    VisitEditor(desk, tasks, desk.visits.open_draft(draft)).close()
    qtbot.waitUntil(lambda: tasks.idle)
    saved = desk.visits.open_draft(draft).head.saved_at
    VisitEditor(desk, tasks, desk.visits.open_draft(draft)).close()
    qtbot.waitUntil(lambda: tasks.idle)
    assert desk.visits.open_draft(draft).head.saved_at == saved
