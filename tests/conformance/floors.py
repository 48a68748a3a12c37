"""The figures reached so far, in percent: they may rise, never fall."""

from __future__ import annotations

from collections import Counter

from tests.conformance.outcome import Outcome

_WALKS = {
    "properties right": 99.99,
    "shown right": 99.99,
    "rejected right": 100.0,
    "documents right": 100.0,
    "verdicts right": 100.0,
}
FLOORS: dict[str, dict[str, float]] = {
    "expressions": {"tier A": 100.0, "tier B": 100.0, "tier C": 100.0},
    "scenarios": {"passed": 99.5, "properties right": 99.99, "documents right": 100.0},
    "walks": _WALKS,
    "fresh walks": _WALKS,
    "own walks": {"passed": 100.0},
}
LEAST_WITH_ALL = 97.0
"""Of the scenarios, those among them whose input was not recorded."""


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
            found.append(f"{name}, {figure}: {reached:.3f} %, floor {floor} %")
    whole = outcome.with_apart()
    if name == "scenarios" and 100 * whole["passed"] < LEAST_WITH_ALL * whole["cases"]:
        found.append(f"{name}, all: {whole['passed']} of {whole['cases']}, floor {LEAST_WITH_ALL} %")
    return found
