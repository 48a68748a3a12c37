"""What a device keeps: a table for each record kind as the contract has it, and the device's own tables beside them."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from sync.contract import records

APPLICATION_ID: Final = 0x4D49444E
"""``MIDN``: what the header of the database says it is."""

metadata = sa.MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}
)

_JSON: Final = sa.JSON(none_as_null=True)
_TYPES: Final[dict[str, sa.types.TypeEngine[Any]]] = {
    "text": sa.Text(),
    "integer": sa.Integer(),
    "real": sa.Float(),
    "boolean": sa.Boolean(),
    "json": _JSON,
}

REV: Final = "rev"
EVENT: Final = "event_id"
BASE: Final = "base"
ENVELOPE: Final = (REV, EVENT, BASE)
"""What a row has beside its record.

``rev`` is the centre's revision of the row, NULL for one made here that the centre has not sent yet. ``event_id`` is
the last pending event that made or changed what is shown, NULL when the row is just what the centre sent. ``base`` is
the centre's version (JSON of the record) while pending events are laid over it, NULL otherwise.
"""

_INDEXES: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "code": (("list", "position"),),
    "place": (("region", "kind"),),
    "company": (("state",),),
    "visit": (("place_id",), ("company_id",), ("state", "submitted_at")),
    "visit_revision": (("visit_id",),),
    "finding": (("visit_id",), ("place_id",), ("company_id",)),
    "decision": (("visit_id",),),
    "case": (("place_id",), ("company_id",), ("state", "due_at")),
    "case_entry": (("case_id",),),
    "contact": (("case_id",),),
    "quarantined": (("state",),),
}


def _record_table(kind: str) -> sa.Table:
    columns = [
        sa.Column(column.name, _TYPES[column.type], primary_key=column.name == "id", nullable=column.nullable)
        for column in records.columns(kind)
    ]
    table = sa.Table(
        kind,
        metadata,
        *columns,
        sa.Column(REV, sa.Integer),
        sa.Column(EVENT, sa.Text, index=True),
        sa.Column(BASE, _JSON),
        sqlite_with_rowid=True,
    )
    for names in _INDEXES.get(kind, ()):
        sa.Index(None, *(table.c[name] for name in names))
    return table


RECORDS: Final[dict[str, sa.Table]] = {kind: _record_table(kind) for kind in records.KINDS}
"""The table of each record kind."""

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
"""Single facts about the device: its identity, cursors and counters."""

event = sa.Table(
    "event",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("record_id", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("line", sa.LargeBinary, nullable=False),  # the exact bytes that are hashed and sent
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("laid", sa.Boolean, nullable=False),  # whether its effect is (still) laid over the centre's rows
    sa.Column("trace", sa.Text, nullable=False),  # the id of the row by which the centre shows that it has applied it
    sa.Column("result", _JSON),
    sa.Column("settled_at", sa.Text),
    sa.Column("device_id", sa.Text, nullable=False),  # whose running number ``n`` is; empty for this device's own
    sa.Column("arrived", sa.Integer, nullable=False, unique=True),  # the order in which events came to be here
    sa.CheckConstraint(
        "state IN ('waiting', 'parked', 'blocked', 'confirmed', 'refused', 'held', 'carried')", name="event_state"
    ),
    sa.Index(None, "state", "arrived"),
    sa.Index(None, "kind", "record_id", "arrived"),
    sa.Index(None, "trace"),
    sa.Index(None, "device_id", "n"),
)
"""What was done here, and what came in bundles from other devices (``carried``), with what the centre said to it.

