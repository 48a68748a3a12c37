"""Runs the comparison with the reference engines and prints a table an area; ends with 1 when a figure is too low."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

from tests.conformance import expressions, live, scenarios, traces
from tests.conformance.cases import ROOT, folder, recorded_zone
from tests.conformance.floors import below
from tests.conformance.outcome import APART, Outcome, Tally

RECORDED: dict[str, Callable[[], Outcome]] = {
    "expressions": expressions.run,
    "scenarios": scenarios.run,
    "walks": traces.run,
}
PARTS: dict[str, Callable[[], Outcome]] = {**RECORDED, "fresh walks": live.run}
_KINDS = ("properties", "shown", "documents", "rejected", "verdicts")
"""State of fields; texts and choices of questions; final XML; refused answers flagged; whole sheets found valid."""


def main() -> int:
    parts = PARTS
    if not folder().is_dir():
        print(f"there are no cases in {folder()}; XFORMS_CASES names another folder")  # noqa: T201
        parts = {name: part for name, part in PARTS.items() if name not in RECORDED}
    fallen: list[str] = []
    failures: dict[str, list[tuple[str, str, str]]] = {}
    with recorded_zone():
        for name, part in parts.items():
            outcome = part()
            _print(name, outcome)
            failures[name] = outcome.failures
            fallen += below(name, outcome)
    told = ROOT / "build" / "conformance.json"
    told.parent.mkdir(exist_ok=True)
    told.write_text(json.dumps(failures, indent=0, ensure_ascii=False), "utf-8")
    print(f"\nWhat failed, one by one: {told}")  # noqa: T201
    for line in fallen:
        print(f"below its floor: {line}", file=sys.stderr)  # noqa: T201
    return 1 if fallen else 0


def _print(name: str, outcome: Outcome) -> None:
    kinds = [kind for kind in _KINDS if outcome.with_apart()[kind]]
    print(f"\n{name:40}" + "".join(f"{kind:>24}" for kind in ("cases", *kinds)))  # noqa: T201
    for area, tally in _rows(outcome):
        cells = [(tally["passed"], tally["cases"]), *((tally[f"{kind} right"], tally[kind]) for kind in kinds)]
        row = "".join(f"{f'{got}/{of}  {100 * got / of:6.2f} %' if of else '-':>24}" for got, of in cells)
        print(f"{area:40}{row}")  # noqa: T201
    disputed = outcome.total()["disputed"]
    if disputed:
        print(f"Not counted: {disputed} values in which JavaRosa and web-forms are known to differ")  # noqa: T201


def _rows(outcome: Outcome) -> Iterator[tuple[str, Tally]]:
    yield from sorted((area, tally) for area, tally in outcome.areas.items() if area != APART)
    yield "total", outcome.total()
    if APART in outcome.areas:
        yield APART, outcome.areas[APART]
        yield "total, those held against us", outcome.with_apart()


if __name__ == "__main__":
    sys.exit(main())
