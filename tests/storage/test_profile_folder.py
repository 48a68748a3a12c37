"""The folder of a device's data is its owner's alone, and one program's at a time."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from inspector_app.storage import durable
from inspector_app.storage.cache import Cache
from inspector_app.storage.errors import DiskFull, ProfileInUse
from inspector_app.storage.profile import Profile
from tests.support.laptop import PASSPHRASE, QUICK

HOLD = """
import sys, pathlib
from inspector_app.storage.profile import Profile
Profile(pathlib.Path(sys.argv[1])).acquire()
print("held", flush=True)
sys.stdin.read()
"""


def modes(root: Path) -> dict[str, str]:
    return {path.name: oct(path.stat().st_mode & 0o777) for path in (root, *root.rglob("*"))}


def test_only_the_owner_can_read_any_folder_or_file(profile: Profile) -> None:
    cache = Cache.create(profile, PASSPHRASE, cost=QUICK)
    cache.vault.put(b"x")
    found = modes(profile.root)
    cache.close()
    assert set(found) >= {"midan", "cache.db", "cache.db-wal", "keyslots.json", "evidence", "set-aside"}
    folders = {"midan", "evidence", "set-aside"}
    assert found == {name: "0o700" if name in folders else "0o600" for name in found}


def test_a_folder_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    Profile(tmp_path / "open")
    assert modes(tmp_path / "open")["open"] == "0o700"


def test_a_second_program_is_told_that_the_profile_is_in_use(tmp_path: Path) -> None:
    root = tmp_path / "midan"
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(ProfileInUse):
            Profile(root).acquire()
    finally:
        other.kill()
        other.communicate()
    with Profile(root):
        assert root.is_dir(), "a program that died holds nothing"


def test_what_was_being_written_when_the_machine_died_is_cleared_away(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "midan")
    (profile.root / f"keyslots.json.0a1b{durable.TEMPORARY}").write_bytes(b"half a f")
    with profile:
        assert {path.name for path in profile.root.iterdir()} == {"evidence", "set-aside", "lock"}


def test_a_write_without_room_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a"
    durable.write(file, b"old")

    def no_room(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", no_room)
    with pytest.raises(DiskFull):
        durable.write(file, b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]