``held`` is in quarantine at the centre. A carried event is sent by its batch, word for word, never by itself.
"""

batch = sa.Table(
    "batch",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # SHA-256 of what is signed
    sa.Column("device_id", sa.Text, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    sa.Column("lines", sa.LargeBinary, nullable=False),  # zstd of the event lines, as they were signed
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'done', 'failed')", name="batch_state"),
)
"""Signed events of other devices, to be relayed to the centre as they are."""

transfer = sa.Table(
    "transfer",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("direction", sa.Text, nullable=False),  # 'in' or 'out'
    sa.Column("peer", sa.Text, nullable=False),  # the other device's id
    sa.Column("way", sa.Text, nullable=False),  # 'file' or 'nearby'
    sa.Column("events", sa.Integer, nullable=False),
    sa.Column("pieces", sa.Integer, nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
)
"""The bundles that came and went, for people to look up."""

draft = sa.Table(
    "draft",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # 'visit' or 'case'
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("record_id", sa.Text, nullable=False),
    sa.Column("place_id", sa.Text),
    sa.Column("company_id", sa.Text),
    sa.Column("checklist_id", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("open_items", _JSON),  # list of item codes; NULL: all of them
    sa.Column("instance", sa.Text, nullable=False),
    sa.Column("extra", _JSON, nullable=False),
    sa.Column("started_at", sa.Text, nullable=False),
    sa.Column("saved_at", sa.Text, nullable=False),
    sa.Index(None, "user_id", "kind"),
    sa.Index(None, "record_id"),
)
"""Work that was begun and not sent: nobody but this device knows of it."""

evidence = sa.Table(
    "evidence",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # also the name of the encrypted file
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),  # a draft, visit or case
    sa.Column("fields", _JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("offset", sa.Integer, nullable=False),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("read_at", sa.Text, nullable=False, server_default=""),  # when a fetched piece was last looked at
    sa.CheckConstraint("state IN ('draft', 'waiting', 'complete', 'failed', 'fetched')", name="evidence_state"),
    sa.Index(None, "sha256"),
    sa.Index(None, "owner"),
    sa.Index(None, "state", "created_at"),
)
"""Photos, voice notes and signatures: what each file holds, and how much of it the centre has."""

event_evidence = sa.Table(
    "event_evidence",
    metadata,
    sa.Column("event_id", sa.Text, sa.ForeignKey("event.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Index(None, "sha256"),
)
"""Which evidence came with which event: a piece goes only after its event is confirmed."""

member = sa.Table(
    "member",
    metadata,
    sa.Column("person_id", sa.Text, primary_key=True),
    sa.Column("record", _JSON, nullable=False),
    sa.Column("bound_at", sa.Text, nullable=False),
)
"""Who may use this device, as the centre said when the person proved himself to it."""

aside = sa.Table(
    "aside",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),  # 'unknown_kind', 'unknown_fields', 'malformed' or 'deleted'
    sa.Column("raw", _JSON, nullable=False),
    sa.Column("rev", sa.Integer),  # of a row that is not in its table because this version cannot read it
)
"""What the centre sent and this version cannot use yet: unknown kinds and fields, and deletions that must wait."""

unseen = sa.Table(
    "unseen",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
)
"""Rows that the centre has not named again since the feed was begun anew; what is left at its end goes."""

snapshot_frame = sa.Table("snapshot_frame", metadata, sa.Column("sha256", sa.Text, primary_key=True))
"""The frames of the snapshot under way that are in; the manifest itself is a fact of ``meta``."""

sync_log = sa.Table(
    "sync_log",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("params", _JSON, nullable=False),
)
"""What happened between device and centre, for support to read: no secret, no name."""

setting = sa.Table(
    "setting",
    metadata,
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),  # JSON; a column declared JSON would turn a number into no text
)
"""What each person chose for himself."""

search_entry = sa.Table(
    "search_entry",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("id", sa.Text, nullable=False),
    sa.UniqueConstraint("kind", "id"),
)
"""Which record each row of the full-text index is about."""

SEARCH_DDL: Final = (
    # Contentless: the index holds folded words only, the records themselves are read by id.
    "CREATE VIRTUAL TABLE search USING fts5(key1, key2, content='', contentless_delete=1, prefix='2 3', "
    "tokenize='unicode61 remove_diacritics 0')",
    "INSERT INTO search (search, rank) VALUES ('secure-delete', 1)",
    "CREATE VIRTUAL TABLE search_word USING fts5vocab(search, 'row')",
)
"""The full-text index, which SQLAlchemy has no words for."""

SEARCH_TABLES: Final = ("search", "search_word")
"""Its virtual tables; those whose names begin with one of them and ``_`` are SQLite's own."""
