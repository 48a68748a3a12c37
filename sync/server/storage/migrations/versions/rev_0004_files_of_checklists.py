"""Files that checklists refer to become rows that travel, in parts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

# Frozen: it says what this revision was.


def upgrade() -> None:
    op.create_table(
        "record_chunk",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_chunk"),
    )
    files = sa.Column("files", sa.JSON(none_as_null=True), nullable=False, server_default="[]")
    op.add_column("record_checklist", files)
    with op.batch_alter_table("record_checklist") as checklists:
        checklists.alter_column("files", server_default=None)  # it was for the rows that are there


def downgrade() -> None:
    op.drop_column("record_checklist", "files")
    op.drop_table("record_chunk")
