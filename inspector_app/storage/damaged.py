"""A cache that cannot be used: set aside whole, never deleted, after all that can still be read of it was saved.

The order is such that a death at any moment loses nothing: what is readable is copied into a new database beside the
damaged one; only when that is complete and closed are the old files moved away, database first, and the new one moved
to its place. ``Profile.acquire`` completes a move that was interrupted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlcipher3 import dbapi2 as sqlcipher

from inspector_app.storage import database, device, durable, feed, keyslots, migrations, projection, search, tables
from inspector_app.storage.cache import Cache
from inspector_app.storage.errors import CacheForeign
from inspector_app.storage.profile import Profile, parts
from sync.contract import records as r

_LEAP: Final = 1000
"""How many running numbers are left out where the counters may have been lost."""
_EXACT_PROBES: Final = 128
"""How many row numbers behind a damaged place are tried one by one; a page holds fewer rows of any table."""
_PROBES: Final = _EXACT_PROBES + 40
"""How many are tried in all, the later ones each twice as far on, before a table counts as read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescue:
    """What was saved of a damaged cache.

    Attributes:
        folder: Where the damaged files are now.
        saved: Rows saved, by table.
        lost: Tables of which at least one row could not be read.
        events: Events saved that the centre has not confirmed.
        drafts: Drafts saved.
        evidence: Pieces of evidence saved.
    """

    folder: Path
    saved: dict[str, int]
    lost: tuple[str, ...]
    events: int
    drafts: int
    evidence: int


def set_aside(profile: Profile, at: datetime) -> Path:
    """Move a database that is of no use here, its evidence, and a copy of the key slots, to a folder of its own.

    Args:
        profile: Acquired by the caller, its cache closed.
        at: Names the folder.

    Returns:
        The folder.
    """
    _remove(profile.rescued)  # a rescue that was broken off must not come back in the place of what goes now
    folder = _new_folder(profile, at)
    _move_old(profile, folder)
    _move_evidence(profile, folder, sorted(path.name for path in profile.evidence.iterdir()))
    profile.keyslots.unlink(missing_ok=True)
    durable.sync_folder(profile.root)
    profile.set_withdrawn(False)
    return folder


def recover(profile: Profile, passphrase: str, at: datetime) -> tuple[Cache, str, Rescue]:
    """Make a new cache of what can be read of a damaged one; every key slot stays as it is.

    Args:
        profile: Acquired by the caller, its cache closed.
        passphrase: Of anybody who has a key slot.
        at: Names the folder of what is set aside.

    Returns:
        The new cache, the person whose passphrase it is, and what was saved.

    Raises:
        WrongPassphrase: It opens no key slot.
        CacheForeign: ``cache_newer``: it is not damaged in a way that this version understands.
        DiskFull: There is no room for a second copy; nothing was changed.
    """
    opened = keyslots.unlock(profile, passphrase)
    _remove(profile.rescued)
    saved, lost = _copy(profile, opened.key)
    folder = _new_folder(profile, at)
    unsent, drafts, pieces = _counts(profile, opened.key, folder)
    _move_old(profile, folder)
    profile.finish_rescue()
    rescue = Rescue(folder=folder, saved=saved, lost=lost, events=unsent, drafts=drafts, evidence=pieces)
    return Cache.open_with_key(profile, opened.key), opened.person_id, rescue


def _copy(profile: Profile, key: bytes) -> tuple[dict[str, int], tuple[str, ...]]:
    """Fill the new database; returns the rows saved by table, and the tables that were not read whole."""
    saved: dict[str, int] = {}
    lost: list[str] = []
    old = _Source(profile.cache, key)
    try:
        found = _revision(old)
        with database.new(profile.rescued, key) as conn:
            migrations.upgrade(conn, found)
            for table in _in_order():
                saved[table], whole = _copy_table(old, conn, table)
                if not whole:
                    lost.append(table)
            migrations.upgrade(conn)
            _settle_in(conn, counters_lost="meta" in lost)
    finally:
        old.close()
    return saved, tuple(lost)


class _Unreadable(Exception):
    """What was asked for lies on a damaged page."""


