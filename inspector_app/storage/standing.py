"""What the centre has decided about this device and its people, and destroying the keys of one that is withdrawn.

A device is withdrawn when the centre revoked it, or released everybody who could use it. It shows nothing from then on,
delivers what it has, and then its keys are destroyed: what is on the disk stays, and nobody can read it any more.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final, NamedTuple

import sqlalchemy as sa

from inspector_app.storage import delivery, durable, log, people
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from sync.contract import records as r

_UNSETTLED: Final = "laid OR state IN ('waiting', 'blocked', 'parked')"


class Standing(NamedTuple):
    """How the device stands with the centre; ``released`` are the ids of people who may not use it any more."""

    withdrawn: bool
    released: tuple[str, ...]


def read(cache: Cache) -> Standing:
    """How the device stands with the centre, as it last heard."""
    with cache.read() as conn:
        return Standing(cache.profile.withdrawn, tuple(sorted(people.released(conn))))


def decide(
    cache: Cache, revoked: bool, may_use: Collection[str] | None, at: r.Moment, asked_of: Collection[str] | None = None
) -> None:
    """Take in what the centre says; may be repeated, and broken off anywhere.

    A withdrawn device tries once more what was parked: nobody will ever press the button. The key slot of a released
    person goes at once; what the program knows of him when his work is delivered. The last key stays until everything
    is delivered: without it, that would never be.

    Args:
        cache: The open cache.
        revoked: The device is withdrawn.
        may_use: The ids of the people who may use it; None where the centre does not say.
        at: The device's clock.
        asked_of: Who was bound here when the centre was asked: of those who were bound since it says nothing. None:
            everybody.
    """
    if not cache.profile.keyslots.exists():
        # Nobody can open it any more, whoever may: it has to be enrolled anew, and goes on saying so.
        cache.profile.set_withdrawn(True)
        return
    gone, left = _released(cache, may_use, at, asked_of)
    nobody = bool(gone) and not left
    withdrawn = revoked or nobody
    if withdrawn and not cache.profile.withdrawn:
        with cache.write() as conn:
            delivery.try_parked_again(conn)
    cache.profile.set_withdrawn(withdrawn)
    if nobody:
        with cache.read() as conn:
            delivered = delivery.delivered(conn)
        if delivered:
            wipe(cache.profile)
        return
    for person_id in gone:
        cache.remove_slot(person_id)
    with cache.read() as conn:
        forgettable = _settled(conn, gone)
    if forgettable:
        with cache.write() as conn:
            people.unbind(conn, forgettable)


def wipe(profile: Profile) -> None:
    """Destroy every key of this device; what they open stays on the disk, and is closed for good.

    The one in use goes last: after a death in the middle the device still knows that it is withdrawn, and does it
    again.
    """
    for folder in sorted(profile.aside.iterdir()):
        _destroy(sorted(folder.glob(f"{profile.keyslots.name}*")))
    _destroy(sorted(profile.root.glob(f"{profile.keyslots.name}.*{durable.TEMPORARY}")))
    _destroy([profile.keyslots])


def _released(
    cache: Cache, may_use: Collection[str] | None, at: r.Moment, asked_of: Collection[str] | None
) -> tuple[frozenset[str], frozenset[str]]:
    """Who was released, and who is left."""
    with cache.read() as conn:
        before, bound = people.released(conn), people.bound(conn)
    known = bound if asked_of is None else bound & frozenset(asked_of)
    gone = before if may_use is None else (before | known) - frozenset(may_use)
    if gone != before:
        with cache.write() as conn:
            people.release(conn, gone)
            log.note(conn, at, "warning", "people_released", {"people": str(len(gone))})
    return gone, bound - gone


def _settled(conn: sa.Connection, person_ids: Iterable[str]) -> list[str]:
    """Those of some people who are still known here and of whose work nothing is on its way."""
    bound = people.bound(conn)
    return [
        person_id
        for person_id in sorted(bound & frozenset(person_ids))
        if conn.exec_driver_sql(f"SELECT 1 FROM event WHERE user_id = ? AND ({_UNSETTLED})", (person_id,)).first()  # noqa: S608 - a literal of this module
        is None
    ]


def _destroy(files: Iterable[Path]) -> None:
    """Overwrite files, on the disk, and take them away."""
    for path in files:
        if path.is_file():
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            durable.sync_folder(path.parent)
