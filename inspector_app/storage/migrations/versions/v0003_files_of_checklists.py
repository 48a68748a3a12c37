"""Files that checklists refer to, in parts that travel as rows.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

# Everything below is frozen: it says what this version was, and never follows the program as it goes on.

_JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.add_column("checklist", sa.Column("files", _JSON, nullable=False, server_default="[]"))
    op.create_table(
        "chunk",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("rev", sa.Integer),
        sa.Column("event_id", sa.Text),
        sa.Column("base", _JSON),
    )
    op.create_index("ix_chunk_event_id", "chunk", ["event_id"])
