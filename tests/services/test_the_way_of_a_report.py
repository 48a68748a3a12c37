"""A report's whole way between two real devices: written, received, returned, corrected, approved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage import drafts
from inspector_app.storage.profile import Profile
from sync.contract import records as r
from tests.services.test_visit_drafts import photo
from tests.support import desks
from tests.support.reports import MAKKAH_HOTEL
from tests.support.server import CODES, LiveServer, password_of


@pytest.fixture
def people(centre: LiveServer, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """An inspector and his supervisor, each with a device of his own that has synchronised."""
    with ExitStack() as stack:
        seated = []
        for username, where in (("ahmad", "makkah"), ("saad", "none")):
            profile = stack.enter_context(Profile(tmp_path / username))
            desk = Access(profile, HttpTransport).enrol(
                centre.url, CODES[where], username, password_of(username), f"{username} on the long road", username
            )
            stack.callback(desk.lock)
            desks.synchronise(desk)
            seated.append(desk)
        yield seated[0], seated[1]


def test_a_returned_visit_is_corrected_and_approved_as_revision_two(people: tuple[Desk, Desk]) -> None:
    inspector, supervisor = people
    draft_id = inspector.visits.start(MAKKAH_HOTEL, checklist_id=desks.lodging_checklist(inspector))
    desks.fill_in(inspector, draft_id, E01="nonconform")
    piece = inspector.visits.attach(draft_id, "E01", photo(600, 400))
    desks.refuse_to_sign(inspector, draft_id)
    done = inspector.visits.submit(draft_id)
    desks.synchronise(inspector)
    mine = inspector.visits.detail(done.visit_id)
    assert (mine.visit.state, mine.mark) == ("received", "confirmed")
    assert mine.receipt is not None
    assert mine.receipt.received_at
    assert inspector.outbox.status().evidence_waiting == 0
    assert inspector.outbox.status().last_sync is not None

    desks.synchronise(supervisor)
    assert supervisor.review.queue() == [done.visit_id]
    seen = supervisor.review.detail(done.visit_id)
    assert [answer.item for answer in seen.nonconformities] == ["E01"]
    assert [one.sha256 for one in seen.evidence] == [piece.sha256]
    assert set(seen.actions) >= {"take_up", "return", "approve"}
    with pytest.raises(UserError, match="needs_remarks"):
        supervisor.review.give_back(done.visit_id, ())
    supervisor.review.give_back(done.visit_id, (r.Remark(item="E01", text="أين صورة الترخيص؟"),))
    assert supervisor.review.queue() == []
    desks.synchronise(supervisor)

    desks.synchronise(inspector)
    assert [row.visit.id for row in inspector.today.summary().returned] == [done.visit_id]
    correction = inspector.visits.correct(done.visit_id)
    assert inspector.visits.correct(done.visit_id) == correction
    opened = inspector.visits.open_draft(correction)
    assert opened.open_items == frozenset({"E01"})
    assert [remark.text for remark in opened.remarks] == ["أين صورة الترخيص؟"]
    assert [one.sha256 for one in opened.attachments] == [piece.sha256]
    _change(inspector, correction, "E02", "na")
    desks.refuse_to_sign(inspector, correction)
    with pytest.raises(UserError) as closed:
        inspector.visits.submit(correction)
    assert closed.value.code == "closed_item_changed"
    _change(inspector, correction, "E02", "conform")
    _change(inspector, correction, "E01", "conform")
    again = inspector.visits.submit(correction)
    assert (again.number, again.revision) == (done.number, 2)
    desks.synchronise(inspector)

    desks.synchronise(supervisor)
    seen = supervisor.review.detail(done.visit_id)
    assert [(change.item, change.before, change.after) for change in seen.since_revision] == [
        ("E01", "nonconform", "conform"),
        ("E01A", "conform", ""),  # asked only of a lodging whose licence is not in order
    ]
    assert [remark.item for remark in seen.last_remarks] == ["E01"]
    supervisor.review.take_up(done.visit_id)
    supervisor.review.approve(done.visit_id, "مع الشكر")
    desks.synchronise(supervisor)
    desks.synchronise(inspector)
    final = inspector.visits.detail(done.visit_id)
    assert (final.visit.state, final.findings, len(final.revisions)) == ("approved", (), 2)
    assert [view.decision.action for view in final.decisions] == ["return", "take_up", "approve"]
    assert inspector.outbox.attention() == ()


def test_a_step_the_centre_refuses_stands_in_the_tray_with_its_words(people: tuple[Desk, Desk]) -> None:
    inspector, supervisor = people
    visit_id = desks.write_visit(inspector, MAKKAH_HOTEL, None)
    desks.synchronise(inspector)
    desks.synchronise(supervisor)
    supervisor.review.approve(visit_id, "تقرير سليم")
    inspector.visits.annul(visit_id, "زيارة مكررة")
    desks.synchronise(inspector)
    desks.synchronise(supervisor)
    (refused,) = supervisor.outbox.attention()
    assert (refused.receipt.action, refused.text) == ("approve", "تقرير سليم")
    assert refused.receipt.code
    assert supervisor.outbox.status().attention == 1
    assert supervisor.visits.row(visit_id).visit.state == "annulled"


def test_a_confidential_contact_reaches_the_committee_and_its_supervisor(people: tuple[Desk, Desk]) -> None:
    inspector, supervisor = people
    fields = CaseFields(
        kind="complaint",
        category="CC01",
        priority="P1",
        text="ازدحام الغرف",
        place_id=MAKKAH_HOTEL,
        reporter="confidential",
        reporter_name="محمد إقبال",
        reporter_phone="+923000000000",
    )
    opened = inspector.cases.open(fields)
    desks.synchronise(inspector)
    desks.synchronise(supervisor)
    detail = supervisor.cases.detail(opened.case_id)
    assert detail.contact is not None
    assert detail.contact.name == "محمد إقبال"
    assert detail.case.number == opened.number


def _change(desk: Desk, draft_id: str, item: str, answer: str) -> None:
    session = desk.visits.open_draft(draft_id).session
    session.answer(next(ref for ref in session.states() if ref.endswith(f"/{item}")), answer)
    desk.visits.save(draft_id, session.serialise())


def test_a_word_on_a_revision_that_was_read_does_not_fall_on_one_that_came_since(people: tuple[Desk, Desk]) -> None:
    inspector, supervisor = people
    visit_id = desks.write_visit(inspector, MAKKAH_HOTEL, None, E01="nonconform")
    desks.synchronise(inspector)
    desks.synchronise(supervisor)
    read = supervisor.review.detail(visit_id).detail.visit.revision
    supervisor.review.give_back(visit_id, (r.Remark(item="E01", text="أعد"),), revision=read)
    desks.synchronise(supervisor)
    desks.synchronise(inspector)
    draft_id = inspector.visits.correct(visit_id)
    _change(inspector, draft_id, "E01", "conform")
    desks.refuse_to_sign(inspector, draft_id)
    inspector.visits.submit(draft_id)
    desks.synchronise(inspector)
    desks.synchronise(supervisor)
    with pytest.raises(UserError) as stale:
        supervisor.review.approve(visit_id, revision=read)
    assert (stale.value.code, stale.value.params["expected"]) == ("revision_stale", "2")
    assert supervisor.review.detail(visit_id).detail.visit.state == "received"


def test_a_correction_begun_before_a_newer_return_does_not_stand_in_the_way_of_the_next(
    people: tuple[Desk, Desk],
) -> None:
    inspector, supervisor = people
    visit_id = desks.write_visit(inspector, MAKKAH_HOTEL, None, E01="nonconform")
    begun = {}
    for revision in (1, 2):
        desks.synchronise(inspector)
        desks.synchronise(supervisor)
        supervisor.review.give_back(visit_id, (r.Remark(item="", text="أعد"),))
        desks.synchronise(supervisor)
        desks.synchronise(inspector)
        begun[revision] = inspector.visits.correct(visit_id)
        if revision == 1:  # a colleague's laptop is quicker; here his revision 2 is submitted from a draft of its own
            with inspector.cache.write() as conn:
                draft = drafts.get(conn, begun[1])
                assert draft is not None
                drafts.save(conn, replace(draft, id="of a colleague"))
            desks.refuse_to_sign(inspector, "of a colleague")
            inspector.visits.submit("of a colleague")
    assert inspector.visits.open_draft(begun[2]).head.revision == 3
    assert begun[1] != begun[2]


def test_what_the_centre_has_had_for_a_month_may_go_and_nothing_else(people: tuple[Desk, Desk]) -> None:
    inspector, _ = people
    done = inspector.visits.start(MAKKAH_HOTEL, checklist_id=desks.lodging_checklist(inspector))
    desks.fill_in(inspector, done, E01="nonconform")
    sent = inspector.visits.attach(done, "E01", photo(600, 400))
    desks.refuse_to_sign(inspector, done)
    visit = inspector.visits.submit(done)
    desks.synchronise(inspector)
    begun = inspector.visits.start(MAKKAH_HOTEL, checklist_id=desks.lodging_checklist(inspector))
    unsent = inspector.visits.attach(begun, "E01", photo(500, 300))

    inspector.tidy()
    assert inspector.evidence.has(sent.sha256), "it may be wanted again by a centre restored from a backup"
    assert len(inspector.outbox.receipts()) == 1

    later = Desk(inspector.cache, inspector.person, inspector.device, lambda: datetime.now(UTC) + timedelta(days=31))
    later.tidy()
    assert not later.evidence.has(sent.sha256)
    assert later.outbox.receipts() == ()
    assert later.evidence.has(unsent.sha256), "what is with a draft is nobody else's yet"
    assert later.visits.detail(visit.visit_id).visit.state == "received"
