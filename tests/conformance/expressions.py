"""Evaluates the recorded expressions and compares with what the reference engines gave."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

import xforms
from tests.conformance.cases import read_json, same
from tests.conformance.scenarios import Outcome

_GATED = "AD"
_FRAME = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"'
    ' xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title/><model><instance><data id="one"><r/></data></instance>'
    '<bind nodeset="/data/r" calculate=%s/></model></h:head><h:body/></h:html>'
)


def run() -> Outcome:
    outcome = Outcome(defaultdict(Counter))
    for case in read_json("xpath_cases.json")["cases"]:
        if case["tier"] not in _GATED:
            continue
        tally = outcome.areas[f"tier {case['tier']}"]
        reason = _evaluated(case)
        tally["cases"] += 1
        tally["passed"] += not reason
        if reason:
            outcome.failures.append((case["id"], case["expression"], reason))
    return outcome


def _evaluated(case: Mapping[str, Any]) -> str:
    """What differs from the recorded result; ``""`` when nothing does."""
    expect = case["expect"]
    try:
        got = xforms.load(_FRAME % quoteattr(case["expression"])).new().state("/data/r").value
    except xforms.XFormsError as error:
        return "" if expect.get("error") else str(error)
    if "string_regex" in expect:
        right = re.search(expect["string_regex"], got) is not None
    else:
        wanted = next(iter(expect.values()))
        if isinstance(wanted, bool):
            wanted = "true" if wanted else "false"
        right = same(got, "" if wanted == "NaN" else wanted)
    return "" if right else f"{got!r} for {expect}"
