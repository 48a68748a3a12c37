"""The door speaks the language last spoken on the device, before anybody has unlocked it."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector_app.services.access import Access
from inspector_app.services.link.http import HttpTransport
from inspector_app.storage.profile import Profile
from sync.domain.text import Language


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_language_is_there_again_with_the_next_program(language: Language, tmp_path: Path) -> None:
    with Profile(tmp_path) as profile:
        Access(profile, HttpTransport).remember_language(language)
    with Profile(tmp_path) as profile:
        assert Access(profile, HttpTransport).language() == language


def test_a_new_device_remembers_none(tmp_path: Path) -> None:
    assert Access(Profile(tmp_path), HttpTransport).language() is None


@pytest.mark.parametrize("found", [b"", b"fr", b"\xff\xfe\x00"])
def test_a_file_that_says_nothing_is_as_if_there_were_none(found: bytes, tmp_path: Path) -> None:
    access = Access(Profile(tmp_path), HttpTransport)
    (tmp_path / "language").write_bytes(found)
    assert access.language() is None
    access.remember_language("en")
    assert access.language() == "en"
