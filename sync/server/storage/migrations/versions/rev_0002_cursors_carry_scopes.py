"""A cursor says itself for which scopes it was given: what a device was read for is no longer kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.drop_column("device", "feed_scopes")


def downgrade() -> None:
    op.add_column("device", sa.Column("feed_scopes", sa.JSON(none_as_null=True)))
