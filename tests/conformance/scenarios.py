"""Replays the recorded scenarios and compares everything the reference engines showed after each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from lxml import etree

import xforms
from tests.conformance import adapter
from tests.conformance.cases import folder, read_json, same, same_xml
from tests.conformance.inputs import is_unrecorded
from tests.conformance.outcome import APART, Outcome, Tally


def run() -> Outcome:
    outcome = Outcome()
    for case in read_json("scenario_cases.json")["cases"]:
        unrecorded = any(
            is_unrecorded(run, before, _form(run)) for before, run in pairwise([None, *case["runs"]]) if run
        )
        tally = outcome.areas[APART if unrecorded else case["area"]]
        reasons = [reason for run in case["runs"] for reason in _run(run, tally)]
        tally["cases"] += 1
        tally["passed"] += not reasons
        if reasons:
            outcome.failures.append((case["id"], case["test"], f"{APART}: {reasons[0]}" if unrecorded else reasons[0]))
    return outcome


def _form(recorded: Mapping[str, Any]) -> str:
    return (folder() / "forms" / f"{recorded['form']}.xml").read_text("utf-8")


def _run(recorded: Mapping[str, Any], tally: Tally) -> list[str]:
    """Everything that went otherwise than recorded."""
    xml = _form(recorded)
    resources = {address: each["text"] for address, each in recorded.get("resources", {}).items()}
    if recorded["via"] == "init-failed":
        try:
            xforms.load(xml, resources, strict=False)
        except xforms.FormError:
            return []
        return ["an invalid form was loaded"]
    replay = _Replay(recorded, tally, _by_chance(xml))
    try:
        session = adapter.begin(xforms.load(xml, resources, strict=False), recorded)
        replay.all(session)
    except (xforms.XFormsError, AttributeError, RecursionError) as error:
        replay.reasons.append(f"{type(error).__name__}: {error}"[:200])
        tally["properties"] += 1
    return replay.reasons


def _by_chance(xml: str) -> frozenset[str]:
    """Names of fields that ``random()`` fills: two engines never agree on those, nor one engine with itself."""
    binds = etree.fromstring(xml.encode()).iter("{http://www.w3.org/2002/xforms}bind")
    return frozenset(
        str(bind.get("nodeset")).rpartition("/")[2] for bind in binds if "random()" in (bind.get("calculate") or "")
    )


class _Replay:
    def __init__(self, recorded: Mapping[str, Any], tally: Tally, chance: frozenset[str]) -> None:
        self.recorded = recorded
        self.chance = chance
        self.tally = tally
        self.reasons: list[str] = []
        self.expected: dict[str, Any] = dict(recorded["init"])
        self.lasting: set[str] = set()
        self.disputed = {(str(at), ref) for at, ref, *_ in recorded.get("javarosa_differs", [])}

    def all(self, session: xforms.Session) -> None:
        self.compare(session, "init", self.expected)
        self.compare_xml(session, self.recorded.get("init_xml"), "init")
        for at, op in enumerate(self.recorded["steps"]):
            try:
                adapter.step(session, op)
            except xforms.AnswerError:
                if not op.get("error"):
                    raise
            delta = op.get("delta", {})
            self.expected.update(delta.get("set", {}))
            self.lasting -= set(delta.get("set", {}))
            for ref in delta.get("del", []):
                self.expected.pop(ref, None)
            self.compare(session, str(at), self.expected)
            if op["op"] == "read_xml":
                self.compare_xml(session, op.get("xml"), str(at))
        self.compare_xml(session, self.recorded.get("final_xml"), "final")

    def compare(self, session: xforms.Session, at: str, expected: Mapping[str, Any]) -> None:
        shown = adapter.snapshot(session)
        for ref, wanted in expected.items():
            if (at, ref) in self.disputed:
                self.lasting.add(ref)  # until something else is recorded of it
            if ref in self.lasting:
                continue
            if ref.endswith("#range"):
                self.count("properties", at, ref, shown.get(ref, {"n": 0})["n"] == wanted.get("n", 0), "n")
                continue
            got = shown.get(ref)
            if got is None:
                self.count("properties", at, ref, False, "missing")
                continue
            for name, right in _properties(got, wanted):
                if name == "v" and ref.rpartition("/")[2] in self.chance:
                    continue
                self.count("properties", at, ref, right, f"{name}: {got[name]!r} for {wanted.get(name)!r}")

    def compare_xml(self, session: xforms.Session, wanted: str | None, at: str) -> None:
        if wanted and not self.disputed and not self.chance:
            difference = same_xml(session.serialise(final=True), wanted)
            self.count("documents", at, "xml", not difference, difference)

    def count(self, kind: str, at: str, ref: str, right: bool, reason: str) -> None:
        self.tally[kind] += 1
        self.tally[f"{kind} right"] += right
        if not right:
            self.reasons.append(f"{at} {ref} {reason}"[:300])


def _properties(got: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    yield "rel", got["rel"] == wanted["rel"]
    if not wanted["rel"]:
        return
    for name in ("ro", "req"):
        if name in wanted:
            yield name, got[name] == wanted[name]
    if isinstance(wanted.get("v"), str):
        yield "v", same(got["v"], wanted["v"])
    for name in ("lab", "hint"):
        if wanted.get(name) is not None:
            yield name, " ".join(got[name].split()) == " ".join(wanted[name].split())
    if "opts" in wanted:
        yield "opts", got["opts"] == wanted["opts"]
    if "v" in wanted:
        yield "bad", got["bad"] == wanted.get("bad")
    if wanted.get("msg"):
        yield "msg", got["msg"] == wanted["msg"]
