"""Every table of the centre: one per record kind, the feed over them, and the centre's own books."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from sync.contract import records as r

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_TYPES: dict[str, Any] = {
    "text": sa.Text(),
    "integer": sa.BigInteger(),
    "real": sa.Double(),
    "boolean": sa.Boolean(),
    "json": sa.JSON(none_as_null=True),
}


def _record_table(kind: str) -> sa.Table:
    columns = (
        sa.Column(column.name, _TYPES[column.type], primary_key=column.name == "id", nullable=column.nullable)
        for column in r.columns(kind)
    )
    return sa.Table(f"record_{kind}", metadata, *columns)


RECORDS: dict[str, sa.Table] = {kind: _record_table(kind) for kind in r.KINDS}
"""For each kind, the newest state of its living rows; a deleted row is only in the feed."""

for _kind in ("visit", "case"):
    sa.Index(f"ix_record_{_kind}_number", RECORDS[_kind].c.number)  # two must not have the same unnoticed

feed = sa.Table(
    "feed",
    metadata,
    sa.Column("kind", sa.Text(), primary_key=True),
    sa.Column("id", sa.Text(), primary_key=True),
    sa.Column("seq", sa.BigInteger(), nullable=False, unique=True),
    sa.Column("rev", sa.BigInteger(), nullable=False),
    sa.Column("deleted", sa.Boolean(), nullable=False),
)
"""The envelope of every row there ever was: state, not log, so one line a row."""

row_scope = sa.Table(
    "row_scope",
    metadata,
    sa.Column("kind", sa.Text(), primary_key=True),
    sa.Column("id", sa.Text(), primary_key=True),
    sa.Column("scope", sa.Text(), primary_key=True),
    sa.Column("gone", sa.Boolean(), nullable=False),
    sa.Index(None, "scope", "kind", "id", "gone"),  # what a snapshot of a scope is read by
    # Deferred: a row gets its place in the feed last.
    sa.ForeignKeyConstraint(["kind", "id"], ["feed.kind", "feed.id"], deferrable=True, initially="DEFERRED"),
)
"""The scopes of a row; ``gone`` marks one that it left, where it shows as deleted while it lives on elsewhere."""

sequence = sa.Table(
    "sequence",
    metadata,
    sa.Column("name", sa.Text(), primary_key=True),
    sa.Column("value", sa.BigInteger(), nullable=False),
)

feed_mark = sa.Table(
    "feed_mark",
    metadata,
    sa.Column("seq", sa.BigInteger(), primary_key=True),
    sa.Column("at_ms", sa.BigInteger(), nullable=False),
)
"""How far the feed was at some moments, to know which tombstones are old; ``meta`` has the ``floor_seq`` they set."""

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.Text(), primary_key=True),
    sa.Column("value", sa.Text(), nullable=False),
)
"""What the centre knows of itself: server id, epoch, name, recovery public key."""

device = sa.Table(
    "device",
    metadata,
    sa.Column("id", sa.Text(), primary_key=True),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.Column("committee_id", sa.Text(), nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("public_key", sa.Text(), nullable=False, unique=True),
    sa.Column("client", sa.Text(), nullable=False),
    sa.Column("enrolled_ms", sa.BigInteger(), nullable=False),
    sa.Column("revoked_ms", sa.BigInteger()),
    sa.Column("copy_of", sa.Text()),
    sa.Column("seen_ms", sa.BigInteger()),
    sa.Column("waiting", sa.BigInteger()),
    sa.Column("waiting_since", sa.Text()),
    sa.Column("clock_ahead_s", sa.BigInteger()),
    sa.Column("replayed", sa.BigInteger()),
    sa.UniqueConstraint("committee_id", "number"),
)
"""Enrolled devices; ``committee_id`` may be empty.

