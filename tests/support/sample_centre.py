"""A centre with the sample season, made once in a run and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sync.server.services import sample
from sync.server.services.centre import open_centre
from sync.server.services.clock import Clock, utc_now
from tests.support.server import LiveServer, sample_server


@pytest.fixture(scope="session")
def sample_season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a centre that has the sample season; to be copied, not used."""
    folder = tmp_path_factory.mktemp("season")
    centre = open_centre(str(folder / "centre.db"), folder / "blobs")
    sample.load(centre)
    centre.close()
    return folder


@contextmanager
def copied(season: Path, folder: Path, clock: Clock = utc_now) -> Iterator[LiveServer]:
    """A copy of the sample season, in a new folder, that answers on a real socket until the block ends."""
    shutil.copytree(season, folder)
    with sample_server(folder, clock) as server:
        yield server
