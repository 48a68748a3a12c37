"""The first version of the cache.

Revision ID: 0001
"""

from __future__ import annotations

from alembic import op

from inspector_app.storage import tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table, and say whose database this is."""
    bind = op.get_bind()
    bind.exec_driver_sql(f"PRAGMA application_id = {tables.APPLICATION_ID}")
    tables.metadata.create_all(bind, checkfirst=False)
    for statement in tables.SEARCH_DDL:
        bind.exec_driver_sql(statement)
