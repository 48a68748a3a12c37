"""Full-text search over what may be looked up by name or number: folded words, prefixes, one wrong letter forgiven."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, Literal, NamedTuple

import msgspec
import sqlalchemy as sa
from rapidfuzz import process
from rapidfuzz.distance import OSA

from inspector_app.storage.tables import RECORDS
from sync.contract import records as r
from sync.domain import arabic

FEW_HITS: Final = 3
"""With fewer hits than this, one wrong letter in each word is forgiven."""
_MOST_SPELLINGS: Final = 40


class Hit(NamedTuple):
    """A record that was found."""

    kind: str
    id: str


INDEXED: Final[dict[str, tuple[str, ...]]] = {
    "company": ("name_ar", "name_en", "licence", "city"),
    "place": ("name_ar", "name_en", "tourism_licence", "city"),
    "visit": ("number",),
    "case": ("number", "text"),
}
"""The fields each kind is found by. Contacts are not here, and never may be."""


def index(conn: sa.Connection, kind: str, records: Iterable[r.Record]) -> None:
    """Make records findable by what they say now; kinds that are not looked up are left alone."""
    fields = INDEXED.get(kind)
    if fields is not None:
        index_texts(conn, kind, ((record.id, (getattr(record, field) for field in fields)) for record in records))


def add(conn: sa.Connection, kind: str, texts: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Make records findable that never were; as ``index_texts``, in bulk."""
    first = int(conn.exec_driver_sql("SELECT coalesce(max(n), 0) + 1 FROM search_entry").scalar_one())
    entries, keys = [], []
    for n, (record_id, said) in enumerate(texts, start=first):
        entries.append((n, kind, record_id))
        keys.append((n, *arabic.keys(" ".join(said))))
    if entries:
        conn.exec_driver_sql("INSERT INTO search_entry (n, kind, id) VALUES (?, ?, ?)", entries)
        conn.exec_driver_sql("INSERT INTO search (rowid, key1, key2) VALUES (?, ?, ?)", keys)


def known(conn: sa.Connection, kind: str, ids: str) -> frozenset[str]:
    """Which of some records (a JSON list of ids) are findable."""
    found = conn.exec_driver_sql(
        "SELECT id FROM search_entry WHERE kind = ? AND id IN (SELECT value FROM json_each(?))", (kind, ids)
    )
    return frozenset(found.scalars())


def index_texts(conn: sa.Connection, kind: str, texts: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Make records findable, each given by its id and what its ``INDEXED`` fields say."""
    entries, keys = [], []
    for record_id, said in texts:
        entries.append((kind, record_id))
        keys.append((*arabic.keys(" ".join(said)), kind, record_id))
    if entries:
        conn.exec_driver_sql("INSERT INTO search_entry (kind, id) VALUES (?, ?) ON CONFLICT DO NOTHING", entries)
        conn.exec_driver_sql(
            "INSERT OR REPLACE INTO search (rowid, key1, key2) "
            "SELECT n, ?, ? FROM search_entry WHERE kind = ? AND id = ?",
            keys,
        )


def forget(conn: sa.Connection, kind: str, record_ids: Iterable[str]) -> None:
    """Make records unfindable."""
    if kind in INDEXED:
        entries = [(kind, record_id) for record_id in record_ids]
        if entries:
            conn.exec_driver_sql(
                "DELETE FROM search WHERE rowid = (SELECT n FROM search_entry WHERE kind = ? AND id = ?)", entries
            )
            conn.exec_driver_sql("DELETE FROM search_entry WHERE kind = ? AND id = ?", entries)


def about(conn: sa.Connection, query: str, kind: Literal["visit", "case"]) -> frozenset[str]:
    """The visits or cases a question is about: by what they are found by themselves, by place, by company."""
    table = RECORDS[kind]
    meant: set[str] = set()
    for hit in find(conn, query, (kind, "place", "company")):
        if hit.kind == kind:
            meant.add(hit.id)
        else:
            meant.update(conn.execute(sa.select(table.c["id"]).where(table.c[f"{hit.kind}_id"] == hit.id)).scalars())
    return frozenset(meant)


def find(conn: sa.Connection, query: str, kinds: Collection[str] = (), limit: int = 200) -> tuple[Hit, ...]:
    """What a question finds, best first: every word of it begins a word of the record's.

    Args:
        conn: Where to look.
        query: As it was typed, in either script.
        kinds: Only these (none: all that are indexed).
        limit: The most hits to return.
    """
    keys = arabic.query_keys(query)
    if not keys.first:
        return ()
    found = _matching(conn, _expression(keys, _as_prefix), kinds, limit)
    if len(found) >= min(FEW_HITS, limit):
        return found
    spellings = _Spellings(conn)
    more = _matching(conn, _expression(keys, spellings.of), kinds, limit)
    return (*found, *(hit for hit in more if hit not in found))[:limit]


def _matching(conn: sa.Connection, expression: str, kinds: Collection[str], limit: int) -> tuple[Hit, ...]:
    wanted = msgspec.json.encode(tuple(kinds) or tuple(INDEXED)).decode()
    found = conn.exec_driver_sql(
        "SELECT kind, id FROM search JOIN search_entry ON n = search.rowid "
        "WHERE search MATCH ? AND kind IN (SELECT value FROM json_each(?)) ORDER BY bm25(search), n LIMIT ?",
        (expression, wanted, limit),
    )
    return tuple(Hit(kind, record_id) for kind, record_id in found)


def _expression(keys: arabic.QueryKeys, word: Callable[[str], str]) -> str:
    sides = [("key1", keys.first), ("key2", keys.second)]
    return " OR ".join(
        f"({{{column}}} : ({' AND '.join(word(asked) for asked in key.split())}))" for column, key in sides if key
    )


def _as_prefix(asked: str) -> str:
    return f'"{asked}" *'  # a folded word has letters and digits only


class _Spellings:
    """The words of the index that a word of a question may have been meant as."""

    def __init__(self, conn: sa.Connection) -> None:
        self._words: Sequence[str] = conn.exec_driver_sql("SELECT term FROM search_word").scalars().all()

    def of(self, asked: str) -> str:
        near = self._near(asked)
        return "(" + " OR ".join((_as_prefix(asked), *(f'"{word}"' for word in near))) + ")"

    def _near(self, asked: str) -> list[str]:
        """Narrowed down by the fast distance first; which are near enough, the domain's own rule says."""
        if len(asked) < arabic.LEAST_LETTERS or asked.isdigit():
            return []
        candidates: set[str] = set()
        for length in (len(asked) - 1, len(asked), len(asked) + 1):
            beginnings = [word[:length] for word in self._words]
            near = process.extract(asked, beginnings, scorer=OSA.distance, score_cutoff=1, limit=None)
            candidates.update(self._words[place] for _, _, place in near)
        allowed = (word for word in candidates if arabic.nearly_matches(asked, word))
        return sorted(allowed, key=lambda word: (OSA.distance(asked, word), word))[:_MOST_SPELLINGS]
