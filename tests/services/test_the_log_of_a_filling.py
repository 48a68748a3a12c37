"""The log that a form wants of its filling is kept with the draft and goes with the report as a file it names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.views.drafts import OpenDraft, media_name
from inspector_app.storage.cache import Cache
from sync.contract import records as r
from tests.support import asking, desks


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    """With the checklist that wants a log."""
    with desks.cache_in(tmp_path / "midan", (*desks.season(), asking.checklist())) as made:
        yield made


@pytest.fixture
def draft_id(desk: Desk) -> str:
    return desk.visits.start("p1", "co1", asking.checklist().id)


def save(desk: Desk, opened: OpenDraft) -> None:
    assert opened.log is not None
    desk.visits.save(opened.head.id, opened.session.serialise(), log=opened.log.text)


def filled(desk: Desk, draft_id: str) -> None:
    """Look at the guard and the item, answer both, finish, and save."""
    opened = desk.visits.open_draft(draft_id)
    assert opened.log is not None
    for ref, value in ((asking.GUARD, "فهد, الحارس"), (asking.ITEM, "conform")):
        opened.log.looked_at([ref])
        opened.session.answer(ref, value)
    opened.log.finished()
    save(desk, opened)


def lines(log: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(log)))


def submitted(desk: Desk, draft_id: str) -> tuple[str, r.VisitRevision]:
    desks.refuse_to_sign(desk, draft_id)
    visit_id = desk.visits.submit(draft_id).visit_id
    newest = desk.visits.detail(visit_id).newest
    assert newest is not None
    return visit_id, newest.revision


def test_the_log_goes_with_the_report_as_a_file_that_the_answers_name(desk: Desk, draft_id: str) -> None:
    filled(desk, draft_id)
    _, revision = submitted(desk, draft_id)
    [piece] = revision.attachments
    assert (piece.role, piece.media_type, piece.item) == ("file", "text/csv", asking.LOG)
    assert f"<audit>{media_name(piece)}</audit>" in revision.instance
    events = lines(desk.evidence.read(piece.sha256).decode())
    told = [(one["event"], one["node"], one["old-value"], one["new-value"]) for one in events]
    assert told == [
        ("form start", "", "", ""),
        ("question", asking.GUARD, "", "فهد, الحارس"),
        ("question", asking.ITEM, "", "conform"),
        ("form save", "", "", ""),
        ("form finalize", "", "", ""),
    ]
    assert {one["user"] for one in events} == {f"{desks.INSPECTOR.name_ar} ({desks.INSPECTOR.id})"}


def test_the_supervisor_reads_it_as_a_file_beside_the_answers(desk: Desk, supervisor: Desk, draft_id: str) -> None:
    filled(desk, draft_id)
    visit_id, revision = submitted(desk, draft_id)
    sections = supervisor.visits.detail(visit_id).sections
    assert sections is not None
    [fact] = [fact for section in sections for fact in section.facts if fact.kind == "log"]
    assert fact.piece == revision.attachments[0]


def test_a_log_goes_on_where_it_was_kept_and_names_who_goes_on(desk: Desk, colleague: Desk, draft_id: str) -> None:
    opened = desk.visits.open_draft(draft_id)
    assert opened.log is not None
    opened.log.closed()
    save(desk, opened)
    desk.visits.hand_over(draft_id, desks.COLLEAGUE.id)
    again = colleague.visits.open_draft(draft_id)
    assert again.log is not None
    told = [(one["event"], one["user"].partition(" (")[2]) for one in lines(again.log.text)]
    assert told == [
        ("form start", "ins)"), ("form save", "ins)"), ("form exit", "ins)"), ("form resume", "col)"),
    ]  # fmt: skip


def test_a_log_that_was_told_nothing_yet_is_no_piece(desk: Desk, draft_id: str) -> None:
    opened = desk.visits.open_draft(draft_id)
    opened.session.answer(asking.ITEM, "conform")
    desk.visits.save(draft_id, opened.session.serialise())
    assert submitted(desk, draft_id)[1].attachments == ()


def test_a_form_that_wants_no_log_has_none(desk: Desk) -> None:
    assert desk.visits.open_draft(desk.visits.start("p1", "co1", desks.lodging_checklist(desk))).log is None


def test_a_submission_that_is_refused_leaves_no_file_of_the_log(desk: Desk, cache: Cache, draft_id: str) -> None:
    filled(desk, draft_id)
    with pytest.raises(UserError, match="signature_missing"):
        desk.visits.submit(draft_id)
    assert cache.vault.names() == frozenset()
    assert submitted(desk, draft_id)[1].attachments


@pytest.mark.parametrize(("minutes", "written"), [(0, "21.42"), (2, "")])
def test_a_line_says_where_the_visit_is_while_its_position_is_young(
    desk: Desk, clock: desks.Clock, draft_id: str, minutes: int, written: str
) -> None:
    opened = desk.visits.open_draft(draft_id)
    assert opened.log is not None
    at = clock().isoformat()
    clock.pass_(minutes=minutes)
    opened.log.located(r.Fix(lat=21.42, lon=39.82, source="typed", at=at))
    opened.log.ended()
    assert lines(opened.log.text)[-1]["latitude"] == written
