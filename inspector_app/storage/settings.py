"""What each person chose for himself, as plain values under a name."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa


def get(conn: sa.Connection, user_id: str, key: str, default: Any = None) -> Any:
    """A person's choice, or the default where he made none."""
    value = conn.exec_driver_sql("SELECT value FROM setting WHERE user_id = ? AND key = ?", (user_id, key)).scalar()
    return default if value is None else msgspec.json.decode(value)


def put(conn: sa.Connection, user_id: str, key: str, value: object) -> None:
    """Remember a person's choice; any value JSON has."""
    conn.exec_driver_sql(
        "INSERT INTO setting (user_id, key, value) VALUES (?, ?, ?) "
        "ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value",
        (user_id, key, msgspec.json.encode(value).decode()),
    )


def every(conn: sa.Connection, user_id: str) -> dict[str, Any]:
    """All that a person chose."""
    found = conn.exec_driver_sql("SELECT key, value FROM setting WHERE user_id = ?", (user_id,))
    return {key: msgspec.json.decode(value) for key, value in found}
