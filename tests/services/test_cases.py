"""Cases: opened quickly, warned about when they may be twins, then led step by step."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.views.cases import CaseFields, CaseFilter
from sync.contract import records as r
from sync.domain import numbers
from sync.domain.deadlines import Standing
from tests.services.test_visit_drafts import photo
from tests.support import desks

WATER = CaseFields(
    kind="complaint",
    category="CC01",
    priority="P2",
    text="انقطاع الماء منذ الفجر في الدور الثالث",
    place_id="p1",
    company_id="co1",
)


def test_a_case_gets_a_number_a_deadline_and_its_first_line(desk: Desk) -> None:
    opened = desk.cases.open(WATER)
    detail = desk.cases.detail(opened.case_id)
    assert numbers.parse(opened.number) == numbers.Number(11, 3, 1)
    assert (detail.case.state, detail.mark, detail.standing) == ("received", "waiting", Standing.OPEN)
    assert detail.category is not None
    assert detail.category.code == "CC01"
    assert [(view.entry.action, view.by) for view in detail.entries] == [("open", desks.INSPECTOR)]
    assert detail.contact is None


def test_a_case_whose_deadline_passes_is_overdue_and_stands_on_todays_page(desk: Desk, clock: desks.Clock) -> None:
    opened = desk.cases.open(WATER)
    assert desk.today.summary().cases_near == ()
    clock.pass_(hours=5)
    assert desk.cases.row(opened.case_id).standing is Standing.OVERDUE
    assert [row.case.id for row in desk.today.summary().cases_near] == [opened.case_id]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (replace(WATER, category=""), "category"),
        (replace(WATER, priority=""), "priority"),
        (replace(WATER, text=" "), "text"),
    ],
)
def test_a_case_without_its_essentials_is_refused_by_the_field(desk: Desk, typed: CaseFields, field: str) -> None:
    with pytest.raises(UserError) as refused:
        desk.cases.open(typed)
    assert (refused.value.code, refused.value.params["field"]) == ("case_incomplete", field)


def test_a_priority_that_nobody_knows_is_refused_and_uses_no_number(desk: Desk) -> None:
    with pytest.raises(UserError) as refused:
        desk.cases.open(replace(WATER, priority="P9"))
    assert refused.value.code == "event_malformed"
    assert numbers.parse(desk.cases.open(WATER).number).running == 1


def test_a_case_outside_ones_region_is_refused(desk: Desk) -> None:
    with pytest.raises(UserError) as refused:
        desk.cases.open(replace(WATER, region="madinah"))
    assert refused.value.code == "outside_scope"


def test_a_draft_keeps_what_was_typed_with_its_pictures_and_ends_with_the_case(desk: Desk) -> None:
    draft_id = desk.cases.save_draft(replace(WATER, priority=""))
    kept = desk.cases.attach(draft_id, photo(400, 300))
    assert desk.cases.save_draft(WATER, draft_id) == draft_id
    (draft,) = desk.cases.drafts()
    assert (draft.fields, draft.attachments) == (WATER, (kept,))
    opened = desk.cases.open(draft.fields, draft_id)
    assert desk.cases.drafts() == ()
    assert desk.cases.detail(opened.case_id).case.attachments == (kept,)
    assert desk.outbox.status().evidence_waiting == 1


def test_a_named_reporter_is_reached_by_a_row_of_its_own(desk: Desk) -> None:
    named = replace(
        WATER, reporter="confidential", reporter_name="أحمد علي", reporter_phone="0500000001", language="ur"
    )
    opened = desk.cases.open(named)
    detail = desk.cases.detail(opened.case_id)
    assert detail.contact is not None
    assert (detail.contact.name, detail.contact.phone) == ("أحمد علي", "0500000001")
    assert "أحمد" not in repr(detail.case)
    opening, contact = desk.outbox.events()
    assert (opening.receipt.kind, contact.receipt.kind) == ("case", "contact")
    assert contact.text == ""


def test_the_same_complaint_nearby_is_shown_before_saving(desk: Desk, clock: desks.Clock) -> None:
    opened = desk.cases.open(WATER)
    clock.pass_(hours=1)
    (twin,) = desk.cases.similar(replace(WATER, place_id=None, fix=r.Fix(lat=21.4201, lon=39.8261)))
    assert twin.row.case.id == opened.case_id
    assert twin.distance_m is not None
    assert twin.distance_m < 50
    assert desk.cases.similar(replace(WATER, category="CC02")) == ()
    assert desk.cases.similar(replace(WATER, place_id=None, fix=r.Fix(lat=21.5, lon=39.9))) == ()
    assert desk.cases.similar(replace(WATER, company_id=None)) == ()


def test_steps_follow_the_workflow_and_a_step_out_of_turn_says_so(desk: Desk) -> None:
    case_id = desk.cases.open(WATER).case_id
    assert "comment" in desk.cases.actions(case_id)
    assert "close" not in desk.cases.actions(case_id)
    desk.cases.act(case_id, "comment", "اتصلنا بمدير السكن")
    with pytest.raises(UserError) as refused:
        desk.cases.act(case_id, "close")
    assert refused.value.code == "illegal_step"
    assert [view.entry.action for view in desk.cases.detail(case_id).entries] == ["open", "comment"]


def test_a_comment_without_words_is_refused(desk: Desk) -> None:
    case_id = desk.cases.open(WATER).case_id
    with pytest.raises(UserError) as refused:
        desk.cases.act(case_id, "comment", "  ")
    assert refused.value.code == "needs_reason"


def test_lists_narrow_by_words_kind_and_place(desk: Desk) -> None:
    water = desk.cases.open(WATER).case_id
    question = desk.cases.open(
        replace(WATER, kind="inquiry", category="Q01", text="متى يفتح المكتب", place_id=None)
    ).case_id
    assert set(desk.cases.list()) == {water, question}
    assert desk.cases.list(CaseFilter(text="انقطاع")) == [water]
    assert desk.cases.list(CaseFilter(text="اجياد الذهبى")) == [water]
    assert desk.cases.list(CaseFilter(kinds=("inquiry",))) == [question]
    assert desk.cases.list(CaseFilter(place_id="p1", open_only=True)) == [water]
