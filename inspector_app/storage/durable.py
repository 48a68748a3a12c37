"""Files that are either wholly there or not at all, whenever the machine dies."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from inspector_app.storage import errors

TEMPORARY = ".tmp"
"""The ending of a file that was being written; one that is found at start-up means nothing."""


def write(path: Path, data: bytes) -> None:
    """Write a file whole: temporary file, fsync, rename, fsync of the folder. Readable by the owner only.

    Raises:
        DiskFull: There is no room; the old file, if there was one, is untouched.
    """
    write_parts(path, (data,))


def write_parts(path: Path, parts: Iterable[bytes], mode: int = 0o600) -> int:
    """Write a file whole, as ``write`` does, of parts that are made one after the other; how many bytes it has.

    Args:
        path: Where.
        parts: Its bytes.
        mode: Who may read and write it.

    Raises:
        DiskFull: There is no room; the old file, if there was one, is untouched. So it is when making a part fails,
            which is raised as it is.
    """
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}{TEMPORARY}")
    size = 0
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                size += file.write(part)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        known = errors.of_system(error)
        if known is None:
            raise
        raise known from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return size


def sync_folder(folder: Path) -> None:
    """Make renames and removals in a folder durable; Windows does that by itself and has no such call.

    Some file systems of sticks and network drives have none either.
    """
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)
