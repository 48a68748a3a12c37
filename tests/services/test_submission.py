"""A visit that is finished: what it would come to, what keeps it back, and what submitting it leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.views.visits import VisitFilter
from inspector_app.storage import device as devices
from inspector_app.storage import rows
from inspector_app.storage.cache import Cache
from sync.contract import events as e
from sync.domain import numbers
from tests.support import desks
from tests.support.workbooks import workbook
from xforms.publish import publish


def test_the_outcome_shows_score_findings_and_deadlines_before_anything_is_sent(desk: Desk) -> None:
    draft_id = desk.visits.start("p1")
    desks.fill_in(desk, draft_id, E01="nonconform", E02="partial")
    outcome = desk.visits.outcome(draft_id)
    assert outcome.ready
    assert outcome.signature is None
    assert [found.item for found in outcome.findings] == ["E01", "E02"]
    grave = outcome.findings[0]
    assert grave.violation is not None
    assert timedelta() < grave.deadline - desks.NOON < timedelta(days=8)
    assert outcome.score.percent is not None
    assert outcome.score.percent < 100


def test_an_unfinished_visit_is_not_submitted_and_says_what_is_missing(desk: Desk) -> None:
    draft_id = desk.visits.start("p1")
    desks.refuse_to_sign(desk, draft_id)
    problems = desk.visits.outcome(draft_id).problems
    with pytest.raises(UserError) as refused:
        desk.visits.submit(draft_id)
    assert refused.value.code == "visit_incomplete"
    assert refused.value.params == {"count": str(len(problems)), "first": problems[0].label}


def test_a_visit_without_the_representatives_answer_is_not_submitted(desk: Desk) -> None:
    draft_id = desk.visits.start("p1")
    desks.fill_in(desk, draft_id)
    with pytest.raises(UserError) as refused:
        desk.visits.submit(draft_id)
    assert refused.value.code == "signature_missing"
    assert desk.outbox.status().waiting == 0


def test_a_submitted_visit_has_a_number_findings_and_an_event_and_no_draft(desk: Desk) -> None:
    draft_id = desk.visits.start("p1", "co1")
    desks.fill_in(desk, draft_id, E01="nonconform")
    desks.refuse_to_sign(desk, draft_id)
    done = desk.visits.submit(draft_id)
    assert numbers.parse(done.number) == numbers.Number(11, 3, 1)
    assert desk.visits.drafts() == ()
    row = desk.visits.row(done.visit_id)
    assert (row.visit.state, row.visit.findings, row.mark, row.mine) == ("submitted", 1, "waiting", True)
    (event,) = desk.outbox.events()
    assert (event.receipt.kind, event.receipt.action, event.number) == ("visit", "submit", done.number)
    assert desk.visits.list(VisitFilter(text=done.number)) == [done.visit_id]
    assert desk.visits.list(VisitFilter(text="اجياد")) == [done.visit_id]
    assert desk.visits.list(VisitFilter(text="الروضة")) == []


def test_numbers_follow_one_another_and_a_refused_submission_uses_none(desk: Desk) -> None:
    first = desk.visits.detail(desks.write_visit(desk)).visit.number
    unsigned = desk.visits.start("p1")
    desks.fill_in(desk, unsigned)
    with pytest.raises(UserError):
        desk.visits.submit(unsigned)
    second = desk.visits.detail(desks.write_visit(desk)).visit.number
    assert [numbers.parse(number).running for number in (first, second)] == [1, 2]


def test_the_detail_reads_like_the_report_in_either_language(desk: Desk) -> None:
    visit_id = desks.write_visit(desk, E01="nonconform")
    arabic, english = desk.visits.detail(visit_id, "ar"), desk.visits.detail(visit_id, "en")
    assert arabic.readable
    assert arabic.newest is not None
    assert arabic.newest.author == desks.INSPECTOR
    answers = {answer.item: answer for section in arabic.sections for answer in section.answers}
    assert answers["E01"].answer == "nonconform"
    assert answers["E01"].note
    assert answers["E01"].finding == arabic.findings[0].finding
    assert english.findings[0].label.isascii()
    assert not arabic.findings[0].label.isascii()
    assert arabic.actions == ("annul",)


def test_a_visit_without_its_checklist_is_shown_and_says_so(desk: Desk, cache: Cache) -> None:
    visit_id = desks.write_visit(desk)
    with cache.write() as conn:
        conn.exec_driver_sql("DELETE FROM checklist")
    detail = desk.visits.detail(visit_id)
    assert (detail.readable, detail.sections) == (False, ())
    assert detail.visit.number


def test_an_annulled_visit_needs_a_reason(desk: Desk) -> None:
    visit_id = desks.write_visit(desk)
    with pytest.raises(UserError) as refused:
        desk.visits.annul(visit_id, " ")
    assert refused.value.code == "needs_reason"
    desk.visits.annul(visit_id, "زيارة مكررة")
    assert desk.visits.row(visit_id).visit.state == "annulled"


def test_what_is_sent_is_the_final_answers_and_never_the_draft(desk: Desk, cache: Cache) -> None:
    desks.write_visit(desk, E01="nonconform")
    with cache.read() as conn:
        line = bytes(conn.exec_driver_sql("SELECT line FROM event").scalar_one())
    payload = e.payload_of(e.decode(line))
    assert isinstance(payload, e.VisitSubmission)
    form_of_answers = desks.checklist().id
    assert payload.checklist_id == form_of_answers
    assert "nonconform" in payload.instance


def test_a_supervisors_device_gives_no_numbers(cache: Cache, desk: Desk) -> None:
    draft_id = desk.visits.start("p1")
    desks.fill_in(desk, draft_id)
    desks.refuse_to_sign(desk, draft_id)
    with cache.write() as conn:
        devices.save(conn, devices.Device(url="", server_id="", seed=b"", name="", device_id="d", number=1))
    with pytest.raises(Exception, match="no_committee"):
        desk.visits.submit(draft_id)
    assert len(desk.visits.drafts()) == 1


def test_today_is_the_fields_day_here_and_at_the_centre_whatever_their_machines_are_set_to(
    cache: Cache, clock: desks.Clock
) -> None:
    survey = [
        ["type", "name", "label", "constraint", "default"],
        ["date", "day", "Day", ". <= today()", "today()"],
    ]
    made = publish(workbook(survey, [["list_name", "name", "label"]], [["form_id", "version"], ["daily", "1"]]))
    checklist = replace(desks.checklist(), id="daily@1", form_id="daily", version="1", xform=made.xml)
    with cache.write() as conn:
        rows.put(conn, "checklist", [rows.Row(checklist, rev=1)])
    clock.time = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)  # half past one in the night of the 23rd
    desk = desks.seat(cache, desks.INSPECTOR, clock)
    draft_id = desk.visits.start("p1", None, "daily@1")
    assert desk.visits.open_draft(draft_id).session.state("/data/day").value == "2026-11-23"
    assert desk.visits.outcome(draft_id).problems == ()
    desks.refuse_to_sign(desk, draft_id)
    visit = desk.visits.row(desk.visits.submit(draft_id).visit_id).visit
    assert visit.flags == ()
