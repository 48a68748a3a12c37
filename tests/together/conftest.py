"""A real centre, and laptops that meet at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from inspector_app.services.desk import Desk
from tests.support.server import LiveServer, sample_server
from tests.together.laptops import laptop


class Enrol(Protocol):
    """Enrols a laptop by its first person: ``enrol("makkah", "ahmad")``."""

    def __call__(self, code: str, username: str) -> Desk: ...


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[LiveServer]:
    """A centre with the sample season that answers on a real socket."""
    folder = tmp_path / "centre"
    folder.mkdir()
    with sample_server(folder) as server:
        yield server


@pytest.fixture
def enrol(centre: LiveServer, tmp_path: Path) -> Iterator[Enrol]:
    """Laptops at the centre, each with its own profile."""
    with ExitStack() as stack:
        yield lambda code, username: stack.enter_context(
            laptop(tmp_path / "laptops" / username, centre, code, username)
        )
