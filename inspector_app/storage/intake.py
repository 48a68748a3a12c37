"""Rows of the centre put in by the thousand: checked, written and made findable in bulk, whatever they came in."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa

from inspector_app.storage import carried, delivery, log, projection, rows, search
from sync.contract import records as r

Arrived = Sequence[Any]
"""One row as it came: ``id``, ``rev``, then the values of the columns that came with it."""

_QUARANTINED: Final = "quarantined"


class Rows(NamedTuple):
    """Rows of one kind; ``columns`` name what follows ``id`` and ``rev`` in each, ``gone`` are ids of deleted rows."""

    kind: str
    columns: tuple[str, ...]
    arrived: Sequence[Arrived]
    gone: Sequence[str] = ()


def take(conn: sa.Connection, bulk: Iterable[Rows], at: r.Moment, *, newer_only: bool = False) -> None:
    """Put rows in, lay pending events over them again, and settle what they show.

    Args:
        conn: A write transaction.
        bulk: The rows, each kind once.
        at: The device's clock.
        newer_only: Keep a row that is here with a higher revision: these may be older than what the feed has brought.
    """
    shown = False
    for some in sorted(bulk, key=lambda some: _ORDER.get(some.kind, len(_ORDER))):
        if not some.arrived and not some.gone:
            continue
        _named_again(conn, some)
        if some.kind in r.KINDS:
            _take(conn, some, at, newer_only=newer_only)
            shown = shown or some.kind in projection.TRACES
        else:
            _keep_unknown(conn, some)
    if shown:
        carried.seen(conn, at)


def lose(conn: sa.Connection, kind: str, record_ids: Sequence[str]) -> None:
    """Remove rows that the centre no longer names; under pending work they go as soon as that is settled."""
    named = [(kind, record_id) for record_id in record_ids]
    if not named:
        return
    conn.exec_driver_sql("DELETE FROM unseen WHERE kind = ? AND id = ?", named)
    conn.exec_driver_sql("DELETE FROM aside WHERE kind = ? AND id = ?", named)
    if kind in r.KINDS:
        held = {record_id for head, record_id in _laid_heads(conn, kind, record_ids) if head == kind}
        with _readers_follow(conn, kind, record_ids):
            rows.delete(conn, kind, [record_id for record_id in record_ids if record_id not in held])
        _delete_later(conn, kind, held)


_ORDER: Final = {kind: place for place, kind in enumerate(r.KINDS)}
"""In which order kinds are put in: one may refer to those before it."""


def _named_again(conn: sa.Connection, some: Rows) -> None:
    """Take the rows out of what the centre has not named, and of what was kept aside of an older version of them."""
    for table in ("unseen", "aside"):
        kept = conn.exec_driver_sql(f"SELECT 1 FROM {table} WHERE kind = ? LIMIT 1", (some.kind,))  # noqa: S608 - ours
        if kept.first() is not None:
            named = [(some.kind, row_id) for row_id in (*(row[0] for row in some.arrived), *some.gone)]
            conn.exec_driver_sql(f"DELETE FROM {table} WHERE kind = ? AND id = ?", named)  # noqa: S608 - ours


def _take(conn: sa.Connection, some: Rows, at: r.Moment, *, newer_only: bool) -> None:
    kind = some.kind
    shape = _shape(kind, some.columns)
    _keep_unknown_fields(conn, kind, shape, some.arrived)
    checked = _checked(conn, kind, shape, some.arrived, at)
    ids = [row[0] for row in checked]
    heads = _laid_heads(conn, kind, [*ids, *some.gone])
    held = {record_id for head, record_id in heads if head == kind}
    with _readers_follow(conn, kind, [*ids, *some.gone]):
        _write(conn, kind, shape, checked, newer_only=newer_only)
        rows.delete(conn, kind, [row_id for row_id in some.gone if row_id not in held])
    _delete_later(conn, kind, (row_id for row_id in some.gone if row_id in held))
    traces = _traces(conn, kind, ids) if heads and kind in projection.TRACES else []
    if traces:
        # What is in quarantine has the id of its event, and so has the row by which that shows once it is accepted.
        same = "=" if kind == _QUARANTINED else "<>"
        conn.exec_driver_sql(
            f"UPDATE event SET laid = 0 WHERE trace = ? AND kind {same} '{_QUARANTINED}'",  # noqa: S608 - our words
            [(row_id,) for row_id in traces],
        )
    for head, record_id in sorted(heads, key=projection.reading_order):
        projection.refresh(conn, head, record_id)
    if kind == _QUARANTINED:
        delivery.decided(conn, list(_held(conn, ids)), at)


@contextmanager
def _readers_follow(conn: sa.Connection, kind: str, ids: Sequence[str]) -> Iterator[None]:
    """Work out anew what is shown of the heads whose events read rows of the register that are another afterwards.

    A restart names every row again, most of them as they were: those move nothing.
    """
    if not projection.reads_register(conn, kind):
        yield
        return
    before = {row_id: rows.get(conn, kind, row_id) for row_id in ids}
    yield
    changed = [row_id for row_id, record in before.items() if rows.get(conn, kind, row_id) != record]
    heads = projection.readers(conn, kind, changed) if changed else set()
    for head, record_id in sorted(heads, key=projection.reading_order):
        projection.refresh(conn, head, record_id)


def _traces(conn: sa.Connection, kind: str, ids: Sequence[str]) -> Sequence[str]:
    """Those of some rows of the centre that show an event applied: of what is in quarantine, only what was decided."""
    if kind != _QUARANTINED:
        return ids
    return [held.id for held in _held(conn, ids) if held.state != "open"]


def _held(conn: sa.Connection, ids: Iterable[str]) -> Iterator[r.Quarantined]:
    """The centre's own version of rows of the quarantine."""
    for row_id in ids:
        record = projection.from_centre(rows.get_row(conn, _QUARANTINED, row_id))
        if isinstance(record, r.Quarantined):
            yield record


