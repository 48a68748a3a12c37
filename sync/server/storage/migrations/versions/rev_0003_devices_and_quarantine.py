"""Devices and what is held back become rows that travel; a device says what waits on it; tombstones have an age."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

# Frozen: it says what this revision was.

_JSON = sa.JSON(none_as_null=True)
_QUARANTINED = (
    "device_id by event_kind action record_id at received_at reason text body state decided_by decided_at note"
)


def upgrade() -> None:
    op.create_table(
        "record_device",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("committee_id", sa.Text(), nullable=False),
        sa.Column("regions", _JSON, nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("supervises", sa.Boolean(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_device"),
    )
    op.create_table(
        "record_quarantined",
        sa.Column("id", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _QUARANTINED.split()),
        sa.PrimaryKeyConstraint("id", name="pk_record_quarantined"),
    )
    op.create_table(
        "feed_mark",
        sa.Column("seq", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_feed_mark"),
    )
    op.create_table(
        "committee_left",
        sa.Column("committee_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("left_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("committee_id", "region", name="pk_committee_left"),
    )
    op.create_index("ix_record_visit_number", "record_visit", ["number"])
    op.create_index("ix_record_case_number", "record_case", ["number"])
    op.create_index("ix_row_scope_scope_kind_id_gone", "row_scope", ["scope", "kind", "id", "gone"])
    op.create_index("ix_blob_ref_kind_id", "blob_ref", ["kind", "id"])
    op.add_column("device", sa.Column("copy_of", sa.Text()))
    op.add_column("device", sa.Column("seen_ms", sa.BigInteger()))
    op.add_column("device", sa.Column("waiting", sa.BigInteger()))
    op.add_column("device", sa.Column("waiting_since", sa.Text()))
    op.add_column("device", sa.Column("clock_ahead_s", sa.BigInteger()))
    op.add_column("device", sa.Column("replayed", sa.BigInteger()))


def downgrade() -> None:
    for column in ("replayed", "clock_ahead_s", "waiting_since", "waiting", "seen_ms", "copy_of"):
        op.drop_column("device", column)
    op.drop_index("ix_blob_ref_kind_id", "blob_ref")
    op.drop_index("ix_row_scope_scope_kind_id_gone", "row_scope")
    op.drop_index("ix_record_case_number", "record_case")
    op.drop_index("ix_record_visit_number", "record_visit")
    for table in ("committee_left", "feed_mark", "record_quarantined", "record_device"):
        op.drop_table(table)
