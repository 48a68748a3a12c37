"""The short form of ``make simulate``: a few seeds of everything that can happen between devices and centre."""

from __future__ import annotations

import pytest

from tests.simulation.run import many

SEEDS = range(1, 41)


@pytest.mark.timeout(180)
def test_nothing_is_lost_doubled_or_shown_wrongly_whatever_happens_on_the_way() -> None:
    outcomes = list(many(SEEDS, processes=1))
    assert {outcome.seed: outcome.problem for outcome in outcomes if outcome.problem} == {}
    assert len({kind for outcome in outcomes for kind in outcome.faults}) > 15


def test_a_seed_replays_exactly() -> None:
    [first] = many(range(7, 8), processes=1)
    [again] = many(range(7, 8), processes=1)
    assert first == again
