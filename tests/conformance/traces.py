"""Replays the walks that JavaRosa recorded of real forms."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

import xforms
from tests.conformance import adapter
from tests.conformance.cases import folder, read_traces, recorded_clock, same, same_xml
from tests.conformance.scenarios import Outcome, Tally

_CONSTRAINT = 2


@cache
def _form(name: str) -> xforms.Form:
    lists = {
        "jr://file/cities.geojson": '{"type": "FeatureCollection", "features": []}',
    }
    return xforms.load((folder() / "real" / name).read_text("utf-8"), lists)


def run() -> Outcome:
    outcome = Outcome(defaultdict(Counter))
    for trace in read_traces():
        tally = outcome.areas[trace["form"]]
        try:
            reasons = _Walk(trace, tally).all()
        except (xforms.XFormsError, AttributeError, RecursionError) as error:
            reasons = [f"{type(error).__name__}: {error}"[:200]]
            tally["properties"] += len(trace["init"])
        tally["cases"] += 1
        tally["passed"] += not reasons
        if reasons:
            outcome.failures.append((trace["id"], f"{len(reasons)} differ", reasons[0]))
    return outcome


class _Walk:
    def __init__(self, trace: Mapping[str, Any], tally: Tally) -> None:
        self.trace = trace
        self.tally = tally
        self.skipped = {*trace["clock_refs"], *trace["disputed_refs"]}
        self.reasons: list[str] = []

    def all(self) -> list[str]:
        session = _form(self.trace["form"]).new(now=recorded_clock)
        expected = dict(self.trace["init"])
        self.compare(session, "init", expected)
        for at, op in enumerate(self.trace["steps"]):
            if op["op"] == "answer" and op["code"] == _CONSTRAINT:
                self.rejected(session, at, op)
                continue
            if op["op"] in ("answer", "new_repeat", "remove_repeat"):
                adapter.step(session, {**op, "stored": op.get("value")})
            delta = op.get("delta", {})
            expected.update(delta.get("set", {}))
            for ref in delta.get("del", []):
                expected.pop(ref, None)
            self.compare(session, str(at), expected)
        if not self.skipped - set(self.trace["clock_refs"]):
            self.tally["documents"] += 1
            difference = same_xml(session.serialise(final=True), self.trace["final_xml"])
            self.tally["documents right"] += not difference
        return self.reasons

    def rejected(self, session: xforms.Session, at: int, op: Mapping[str, Any]) -> None:
        """JavaRosa kept the value before; this engine takes the answer and flags it, so it is taken back here."""
        ref = op["ref"]
        before = session.state(ref).value
        session.answer(ref, op["value"])
        problem = session.state(ref).problem
        self.tally["rejected"] += 1
        self.tally["rejected right"] += problem is not None
        if problem is None:
            self.reasons.append(f"{at} {ref} the answer {op['value']!r} was not flagged")
        session.answer(ref, before)

    def compare(self, session: xforms.Session, at: str, expected: Mapping[str, Any]) -> None:
        states = session.states()
        for ref, wanted in expected.items():
            if ref in self.skipped:
                continue
            self.tally["properties"] += 1
            state = states.get(ref)
            right = state is not None and state.relevant == wanted["rel"]
            if right and state is not None and wanted["rel"]:
                right = (state.required, state.readonly) == (wanted["req"], wanted["ro"])
                right = right and ("v" not in wanted or same(state.value, wanted["v"]))
            self.tally["properties right"] += right
            if not right:
                self.reasons.append(
                    f"{at} {ref} {state and (state.value, state.relevant, state.readonly)} for {wanted}"
                )