def _laid_heads(conn: sa.Connection, kind: str, ids: Iterable[str]) -> set[tuple[str, str]]:
    """The heads whose shown rows some arriving rows may change."""
    pending = conn.exec_driver_sql("SELECT kind, record_id, trace FROM event WHERE laid").all()
    arriving = set(ids) if pending else set()
    return {
        (head, record_id)
        for head, record_id, trace in pending
        if (head == kind and record_id in arriving) or trace in arriving
    }


# ----------------------------------------------------------------------------------------------------- how they fit


class _Shape(NamedTuple):
    """How rows with certain columns become rows of a table.

    ``pick`` takes what is known out of a row (None: all of it, in order); ``forms`` is the type of a list of what it
    takes (None: a column is missing that has to be there); ``texts`` are the places of JSON; ``rest`` is what the
    columns that did not come hold; ``known`` are those that came; ``names`` are all, in the order of the statements.
    """

    pick: Callable[[Arrived], Arrived] | None
    forms: Any
    texts: tuple[int, ...]
    rest: tuple[Any, ...]
    unknown: tuple[tuple[int, str], ...]
    known: tuple[str, ...]
    names: tuple[str, ...]
    insert: str
    put: str


@cache
def _shape(kind: str, columns: tuple[str, ...]) -> _Shape:
    record = r.KINDS[kind]
    hints = typing.get_type_hints(record)
    own = {column.name: column for column in r.columns(kind)[1:]}
    known = tuple(name for name in columns if name in own)
    missing = [name for name in own if name not in known]
    defaults = {field.name: field.default for field in msgspec.structs.fields(record)}
    whole = all(defaults[name] is not msgspec.NODEFAULT for name in missing) and len(set(known)) == len(known)
    places = [0, 1, *(place for place, name in enumerate(columns, start=2) if name in own)]
    names = ("id", "rev", *known, *missing)
    listed, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in names[1:])
    # Every name comes from the contract's own types, never from what was received.
    insert = f'INSERT INTO "{kind}" ({listed}) VALUES ({marks}) ON CONFLICT (id) DO '  # noqa: S608
    return _Shape(
        pick=None if len(places) == len(columns) + 2 else itemgetter(*places),
        forms=list[tuple[(str, int, *(hints[name] for name in known))]] if whole else None,  # type: ignore[misc]  # made here
        texts=tuple(place for place, name in enumerate(known, start=2) if own[name].type == "json"),
        rest=tuple(_stored(own[name], defaults[name]) for name in missing) if whole else (),
        unknown=tuple((place, name) for place, name in enumerate(columns, start=2) if name not in own),
        known=known,
        names=names,
        insert=f"{insert}NOTHING",
        put=f"{insert}UPDATE SET {changed}, event_id = NULL, base = NULL",
    )


def _stored(column: r.Column, value: Any) -> Any:
    return msgspec.json.encode(value).decode() if column.type == "json" and value is not None else value


def _checked(
    conn: sa.Connection, kind: str, shape: _Shape, arrived: Sequence[Arrived], at: r.Moment
) -> list[tuple[Any, ...]]:
    """The rows as their table takes them; those that do not fit are set aside, and are no reason to stop."""
    picked = arrived if shape.pick is None else [shape.pick(row) for row in arrived]
    good: list[tuple[Any, ...]]
    try:
        good = msgspec.convert(picked, shape.forms) if shape.forms is not None else []
        singly = picked if shape.forms is None else []
    except msgspec.ValidationError:
        good, singly = [], picked
    for row in singly:
        fault = _fault(kind, shape, row)
        if fault is None:
            good.append(msgspec.convert([row], shape.forms)[0])
        else:
            _malformed(conn, kind, shape, row, fault, at)
    return [_texts(row, shape) for row in good] if shape.texts or shape.rest else good


