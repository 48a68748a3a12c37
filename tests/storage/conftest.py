"""A profile in a temporary folder, and an open cache with a small season in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from tests.storage.field_season import fill
from tests.support.laptop import PASSPHRASE, QUICK
from tests.support.season import INSPECTOR


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Profile]:
    with Profile(tmp_path / "midan") as held:
        yield held


@pytest.fixture
def empty_cache(profile: Profile) -> Iterator[Cache]:
    cache = Cache.create(profile, PASSPHRASE, INSPECTOR.id, QUICK)
    yield cache
    cache.close()


@pytest.fixture
def cache(empty_cache: Cache) -> Cache:
    with empty_cache.write() as conn:
        fill(conn)
    return empty_cache
