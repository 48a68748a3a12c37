"""A real centre with the sample season for each test, made once and copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from sync.server.services import sample
from sync.server.services.centre import open_centre
from tests.support.server import CODES, Device, LiveServer, MovedClock, device, sample_server


class MakeDevice(Protocol):
    """Makes an enrolled device with people bound to it."""

    def __call__(self, where: str, *usernames: str) -> Device: ...


@pytest.fixture(scope="session")
def sample_season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a centre that has the sample season; to be copied, not used."""
    folder = tmp_path_factory.mktemp("season")
    centre = open_centre(str(folder / "centre.db"), folder / "blobs")
    sample.load(centre)
    centre.close()
    return folder


@pytest.fixture
def clock() -> MovedClock:
    """The clock of the live centre."""
    return MovedClock()


@pytest.fixture
def live_server(sample_season: Path, tmp_path: Path, clock: MovedClock) -> Iterator[LiveServer]:
    """A centre with the sample season that answers on a real socket."""
    folder = tmp_path / "centre"
    shutil.copytree(sample_season, folder)
    with sample_server(folder, clock) as server:
        yield server


@pytest.fixture
def make_device(live_server: LiveServer) -> Iterator[MakeDevice]:
    """Devices at the live centre: ``make_device("makkah", "ahmad")``."""
    with ExitStack() as stack:
        yield lambda where, *usernames: stack.enter_context(device(live_server, CODES[where], *usernames))
