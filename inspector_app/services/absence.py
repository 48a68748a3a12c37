"""A device that was away for long: how long, what it held when it left, and what is different now."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from inspector_app.services.views.sync import Absence, Difference
from inspector_app.storage import feed
from inspector_app.storage.cache import Cache

LONG_DAYS: Final = 14
"""Shorter absences are the ordinary week of a committee, and nobody needs to be told of them."""
TOLD: Final = ("visit", "case", "decision", "finding", "place", "company")
"""The kinds whose changes mean something to people, in the order in which they are told."""


def noticed(cache: Cache, now: datetime) -> Absence | None:
    """What the device holds, where its last contact is long ago; None where it is not, or where there was none yet.

    Args:
        cache: The open cache, before anything new has come.
        now: The device's clock.
    """
    with cache.read() as conn:
        last = feed.last_contact(conn)
        days = 0 if last is None else (now - datetime.fromisoformat(last)).days
        if last is None or days < LONG_DAYS:
            return None
        return Absence(since=last, days=days, held=_held(conn))


def differences(cache: Cache, before: Absence) -> tuple[Difference, ...]:
    """What has become of what was held: new, changed and gone rows of each kind that has any."""
    with cache.read() as conn:
        after = _held(conn)
    found = []
    for kind in TOLD:
        then, now = before.held.get(kind, {}), after.get(kind, {})
        difference = Difference(
            kind=kind,
            new=len(now.keys() - then.keys()),
            changed=sum(1 for name in now.keys() & then.keys() if now[name] != then[name]),
            gone=len(then.keys() - now.keys()),
        )
        if difference.new or difference.changed or difference.gone:
            found.append(difference)
    return tuple(found)


def _held(conn: sa.Connection) -> dict[str, dict[str, int | None]]:
    """The revision of each row, by kind and id."""
    return {
        kind: {str(name): rev for name, rev in conn.exec_driver_sql(f'SELECT id, rev FROM "{kind}"')}  # noqa: S608 - ours
        for kind in TOLD
    }
