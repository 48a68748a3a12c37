"""Our own forms, walked in JavaRosa once and for all: every test run replays the walks, without Java."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from tests.conformance.cases import recorded_zone
from tests.conformance.own import workbooks
from tests.conformance.own.record import WALKS
from tests.conformance.own.replaying import read_walks, replayed


@pytest.fixture(autouse=True)
def zone() -> Iterator[None]:
    with recorded_zone():
        yield


@cache
def walks() -> tuple[dict[str, Any], ...]:
    return tuple(read_walks())


@pytest.mark.parametrize("name", workbooks.NAMES)
def test_a_form_of_ours_behaves_as_in_javarosa_however_it_is_walked(name: str) -> None:
    mine = [walk for walk in walks() if walk["form"] == f"{name}.xml"]
    assert len(mine) == WALKS
    assert [reason for walk in mine for reason in replayed(walk)] == []


@pytest.mark.parametrize("name", workbooks.NAMES)
def test_the_forms_that_were_walked_are_what_their_workbooks_give(name: str) -> None:
    assert (workbooks.FOLDER / f"{name}.xml").read_text("utf-8") == workbooks.form(name)


def test_the_walks_hold_every_deed_and_every_verdict() -> None:
    deeds = Counter((step["op"], step.get("code", 0)) for walk in walks() for step in walk["steps"])
    assert set(deeds) >= {(op, 0) for op in ("answer", "new_repeat", "remove_repeat", "set_language")}
    assert deeds["answer", 1] > 10
    assert deeds["answer", 2] > 50
    assert {walk["valid"] for walk in walks()} == {True, False}
    assert any("taken" in step for walk in walks() for step in walk["steps"])


def value(walk: dict[str, Any]) -> None:
    state = next(state for state in walk["init"].values() if "v" in state and state["rel"])
    state["v"] += "1"


def later_value(walk: dict[str, Any]) -> None:
    found = [
        state for step in walk["steps"] for state in step["delta"]["set"].values() if state["rel"] and "v" in state
    ]
    found[-1]["v"] += "1"


def flag(name: str) -> Callable[[dict[str, Any]], None]:
    def change(walk: dict[str, Any]) -> None:
        state = next(state for ref, state in walk["init"].items() if "/meta" not in ref and state["rel"])
        state[name] = not state[name]

    return change


def text(name: str) -> Callable[[dict[str, Any]], None]:
    def change(walk: dict[str, Any]) -> None:
        shown = next(step["shown"] for step in walk["steps"] if "shown" in step)
        shown[name] = f"{shown[name]} and more"

    return change


def choice(walk: dict[str, Any]) -> None:
    shown = next(step["shown"] for step in walk["steps"] if step.get("shown", {}).get("opts"))
    shown["opts"].pop()


def message(walk: dict[str, Any]) -> None:
    next(step for step in walk["steps"] if "msg" in step)["msg"] += "!"


def refusal(walk: dict[str, Any]) -> None:
    step = next(step for step in walk["steps"] if step.get("code") == 0)
    step["code"], step["delta"] = 2, {}


def verdict(walk: dict[str, Any]) -> None:
    walk["valid"] = not walk["valid"]


def document(walk: dict[str, Any]) -> None:
    walk["final_xml"] = walk["final_xml"].replace("</region>", "x</region>")


CHANGES = [value, later_value, *map(flag, ("rel", "ro", "req")), *map(text, ("lab", "hint")), choice, message]


@pytest.mark.parametrize("change", [*CHANGES, refusal, verdict, document])
def test_one_recorded_value_changed_is_enough_to_fail(change: Callable[[dict[str, Any]], None]) -> None:
    whole = next(
        walk
        for walk in walks()
        if walk["form"] == "places.xml" and "<region>" in walk["final_xml"] and any("msg" in s for s in walk["steps"])
    )
    changed = copy.deepcopy(whole)
    change(changed)
    assert replayed(whole) == []
    assert replayed(changed) != []
