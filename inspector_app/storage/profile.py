"""The folder of one device's data: what is in it, who may read it, and that one program at a time uses it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from inspector_app.storage import durable
from inspector_app.storage.errors import ProfileInUse

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def parts(database: Path) -> tuple[Path, Path, Path]:
    """A database and the two files SQLite keeps beside it: its log and the log's index."""
    return database, database.with_name(f"{database.name}-wal"), database.with_name(f"{database.name}-shm")


class Profile:
    """A folder only its owner can read. No name in it says anything about anybody.

    Attributes:
        root: The folder itself.
        cache: The encrypted database (beside it, its ``-wal`` and ``-shm``).
        keyslots: The wrapped keys.
        evidence: The folder of encrypted evidence files.
        aside: The folder of what was set aside because it could not be used.
        rescued: A new cache, complete, that waits to take the place of a damaged one.
    """

    def __init__(self, root: Path) -> None:
        """Name the parts and make the folders, mode 0700."""
        self.root = root
        self.cache = root / "cache.db"
        self.keyslots = root / "keyslots.json"
        self.evidence = root / "evidence"
        self.aside = root / "set-aside"
        self.rescued = root / "rescued.db"
        self._withdrawn = root / "withdrawn"
        self._lock: int | None = None
        for folder in (root, self.evidence, self.aside):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)  # one that was there already, or that the umask narrowed

    def __repr__(self) -> str:
        """Say which folder."""
        return f"Profile({str(self.root)!r})"

    @property
    def has_cache(self) -> bool:
        """Whether there is a cache with a key to it; what a death in the middle of making one left does not count."""
        return self.cache.exists() and self.keyslots.exists()

    @property
    def withdrawn(self) -> bool:
        """Whether the centre has withdrawn this device, known before anybody unlocks it; see ``standing``."""
        return self._withdrawn.exists()

    def set_withdrawn(self, withdrawn: bool) -> None:
        """Remember, for good, whether it has."""
        if withdrawn and not self.withdrawn:
            durable.write(self._withdrawn, b"")
        elif not withdrawn and self.withdrawn:
            self._withdrawn.unlink()
            durable.sync_folder(self.root)

    def acquire(self) -> None:
        """Take the profile for this program, until ``release`` or the end of the process, however it ends.

        Raises:
            ProfileInUse: Another running program has it.
        """
        if self._lock is not None:
            raise RuntimeError("the profile is already held by this object")
        handle = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if sys.platform == "win32":
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise ProfileInUse from error
        self._lock = handle
        for left in self.root.glob(f"*{durable.TEMPORARY}"):
            left.unlink()
        self.finish_rescue()

    def finish_rescue(self) -> None:
        """Put a completed rescue (see ``damaged``) in the place of the cache that was moved away; else do nothing."""
        if self.cache.exists() or not self.rescued.exists():
            return
        for stray in parts(self.cache)[1:]:
            if stray.exists():  # the log of the damaged database must never meet the new one
                stray.replace(max(self.aside.iterdir()) / stray.name)
        self.rescued.replace(self.cache)
        durable.sync_folder(self.root)

    def release(self) -> None:
        """Give the profile back; nothing happens when it is not held."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        """Hold the profile for a block."""
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Give it back."""
        self.release()
