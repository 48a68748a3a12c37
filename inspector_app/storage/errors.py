"""What storage refuses or cannot do: stable codes for the user's side, and how a database's own errors map to them."""

from __future__ import annotations

import errno

from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2 as sqlcipher

from sync.domain.errors import DomainError


class StorageError(DomainError):
    """The device's own store says no, and somebody can do something about it.

    ::

        StorageError
        ├── WrongPassphrase     wrong_passphrase
        ├── PassphraseWeak      passphrase_weak (``least``: how many characters)
        ├── PassphraseTaken     passphrase_taken
        ├── RecoveryRefused     recovery_unreadable, recovery_not_for_this_key, recovery_not_set_up
        ├── ProfileInUse        profile_in_use
        ├── CacheMissing        cache_missing
        ├── CacheExists         cache_exists
        ├── CacheLocked         cache_locked
        ├── CacheDamaged        cache_damaged (``place``: which file)
        ├── CacheForeign        cache_foreign, cache_newer (``found``, ``known``: revisions)
        ├── DiskFull            disk_full
        ├── EvidenceMissing     evidence_missing (``sha256`` or ``name``)
        ├── EvidenceDamaged     evidence_damaged (``name``, ``frame``)
        ├── EvidenceTooLarge    evidence_too_large (``size``, ``most``)
        └── NotEnrolled         not_enrolled, no_committee
    """


class WrongPassphrase(StorageError):
    """No key slot opens with it."""

    def __init__(self) -> None:
        super().__init__("wrong_passphrase")


class PassphraseWeak(StorageError):
    """It is too short to protect the key."""

    def __init__(self, least: int) -> None:
        super().__init__("passphrase_weak", least=str(least))


class PassphraseTaken(StorageError):
    """It already opens somebody else's key slot."""

    def __init__(self) -> None:
        super().__init__("passphrase_taken")


class RecoveryRefused(StorageError):
    """A recovery text is damaged, meant for another key, or recovery was never set up on this device."""


class ProfileInUse(StorageError):
    """Another running program holds the profile."""

    def __init__(self) -> None:
        super().__init__("profile_in_use")


class CacheMissing(StorageError):
    """There is no cache in the profile yet."""

    def __init__(self) -> None:
        super().__init__("cache_missing")


class CacheExists(StorageError):
    """A cache may not be made over another."""

    def __init__(self) -> None:
        super().__init__("cache_exists")


class CacheLocked(StorageError):
    """The cache was closed meanwhile; it has to be unlocked again."""

    def __init__(self) -> None:
        super().__init__("cache_locked")


class CacheDamaged(StorageError):
    """A file of the cache cannot be read as what it was written as."""

    def __init__(self, place: str) -> None:
        super().__init__("cache_damaged", place=place)


class CacheForeign(StorageError):
    """The file is another program's, or this program's of a newer version; it is left as it is."""


class DiskFull(StorageError):
    """Nothing was written, because there is no room."""

    def __init__(self) -> None:
        super().__init__("disk_full")


class EvidenceMissing(StorageError):
    """The file of a piece of evidence is not on this device."""


class EvidenceDamaged(StorageError):
    """A frame of an evidence file is not what was written."""

    def __init__(self, name: str, frame: int) -> None:
        super().__init__("evidence_damaged", name=name, frame=str(frame))


class EvidenceTooLarge(StorageError):
    """A piece of evidence is larger than the centre takes."""

    def __init__(self, size: int, most: int) -> None:
        super().__init__("evidence_too_large", size=str(size), most=str(most))


class NotEnrolled(StorageError):
    """The device has no identity at a centre yet."""


_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_DAMAGE = frozenset({sqlcipher.SQLITE_CORRUPT, sqlcipher.SQLITE_NOTADB, sqlcipher.SQLITE_IOERR})


def of_database(error: DBAPIError | sqlcipher.Error, place: str) -> StorageError | None:
    """What a database's error means to the user, or None where it is a mistake of the program.

    Args:
        error: As SQLAlchemy or the driver raised it.
        place: The name of the file, for the message.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF  # extended codes carry the primary one in their low byte
    if primary == sqlcipher.SQLITE_FULL:
        return DiskFull()
    return CacheDamaged(place) if primary in _DAMAGE else None


def of_system(error: OSError) -> StorageError | None:
    """What an operating system's error means to the user, or None where it is not of this family."""
    return DiskFull() if error.errno in _NO_ROOM else None
