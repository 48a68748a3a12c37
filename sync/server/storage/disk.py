"""Files that outlive a power failure: folders made and synced, and no more often than something new is in them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO


def make_folder(folder: Path) -> None:
    """Make a folder, readable by its owner only, with those above it that are missing; each is safely there."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def sync(file: IO[bytes]) -> None:
    """Bring what was written to a file onto the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder onto the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
