"""Drafts: work that was begun and not sent, on disk after every answer, known to this device alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from inspector_app.storage import texts
from inspector_app.storage.tables import draft as table
from sync.contract import records as r


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One draft.

    Attributes:
        id: Its own id; evidence gathered for it is owned by it.
        kind: ``visit`` or ``case``.
        user_id: Whose it is; may be handed over.
        record_id: The visit or case it will become, or of which it is the next revision.
        place_id: Where, if chosen.
        company_id: Whose, if chosen.
        checklist_id: Of a visit: ``form@version``.
        revision: Of a visit: which revision it will be.
        open_items: Of a correction: the item codes that may be changed; None for all.
        instance: Of a visit: the XForms instance, exactly, with what is not relevant now.
        extra: What else the draft holds (signature, note, fields of a case), as the service that writes it knows.
        started_at: When it was begun.
        saved_at: When it was last written.
    """

    id: str
    kind: Literal["visit", "case"]
    user_id: str
    record_id: str
    started_at: r.Moment
    saved_at: r.Moment
    place_id: str | None = None
    company_id: str | None = None
    checklist_id: str = ""
    revision: int = 1
    open_items: tuple[str, ...] | None = None
    instance: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


def save(conn: sa.Connection, draft: Draft) -> None:
    """Write a draft, new or changed."""
    values = texts.clean(msgspec.to_builtins(draft))
    statement = insert(table).values(values)
    changed = {name: statement.excluded[name] for name in values if name != "id"}
    conn.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed))


def save_answers(conn: sa.Connection, draft_id: str, instance: str, at: r.Moment) -> bool:
    """Write the answers of a draft alone, the thing done most often; False when there is no such draft."""
    done = conn.exec_driver_sql("UPDATE draft SET instance = ?, saved_at = ? WHERE id = ?", (instance, at, draft_id))
    return done.rowcount == 1


def get(conn: sa.Connection, draft_id: str) -> Draft | None:
    """One draft, or None."""
    return next(iter(_read(conn, sa.select(table).where(table.c.id == draft_id))), None)


def of_user(conn: sa.Connection, user_id: str, kind: Literal["visit", "case"]) -> tuple[Draft, ...]:
    """A person's drafts of a kind, last saved first."""
    wanted = sa.select(table).where(table.c.user_id == user_id, table.c.kind == kind)
    return _read(conn, wanted.order_by(table.c.saved_at.desc(), table.c.id))


def of_record(conn: sa.Connection, record_id: str) -> tuple[Draft, ...]:
    """The drafts that will become, or correct, one record."""
    return _read(conn, sa.select(table).where(table.c.record_id == record_id).order_by(table.c.started_at, table.c.id))


def hand_over(conn: sa.Connection, draft_id: str, to_user: str, at: r.Moment) -> bool:
    """Make a draft another person's; False when there is no such draft."""
    done = conn.exec_driver_sql("UPDATE draft SET user_id = ?, saved_at = ? WHERE id = ?", (to_user, at, draft_id))
    return done.rowcount == 1


def delete(conn: sa.Connection, draft_id: str) -> None:
    """Remove a draft; nothing happens when it is not there."""
    conn.exec_driver_sql("DELETE FROM draft WHERE id = ?", (draft_id,))


def _read(conn: sa.Connection, wanted: sa.Select[Any]) -> tuple[Draft, ...]:
    # A column's name is a subclass of str, which msgspec takes for no key.
    found = ({str(name): value for name, value in row.items()} for row in conn.execute(wanted).mappings())
    return tuple(msgspec.convert(row, Draft) for row in found)