def _texts(row: Sequence[Any], shape: _Shape) -> tuple[Any, ...]:
    stored = [*row, *shape.rest]
    for place in shape.texts:
        value = stored[place]
        if value == ():
            stored[place] = "[]"
        elif value is not None:
            stored[place] = msgspec.json.encode(value).decode()
    return tuple(stored)


def _fault(kind: str, shape: _Shape, row: Arrived) -> str | None:
    """What is wrong with one row, by the name of its field; None where nothing is."""
    row_id, rev, *values = row
    try:
        msgspec.convert(rev, int)
        r.from_row(kind, {**dict(zip(shape.known, values, strict=True)), "id": row_id})
    except msgspec.ValidationError as error:
        return str(error)
    return None


def _malformed(conn: sa.Connection, kind: str, shape: _Shape, row: Arrived, fault: str, at: r.Moment) -> None:
    row_id, rev, *values = row
    raw = dict(zip(shape.known, values, strict=True))
    _aside(conn, kind, row_id, "malformed", raw, rev if isinstance(rev, int) else None)
    log.note(conn, at, "error", "row_malformed", {"kind": kind, "id": str(row_id), "detail": fault})


def _keep_unknown_fields(conn: sa.Connection, kind: str, shape: _Shape, arrived: Sequence[Arrived]) -> None:
    for row in arrived if shape.unknown else ():
        _aside(conn, kind, row[0], "unknown_fields", {name: row[place] for place, name in shape.unknown}, None)


def _keep_unknown(conn: sa.Connection, some: Rows) -> None:
    for row_id, rev, *values in some.arrived:
        _aside(conn, some.kind, row_id, "unknown_kind", dict(zip(some.columns, values, strict=True)), rev)


def _aside(conn: sa.Connection, kind: str, record_id: str, reason: str, raw: dict[str, Any], rev: int | None) -> None:
    conn.exec_driver_sql(
        "INSERT OR REPLACE INTO aside (kind, id, reason, raw, rev) VALUES (?, ?, ?, ?, ?)",
        (kind, record_id, reason, msgspec.json.encode(raw).decode(), rev),
    )


def _delete_later(conn: sa.Connection, kind: str, record_ids: Iterable[str]) -> None:
    """Remember rows that go as soon as nothing pending is laid over them; ``projection`` carries it out."""
    waits = [(kind, record_id) for record_id in record_ids]
    if waits:
        conn.exec_driver_sql(
            "INSERT OR REPLACE INTO aside (kind, id, reason, raw) VALUES (?, ?, 'deleted', 'null')", waits
        )


# ------------------------------------------------------------------------------------------------- into their table


def _write(
    conn: sa.Connection, kind: str, shape: _Shape, checked: Sequence[tuple[Any, ...]], *, newer_only: bool
) -> None:
    if not checked:
        return
    if conn.exec_driver_sql(shape.insert, checked).rowcount == len(checked):  # none of them was here: the usual case
        search.add(conn, kind, _said(kind, shape, checked))
    else:
        _replace(conn, kind, shape, checked, newer_only=newer_only)


def _replace(
    conn: sa.Connection, kind: str, shape: _Shape, checked: Sequence[tuple[Any, ...]], *, newer_only: bool
) -> None:
    """Put rows over those that are there; only what is said otherwise than before is indexed anew."""
    fields = search.INDEXED.get(kind, ())
    names = ", ".join(("id", "rev", *fields))
    ids = msgspec.json.encode([row[0] for row in checked]).decode()
    here = {
        row_id: (rev, said)
        for row_id, rev, *said in conn.exec_driver_sql(
            f'SELECT {names} FROM "{kind}" WHERE id IN (SELECT value FROM json_each(?))',  # noqa: S608 - our names
            (ids,),
        )
    }
    if newer_only:
        checked = [row for row in checked if (here[row[0]][0] or 0) <= row[1]]
    if checked:
        conn.exec_driver_sql(shape.put, checked)
    indexed = search.known(conn, kind, ids)
    said = _said(kind, shape, checked)
    search.index_texts(conn, kind, (one for one in said if one[0] not in indexed or here[one[0]][1] != one[1]))


def _said(kind: str, shape: _Shape, checked: Sequence[tuple[Any, ...]]) -> list[tuple[str, list[str]]]:
    """What each row may be found by."""
    fields = search.INDEXED.get(kind)
    if fields is None:
        return []
    places = [shape.names.index(field) for field in fields]
    return [(row[0], [row[place] for place in places]) for row in checked]
