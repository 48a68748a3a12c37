"""Accounts, and the wrong passwords of late."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from sync.server.storage import tables as t


class Account(NamedTuple):
    """Who may sign in; the hash is an argon2id string."""

    person_id: str
    username: str
    password: str

    def __repr__(self) -> str:
        """Say whose account it is and never the hash."""
        return f"Account(username={self.username!r})"


class Attempts(NamedTuple):
    """Wrong passwords within the time looked at: how many, and when the first of them was (Unix ms)."""

    wrong: int
    first_ms: int


def add(connection: sa.Connection, account: Account) -> None:
    """Write a new account.

    Raises:
        sqlalchemy.exc.IntegrityError: The person has an account, or the user name is taken.
    """
    connection.execute(sa.insert(t.account).values(account._asdict()))


def by_username(connection: sa.Connection, username: str) -> Account | None:
    """An account by its user name."""
    columns = (t.account.c[name] for name in Account._fields)
    row = connection.execute(sa.select(*columns).where(t.account.c.username == username)).one_or_none()
    return None if row is None else Account(*row)


def attempts(connection: sa.Connection, device_id: str, username: str | None, since_ms: int) -> Attempts:
    """Wrong passwords on a device after a moment, for one user name or (None) for any."""
    table = t.attempt
    query = sa.select(sa.func.count(), sa.func.min(table.c.at_ms)).where(
        (table.c.device_id == device_id) & (table.c.at_ms > since_ms)
    )
    if username is not None:
        query = query.where(table.c.username == username)
    wrong, first_ms = connection.execute(query).one()
    return Attempts(wrong, first_ms or 0)


def note_attempt(connection: sa.Connection, device_id: str, username: str, now_ms: int, forget_ms: int) -> None:
    """Write down a wrong password; those before ``forget_ms`` are swept out."""
    connection.execute(sa.delete(t.attempt).where(t.attempt.c.at_ms <= forget_ms))
    connection.execute(sa.insert(t.attempt).values(device_id=device_id, username=username, at_ms=now_ms))


def forget_attempts(connection: sa.Connection, device_id: str, username: str) -> None:
    """Forget the wrong passwords of somebody who gave the right one."""
    own = (t.attempt.c.device_id == device_id) & (t.attempt.c.username == username)
    connection.execute(sa.delete(t.attempt).where(own))
