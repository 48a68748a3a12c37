"""Trying again what was given up, and which pieces of evidence may go: asked by people, not by the engine."""

from __future__ import annotations

import sqlalchemy as sa


def ready(conn: sa.Connection) -> frozenset[str]:
    """SHA-256 of the unsent pieces that wait for nothing but their turn: the centre has judged their event."""
    found = conn.exec_driver_sql(
        "SELECT DISTINCT evidence.sha256 FROM evidence "
        "JOIN event_evidence ON event_evidence.sha256 = evidence.sha256 JOIN event ON event.id = event_id "
        "WHERE evidence.state = 'waiting' AND event.state IN ('confirmed', 'held')"
    )
    return frozenset(found.scalars())


def retry_piece(conn: sa.Connection, sha256: str) -> None:
    """Let a piece that was given up be sent again, from its beginning."""
    conn.exec_driver_sql(
        "UPDATE evidence SET state = 'waiting', \"offset\" = 0, problem = '' WHERE sha256 = ? AND state = 'failed'",
        (sha256,),
    )


def retry_all(conn: sa.Connection) -> None:
    """Let everything that was given up be sent again, except what depends on an event that was refused."""
    conn.exec_driver_sql(
        "UPDATE event SET state = 'waiting' "
        "WHERE state = 'parked' AND coalesce(json_extract(result, '$.code'), '') <> ''"
    )
    conn.exec_driver_sql("UPDATE evidence SET state = 'waiting', \"offset\" = 0, problem = '' WHERE state = 'failed'")
