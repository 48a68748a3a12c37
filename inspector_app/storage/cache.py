"""The encrypted database of a device: opened with a key, brought up to date, read by many and written by one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2 as sqlcipher

from inspector_app.storage import database, errors, keyslots, migrations, recovery
from inspector_app.storage.errors import CacheExists, CacheForeign, CacheLocked, CacheMissing
from inspector_app.storage.keyslots import COST, Cost
from inspector_app.storage.profile import Profile
from inspector_app.storage.tables import APPLICATION_ID
from inspector_app.storage.vault import Vault


class Cache:
    """An open cache. Safe to use from any thread; every connection is for the thread that asked for it.

    Attributes:
        profile: Where it is.
        vault: The encrypted evidence files beside it.
    """

    def __init__(self, profile: Profile, key: bytes) -> None:
        """Keep a key; ``create``, ``unlock`` and ``open_with_key`` are the ways in."""
        self.profile = profile
        self._key = key
        self._writing = threading.Lock()
        self._writer: int | None = None
        self.vault = Vault(profile.evidence, key)
        self._engine: sa.Engine | None = database.engine(profile.cache, key)

    def __repr__(self) -> str:
        """Say where it is, never its key."""
        return f"Cache({self.profile!r})"

    @classmethod
    def create(cls, profile: Profile, passphrase: str, person_id: str = "", cost: Cost = COST) -> Self:
        """Make an empty cache whose first key slot opens with this passphrase.

        Args:
            profile: Where; acquired by the caller.
            passphrase: The first person's.
            person_id: Whose slot it is; may be claimed later by ``add_slot`` with the same passphrase.
            cost: What a guess at the passphrase costs.

        Raises:
            CacheExists: There is one already.
            PassphraseWeak: It is too short.
            DiskFull: There is no room.
        """
        if profile.cache.exists():
            raise CacheExists
        return cls.open_with_key(profile, keyslots.create(profile, passphrase, person_id, cost))

    @classmethod
    def unlock(cls, profile: Profile, passphrase: str) -> tuple[Self, str]:
        """Open the cache with a passphrase; also says whose it is (empty: nobody's yet).

        Raises:
            WrongPassphrase: It opens no slot.
            CacheMissing: There is no cache.
            CacheDamaged: A file cannot be read; see ``damaged``.
            CacheForeign: The file is another program's, or of a newer version.
        """
        opened = keyslots.unlock(profile, passphrase)
        return cls.open_with_key(profile, opened.key), opened.person_id

    @classmethod
    def open_with_key(cls, profile: Profile, key: bytes) -> Self:
        """Open the cache with its key, and bring it up to this version.

        Raises:
            CacheMissing: There is no key slot file.
            CacheDamaged: It cannot be read with this key.
            CacheForeign: ``cache_foreign`` or ``cache_newer``; it is left untouched.
            DiskFull: There is no room to bring it up to date.
        """
        if not profile.keyslots.exists():
            raise CacheMissing
        if database.is_plain(profile.cache):
            raise CacheForeign("cache_foreign")
        cache = cls(profile, key)
        try:
            cache._prepare()
        except BaseException:
            cache.close()
            raise
        return cache

    def close(self) -> None:
        """Close every connection and forget the key; what is written is on disk already. May be repeated."""
        if self._engine is not None:
            self._engine.dispose()
        self._engine = None
        self.vault.close()
        self._key = b""

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one moment of the cache.

        Raises:
            CacheLocked: It was closed.
            CacheDamaged: What is read cannot be.
        """
        with self._translated(), self._connect() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A connection whose changes are on disk when the block has ended, all or, after an exception, none.

        One block at a time in the whole process; the others wait.

        Raises:
            CacheLocked: It was closed.
            DiskFull: Nothing was written.
            CacheDamaged: What is read or replaced cannot be.
        """
        if self._writer == threading.get_ident():
            raise RuntimeError("a write block inside a write block would wait for itself")
        with self._writing:
            self._writer = threading.get_ident()
            try:
                with (
                    self._translated(),
                    self._connect().execution_options(**database.IMMEDIATE) as conn,
                    conn.begin(),
                ):
                    yield conn
            finally:
                self._writer = None

    def add_slot(self, passphrase: str, person_id: str, cost: Cost = COST) -> None:
        """Let a person unlock this cache with a passphrase of his own, instead of any he had.

        Raises:
            PassphraseWeak: It is too short.
            PassphraseTaken: It opens somebody else's slot.
        """
        keyslots.put(self.profile, self._key, passphrase, person_id, cost)

    change_passphrase = add_slot
    """A person's new passphrase takes the place of his old one."""

    def remove_slot(self, person_id: str) -> None:
        """Take a person's way in from him."""
        keyslots.remove(self.profile, self._key, person_id)

    def set_recovery(self, administrator: bytes) -> None:
        """Keep the key sealed to the administrator's X25519 public key (32 bytes)."""
        recovery.set_up(self.profile, self._key, administrator)

    def _connect(self) -> sa.Connection:
        if self._engine is None:
            raise CacheLocked
        return self._engine.connect()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlcipher.Error) as error:
            known = errors.of_database(error, self.profile.cache.name)
            if known is None:
                raise
            raise known from error

    def _prepare(self) -> None:
        """Check whose database it is, and bring it up to date."""
        with self.read() as conn:
            app = conn.exec_driver_sql("PRAGMA application_id").scalar_one()
            empty = conn.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one() == 0
            found = "" if empty else migrations.revision_of(conn)
        if not empty and app != APPLICATION_ID:
            raise CacheForeign("cache_foreign")
        if found and found not in migrations.REVISIONS:
            raise CacheForeign("cache_newer", found=found, known=migrations.HEAD)
        if found != migrations.HEAD:
            with self.write() as conn:
                migrations.upgrade(conn)
