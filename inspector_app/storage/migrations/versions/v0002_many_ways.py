"""Events of other devices beside one's own, snapshots, what the centre knows of devices, and what it holds back.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

# Everything below is frozen: it says what this version was, and never follows the program as it goes on.

_JSON = sa.JSON(none_as_null=True)
_EVENT = (
    "id, n, kind, record_id, action, user_id, made_at, line, state, laid, trace, result, settled_at, device_id, arrived"
)


def upgrade() -> None:
    _records()
    _events()
    op.add_column("aside", sa.Column("rev", sa.Integer))
    op.add_column("evidence", sa.Column("read_at", sa.Text, nullable=False, server_default=""))
    op.create_table("snapshot_frame", sa.Column("sha256", sa.Text, primary_key=True))
    op.create_table(
        "batch",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("device_id", sa.Text, nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        sa.Column("lines", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'done', 'failed')", name="batch_state"),
    )
    op.create_table(
        "transfer",
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("peer", sa.Text, nullable=False),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("events", sa.Integer, nullable=False),
        sa.Column("pieces", sa.Integer, nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
    )


def _records() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("committee_id", sa.Text, nullable=False),
        sa.Column("regions", _JSON, nullable=False),
        sa.Column("public_key", sa.Text, nullable=False),
        sa.Column("supervises", sa.Boolean, nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
        sa.Column("rev", sa.Integer),
        sa.Column("event_id", sa.Text),
        sa.Column("base", _JSON),
    )
    texts = "device_id by event_kind action record_id at received_at reason text body state decided_by decided_at note"
    op.create_table(
        "quarantined",
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts.split()),
        sa.Column("rev", sa.Integer),
        sa.Column("event_id", sa.Text),
        sa.Column("base", _JSON),
    )
    for kind in ("device", "quarantined"):
        op.create_index(f"ix_{kind}_event_id", kind, ["event_id"])
    op.create_index("ix_quarantined_state", "quarantined", ["state"])


def _events() -> None:
    """Make the table of events anew, and the one that refers to it: SQLite changes no constraint in place."""
    for name in ("ix_event_state_n", "ix_event_kind_record_id_n", "ix_event_trace", "ix_event_evidence_sha256"):
        op.drop_index(name)
    op.rename_table("event_evidence", "old_event_evidence")
    op.rename_table("event", "old_event")
    op.create_table(
        "event",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("record_id", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("line", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("laid", sa.Boolean, nullable=False),
        sa.Column("trace", sa.Text, nullable=False),
        sa.Column("result", _JSON),
        sa.Column("settled_at", sa.Text),
        sa.Column("device_id", sa.Text, nullable=False),
        sa.Column("arrived", sa.Integer, nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'parked', 'blocked', 'confirmed', 'refused', 'held', 'carried')", name="event_state"
        ),
        sa.UniqueConstraint("arrived", name="uq_event_arrived"),
    )
    op.create_table(
        "event_evidence",
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("sha256", sa.Text, primary_key=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], ondelete="CASCADE"),
    )
    columns = _EVENT.removesuffix(", device_id, arrived")
    op.execute(f"INSERT INTO event ({_EVENT}) SELECT {columns}, '', n FROM old_event")  # noqa: S608 - our names
    op.execute("INSERT INTO event_evidence (event_id, sha256) SELECT event_id, sha256 FROM old_event_evidence")
    op.drop_table("old_event_evidence")
    op.drop_table("old_event")
    op.create_index("ix_event_state_arrived", "event", ["state", "arrived"])
    op.create_index("ix_event_kind_record_id_arrived", "event", ["kind", "record_id", "arrived"])
    op.create_index("ix_event_trace", "event", ["trace"])
    op.create_index("ix_event_device_id_n", "event", ["device_id", "n"])
    op.create_index("ix_event_evidence_sha256", "event_evidence", ["sha256"])
