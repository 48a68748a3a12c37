"""Replays the walks that JavaRosa recorded of real forms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import xforms
from tests.conformance.cases import folder, read_traces, recorded_clock
from tests.conformance.outcome import Outcome
from tests.conformance.walks import Walk


@cache
def form_of(name: str) -> xforms.Form:
    lists = {
        "jr://file/cities.geojson": '{"type": "FeatureCollection", "features": []}',
    }
    return xforms.load((folder() / "real" / name).read_text("utf-8"), lists)


def _texts(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {name: shown[name] for name in ("lab", "opts") if name in shown}


def run() -> Outcome:
    outcome = Outcome()
    for trace in read_traces():
        tally = outcome.areas[trace["form"]]
        # What is recorded as a hint is the name of its text, and groups are recorded by their event.
        shown = {
            ref: _texts(each) for ref, each in trace["prompts"].items() if "ev" not in each and "error" not in each
        }
        try:
            reasons = Walk({**trace, "prompts": shown}, form_of(trace["form"]), recorded_clock, tally).replay()
        except (xforms.XFormsError, AttributeError, RecursionError) as error:
            reasons = [f"{type(error).__name__}: {error}"[:200]]
            tally["properties"] += len(trace["init"])
        tally["cases"] += 1
        tally["passed"] += not reasons
        if reasons:
            outcome.failures.append((trace["id"], f"{len(reasons)} differ", reasons[0]))
    return outcome
