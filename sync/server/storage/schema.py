"""Bringing a database to the newest revision of the tables, in one transaction."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from sync.server.storage.database import Database

_MIGRATIONS = Path(__file__).parent / "migrations"


class NewerDatabase(Exception):
    """The database was written by a newer centre; it is left as it is. The message names its revision."""


def upgrade(database: Database) -> None:
    """Bring the tables to the newest revision.

    Raises:
        NewerDatabase: The database is of a revision that this code does not know.
    """
    config = Config()
    # Alembic reads options through ConfigParser, where a percent sign has to be doubled.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with database.write() as connection:
        at = revision(connection)
        if at is not None and at not in _known(config):
            raise NewerDatabase(at)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def revision(connection: sa.Connection) -> str | None:
    """The revision a database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def _known(config: Config) -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
