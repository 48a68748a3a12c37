"""Every state of the ministry's catalogue leads to one of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sync.domain import catalogue
from sync.domain.catalogue import UnknownCatalogueState, our_state
from sync.domain.workflow import STATES

CATALOGUE = Path(__file__).parents[2] / "resources" / "catalogue" / "domain_catalog.json"
CODE_LISTS = {"penalty", "sync", "answer"}


@pytest.fixture(scope="module")
def lists() -> dict[str, list[dict[str, Any]]]:
    lists: dict[str, list[dict[str, Any]]] = json.loads(CATALOGUE.read_text(encoding="utf-8"))["workflows"]
    return lists


def test_every_catalogue_state_is_mapped_to_a_state_of_its_workflow(lists: dict[str, list[dict[str, Any]]]) -> None:
    listed = {(name, row["code"]) for name, rows in lists.items() if name not in CODE_LISTS for row in rows}
    mapped = {(name, code) for name, codes in catalogue.STATES.items() for code in codes}
    assert mapped == listed
    for name, code in listed:
        assert our_state(name, code) in set(STATES[catalogue.WORKFLOW_OF[name]])


def test_every_penalty_says_what_a_decided_violation_became(lists: dict[str, list[dict[str, Any]]]) -> None:
    assert set(catalogue.PENALTIES) == {row["code"] for row in lists["penalty"]}


def test_a_penalty_speaks_only_once_the_violation_is_decided() -> None:
    assert our_state("violation", "decided", "fine") == "fined"
    assert our_state("violation", "appealed", "suspend") == "suspended"
    assert our_state("violation", "correction_period", "fine") == "correction_period"


def test_a_violation_decided_without_a_penalty_was_dismissed() -> None:
    assert our_state("violation", "closed") == "dismissed"


def test_what_the_catalogue_calls_submitted_the_centre_has_received() -> None:
    assert [our_state("inspection", code) for code in ("completed_local", "pending_sync", "submitted")] == [
        "submitted",
        "submitted",
        "received",
    ]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("inspection", "archived"), "unknown_catalogue_state"),
        (("sync", "clean"), "unknown_catalogue_state"),
        (("violation", "decided", "exile"), "unknown_penalty"),
    ],
)
def test_an_entry_that_nobody_mapped_is_refused_by_name(asked: tuple[str, ...], code: str) -> None:
    with pytest.raises(UnknownCatalogueState) as refusal:
        our_state(*asked)
    assert refusal.value.code == code
