"""Freezes a client: ``python -m tests.frozen.freeze FOLDER``, once for each client that goes out, never again."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from inspector_app.storage import migrations
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from sync.server.services import sample
from sync.server.services.centre import open_centre
from tests.frozen import fixture, life, shape, small_season
from tests.frozen.recording import Recording
from tests.support.server import running


def freeze(folder: Path) -> None:
    """Let a device live through a season, and keep what it holds and what it said.

    Raises:
        FileExistsError: The folder is there: what was frozen stays as it is.
    """
    folder.mkdir(parents=True)
    profile, wire = folder / fixture.PROFILE, folder / fixture.WIRE
    wire.mkdir()
    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        resources = small_season.cut(sample.RESOURCES, made / "resources")
        centre = open_centre(str(made / "centre.db"), made / "blobs")
        try:
            sample.load(centre, resources)
            with running(centre) as server:
                found = life.live(server, Recording(wire), made / "ahmad", made / "saad")
        finally:
            centre.close()
        (made / "ahmad" / "lock").unlink()
        shutil.copytree(made / "ahmad", profile)
        shutil.copy(resources / "sample" / "recovery-key.hex", folder / fixture.RECOVERY)
    _write(folder / fixture.CONTENTS, found)
    with tempfile.TemporaryDirectory() as name, Profile(Path(name)) as empty:
        (folder / fixture.SHAPE).write_text("\n".join(_shape(empty)) + "\n")


def _shape(empty: Profile) -> list[str]:
    cache = Cache.create(empty, fixture.AHMAD)
    try:
        with cache.read() as conn:
            assert migrations.revision_of(conn) == migrations.HEAD
            return shape.lines(conn)
    finally:
        cache.close()


def _write(path: Path, value: Any) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n")


if __name__ == "__main__":
    freeze(Path(sys.argv[1]))