class _Source:
    """The damaged database, read only. A connection that met a damaged page reads nothing any more: it is replaced."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path, self._key = path, key
        self._conn = database.read_only(path, key)

    def read(self, text: str, params: tuple[object, ...] = ()) -> Iterator[Sequence[Any]]:
        """The rows of a query, until a damaged page.

        Raises:
            _Unreadable: There it was.
        """
        try:
            yield from self._conn.execute(text, params)
        except sqlcipher.DatabaseError as error:
            self._conn.close()
            self._conn = database.read_only(self._path, self._key)
            raise _Unreadable from error

    def close(self) -> None:
        self._conn.close()


def _revision(old: _Source) -> str:
    """The version of the damaged cache; the newest one where that cannot be read."""
    try:
        row = next(old.read("SELECT version_num FROM alembic_version"), None)
    except _Unreadable:
        return migrations.HEAD
    found = migrations.HEAD if row is None else str(row[0])
    if found not in migrations.REVISIONS:
        raise CacheForeign("cache_newer", found=found, known=migrations.HEAD)
    return found


def _in_order() -> Sequence[str]:
    """The tables worth saving, one that others refer to before them; the search index is made anew."""
    left_out = {tables.search_entry.name, tables.unseen.name, tables.snapshot_frame.name}
    return [table.name for table in tables.metadata.sorted_tables if table.name not in left_out]


def _copy_table(old: _Source, new: sa.Connection, table: str) -> tuple[int, bool]:
    columns = [row[1] for row in new.exec_driver_sql(f'PRAGMA table_info("{table}")')]
    names = ", ".join(f'"{name}"' for name in columns)
    insert = f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({", ".join("?" * len(columns))})'  # noqa: S608
    reader = _Reader(old, table, names)
    kept = 0
    for row in reader:
        kept += new.exec_driver_sql(insert, tuple(row)).rowcount
    return kept, reader.whole


class _Reader:
    """Every row of a table that can still be read, in the order of the row numbers.

    Attributes:
        whole: Whether no damaged page was met.
    """

    def __init__(self, old: _Source, table: str, names: str) -> None:
        self._old = old
        self._from = f'SELECT rowid, {names} FROM "{table}" WHERE rowid >= ? ORDER BY rowid'  # noqa: S608 - our names
        self.whole = True

    def __iter__(self) -> Iterator[Sequence[Any]]:
        n = 0
        while True:
            try:
                for row in self._old.read(self._from, (n + 1,)):
                    n = row[0]
                    yield row[1:]
            except _Unreadable:
                self.whole = False
            else:
                return
            # The driver looks one row ahead, so the last row before the damage may still be to come.
            found = self._next_readable(n + 1)
            if found is None:
                return
            n = found[0]
            yield found[1:]

    def _next_readable(self, n: int) -> Sequence[Any] | None:
        """The first row from ``n`` on that can be read: tried one by one at first, then in growing leaps."""
        step = 1
        for probe in range(_PROBES):
            try:
                return next(self._old.read(f"{self._from} LIMIT 1", (n,)), None)
            except _Unreadable:
                step *= 1 if probe < _EXACT_PROBES else 2
                n += step
        return None


def _settle_in(conn: sa.Connection, *, counters_lost: bool) -> None:
    """Make the saved rows a working cache: feed from the start, counters ahead of all, projection and index anew."""
    device.forget_facts(conn, feed.FACTS)
    feed.begin_again(conn, "rescued")
    conn.exec_driver_sql("DELETE FROM event_evidence WHERE event_id NOT IN (SELECT id FROM event)")
    seen = conn.exec_driver_sql("SELECT coalesce(max(n), 0) FROM event WHERE device_id = ''").scalar_one()
    device.leap(conn, over=_LEAP if counters_lost else 0, events_seen=int(seen))
    for kind, fields in search.INDEXED.items():
        names = ", ".join(("id", *fields))
        found = conn.exec_driver_sql(f'SELECT {names} FROM "{kind}"')  # noqa: S608 - our names
        search.index_texts(conn, kind, ((row[0], row[1:]) for row in found.all()))
    heads = conn.exec_driver_sql("SELECT DISTINCT kind, record_id FROM event WHERE laid").all()
    for kind, record_id in heads:
        if kind in r.KINDS:
            projection.refresh(conn, kind, record_id)


def _counts(profile: Profile, key: bytes, folder: Path) -> tuple[int, int, int]:
    """Count what matters most, and move the evidence files that no saved row names to the folder."""
    new = database.read_only(profile.rescued, key)
    try:
        unsent = new.execute("SELECT count(*) FROM event WHERE state <> 'confirmed'").fetchone()[0]
        drafts = new.execute("SELECT count(*) FROM draft").fetchone()[0]
        named = {row[0] for row in new.execute("SELECT id FROM evidence")}
    finally:
        new.close()
    files = {path.name for path in profile.evidence.iterdir() if path.is_file()}
    _move_evidence(profile, folder, sorted(files - named))
    return int(unsent), int(drafts), len(named & files)


def _move_evidence(profile: Profile, folder: Path, names: Sequence[str]) -> None:
    """Move files of evidence beside the database that may name them: a new cache knows none of them."""
    if names:
        kept = folder / profile.evidence.name
        kept.mkdir(mode=0o700, exist_ok=True)
        for name in names:
            (profile.evidence / name).replace(kept / name)
        durable.sync_folder(kept)
        durable.sync_folder(profile.evidence)


def _move_old(profile: Profile, folder: Path) -> None:
    """Move the database and what belongs to it, the database first; keep the key slots beside it."""
    if profile.keyslots.exists():
        durable.write(folder / profile.keyslots.name, profile.keyslots.read_bytes())
    for part in parts(profile.cache):
        if part.exists():
            part.replace(folder / part.name)
    durable.sync_folder(folder)
    durable.sync_folder(profile.root)


def _new_folder(profile: Profile, at: datetime) -> Path:
    folder = profile.aside / at.strftime("%Y%m%dT%H%M%S.%f")
    folder.mkdir(mode=0o700)
    durable.sync_folder(profile.aside)
    return folder


def _remove(database: Path) -> None:
    for part in parts(database):
        part.unlink(missing_ok=True)
