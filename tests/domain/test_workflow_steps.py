"""The tables of steps: the way of a report, a case and a violation, and everything that is not legal."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from sync.domain.workflow import (
    PEOPLE,
    STATES,
    TRANSITIONS,
    CaseState,
    IllegalStep,
    Need,
    Role,
    VisitState,
    Workflow,
    legal_actions,
    step,
    transition,
)

HEAD, INSPECTOR, SUPERVISOR, CENTRE = Role.COMMITTEE_HEAD, Role.INSPECTOR, Role.SUPERVISOR, Role.CENTRE
EVERYTHING: dict[str, Any] = {"has_reason": True, "has_remarks": True}


def walk(workflow: Workflow, *steps: tuple[str, Role]) -> list[str]:
    """The states a record passes when each of the steps is taken after the other."""
    passed: list[str] = []
    state: str | None = None
    for action, role in steps:
        state = step(workflow, state, action, role, **EVERYTHING)
        passed.append(state)
    return passed


def test_a_visit_travels_from_the_device_to_approval() -> None:
    assert walk(
        Workflow.VISIT,
        ("start", INSPECTOR),
        ("submit", INSPECTOR),
        ("receive", CENTRE),
        ("take_up", SUPERVISOR),
        ("approve", SUPERVISOR),
    ) == ["draft", "submitted", "received", "under_review", "approved"]


def test_a_returned_visit_can_be_submitted_again() -> None:
    assert walk(
        Workflow.VISIT,
        ("start", HEAD),
        ("submit", HEAD),
        ("receive", CENTRE),
        ("return", SUPERVISOR),
        ("submit", HEAD),
        ("receive", CENTRE),
        ("approve", SUPERVISOR),
    ) == ["draft", "submitted", "received", "returned", "submitted", "received", "approved"]


def test_a_case_travels_from_its_receipt_to_its_end() -> None:
    assert walk(
        Workflow.CASE,
        ("open", INSPECTOR),
        ("classify", SUPERVISOR),
        ("assign", SUPERVISOR),
        ("check", INSPECTOR),
        ("comment", INSPECTOR),
        ("resolve", INSPECTOR),
        ("close", SUPERVISOR),
        ("reopen", SUPERVISOR),
        ("assign", SUPERVISOR),
        ("check", HEAD),
        ("refer", HEAD),
    ) == [
        "received",
        "classified",
        "assigned",
        "on_site_check",
        "on_site_check",
        "resolved",
        "closed",
        "reopened",
        "assigned",
        "on_site_check",
        "referred",
    ]


def test_the_centre_itself_passes_on_a_case_that_came_with_its_category_and_committee() -> None:
    assert walk(Workflow.CASE, ("open", INSPECTOR), ("classify", CENTRE), ("assign", CENTRE), ("check", INSPECTOR)) == [
        "received",
        "classified",
        "assigned",
        "on_site_check",
    ]


@pytest.mark.parametrize(
    ("decision", "end"),
    [
        ("warn", "warned"),
        ("fine", "fined"),
        ("suspend", "suspended"),
        ("cancel", "cancelled"),
        ("dismiss", "dismissed"),
    ],
)
def test_a_violation_travels_from_being_seen_to_being_decided(decision: str, end: str) -> None:
    assert walk(
        Workflow.VIOLATION,
        ("observe", INSPECTOR),
        ("draw_report", INSPECTOR),
        ("notify_company", HEAD),
        ("open_correction", SUPERVISOR),
        ("record_reply", INSPECTOR),
        (decision, SUPERVISOR),
    ) == ["observed", "report_drawn", "company_notified", "correction_period", "company_replied", end]


def test_a_company_that_never_replies_is_decided_upon_all_the_same() -> None:
    assert step(Workflow.VIOLATION, "correction_period", "fine", SUPERVISOR, has_reason=True) == "fined"


def refused(workflow: Workflow, state: str | None, action: str, role: Role, **given: bool) -> IllegalStep:
    with pytest.raises(IllegalStep) as refusal:
        step(workflow, state, action, role, **given)
    return refusal.value


def test_an_unknown_action_is_refused_by_name() -> None:
    refusal = refused(Workflow.VISIT, "draft", "shred", HEAD)
    assert (refusal.code, refusal.params) == ("unknown_action", {"workflow": "visit", "action": "shred"})


def test_a_step_from_the_wrong_state_says_what_it_expected_and_what_it_found() -> None:
    refusal = refused(Workflow.VISIT, "approved", "approve", SUPERVISOR)
    assert refusal.code == "wrong_state"
    assert refusal.params == {
        "workflow": "visit",
        "action": "approve",
        "expected": "received,under_review",
        "actual": "approved",
    }


def test_a_record_that_does_not_exist_yet_is_the_empty_state() -> None:
    assert refused(Workflow.CASE, None, "close", SUPERVISOR).params["actual"] == ""
    assert refused(Workflow.CASE, "received", "open", SUPERVISOR).params["expected"] == ""


def test_a_state_from_another_workflow_is_a_wrong_state() -> None:
    assert refused(Workflow.VISIT, "classified", "submit", INSPECTOR).code == "wrong_state"


def test_an_inspector_does_not_approve() -> None:
    refusal = refused(Workflow.VISIT, "received", "approve", INSPECTOR)
    assert (refusal.code, refusal.params["role"]) == ("not_your_role", "inspector")


@pytest.mark.parametrize("action", ["approve", "return"])
@pytest.mark.parametrize("state", ["received", "under_review"])
def test_nobody_approves_or_returns_his_own_report(action: str, state: str) -> None:
    assert refused(Workflow.VISIT, state, action, SUPERVISOR, is_author=True, **EVERYTHING).code == "own_report"


def test_a_visit_is_returned_with_remarks_only() -> None:
    assert refused(Workflow.VISIT, "received", "return", SUPERVISOR, has_reason=True).code == "needs_remarks"


@pytest.mark.parametrize(
    ("workflow", "state", "action"),
    [
        (Workflow.VISIT, "received", "annul"),
        (Workflow.CASE, "on_site_check", "reject"),
        (Workflow.CASE, "closed", "reopen"),
        (Workflow.VIOLATION, "company_replied", "dismiss"),
    ],
)
def test_what_takes_something_back_needs_a_reason(workflow: Workflow, state: str, action: str) -> None:
    assert refused(workflow, state, action, SUPERVISOR, has_remarks=True).code == "needs_reason"


def test_an_inspector_annuls_his_own_visit_and_no_other() -> None:
    assert step(Workflow.VISIT, "draft", "annul", INSPECTOR, is_author=True, has_reason=True) is VisitState.ANNULLED
    assert refused(Workflow.VISIT, "draft", "annul", INSPECTOR, has_reason=True).code == "not_your_role"
    assert step(Workflow.VISIT, "draft", "annul", HEAD, has_reason=True) is VisitState.ANNULLED


@pytest.mark.parametrize("state", ["under_review", "approved", "annulled"])
def test_a_visit_under_review_or_decided_is_not_annulled(state: str) -> None:
    assert refused(Workflow.VISIT, state, "annul", SUPERVISOR, **EVERYTHING).code == "wrong_state"


@pytest.mark.parametrize("state", list(CaseState))
def test_a_comment_leaves_an_open_case_where_it_is_and_a_closed_one_takes_none(state: CaseState) -> None:
    if state is CaseState.CLOSED:
        assert refused(Workflow.CASE, state, "comment", INSPECTOR).code == "wrong_state"
    else:
        assert step(Workflow.CASE, str(state), "comment", INSPECTOR) is state


def test_what_an_inspector_and_a_supervisor_can_do_with_a_received_visit() -> None:
    assert legal_actions(Workflow.VISIT, "received", INSPECTOR) == ()
    assert legal_actions(Workflow.VISIT, "received", INSPECTOR, is_author=True) == ("annul",)
    assert legal_actions(Workflow.VISIT, "received", SUPERVISOR) == ("take_up", "return", "approve", "annul")
    assert legal_actions(Workflow.VISIT, "received", SUPERVISOR, is_author=True) == ("take_up", "annul")


@pytest.mark.parametrize("role", [Role.READER, Role.STEWARD, Role.ADMINISTRATOR])
def test_whoever_only_reads_or_keeps_the_system_takes_no_step(role: Role) -> None:
    for workflow in Workflow:
        for state in (None, *STATES[workflow]):
            assert legal_actions(workflow, state, role, is_author=True) == ()


@pytest.mark.parametrize("workflow", list(Workflow))
def test_what_is_offered_is_exactly_what_is_accepted(workflow: Workflow) -> None:
    for state, role, is_author in product((None, *STATES[workflow]), Role, (False, True)):
        accepted = []
        for row in TRANSITIONS[workflow]:
            try:
                step(workflow, state, row.action, role, is_author=is_author, **EVERYTHING)
            except IllegalStep:
                continue
            accepted.append(row.action)
        assert legal_actions(workflow, state, role, is_author=is_author) == tuple(accepted)


@pytest.mark.parametrize("workflow", list(Workflow))
def test_every_state_can_be_reached_from_nothing(workflow: Workflow) -> None:
    reached: set[object] = {None}
    for _ in TRANSITIONS[workflow]:
        reached |= {row.to_state for row in TRANSITIONS[workflow] if row.from_states & reached}
    assert reached - {None} == set(STATES[workflow])


@pytest.mark.parametrize("workflow", list(Workflow))
def test_every_row_is_of_its_own_workflow_and_no_action_has_two(workflow: Workflow) -> None:
    rows = TRANSITIONS[workflow]
    assert len({row.action for row in rows}) == len(rows)
    for row in rows:
        assert {state for state in (*row.from_states, row.to_state) if state is not None} <= set(STATES[workflow])
        assert all(type(state) is STATES[workflow] for state in row.from_states if state is not None)


def test_the_states_that_nothing_leads_out_of_are_the_ends() -> None:
    ends = {
        workflow: [
            state
            for state in STATES[workflow]
            if not any(state in row.from_states and row.to_state is not None for row in TRANSITIONS[workflow])
        ]
        for workflow in Workflow
    }
    assert ends == {
        Workflow.VISIT: ["approved", "annulled"],
        Workflow.CASE: [],
        Workflow.VIOLATION: ["warned", "fined", "suspended", "cancelled", "dismissed"],
        Workflow.QUARANTINED: ["accepted", "refused"],
    }


def test_only_the_centre_gives_a_receipt_and_no_person_is_the_centre() -> None:
    assert [role for role in Role if legal_actions(Workflow.VISIT, "submitted", role) == ("receive",)] == [CENTRE]
    assert CENTRE not in PEOPLE
    assert len(PEOPLE) == 6


def test_what_a_step_needs_can_be_asked_beforehand() -> None:
    assert transition(Workflow.VISIT, "return").needs == {Need.REMARKS}
    assert transition(Workflow.VISIT, "approve").needs == frozenset()
