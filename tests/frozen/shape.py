"""The shape of everything that leaves a device or stays on it, a line for each part, to be held against later ones."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator

import msgspec
import sqlalchemy as sa

from inspector_app.storage import keyslots, migrations
from sync.contract import events, problems, records, wire

_KEPT_ADDRESSES = ("HELLO", "ENROL", "NONCE", "TOKEN", "BIND", "PUSH", "CHANGES", "BLOBS")
_KEPT_NAMES = ("NDJSON_ZSTD", "JSON", "UPLOAD", "OFFSET", "LENGTH", "COMPLETE", "SERVER_TIME", "VERSION")


def lines(conn: sa.Connection) -> list[str]:
    """Today's shape, sorted; ``conn`` is to a cache at its newest revision."""
    found = [*_records(), *_messages(), *_events(), *_problems(), *_addresses(), *_cache(conn)]
    return sorted(set(found))


def lost(frozen: Iterable[str], today: Iterable[str]) -> list[str]:
    """What was in the frozen shape and is not in today's; nothing may ever be."""
    return sorted(set(frozen) - set(today))


def newly_required(frozen: Iterable[str], today: Iterable[str]) -> list[str]:
    """Fields of a frozen struct that have to be there now and were not known then: nobody who is older sends them."""
    then = set(frozen)
    known = {_struct(line) for line in then}
    return sorted(line for line in set(today) - then if line.endswith(" required") and _struct(line) in known)


def _struct(line: str) -> str:
    return line.partition(" ")[0] + " " + line.rpartition(".")[0].partition(" ")[2]


def _records() -> Iterator[str]:
    for kind in records.KINDS:
        for column in records.columns(kind):
            yield f"record {kind}.{column.name} {column.type}{' null' if column.nullable else ''}"
    for name, part in inspect.getmembers(records, inspect.isclass):
        if issubclass(part, records.Part) and part is not records.Part:
            yield from _fields("part", name, part)


def _messages() -> Iterator[str]:
    for name, message in inspect.getmembers(wire, inspect.isclass):
        if issubclass(message, msgspec.Struct) and not name.startswith("_"):
            yield from _fields("message", name, message)
    yield from _fields("message", "Event", events.Event)
    yield from _fields("message", "EventResult", events.EventResult)
    yield from _fields("message", "ProblemBody", problems.ProblemBody)
    yield from _fields("file", "keyslots.json", keyslots.KeySlots)
    yield from _fields("file", "keyslots.json slot", keyslots.Slot)


def _events() -> Iterator[str]:
    for (kind, action), payload in events.PAYLOADS.items():
        yield from _fields("payload", f"{kind}.{action}", payload)


def _fields(what: str, name: str, shape: type[msgspec.Struct]) -> Iterator[str]:
    for field in msgspec.structs.fields(shape):
        yield f"{what} {name}.{field.encode_name} {'required' if field.required else 'optional'}"


def _problems() -> Iterator[str]:
    for code, problem in problems.PROBLEMS.items():
        yield f"problem {problem.number} {code} {problem.status}"


def _addresses() -> Iterator[str]:
    for name in (*_KEPT_ADDRESSES, *_KEPT_NAMES):
        yield f"wire {name} {getattr(wire, name)}"


def _cache(conn: sa.Connection) -> Iterator[str]:
    yield from (f"revision {revision}" for revision in migrations.REVISIONS)
    found = sa.inspect(conn)
    for table in found.get_table_names():
        for column in found.get_columns(table):
            yield f"table {table}.{column['name']} {column['type']}{'' if column['nullable'] else ' not null'}"
