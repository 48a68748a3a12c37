"""Processes that die at a chosen commit: what is on the disk in that instant is all that is left of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from inspector_app.storage.cache import Cache
from inspector_app.storage.durable import TEMPORARY
from inspector_app.storage.vault import Stored, Vault
from sync.server.storage.database import Database


class Crash(BaseException):
    """The process is dead; nothing in it may handle this. The message says where it died."""


class Death:
    """Waits for a process at its commit points.

    Attributes:
        remains: Keeps a copy of what is on the disk; called in the instant of death, before anything is rolled back.
    """

    def __init__(self, remains: Callable[[], None]) -> None:
        self._remains = remains
        self._left = 0

    def arm(self, points: int) -> None:
        """Come at the n-th point from now."""
        self._left = points

    def disarm(self) -> None:
        self._left = 0

    def at(self, where: str) -> None:
        """A point at which a process can die.

        Raises:
            Crash: It does.
        """
        if self._left:
            self._left -= 1
            if not self._left:
                self._remains()
                raise Crash(where)


class MortalCache(Cache):
    """A cache whose process may die before and after each commit."""

    death: Death | None = None

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        with super().write() as conn:
            yield conn
            if self.death is not None:
                self.death.at("before a commit")
        if self.death is not None:
            self.death.at("after a commit")


class MortalVault(Vault):
    """A vault whose process may die before a file is there, in the middle of writing it, and after it."""

    death: Death | None = None

    def put(self, data: bytes) -> Stored:
        if self.death is None:
            return super().put(data)
        half = self.folder / f"{secrets.token_hex(16)}{TEMPORARY}"
        self.death.at("before a file")
        half.write_bytes(data[: len(data) // 2])
        self.death.at("in the middle of a file")
        half.unlink()
        stored = super().put(data)
        self.death.at("after a file")
        return stored


class MortalDatabase(Database):
    """The centre's database, whose process may die before and after each commit."""

    death: Death | None = None

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        with super().write() as connection:
            yield connection
            if self.death is not None:
                self.death.at("before a commit")
        if self.death is not None:
            self.death.at("after a commit")
