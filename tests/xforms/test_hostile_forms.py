"""Forms made to hang or to fill the memory: each is refused with a reason and a place, or kept within bounds.

``make hostile`` prints memory and time of all of them.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.xforms.hostile import CASES, run

REFUSED = {
    "entity expansion": ("doctype", ""),
    "external entity, file": ("doctype", ""),
    "external entity, network": ("doctype", ""),
    "groups 100 deep": ("too_deep", "g: "),
    "groups 100,000 deep": ("too_deep", "64 levels"),
    "a document of 200 MB": ("too_large", "16777216 bytes"),
    "three million elements": ("too_large", "1000000 tags"),
    "300,000 fields": ("too_large", "/data/f"),
    "200,000 instances given": ("too_large", "/data/n: "),
    "itext of a million texts": ("too_large", ""),
    "an expression of 1 MB": ("xpath_too_long", "/data/r: "),
    "brackets 10,000 deep": ("xpath_too_deep", "/data/r: "),
    "conditions 5,000 deep": ("xpath_too_deep", "/data/r: "),
    "conditions 8,000 in a row": ("xpath_too_deep", "/data/r: "),
    "a path of 10,000 steps": ("xpath_too_deep", "/data/r: "),
    "a regex counted": ("bad_regex", "/data/r: "),
    "a CSV of 200 MB": ("too_large", "jr://file-csv/l.csv: "),
    "a CSV of 100,000 columns": ("too_large", "jr://file-csv/l.csv: "),
    "a CSV of 8,000,000 rows": ("too_large", "jr://file-csv/l.csv: "),
    "a quote never closed": ("bad_csv", "jr://file-csv/l.csv: line 65538"),
    "a deep GeoJSON": ("bad_geojson", "jr://file/l.geojson: "),
}
"""What of the cases is refused: with which code, and what the message names."""
OVERRUN = {"conditions that look at all", "instances that hold all", "actions that branch"}
"""What of the others is given up at some point, and says so."""
IN_A_HURRY = 20.0
"""Seconds that the slowest of them may take on a slow machine; without bounds each would take for ever."""


@pytest.fixture(scope="module")
def refusals() -> dict[str, dict[str, Any]]:
    """What became of those that are refused: one process bears them all, one after the other."""
    return run(*REFUSED)


@pytest.mark.parametrize("name", REFUSED)
def test_a_form_that_wants_too_much_is_refused_with_the_reason_and_the_place(
    name: str, refusals: dict[str, dict[str, Any]]
) -> None:
    found = refusals[name]
    assert (found["code"], found["s"] < IN_A_HURRY) == (REFUSED[name][0], True), found
    assert REFUSED[name][1] in found["said"]


@pytest.mark.parametrize("name", sorted(CASES.keys() - REFUSED.keys()))
def test_no_form_that_runs_gets_more_memory_or_time_than_there_is(name: str) -> None:
    found = run(name)[name]
    assert (found["code"], found["s"] < IN_A_HURRY) == ("ran", True), found
    assert f"overrun: {name in OVERRUN}" in found["said"]
    letters = re.search(r"(\d+) in all", found["said"])
    assert letters is not None
    assert int(letters[1]) < 16 * 1024 * 1024, "the draft could not be taken up again"
