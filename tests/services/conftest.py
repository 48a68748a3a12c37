"""An inspector at his desk, a colleague and a supervisor at the same cache, and a real centre to speak to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector_app.services.desk import Desk
from inspector_app.storage.cache import Cache
from sync.server.services import sample
from sync.server.services.centre import open_centre
from tests.support import desks
from tests.support.server import LiveServer, sample_server


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


@pytest.fixture(scope="session")
def sample_season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a centre that has the sample season; to be copied, not used."""
    folder = tmp_path_factory.mktemp("season")
    centre = open_centre(str(folder / "centre.db"), folder / "blobs")
    sample.load(centre)
    centre.close()
    return folder


@pytest.fixture
def centre(sample_season: Path, tmp_path: Path) -> Iterator[LiveServer]:
    """A centre with the sample season that answers on a real socket."""
    folder = tmp_path / "centre"
    shutil.copytree(sample_season, folder)
    with sample_server(folder) as server:
        yield server
