"""What was typed, who it was about and what was photographed are in no file of the device, whenever one looks."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from inspector_app.app.tour import camera
from inspector_app.services import images
from tests.support.server import CODES, password_of, sample_server
from tests.together import a_day
from tests.together.search import Needles, Watch
from tests.together.watching import Watcher

ROOT = Path(__file__).resolve().parents[2]
PROFILE_FILES = re.compile(
    r"(cache\.db(-wal|-shm|-journal)?|keyslots\.json|lock|enrolling|evidence/[0-9a-f]{32})(\.[0-9a-f]{8}\.tmp)?"
)
"""Every file a profile ever has; none of their names says anything."""
TEMPORARY_FILES = re.compile(r"midan-\w{6}/[a-z_]+-[0-9A-F]{6}\.svg")
"""Tinted icons for the stylesheet."""

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - it is only read

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="files are watched as Linux lets them be")


@dataclass
class Device:
    """A laptop's disk, and what lies outside of it: the telephone, and the folder a report is given away in."""

    disk: Path
    photo: Path
    pdf: Path

    @property
    def profile(self) -> Path:
        return self.disk / "profile"

    @property
    def temporary(self) -> Path:
        return self.disk / "tmp"

    def start(self, part: str, server: str) -> subprocess.Popen[str]:
        """The application, with every folder it may write to on this disk."""
        command = [sys.executable, "-m", "tests.together.a_day", part, server]
        places = {"TMPDIR": self.temporary, "HOME": self.disk / "home", "XDG_RUNTIME_DIR": self.disk / "run"}
        places |= {f"XDG_{name}_HOME": self.disk / name.lower() for name in ("CONFIG", "DATA", "CACHE", "STATE")}
        return subprocess.Popen(
            [*command, str(self.profile), str(self.photo), str(self.pdf)],
            cwd=self.disk / "work",
            env=os.environ | {name: str(place) for name, place in places.items()} | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@dataclass
class Day:
    """A day at a laptop that is over: its disk, what was seen there, and what the centre got."""

    device: Device
    watch: Watch
    strays: set[str]
    centre: Path


def new_device(folder: Path) -> Device:
    disk = folder / "disk"
    for name in ("profile", "tmp", "home", "run", "work", "config", "data", "cache", "state"):
        (disk / name).mkdir(mode=0o700, parents=True)
    return Device(disk, camera.take(folder / "telephone" / "exit.jpg"), folder / "report.pdf")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """The day, lived through under the eyes of the watch: one run of the application, and another."""
    folder = tmp_path_factory.mktemp("day")
    device = new_device(folder)
    centre = folder / "centre"
    centre.mkdir()
    watch = Watch((device.disk, SHARED_MEMORY), everything_of_the_day(device))
    with sample_server(centre) as server:
        strays = live_through(device, watch, "first", server.url)
        sqlite_refuses(device.profile, folder / "between")
        watch.look()
        strays |= live_through(
            device, watch, "again", server.url, lambda: sqlite_refuses(device.profile, folder / "while")
        )
    sqlite_refuses(device.profile, folder / "afterwards")
    return Day(device, watch, strays, centre)


def everything_of_the_day(device: Device) -> Needles:
    """All that the inspector types, sees and photographs."""
    needles = Needles()
    for sentence in (a_day.NOTE, a_day.COMPLAINT, a_day.UNFINISHED):
        needles.word(sentence)
        needles.word(sentence[:12])  # as it was while it was typed
    for name in (a_day.REPRESENTATIVE, a_day.PILGRIM, a_day.PHONE, a_day.INSPECTOR, a_day.PLACE):
        needles.word(name)
    for secret in (a_day.PASSPHRASE, CODES["makkah"], password_of("ahmad")):
        needles.word(secret)
    photo = device.photo.read_bytes()
    needles.picture("the photo", photo)
    needles.picture("the photo as it is kept", images.clean_photo(photo).data)
    return needles


def live_through(
    device: Device, watch: Watch, part: str, server: str, meanwhile: Callable[[], None] = lambda: None
) -> set[str]:
    """Run one part of the day to its end, watching; returns what was written outside of the disk."""
    with device.start(part, server) as process, Watcher(watch, process.pid) as watcher:
        while not (device.profile / "cache.db-wal").exists():  # it is there while the cache is open
            assert process.poll() is None, "the application ended before it opened its cache"
            time.sleep(0.01)
        meanwhile()
        said, _ = process.communicate(timeout=150)
    assert process.returncode == 0, said[-3000:]
    return watcher.strays


def sqlite_refuses(profile: Path, copy: Path) -> None:
    """Try plain SQLite on a copy, as a thief makes one: the database with the files beside it."""
    copy.mkdir()
    for file in profile.glob("cache.db*"):
        shutil.copy(file, copy)
    plain = sqlite3.connect(copy / "cache.db")
    try:
        with pytest.raises(sqlite3.DatabaseError, match="not a database"):
            plain.execute("SELECT name FROM sqlite_master").fetchall()
    finally:
        plain.close()


def below(names: set[Path], folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in sorted(names) if path.is_relative_to(folder)]


# Whichever test comes first lives through the day.
@pytest.mark.timeout(180)
def test_no_file_holds_a_sentence_a_name_or_a_picture_before_during_or_after_a_run(day: Day) -> None:
    assert day.watch.found == set()
    assert day.watch.bytes_read > sum(path.stat().st_size for path in day.device.profile.rglob("*"))


@pytest.mark.timeout(180)
def test_the_application_writes_nowhere_but_where_it_says(day: Day) -> None:
    profile, temporary = (below(day.watch.names, folder) for folder in (day.device.profile, day.device.temporary))
    assert {"cache.db", "cache.db-wal", "keyslots.json"} <= set(profile)
    assert [path for path in profile if not PROFILE_FILES.fullmatch(path)] == []
    assert [path for path in temporary if not TEMPORARY_FILES.fullmatch(path)] == []
    assert day.strays <= {str(day.device.pdf)}


@pytest.mark.timeout(180)
def test_what_was_looked_for_is_what_the_device_had(day: Day) -> None:
    """The centre got it from there; and SQLite can open what is not encrypted."""
    kept = hashlib.sha256(images.clean_photo(day.device.photo.read_bytes()).data).hexdigest()
    assert (day.centre / "blobs" / kept[:2] / kept).exists()
    database = b"".join(path.read_bytes() for path in day.centre.glob("centre.db*"))
    for word in (a_day.NOTE, a_day.COMPLAINT, a_day.PILGRIM, a_day.PHONE, a_day.REPRESENTATIVE):
        assert word.encode() in database
    assert day.device.pdf.stat().st_size > 10_000  # the one file that is written for others
    (day.centre / "cache.db").symlink_to(day.centre / "centre.db")
    with pytest.raises(pytest.fail.Exception):
        sqlite_refuses(day.centre, day.centre / "copy")


# ------------------------------------------------------------------------------------- the search itself is searched


CARELESS = """
import base64, json, os, pathlib, sys, tempfile, time
word, photo, folder = sys.argv[1], pathlib.Path(sys.argv[2]).read_bytes(), pathlib.Path(sys.argv[3])
def shortly(name, data):
    path = folder / name
    path.write_bytes(os.urandom(300_001) + data + os.urandom(9_000))
    time.sleep(0.3)
    path.unlink()
shortly("utf8", word.encode())
shortly("utf16", word.encode("utf-16"))
shortly("json", json.dumps({"note": word}).encode())
shortly("base64", base64.b64encode(b"x" + word.encode() + b"yz"))
shortly("photo", photo)
(folder / "new").mkdir()
shortly("new/inside", word.encode())
with tempfile.TemporaryFile(dir=folder) as nameless:
    nameless.write(word.encode())
    nameless.flush()
    time.sleep(0.3)
with open(folder.parent / "elsewhere", "w") as stray:
    time.sleep(0.3)
grown = folder / "grown"
for size in range(40):
    with grown.open("ab") as log:
        log.write(os.urandom(4_000) + (word.encode() if size == 37 else b""))
"""


def test_a_careless_program_is_caught_at_each_thing_it_writes(tmp_path: Path) -> None:
    device = new_device(tmp_path)
    found = Needles()
    found.word(a_day.NOTE)
    found.picture("the photo", device.photo.read_bytes())
    folder = tmp_path / "careless"
    folder.mkdir()
    watch = Watch((folder,), found)
    command = [sys.executable, "-c", CARELESS, a_day.NOTE, str(device.photo), str(folder)]
    with subprocess.Popen(command) as process, Watcher(watch, process.pid) as watcher:
        assert process.wait(timeout=50) == 0
    caught = {said.rpartition(" in ")[2].removeprefix(f"{folder}/") for said in watch.found}
    assert {"utf8", "utf16", "json", "base64", "photo", "new/inside", "grown"} <= caught
    assert any(name.startswith(f"/proc/{process.pid}/fd/") for name in caught)
    assert watcher.strays == {str(tmp_path / "elsewhere")}
