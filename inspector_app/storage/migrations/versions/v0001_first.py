"""The first version of the cache.

Revision ID: 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

# Everything below is frozen: it says what this version was, and never follows the program as it goes on.

_APPLICATION_ID = 0x4D49444E

_TYPES: dict[str, Any] = {
    "text": sa.Text(),
    "integer": sa.Integer(),
    "real": sa.Float(),
    "boolean": sa.Boolean(),
    "bytes": sa.LargeBinary(),
    "json": sa.JSON(none_as_null=True),
}

# A table's columns: text unless said, ``*`` is (part of) its key, ``?`` may be null.
_ENVELOPE = "rev:integer? event_id? base:json?"
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
_OWN = {
    "meta": "key* value",
    "event": "id* n:integer kind record_id action user_id made_at line:bytes state laid:boolean trace result:json? "
    "settled_at?",
    "draft": "id* kind user_id record_id place_id? company_id? checklist_id revision:integer open_items:json? instance "
    "extra:json started_at saved_at",
    "evidence": "id* sha256 size:integer media_type role item owner fields:json state offset:integer problem "
    "created_at",
    "event_evidence": "event_id* sha256*",
    "member": "person_id* record:json bound_at",
    "aside": "kind* id* reason raw:json",
    "unseen": "kind* id*",
    "sync_log": "n:integer* at level code params:json",
    "setting": "user_id* key* value",
    "search_entry": "n:integer* kind id",
}

_INDEXES = (
    *((kind, "event_id") for kind in _RECORDS),
    ("code", "list position"),
    ("place", "region kind"),
    ("company", "state"),
    ("visit", "place_id"),
    ("visit", "company_id"),
    ("visit", "state submitted_at"),
    ("visit_revision", "visit_id"),
    ("finding", "visit_id"),
    ("finding", "place_id"),
    ("finding", "company_id"),
    ("decision", "visit_id"),
    ("case", "place_id"),
    ("case", "company_id"),
    ("case", "state due_at"),
    ("case_entry", "case_id"),
    ("contact", "case_id"),
    ("event", "state n"),
    ("event", "kind record_id n"),
    ("event", "trace"),
    ("draft", "user_id kind"),
    ("draft", "record_id"),
    ("evidence", "sha256"),
    ("evidence", "owner"),
    ("evidence", "state created_at"),
    ("event_evidence", "sha256"),
)

_SEARCH = (
    "CREATE VIRTUAL TABLE search USING fts5(key1, key2, content='', contentless_delete=1, prefix='2 3', "
    "tokenize='unicode61 remove_diacritics 0')",
    "INSERT INTO search (search, rank) VALUES ('secure-delete', 1)",
    "CREATE VIRTUAL TABLE search_word USING fts5vocab(search, 'row')",
)


def upgrade() -> None:
    """Make every table, and say whose database this is."""
    op.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    for kind, columns in _RECORDS.items():
        _make(kind, f"id* {columns} {_ENVELOPE}")
    for table, columns in _OWN.items():
        _make(table, columns, *_constraints(table))
    for table, columns in _INDEXES:
        names = columns.split()
        op.create_index("_".join(("ix", table, *names)), table, names)
    for statement in _SEARCH:
        op.execute(statement)


def _make(table: str, columns: str, *constraints: sa.Constraint) -> None:
    made = [_column(written) for written in columns.split()]
    op.create_table(table, *made, *constraints)


def _column(written: str) -> sa.Column[Any]:
    name, _, kind = written.rstrip("*?").partition(":")
    return sa.Column(name, _TYPES[kind or "text"], primary_key=written.endswith("*"), nullable=written.endswith("?"))


def _constraints(table: str) -> tuple[sa.Constraint, ...]:
    match table:
        case "event":
            states = "state IN ('waiting', 'parked', 'blocked', 'confirmed', 'refused')"
            return sa.CheckConstraint(states, name="event_state"), sa.UniqueConstraint("n", name="uq_event_n")
        case "evidence":
            states = "state IN ('draft', 'waiting', 'complete', 'failed', 'fetched')"
            return (sa.CheckConstraint(states, name="evidence_state"),)
        case "event_evidence":
            return (sa.ForeignKeyConstraint(["event_id"], ["event.id"], ondelete="CASCADE"),)
        case "search_entry":
            return (sa.UniqueConstraint("kind", "id", name="uq_search_entry_kind_id"),)
        case _:
            return ()
