"""The moments at which a draft is let go: nothing is complained of that was meant, and nothing typed stays unsaved."""

from __future__ import annotations

from collections.abc import Callable

from inspector_app.services.desk import Desk
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visit_editor import VisitEditor


def editor_of(desk: Desk, tasks: Tasks, draft_id: str) -> VisitEditor:
    return VisitEditor(desk, tasks, desk.visits.open_draft(draft_id))


def test_a_draft_thrown_away_in_the_middle_of_a_word_is_gone_without_complaint(
    desk: Desk, tasks: Tasks, settle: Callable[[], None]
) -> None:
    complaints: list[object] = []
    tasks.refusal_escaped.connect(complaints.append)
    draft_id = desk.visits.start("p1")
    editor = editor_of(desk, tasks, draft_id)
    editor.write_note("كلمة لم")
    editor.discard()
    editor.write_note("كلمة لم تكتمل")
    settle()
    assert desk.visits.drafts() == ()
    assert complaints == []


def test_what_was_typed_while_a_submission_was_refused_is_saved_at_once(
    desk: Desk, tasks: Tasks, settle: Callable[[], None]
) -> None:
    draft_id = desk.visits.start("p1")
    editor = editor_of(desk, tasks, draft_id)
    editor.submit()
    editor.write_note("كتبت أثناء الإرسال")
    editor.save()  # as its timer does while the submission is under way
    settle()
    assert desk.visits.open_draft(draft_id).head.note == "كتبت أثناء الإرسال"
