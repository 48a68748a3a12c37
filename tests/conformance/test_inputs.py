"""A run whose input was not recorded is told from one that this engine gets wrong, and taken at its word otherwise."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

import xforms
from tests.conformance import scenarios
from tests.conformance.cases import folder, read_json, recorded_zone
from tests.conformance.inputs import is_unrecorded
from tests.conformance.outcome import Tally
from tests.xforms.small_forms import bind, document

FORM = document(
    "<place/><number>1</number><total/><meta><instanceID/></meta>", bind("total", calculate="/data/number * 2")
)


def sheet(place: str, number: str = "1", total: str = "2", identifier: str = "uuid:a") -> str:
    return (
        f"<data><place>{place}</place><number>{number}</number><total>{total}</total>"
        f"<meta><instanceID>{identifier}</instanceID></meta></data>"
    )


def taken_up(taken: str, shown: str, before: str | None = None) -> bool:
    run = {"via": "restore", "from_xml": taken, "init_xml": shown}
    return is_unrecorded(run, {"final_xml": taken if before is None else before}, FORM)


def test_a_value_that_nothing_works_out_and_that_was_not_taken_up_came_from_elsewhere() -> None:
    assert taken_up(sheet("mina"), sheet("arafat"))
    assert taken_up(sheet("mina"), sheet(""))


def test_a_run_that_shows_what_it_took_up_is_judged() -> None:
    assert not taken_up(sheet("mina"), sheet("mina"))


def test_what_the_form_works_out_by_itself_may_differ() -> None:
    assert not taken_up(sheet("mina", total="2"), sheet("mina", total="3"))
    assert not taken_up(sheet("mina", identifier="uuid:a"), sheet("mina", identifier="uuid:b"))


def test_only_what_the_run_before_gave_can_stand_for_an_input() -> None:
    assert not taken_up(sheet("mina"), sheet("arafat"), before=sheet("muzdalifah"))
    first = {"via": "restore", "from_xml": sheet("mina"), "init_xml": sheet("arafat")}
    assert not is_unrecorded(first, None, FORM)
    assert not is_unrecorded({**first, "via": "init"}, {"final_xml": sheet("mina")}, FORM)


def unrecorded() -> list[tuple[str, dict[str, Any]]]:
    return [
        (case["id"], run)
        for case in read_json("scenario_cases.json")["cases"]
        for before, run in pairwise([None, *case["runs"]])
        if is_unrecorded(run, before, scenarios._form(run))
    ]


@pytest.mark.skipif(not folder().is_dir(), reason=f"there are no recorded cases in {folder()}: set XFORMS_CASES")
def test_each_such_run_is_as_recorded_once_the_sheet_it_shows_is_what_it_takes_up() -> None:
    """So nothing but the input is missing: all that follows from it, this engine shows likewise."""
    found = unrecorded()
    assert {identifier.partition("#")[0] for identifier, _ in found} == {"instance-input"}
    with recorded_zone():
        for identifier, run in found:
            counted = Tally()
            assert (identifier, scenarios._run({**run, "from_xml": run["init_xml"]}, counted)) == (identifier, [])
            assert counted["properties"] > 30


INPUT = '<data id="visit" version="1">{}<meta><instanceID/></meta></data>'
COUNTED = document(
    '<many/><one jr:template=""><place/><double/></one><meta><instanceID/></meta>',
    bind("many", type="int")
    + bind("one/place", calculate="position(..)")
    + bind("one/double", calculate="../place * 2"),
    '<input ref="/data/many"/><repeat nodeset="/data/one" jr:count="/data/many"/>',
)
FIXED = document(
    "<one><first>2</first></one><one><first>7</first></one><meta><instanceID/></meta>",
    body='<repeat nodeset="/data/one" jr:noAddRemove="true()"><input ref="/data/one/first"/></repeat>',
)


@pytest.mark.parametrize(
    ("form", "taken", "values"),
    [
        (COUNTED, "<many>2</many><one/><one/>", ["2", "1", "2", "2", "4"]),
        (COUNTED, "<many>2</many><one><place>1</place><double>2</double></one>", ["2", "1", "2", "2", "4"]),
        (FIXED, "", ["", ""]),
        (FIXED, "<one><first>1</first></one>", ["1", ""]),
        (FIXED, "<one><first>1</first></one><one><first>2</first></one><one><first>3</first></one>", ["1", "2"]),
    ],
)
def test_sheets_like_those_not_recorded_are_taken_up_as_their_tests_are_called(
    form: str, taken: str, values: list[str]
) -> None:
    """Instances or what stands in them are missing, or there are more than the form has."""
    session = xforms.load(form).restore('<?xml version="1.0"?>' + INPUT.format(taken))
    fields = {ref: state.value for ref, state in session.states().items() if not ref.endswith(("]", "/data", "meta"))}
    assert [value for ref, value in fields.items() if "instanceID" not in ref] == values
