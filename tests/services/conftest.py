"""An inspector at his desk, a colleague and a supervisor at the same cache, and a real centre to speak to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector_app.services.desk import Desk
from inspector_app.storage.cache import Cache
from tests.support import desks
from tests.support.sample_centre import copied
from tests.support.sample_centre import sample_season as sample_season
from tests.support.server import LiveServer


@pytest.fixture
def clock() -> desks.Clock:
    return desks.Clock()


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with desks.cache_in(tmp_path / "midan") as made:
        yield made


@pytest.fixture
def desk(cache: Cache, clock: desks.Clock) -> Desk:
    """An inspector's."""
    return desks.seat(cache, desks.INSPECTOR, clock)


@pytest.fixture
def colleague(cache: Cache, clock: desks.Clock) -> Desk:
    """Of the same committee, at the same laptop."""
    return desks.seat(cache, desks.COLLEAGUE, clock)


@pytest.fixture
def supervisor(cache: Cache, clock: desks.Clock) -> Desk:
    """A supervisor at the same laptop, so that what he does can be seen at once."""
    return desks.seat(cache, desks.SUPERVISOR, clock)


@pytest.fixture
def centre(sample_season: Path, tmp_path: Path) -> Iterator[LiveServer]:
    """A centre with the sample season that answers on a real socket."""
    with copied(sample_season, tmp_path / "centre") as server:
        yield server
