"""What a form asks of the device beside its questions: the sheet submitted last, and where the visit is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector_app.services.desk import Desk
from inspector_app.storage.cache import Cache
from tests.support import asking, desks


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    """With two versions of a checklist that asks for all of it."""
    with desks.cache_in(tmp_path / "midan", (*desks.season(), *asking.versions())) as made:
        yield made


def begun(desk: Desk, version: str = "1") -> str:
    return desk.visits.start("p1", "co1", asking.checklist(version).id)


def value(desk: Desk, draft_id: str, ref: str) -> str:
    return desk.visits.open_draft(draft_id).session.state(ref).value


def submitted(desk: Desk, guard: str) -> str:
    """A whole visit with this guard; returns the visit's id."""
    draft_id = begun(desk)
    session = desk.visits.open_draft(draft_id).session
    session.answer(asking.GUARD, guard)
    session.answer(asking.ITEM, "conform")
    desk.visits.save(draft_id, session.serialise())
    desks.refuse_to_sign(desk, draft_id)
    return desk.visits.submit(draft_id).visit_id


def test_a_visit_begins_with_what_the_same_person_submitted_last_by_any_version(desk: Desk) -> None:
    assert value(desk, begun(desk), asking.GUARD) == ""
    submitted(desk, "فهد")
    submitted(desk, "سالم")
    assert [value(desk, begun(desk, version), asking.GUARD) for version in ("1", "2")] == ["سالم", "سالم"]


def test_what_a_colleague_or_an_unfinished_visit_says_is_nobody_elses_last_answer(desk: Desk, colleague: Desk) -> None:
    submitted(colleague, "فهد")
    draft_id = begun(desk)
    session = desk.visits.open_draft(draft_id).session
    session.answer(asking.GUARD, "سالم")
    desk.visits.save(draft_id, session.serialise())
    assert value(desk, begun(desk), asking.GUARD) == ""


def test_another_checklist_gives_no_last_answer(desk: Desk) -> None:
    desks.write_visit(desk)
    assert value(desk, begun(desk), asking.GUARD) == ""
