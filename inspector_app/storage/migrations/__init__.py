"""The versions of the cache, one revision each, and the way from any of them to the newest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

REVISIONS: Final = ("0001", "0002", "0003")
"""Every revision this program knows, oldest first. Known here so that a usual start does not load alembic."""

HEAD: Final = REVISIONS[-1]

_SCRIPTS: Final = Path(__file__).parent


def revision_of(conn: sa.Connection) -> str:
    """The revision a database is at, empty for one that has none."""
    known = conn.exec_driver_sql("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'").first()
    row = None if known is None else conn.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return "" if row is None else str(row[0])


def upgrade(conn: sa.Connection, to: str = HEAD) -> None:
    """Bring a database to a revision, inside the transaction that the connection is in."""
    from alembic import command

    config = configuration()
    config.attributes["connection"] = conn
    command.upgrade(config, to)


def configuration() -> AlembicConfig:
    """Where alembic finds the revisions."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