``copy_of`` is the device whose identity it left because another had it too; ``seen_ms``, ``waiting`` and
``waiting_since`` are what it said when it was last here, ``clock_ahead_s`` how far its clock was before ours then;
``replayed`` counts events that it sent again."""

device_person = sa.Table(
    "device_person",
    metadata,
    sa.Column("device_id", sa.Text(), sa.ForeignKey("device.id"), primary_key=True),
    sa.Column("person_id", sa.Text(), primary_key=True),
    sa.Column("bound_ms", sa.BigInteger(), nullable=False),
    sa.Column("unbound_ms", sa.BigInteger()),
)

committee_left = sa.Table(
    "committee_left",
    metadata,
    sa.Column("committee_id", sa.Text(), primary_key=True),
    sa.Column("region", sa.Text(), primary_key=True),
    sa.Column("left_ms", sa.BigInteger(), nullable=False),
)
"""The regions that a committee was moved out of: what was made there may arrive much later."""

account = sa.Table(
    "account",
    metadata,
    sa.Column("person_id", sa.Text(), primary_key=True),
    sa.Column("username", sa.Text(), nullable=False, unique=True),
    sa.Column("password", sa.Text(), nullable=False),
)
"""Who may sign in; ``password`` is an argon2id string and names its own parameters."""

attempt = sa.Table(
    "attempt",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("device_id", sa.Text(), sa.ForeignKey("device.id"), nullable=False),
    sa.Column("username", sa.Text(), nullable=False),
    sa.Column("at_ms", sa.BigInteger(), nullable=False),
    sa.Index(None, "device_id", "at_ms"),
)
"""Wrong passwords of late, to slow down whoever guesses."""

enrol_code = sa.Table(
    "enrol_code",
    metadata,
    sa.Column("hash", sa.Text(), primary_key=True),
    sa.Column("committee_id", sa.Text(), nullable=False),
    sa.Column("expires_ms", sa.BigInteger(), nullable=False),
    sa.Column("used_by", sa.Text(), sa.ForeignKey("device.id")),
)

nonce = sa.Table(
    "nonce",
    metadata,
    sa.Column("nonce", sa.Text(), primary_key=True),
    sa.Column("device_id", sa.Text(), sa.ForeignKey("device.id"), nullable=False),
    sa.Column("expires_ms", sa.BigInteger(), nullable=False),
)

token = sa.Table(
    "token",
    metadata,
    sa.Column("hash", sa.Text(), primary_key=True),
    sa.Column("device_id", sa.Text(), sa.ForeignKey("device.id"), nullable=False),
    sa.Column("expires_ms", sa.BigInteger(), nullable=False),
)

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("event_id", sa.Text(), primary_key=True),
    sa.Column("device_id", sa.Text(), sa.ForeignKey("device.id"), nullable=False),
    sa.Column("n", sa.BigInteger(), nullable=False),
    sa.Column("sha256", sa.Text(), nullable=False),
    sa.Column("result", sa.LargeBinary(), nullable=False),
    sa.Column("received_ms", sa.BigInteger(), nullable=False),
    sa.UniqueConstraint("device_id", "n"),
)
"""Every event ever judged, with its final result as it was answered; never its body. Kept for ever."""

blob = sa.Table(
    "blob",
    metadata,
    sa.Column("sha256", sa.Text(), primary_key=True),
    sa.Column("size", sa.BigInteger(), nullable=False),
    sa.Column("offset", sa.BigInteger(), nullable=False),
    sa.Column("complete_ms", sa.BigInteger()),
)
"""Evidence on the centre's disk: ``offset`` bytes are safely there; complete once the whole was hashed right."""

blob_ref = sa.Table(
    "blob_ref",
    metadata,
    sa.Column("sha256", sa.Text(), primary_key=True),
    sa.Column("kind", sa.Text(), primary_key=True),
    sa.Column("id", sa.Text(), primary_key=True),
    sa.Index(None, "kind", "id"),  # what a row that is forgotten is looked for by
    # Deferred: a row gets its place in the feed last.
    sa.ForeignKeyConstraint(["kind", "id"], ["feed.kind", "feed.id"], deferrable=True, initially="DEFERRED"),
)
"""Which row names which evidence: who may read the row may read the evidence."""

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("at_ms", sa.BigInteger(), nullable=False),
    sa.Column("action", sa.Text(), nullable=False),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("device_id", sa.Text(), nullable=False),
    sa.Column("person_id", sa.Text(), nullable=False),
)
"""Who did what to accounts, devices and publications; events have the ledger."""
