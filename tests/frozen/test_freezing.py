"""Freezing a client: done once for each, and possible whenever the next one goes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.frozen import fixture
from tests.frozen.freeze import freeze

MOST_BYTES = 1_500_000


def names(folder: Path) -> set[str]:
    """What lies in a frozen client, without the names that are random or numbered."""
    return {path.name for path in folder.iterdir()} | {path.name for path in (folder / fixture.PROFILE).iterdir()}


def test_a_client_of_today_can_be_frozen_and_has_the_parts_of_the_first(tmp_path: Path) -> None:
    freeze(tmp_path / "client")
    kept = {name for name in names(fixture.CLIENT) if name not in ("README.md", ".gitattributes")}
    assert kept <= names(tmp_path / "client")
    assert sum(path.stat().st_size for path in (tmp_path / "client").rglob("*") if path.is_file()) < MOST_BYTES


def test_what_was_frozen_once_is_never_made_again() -> None:
    with pytest.raises(FileExistsError):
        freeze(fixture.CLIENT)
