"""What an event means: the same rows at both ends, and a refusal with its reason where it is not legal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

import xforms
from sync.contract import events as e
from sync.contract import ids, scopes
from sync.contract import records as r
from sync.contract.effects import Actor, Effect, effect_of
from sync.contract.problems import Refused
from sync.domain.rules import Priority, Rules
from tests.support.season import INSPECTOR, RULES, SUPERVISOR, XFORM

NOON = "2026-11-22T12:00:00+03:00"

STRANGER = r.Person(id="med", name_ar="م", name_en="M", role="inspector", committee_id="k21", regions=("madinah",))


class Shelf:
    """A book in memory that keeps what events do, as either end would."""

    def __init__(self, *, at_centre: bool) -> None:
        self.at_centre = at_centre
        self.rows: dict[tuple[str, str], r.Record] = {}
        self.put(r.Place(id="p1", kind="hotel", name_ar="ف", name_en="H", region="makkah", city="makkah"))

    def put(self, record: r.Record) -> None:
        self.rows[r.KIND_OF[type(record)], record.id] = record

    def get(self, kind: str, record_id: str) -> r.Record | None:
        return self.rows.get((kind, record_id))

    def history(self, case_id: str) -> tuple[r.Record, ...]:
        hanging = (record for record in self.rows.values() if isinstance(record, r.CaseEntry | r.Contact))
        return tuple(record for record in hanging if record.case_id == case_id)

    def rules(self) -> Rules:
        return RULES

    def form(self, checklist_id: str) -> xforms.Form | None:
        if checklist_id == "newer@1":
            return xforms.load(XFORM.replace('type="string"', 'type="of-tomorrow"'))
        return xforms.load(XFORM) if checklist_id == "f@1" else None

    def do(self, action: str, data: Any, person: r.Person = INSPECTOR, **more: Any) -> Effect:
        kind, _, verb = action.partition(".")
        given: dict[str, Any] = {"record": "v1" if kind == "visit" else "c1", "made_at": NOON, **more}
        event = e.Event(
            id=ids.uuid7(), n=1, kind=kind, action=verb, user=person.id, data=msgspec.to_builtins(data), **given
        )
        effect = effect_of(event, Actor(person, self.at_centre), self)
        for record in effect.records:
            self.put(record)
        return effect


def submission(revision: int = 1, exit_: str = "nonconform", **more: Any) -> e.VisitSubmission:
    given: dict[str, Any] = {
        "number": "11-001-0001-4",
        "revision": revision,
        "inspection_type": "IT04",
        "checklist_id": "f@1",
        "region": "makkah",
        "place_id": "p1",
        "started_at": NOON,
        "instance": f'<data id="f" version="1"><exit>{exit_}</exit><water>conform</water></data>',
        "signature": r.Signature(status="absent", reason="x", witness="y"),
        **more,
    }
    return e.VisitSubmission(**given)


def remarks() -> tuple[r.Remark, ...]:
    return (r.Remark(item="I01", text="صور المخرج"),)


def refusal(shelf: Shelf, *args: Any, **more: Any) -> Refused:
    before = dict(shelf.rows)
    with pytest.raises(Refused) as caught:
        shelf.do(*args, **more)
    assert shelf.rows == before
    return caught.value


@pytest.fixture
def centre() -> Shelf:
    return Shelf(at_centre=True)


def test_both_ends_derive_the_same_findings_score_and_deadlines() -> None:
    ends = [Shelf(at_centre=at_centre) for at_centre in (True, False)]
    effects = [end.do("visit.submit", submission()) for end in ends]
    centre, device = ([x for x in effect.records if not isinstance(x, r.Visit)] for effect in effects)
    assert centre == device
    [finding] = [record for record in centre if isinstance(record, r.Finding)]
    assert (finding.item, finding.severity, finding.violation) == ("I01", "critical", "V30")
    assert datetime.fromisoformat(finding.deadline) - datetime.fromisoformat(NOON) == timedelta(hours=24)


def test_a_submission_is_submitted_on_the_device_and_received_at_the_centre() -> None:
    states = []
    for at_centre in (False, True):
        [visit, *_] = Shelf(at_centre=at_centre).do("visit.submit", submission()).records
        assert isinstance(visit, r.Visit)
        assert (visit.percent, visit.result, visit.findings, visit.worst) == (16.7, "nonconform", 1, "critical")
        states.append(visit.state)
    assert states == ["submitted", "received"]


def test_a_report_is_seen_by_its_committee_and_its_regions_supervisors_only(centre: Shelf) -> None:
    [group] = centre.do("visit.submit", submission()).groups
    assert group.scopes & scopes.granted_to(INSPECTOR)
    assert group.scopes & scopes.granted_to(SUPERVISOR)
    assert not group.scopes & scopes.granted_to(STRANGER)


def test_a_report_goes_back_and_returns_as_revision_two_and_is_approved(centre: Shelf) -> None:
    centre.do("visit.submit", submission())
    centre.do("visit.return", e.VisitReview(revision=1, remarks=remarks()), SUPERVISOR)
    centre.do("visit.submit", submission(2, "conform"))
    centre.do("visit.approve", e.VisitReview(revision=2), SUPERVISOR)
    visit = centre.get("visit", "v1")
    assert isinstance(visit, r.Visit)
    assert (visit.state, visit.revision, visit.result, visit.findings) == ("approved", 2, "conform", 0)
    assert centre.get("visit_revision", "v1.1") is not None, "the first revision stays as it was"


def test_the_number_of_a_report_is_that_of_its_first_revision(centre: Shelf) -> None:
    centre.do("visit.submit", submission())
    centre.do("visit.return", e.VisitReview(revision=1, remarks=remarks()), SUPERVISOR)
    centre.do("visit.submit", submission(2, number="11-001-0099-1"))
    visit = centre.get("visit", "v1")
    assert isinstance(visit, r.Visit)
    assert visit.number == "11-001-0001-4"


def test_a_decision_on_a_revision_that_is_no_longer_the_newest_is_refused(centre: Shelf) -> None:
    centre.do("visit.submit", submission())
    centre.do("visit.return", e.VisitReview(revision=1, remarks=remarks()), SUPERVISOR)
    centre.do("visit.submit", submission(2))
    error = refusal(centre, "visit.approve", e.VisitReview(revision=1), SUPERVISOR)
    assert error.code == "revision_stale"


@pytest.mark.parametrize(
    ("action", "data", "person", "code"),
    [
        ("visit.approve", e.VisitReview(revision=1), INSPECTOR, "not_your_role"),
        ("visit.return", e.VisitReview(revision=1), SUPERVISOR, "needs_remarks"),
        ("visit.annul", e.VisitReview(revision=1), INSPECTOR, "needs_reason"),
        ("visit.submit", submission(2), INSPECTOR, "illegal_step"),
        ("visit.submit", submission(3), INSPECTOR, "revision_stale"),
        ("visit.approve", e.VisitReview(revision=1), STRANGER, "outside_scope"),
        ("visit.fly", e.VisitReview(revision=1), INSPECTOR, "event_unknown"),
        ("visit.approve", {"revision": "one"}, SUPERVISOR, "event_malformed"),
    ],
)
def test_what_is_not_legal_is_refused_with_its_reason(
    centre: Shelf, action: str, data: Any, person: r.Person, code: str
) -> None:
    centre.do("visit.submit", submission())
    assert refusal(centre, action, data, person).code == code


def test_nobody_approves_a_report_he_had_a_part_in(centre: Shelf) -> None:
    centre.do("visit.submit", submission(members=("sup",)))
    assert refusal(centre, "visit.approve", e.VisitReview(revision=1), SUPERVISOR).code == "own_report"


def test_the_second_supervisor_to_take_a_report_up_changes_nothing_and_is_not_refused(centre: Shelf) -> None:
    centre.do("visit.submit", submission())
    assert not centre.do("visit.take_up", e.VisitReview(revision=1), SUPERVISOR).merged
    assert centre.do("visit.take_up", e.VisitReview(revision=1), SUPERVISOR).merged


def test_a_step_decided_on_a_state_that_is_gone_is_refused_and_says_what_is(centre: Shelf) -> None:
    centre.do("visit.submit", submission())
    error = refusal(centre, "visit.approve", e.VisitReview(revision=1), SUPERVISOR, expected_state="under_review")
    assert error.code == "illegal_step"
    assert error.fields == {"action": "approve", "expected": "under_review", "actual": "received"}


@pytest.mark.parametrize(
    ("more", "flag"),
    [
        ({"checklist_id": "gone@9"}, "checklist_unknown"),
        ({"checklist_id": "newer@1"}, "answers_unreadable"),
        ({"instance": "<not even xml"}, "answers_unreadable"),
        ({"exit_": "perhaps"}, "answers_unreadable"),
        ({"exit_": ""}, "answers_incomplete"),
        ({"place_id": "nowhere"}, "place_unknown"),
        ({"company_id": "nobody"}, "company_unknown"),
    ],
)
def test_a_field_record_that_fails_a_check_is_stored_and_flagged_never_refused(
    centre: Shelf, more: dict[str, Any], flag: str
) -> None:
    effect = centre.do("visit.submit", submission(**more))
    assert flag in effect.flags
    visit = centre.get("visit", "v1")
    assert isinstance(visit, r.Visit)
    assert flag in visit.flags


def opening(**more: Any) -> e.CaseOpening:
    given: dict[str, Any] = {
        "number": "11-001-0002-2",
        "kind": "complaint",
        "category": "CC01",
        "priority": Priority.P1,
        "region": "makkah",
        "text": "لا ماء",
        **more,
    }
    return e.CaseOpening(**given)


def test_a_case_opened_by_a_committee_is_its_own_to_check_once_the_centre_has_it(centre: Shelf) -> None:
    centre.do("case.open", opening())
    case = centre.get("case", "c1")
    assert isinstance(case, r.Case)
    assert (case.state, case.committee_id) == ("assigned", "k11")
    assert datetime.fromisoformat(case.due_at) - datetime.fromisoformat(NOON) == timedelta(hours=1)
    centre.do("case.check", e.CaseStep(), expected_state="assigned")
    centre.do("case.resolve", e.CaseStep(text="أعيد الماء"))
    centre.do("case.close", e.CaseStep(), SUPERVISOR)
    closed = centre.get("case", "c1")
    assert isinstance(closed, r.Case)
    assert closed.state == "closed"
    entries = [record for record in centre.rows.values() if isinstance(record, r.CaseEntry)]
    assert [entry.to_state for entry in entries] == ["assigned", "on_site_check", "resolved", "closed"]


def test_a_comment_changes_no_state_and_never_comes_too_late_for_one(centre: Shelf) -> None:
    centre.do("case.open", opening())
    effect = centre.do("case.comment", e.CaseStep(text="اتصلت بالمندوب"), expected_state="received")
    assert [type(record) for record in effect.records] == [r.CaseEntry]


def test_an_anonymous_case_takes_no_contact(centre: Shelf) -> None:
    centre.do("case.open", opening(reporter="anonymous"))
    error = refusal(centre, "contact.give", e.ContactGiven(case_id="c1", name="سالم"), record="contact")
    assert error.code == "outside_scope"


def test_a_contact_is_never_written_over_by_that_of_another_case(centre: Shelf) -> None:
    for case in ("c1", "c2"):
        centre.do("case.open", opening(reporter="confidential"), record=case)
    centre.do("contact.give", e.ContactGiven(case_id="c1", name="سالم"), record="contact")
    error = refusal(centre, "contact.give", e.ContactGiven(case_id="c2", name="أحمد"), record="contact")
    assert error.code == "record_exists"


def test_an_inspector_records_nothing_outside_his_region(centre: Shelf) -> None:
    assert refusal(centre, "case.open", opening(region="madinah")).code == "outside_scope"
    assert refusal(centre, "visit.submit", submission(region="jeddah")).code == "outside_scope"
    assert refusal(centre, "case.comment", e.CaseStep(text="x"), record="unknown").code == "record_unknown"


def test_a_moment_without_an_offset_is_refused_as_malformed(centre: Shelf) -> None:
    error = refusal(centre, "visit.submit", submission(), made_at="2026-11-22T12:00:00")
    assert error.code == "event_malformed"


JEDDAH = r.Committee(id="k31", number=31, region="jeddah", name_ar="ج", name_en="J")


def test_a_case_moves_with_its_entries_and_contacts_to_the_scopes_of_its_new_committee(centre: Shelf) -> None:
    centre.put(JEDDAH)
    centre.do("case.open", opening(reporter="named"))
    centre.do("contact.give", e.ContactGiven(case_id="c1", name="سالم"), record="contact")
    [group] = centre.do("case.move", e.CaseMove(committee_id="k31"), SUPERVISOR).groups
    assert group.scopes == scopes.of_field_record("k31", "jeddah")
    assert sorted(r.KIND_OF[type(record)] for record in group.records) == [
        "case",
        "case_entry",
        "case_entry",
        "contact",
    ]
    assert refusal(centre, "case.comment", e.CaseStep(text="x")).code == "outside_scope"


def test_a_case_that_is_settled_is_reopened_before_it_moves(centre: Shelf) -> None:
    centre.put(JEDDAH)
    centre.do("case.open", opening())
    centre.do("case.check", e.CaseStep())
    centre.do("case.resolve", e.CaseStep(text="أعيد الماء"))
    assert refusal(centre, "case.move", e.CaseMove(committee_id="k31"), SUPERVISOR).code == "illegal_step"
    centre.do("case.reopen", e.CaseStep(text="لم يعد"), SUPERVISOR)
    centre.do("case.move", e.CaseMove(committee_id="k31"), SUPERVISOR)


def held(centre: Shelf, action: str, data: Any, **more: Any) -> str:
    """Hold an event back as the centre does; its id."""
    kind, _, verb = action.partition(".")
    given: dict[str, Any] = {"record": "v1" if kind == "visit" else "c1", "made_at": NOON, **more}
    inner = e.Event(
        id=ids.uuid7(), n=1, kind=kind, action=verb, user=INSPECTOR.id, data=msgspec.to_builtins(data), **given
    )
    row = r.Quarantined(
        id=inner.id,
        device_id="device",
        by=INSPECTOR.id,
        event_kind=kind,
        action=verb,
        record_id=inner.record,
        at=NOON,
        received_at=NOON,
        reason="person_released",
        text="",
        body=e.encode(inner).decode(),
    )
    centre.put(row)
    centre.put(INSPECTOR)
    return inner.id


def test_an_event_that_is_accepted_has_the_effect_it_would_have_had_as_its_authors(centre: Shelf) -> None:
    event_id = held(centre, "visit.submit", submission())
    effect = centre.do("quarantined.accept", e.QuarantineDecision(), SUPERVISOR, record=event_id)
    of_visit, of_decision = effect.groups
    assert of_visit.scopes == scopes.of_field_record("k11", "makkah")
    assert of_decision.scopes == scopes.of_held_back(["makkah"])
    visit, row = centre.get("visit", "v1"), centre.get("quarantined", event_id)
    assert isinstance(visit, r.Visit)
    assert isinstance(row, r.Quarantined)
    assert (visit.inspector_id, visit.state, row.state) == (INSPECTOR.id, "received", "accepted")


def test_an_accepted_report_of_a_region_its_author_has_left_is_taken_and_flagged(centre: Shelf) -> None:
    event_id = held(centre, "case.open", opening(region="madinah"))
    centre.do("quarantined.accept", e.QuarantineDecision(), SUPERVISOR, record=event_id)
    case = centre.get("case", "c1")
    assert isinstance(case, r.Case)
    assert (case.region, case.flags) == ("madinah", ("region_left",))


def test_an_event_that_is_refused_has_no_effect_and_nothing_can_be_decided_twice(centre: Shelf) -> None:
    event_id = held(centre, "case.open", opening())
    assert refusal(centre, "quarantined.refuse", e.QuarantineDecision(), INSPECTOR, record=event_id).code in (
        "outside_scope",
        "not_your_role",
    )
    effect = centre.do("quarantined.refuse", e.QuarantineDecision(text="مكرر"), SUPERVISOR, record=event_id)
    assert [type(record) for record in effect.records] == [r.Quarantined]
    assert refusal(centre, "quarantined.accept", e.QuarantineDecision(), SUPERVISOR, record=event_id).code == (
        "illegal_step"
    )
