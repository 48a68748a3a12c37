"""Runs the recorded cases and prints a table an area; ends with 1 when a figure is below its floor."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from tests.conformance import expressions, scenarios, traces
from tests.conformance.cases import ROOT, folder, recorded_zone
from tests.conformance.floors import below
from tests.conformance.scenarios import Outcome

PARTS: dict[str, Callable[[], Outcome]] = {
    "expressions": expressions.run,
    "scenarios": scenarios.run,
    "walks": traces.run,
}


def main() -> int:
    if not folder().is_dir():
        print(f"skipped: there are no cases in {folder()}; XFORMS_CASES names another folder")  # noqa: T201
        return 0
    fallen: list[str] = []
    failures: dict[str, list[tuple[str, str, str]]] = {}
    with recorded_zone():
        for name, part in PARTS.items():
            outcome = part()
            _table(name, outcome)
            failures[name] = outcome.failures
            fallen += below(name, outcome)
    told = ROOT / "build" / "conformance.json"
    told.parent.mkdir(exist_ok=True)
    told.write_text(json.dumps(failures, indent=0, ensure_ascii=False), "utf-8")
    print(f"What failed, one by one: {told}")  # noqa: T201
    for line in fallen:
        print(f"below its floor: {line}", file=sys.stderr)  # noqa: T201
    return 1 if fallen else 0


def _table(name: str, outcome: Outcome) -> None:
    kinds = ("passed", "properties right", "documents right", "rejected right")
    print(f"\n{name:34}" + "".join(f"{kind.split()[0]:>24}" for kind in kinds))  # noqa: T201
    for area, tally in [*sorted(outcome.areas.items()), ("total", outcome.total())]:
        cells = [(tally[kind], tally["cases" if kind == "passed" else kind.split()[0]]) for kind in kinds]
        row = "".join(f"{f'{got}/{of}  {100 * got / of:6.2f} %' if of else '-':>24}" for got, of in cells)
        print(f"{area:34}{row}")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
