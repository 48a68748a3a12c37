"""Real processes, killed over a link that lies, lose nothing, double nothing, and believe nothing that is not so."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.chaos import field, large
from tests.chaos.field import Plan


@pytest.mark.timeout(120)
def test_nothing_is_lost_doubled_or_falsely_received_while_both_ends_are_killed(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    plan = Plan(rounds=2, seed=seed, devices=2, events=160, photos=6, kills=3, round_s=3.0)
    outcome = field.run(tmp_path, plan)
    assert not outcome.faults, f"seed {seed}: {outcome.faults}"
    assert outcome.sums.events >= plan.events
    assert outcome.sums.pieces >= plan.photos
    assert outcome.killed_centres == outcome.killed_devices == plan.rounds * plan.kills


@pytest.mark.timeout(120)
def test_a_large_file_that_was_cut_is_not_begun_again_by_the_next_start(tmp_path: Path) -> None:
    resumed = large.run(tmp_path, 8 * large.MIB, seed=1448)
    assert not resumed.faults
    assert resumed.after <= resumed.most
