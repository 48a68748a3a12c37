"""Which part of the comparison finds each bug of ``bugs.py``; ends with 1 if one is found by none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from tests.conformance import expressions, scenarios, traces
from tests.conformance.bugs import BUGS
from tests.conformance.cases import folder, recorded_zone
from tests.conformance.floors import below
from tests.conformance.outcome import Outcome
from tests.conformance.own import replaying

_WITHOUT_CASES = "own walks"


def main() -> int:
    parts: dict[str, Callable[[], Outcome]] = {_WITHOUT_CASES: replaying.run}
    if folder().is_dir():
        parts |= {"expressions": expressions.run, "scenarios": scenarios.run, "walks": traces.run}
    print(f"{'bug':46}" + "".join(f"{name:>22}" for name in parts))  # noqa: T201
    survived = []
    with recorded_zone():
        _row("none", parts)
        for name, bug in BUGS.items():
            with bug():
                found = _row(name, parts)
            if not found:
                survived.append(name)
    print(f"\n{len(BUGS) - len(survived)} of {len(BUGS)} found")  # noqa: T201
    for name in survived:
        print(f"not found: {name}", file=sys.stderr)  # noqa: T201
    return 1 if survived else 0


def _row(bug: str, parts: Mapping[str, Callable[[], Outcome]]) -> bool:
    """Prints in each part what share of its cases passed and whether it is below its floors; tells if any part is."""
    found, cells = False, []
    for name, part in parts.items():
        traces.form_of.cache_clear()
        outcome = part()
        fallen, total = below(name, outcome), outcome.total()
        found = found or bool(fallen)
        cells.append(f"{total['passed']}/{total['cases']} {'FOUND' if fallen else '-    '}")
    print(f"{bug:46}" + "".join(f"{cell:>22}" for cell in cells), flush=True)  # noqa: T201
    return found


if __name__ == "__main__":
    sys.exit(main())
