"""``kill -9`` of the application at any moment loses at most the last second of typing, and doubles nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.chaos import kills


@pytest.mark.timeout(180)  # eight starts of the whole application, on whatever machine
def test_whatever_the_screen_had_shown_survives_a_kill_and_reaches_the_centre_once(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    outcome = kills.run(tmp_path, rounds=4, seed=seed)
    assert not outcome.broken, f"seed {seed}: {outcome.broken}"
    assert outcome.held.events, f"seed {seed}: nothing was done"
