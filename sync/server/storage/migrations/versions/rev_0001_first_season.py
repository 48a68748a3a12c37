"""The tables of the first season."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

_TYPES: dict[str, Any] = {
    "text": sa.Text(),
    "integer": sa.BigInteger(),
    "real": sa.Double(),
    "json": sa.JSON(none_as_null=True),
}

# Frozen: the columns after ``id`` as they were in this revision; text unless said, ``?`` may be null.
_RECORDS = {
    "season": "name_ar name_en rules:json",
    "code": "list code name_ar name_en severity parent position:integer",
    "committee": "number:integer region name_ar name_en",
    "person": "name_ar name_en role committee_id? regions:json",
    "checklist": "form_id version inspection_type title_ar title_en effective_from xform",
    "company": "name_ar name_en licence state licence_expires? guarantee_expires? grade kind city phone "
    "staff_required:json packages:json contracts:json",
    "place": "kind name_ar name_en region city lat:real? lon:real? confidence capacity:integer? stars:integer? "
    "tourism_licence distance_haram_m:integer? lodged_companies:json source flags:json",
    "visit": "number inspection_type checklist_id place_id? company_id? committee_id region inspector_id state "
    "revision:integer started_at submitted_at percent:real? result findings:integer worst flags:json",
    "visit_revision": "visit_id revision:integer author_id submitted_at instance attachments:json signature:json "
    "members:json fix:json? note percent:real? result",
    "finding": "visit_id revision:integer item severity violation answer note deadline place_id? company_id? region",
    "decision": "visit_id revision:integer action by at text remarks:json",
    "case": "number kind category priority state text committee_id region opened_by opened_at due_at subcategory "
    "reporter language place_id? company_id? visit_id? fix:json? attachments:json flags:json",
    "case_entry": "case_id action by at text from_state to_state",
    "contact": "case_id name phone language",
    "refusal": "event_kind action record_id by device_id at code text body",
}


def upgrade() -> None:
    for kind, columns in _RECORDS.items():
        op.create_table(
            f"record_{kind}",
            sa.Column("id", sa.Text(), nullable=False),
            *(_column(column) for column in columns.split()),
            sa.PrimaryKeyConstraint("id", name=f"pk_record_{kind}"),
        )
    _feed()
    _devices()
    _access()
    _books()


def _column(written: str) -> sa.Column[Any]:
    name, _, kind = written.removesuffix("?").partition(":")
    return sa.Column(name, _TYPES[kind or "text"], nullable=written.endswith("?"))


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _counter() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _of_device(table: str, column: str = "device_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["device.id"], name=f"fk_{table}_{column}")


def _of_row(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["kind", "id"], ["feed.kind", "feed.id"], name=f"fk_{table}_kind_id", deferrable=True, initially="DEFERRED"
    )


def _feed() -> None:
    op.create_table(
        "feed",
        _text("kind"),
        _text("id"),
        _whole("seq"),
        _whole("rev"),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_feed"),
        sa.UniqueConstraint("seq", name="uq_feed_seq"),
    )
    op.create_table(
        "row_scope",
        _text("kind"),
        _text("id"),
        _text("scope"),
        sa.Column("gone", sa.Boolean(), nullable=False),
        _of_row("row_scope"),
        sa.PrimaryKeyConstraint("kind", "id", "scope", name="pk_row_scope"),
    )
    op.create_table(
        "blob_ref",
        _text("sha256"),
        _text("kind"),
        _text("id"),
        _of_row("blob_ref"),
        sa.PrimaryKeyConstraint("sha256", "kind", "id", name="pk_blob_ref"),
    )
    sequence = op.create_table(
        "sequence", _text("name"), _whole("value"), sa.PrimaryKeyConstraint("name", name="pk_sequence")
    )
    op.bulk_insert(sequence, [{"name": "feed", "value": 0}])


def _devices() -> None:
    op.create_table(
        "device",
        _text("id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("committee_id"),
        _text("name"),
        _text("public_key"),
        _text("client"),
        _whole("enrolled_ms"),
        _whole("revoked_ms", nullable=True),
        sa.Column("feed_scopes", sa.JSON(none_as_null=True)),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
        sa.UniqueConstraint("committee_id", "number", name="uq_device_committee_id_number"),
        sa.UniqueConstraint("public_key", name="uq_device_public_key"),
    )
    op.create_table(
        "device_person",
        _text("device_id"),
        _text("person_id"),
        _whole("bound_ms"),
        _whole("unbound_ms", nullable=True),
        _of_device("device_person"),
        sa.PrimaryKeyConstraint("device_id", "person_id", name="pk_device_person"),
    )
    op.create_table(
        "enrol_code",
        _text("hash"),
        _text("committee_id"),
        _whole("expires_ms"),
        _text("used_by", nullable=True),
        _of_device("enrol_code", "used_by"),
        sa.PrimaryKeyConstraint("hash", name="pk_enrol_code"),
    )


def _access() -> None:
    op.create_table(
        "account",
        _text("person_id"),
        _text("username"),
        _text("password"),
        sa.PrimaryKeyConstraint("person_id", name="pk_account"),
        sa.UniqueConstraint("username", name="uq_account_username"),
    )
    op.create_table(
        "attempt",
        _counter(),
        _text("device_id"),
        _text("username"),
        _whole("at_ms"),
        _of_device("attempt"),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
    )
    op.create_index("ix_attempt_device_id_at_ms", "attempt", ["device_id", "at_ms"])
    for table, key in (("nonce", "nonce"), ("token", "hash")):
        op.create_table(
            table,
            _text(key),
            _text("device_id"),
            _whole("expires_ms"),
            _of_device(table),
            sa.PrimaryKeyConstraint(key, name=f"pk_{table}"),
        )


def _books() -> None:
    op.create_table("meta", _text("key"), _text("value"), sa.PrimaryKeyConstraint("key", name="pk_meta"))
    op.create_table(
        "ledger",
        _text("event_id"),
        _text("device_id"),
        _whole("n"),
        _text("sha256"),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        _whole("received_ms"),
        _of_device("ledger"),
        sa.PrimaryKeyConstraint("event_id", name="pk_ledger"),
        sa.UniqueConstraint("device_id", "n", name="uq_ledger_device_id_n"),
    )
    op.create_table(
        "blob",
        _text("sha256"),
        _whole("size"),
        _whole("offset"),
        _whole("complete_ms", nullable=True),
        sa.PrimaryKeyConstraint("sha256", name="pk_blob"),
    )
    op.create_table(
        "audit",
        _counter(),
        _whole("at_ms"),
        _text("action"),
        _text("subject"),
        _text("device_id"),
        _text("person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
