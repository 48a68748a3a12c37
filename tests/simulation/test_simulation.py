"""The short form of ``make simulate``: a few seeds of everything that can happen between devices and centre."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation import day
from tests.simulation.run import many, one, prepared
from tests.simulation.template import Template

SEEDS = range(1, 33)
"""As many as a test run has time for."""


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Template, Path]]:
    with prepared() as made:
        yield made


@pytest.mark.timeout(180)
def test_nothing_is_lost_doubled_or_shown_wrongly_whatever_happens_on_the_way(stage: tuple[Template, Path]) -> None:
    outcomes = list(many(SEEDS, 1, *stage))
    assert {outcome.seed: outcome.problem for outcome in outcomes if outcome.problem} == {}
    assert len({kind for outcome in outcomes for kind in outcome.faults}) > 15


def test_a_seed_replays_exactly(stage: tuple[Template, Path]) -> None:
    assert one(7, *stage) == one(7, *stage)


def test_a_day_with_hardly_any_link_leaves_everything_where_it_should_be(tmp_path: Path) -> None:
    used = day.simulate(seed=1, hours=3, shop=tmp_path)
    assert sum(one.events for one in used) > 20
    assert sum(one.pieces for one in used) > 20
    assert max(one.longest_wait_h for one in used) < 3
