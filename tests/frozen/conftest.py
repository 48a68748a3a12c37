"""The frozen client, for a test to use: always a copy, for what is frozen is never written to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.link.http import HttpTransport
from inspector_app.storage.profile import Profile
from tests.frozen import fixture
from tests.frozen.recording import Recording


@pytest.fixture(scope="session")
def recording() -> Recording:
    """What the frozen client and its centre said to each other."""
    return Recording(fixture.CLIENT / fixture.WIRE)


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Profile]:
    """A copy of the frozen profile, held."""
    folder = tmp_path / "profile"
    shutil.copytree(fixture.CLIENT / fixture.PROFILE, folder)
    with Profile(folder) as held:
        yield held


@pytest.fixture
def desk(profile: Profile) -> Iterator[Desk]:
    """The inspector whose device was frozen, at today's desk."""
    opened = Access(profile, HttpTransport).unlock(fixture.AHMAD)
    yield opened
    opened.lock()
