"""The figures reached so far, in percent: they may rise, never fall."""

from __future__ import annotations

from collections import Counter

from tests.conformance.scenarios import Outcome

FLOORS: dict[str, dict[str, float]] = {
    "expressions": {"tier A": 99.5, "tier B": 98.5, "tier C": 96.0},
    "scenarios": {"passed": 95.5, "properties right": 98.5},
    "walks": {"properties right": 99.99, "rejected right": 100.0, "documents right": 100.0},
}


def below(name: str, outcome: Outcome) -> list[str]:
    """What fell below its floor, each as a line to print."""
    total = outcome.total()
    found = []
    for figure, floor in FLOORS[name].items():
        kind = "passed" if figure in outcome.areas else figure
        tally: Counter[str] = outcome.areas.get(figure, total)
        of = tally["cases" if kind == "passed" else kind.split()[0]]
        reached = 100 * tally[kind] / of if of else 0.0
        if reached < floor:
            found.append(f"{name}, {figure}: {reached:.2f} %, floor {floor} %")
    return found
