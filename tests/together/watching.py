"""Watching folders while a process runs: told by the kernel of every file, however short it lives (Linux)."""

from __future__ import annotations

import ctypes
import os
import select
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from tests.together.search import Watch

_HEADER = struct.Struct("iIII")
_MODIFY, _CLOSE_WRITE, _MOVED_TO, _CREATE, _IS_FOLDER = 0x2, 0x8, 0x80, 0x100, 0x40000000
_ALL_S = 0.5
"""How often everything is gone through, besides what the kernel tells of."""


class Inotify:
    """The kernel's word on what is made or written below some folders."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._handle: int = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._handle < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        self._watched: dict[int, Path] = {}
        for folder in folders:
            self._add(folder)

    def touched(self, patience_s: float) -> Iterator[Path]:
        """The files made or written since the last call; waits a moment where there are none."""
        if not select.select([self._handle], [], [], patience_s)[0]:
            return
        data = os.read(self._handle, 1 << 20)
        at = 0
        while at < len(data):
            watch, mask, _, length = _HEADER.unpack_from(data, at)
            name = data[at + _HEADER.size : at + _HEADER.size + length].rstrip(b"\0")
            at += _HEADER.size + length
            path = self._watched[watch] / os.fsdecode(name) if watch in self._watched else None
            if path is not None and mask & _IS_FOLDER:
                yield from self._add(path)
            elif path is not None:
                yield path

    def close(self) -> None:
        """Stop listening."""
        os.close(self._handle)

    def _add(self, folder: Path) -> list[Path]:
        """Listen to a folder and those in it; returns the files that were made before it was listened to."""
        found = []
        watch = self._libc.inotify_add_watch(
            self._handle, os.fsencode(folder), _MODIFY | _CLOSE_WRITE | _MOVED_TO | _CREATE
        )
        if watch < 0:
            if ctypes.get_errno() == 2:  # ENOENT: gone again
                return []
            raise OSError(ctypes.get_errno(), "inotify_add_watch", str(folder))
        self._watched[watch] = folder
        for inside in folder.iterdir():
            found += self._add(inside) if inside.is_dir() and not inside.is_symlink() else [inside]
        return found


class Watcher:
    """Watches folders, and the files a process holds open, on a thread of its own, for the length of a block.

    Attributes:
        strays: Regular files outside the folders that the process had open for writing.
    """

    def __init__(self, watch: Watch, pid: int) -> None:
        self.watch = watch
        self.strays: set[str] = set()
        self._pid = pid
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher")
        self._error: Exception | None = None

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopping.set()
        self._thread.join()
        if self._error is not None:
            raise self._error
        self.watch.look()

    def _run(self) -> None:
        kernel = Inotify(self.watch.folders)
        next_all = 0.0
        try:
            while not self._stopping.is_set():
                for path in set(kernel.touched(0.02)):
                    self.watch.look_at(path)
                self._look_at_open_files()
                if time.monotonic() > next_all:
                    self.watch.look()
                    next_all = time.monotonic() + _ALL_S
        except Exception as error:  # noqa: BLE001  # it is raised where the block ends
            self._error = error
        finally:
            kernel.close()

    def _look_at_open_files(self) -> None:
        """What the process has open: a file without a name, in memory or unlinked, is found here only."""
        folder = Path(f"/proc/{self._pid}/fd")
        try:
            handles = list(folder.iterdir())
        except (FileNotFoundError, PermissionError):  # it has ended
            return
        for handle in handles:
            try:
                target = str(handle.readlink())
                writable = _is_open_for_writing(self._pid, handle.name)
            except (FileNotFoundError, ProcessLookupError):
                continue
            nameless = target.endswith(" (deleted)") or target.startswith("/memfd:")
            if nameless:
                self.watch.look_at(handle)
            elif writable and Path(target).is_file() and not self._is_watched(Path(target)):
                self.strays.add(target)

    def _is_watched(self, path: Path) -> bool:
        return any(path.is_relative_to(folder) for folder in self.watch.folders)


def _is_open_for_writing(pid: int, handle: str) -> bool:
    lines = Path(f"/proc/{pid}/fdinfo/{handle}").read_text().splitlines()
    flags = next(int(line.split()[1], 8) for line in lines if line.startswith("flags:"))
    return flags & os.O_ACCMODE != os.O_RDONLY
