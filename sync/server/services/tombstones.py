"""Letting go of what was deleted long ago, and of the files nobody fetches any more."""

from __future__ import annotations

from datetime import timedelta

from sync.server.services import snapshots
from sync.server.services.centre import Centre
from sync.server.services.clock import milliseconds
from sync.server.storage import meta, sequence, tombstones

KEPT = timedelta(days=180)
"""A device that was silent for longer, and may have missed a deletion, reads everything again."""
MARKED = timedelta(days=1)
"""So often is written down how far the feed is; a tombstone is kept for so much longer at most."""


def tidy(centre: Centre) -> int:
    """Mark how far the feed is, forget tombstones that are old, and prune what snapshots left behind.

    Returns:
        The floor: a cursor below it is too old.
    """
    now = centre.clock()
    with centre.database.write() as connection:
        newest = tombstones.newest_mark(connection)
        if newest is None or newest <= milliseconds(now - MARKED):
            tombstones.mark(connection, sequence.last(connection), milliseconds(now))
        upto = tombstones.old(connection, milliseconds(now - KEPT))
        if upto:
            meta.raise_floor(connection, tombstones.forget(connection, upto))
        floor = meta.floor(connection)
    snapshots.prune(centre)
    return floor
