"""Each bug put into the engine on purpose is found by the walks through our own forms, without any recorded case."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.bugs import BUGS
from tests.conformance.cases import recorded_zone
from tests.conformance.own.replaying import load, read_walks, replayed


@pytest.fixture(autouse=True)
def forms_of_its_own() -> Iterator[None]:
    load.cache_clear()
    with recorded_zone():
        yield
    load.cache_clear()


@pytest.mark.parametrize("name", BUGS)
def test_a_walk_through_our_own_forms_finds_a_bug(name: str) -> None:
    with BUGS[name]():
        assert any(replayed(walk, hasty=True) for walk in read_walks())
