"""The short form of ``make simulate``: a few seeds of everything that can happen between devices and centre."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation import day, progress
from tests.simulation.run import many, one, prepared
from tests.simulation.template import Template

SEEDS = range(1, 13)
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
    used = day.simulate(seed=1, hours=2, shop=tmp_path)
    assert sum(one.events for one in used) > 10
    assert sum(one.pieces for one in used) > 10
    assert max(one.longest_wait_h for one in used) < 2


@pytest.mark.parametrize("cut_every", [3_000, 5_000])
def test_a_first_sync_ends_on_a_link_that_is_cut_all_the_time_and_fetches_little_twice(
    stage: tuple[Template, Path], tmp_path: Path, cut_every: int
) -> None:
    made, _ = stage
    whole = progress.first_sync(1, made, tmp_path / "whole", places=500, cut_every=0)
    cut = progress.first_sync(1, made, tmp_path / "cut", places=500, cut_every=cut_every)
    assert cut.cuts > 0
    assert cut.received <= 1.4 * whole.received


@pytest.mark.parametrize("cut_every", [4_000, 9_000])
def test_work_and_evidence_get_through_a_link_that_is_cut_all_the_time_and_little_is_sent_twice(
    stage: tuple[Template, Path], tmp_path: Path, cut_every: int
) -> None:
    made, _ = stage
    whole = progress.a_push(1, made, tmp_path / "whole", actions=20, cut_every=0)
    cut = progress.a_push(1, made, tmp_path / "cut", actions=20, cut_every=cut_every)
    assert cut.cuts > 0
    assert cut.sent <= 1.6 * whole.sent
