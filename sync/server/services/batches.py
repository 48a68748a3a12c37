"""A batch of events as it arrives: taken apart once, each line read as far as it can be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from sync.contract import events as e
from sync.contract import ids, wire
from sync.contract import records as r
from sync.contract.problems import Refused
from sync.server.storage.rows import Key

_MAX_N = 2**53
_NAMED = {
    "visit": {"place_id": "place", "company_id": "company", "checklist_id": "checklist"},
    "case": {"committee_id": "committee"},
    "contact": {"case_id": "case"},
}
"""What an event's data may name that is read to judge it, by the event's kind: which kind of row."""


class Head(msgspec.Struct, frozen=True):
    """What has to be readable of an event before anything can be answered to it."""

    id: str
    n: int
    kind: str = ""
    record: str = ""
    action: str = ""
    user: str = ""


class Arrived(NamedTuple):
    """A line of a batch; ``event`` is None where it is none, and ``refused`` says why."""

    head: Head
    line: bytes
    event: e.Event | None
    refused: Refused | None


def taken_apart(body: bytes) -> list[bytes]:
    """The lines of a body as it was sent.

    Raises:
        Refused: ``too_large`` or ``bad_request`` when it cannot be taken apart.
    """
    try:
        return wire.decompress(body, wire.MAX_PUSH_BYTES)
    except wire.TooLarge as error:
        raise Refused("too_large", limit=str(wire.MAX_PUSH_BYTES)) from error
    except wire.BadPage as error:
        raise Refused("bad_request", detail=str(error)) from error


def arrived(lines: list[bytes]) -> list[Arrived]:
    """Read the lines of a batch.

    Raises:
        Refused: ``too_large`` for too many, ``bad_request`` for a line to which nothing could be answered.
    """
    if len(lines) > wire.BATCH_EVENTS:
        raise Refused("too_large", limit=f"{wire.BATCH_EVENTS} events")
    return [_arrived(number, line) for number, line in enumerate(lines, start=1)]


def rows_named(event: e.Event) -> Iterator[Key]:
    """The rows that judging an event is going to read."""
    if event.kind in r.KINDS:
        yield event.kind, event.record
    revision = event.data.get("revision")
    if event.kind == "visit" and event.action != "submit" and isinstance(revision, int):
        yield "visit_revision", ids.revision_id(event.record, revision)
    for name, kind in _NAMED.get(event.kind, {}).items():
        named = event.data.get(name)
        if isinstance(named, str):
            yield kind, named


def _arrived(number: int, line: bytes) -> Arrived:
    try:
        event = _decoded(line)
        head = Head(event.id, event.n, event.kind, event.record, event.action, event.user)
        refused = None
    except Refused as error:
        event, head, refused = None, _head(number, line), error
    if not (0 < len(head.id) <= 100 and "\0" not in head.id and 0 < head.n < _MAX_N):
        raise Refused("bad_request", line=str(number), detail="no usable id and n")
    return Arrived(head, line, event, refused)


def _head(number: int, line: bytes) -> Head:
    try:
        head = msgspec.json.decode(line, type=Head)
    except (ValueError, RecursionError) as error:
        raise Refused("bad_request", line=str(number), detail=str(error)[:200]) from error
    words = (word.replace("\0", "") for word in (head.kind, head.record, head.action, head.user))
    return Head(head.id, head.n, *words)


def _decoded(line: bytes) -> e.Event:
    """An event from its line.

    Raises:
        Refused: ``too_large``, or ``event_malformed`` with what is wrong and where.
    """
    if len(line) > wire.MAX_EVENT_BYTES:
        raise Refused("too_large", limit=str(wire.MAX_EVENT_BYTES))
    try:
        event = e.decode(line)
    except (ValueError, RecursionError) as error:
        raise Refused("event_malformed", detail=str(error)[:200]) from error
    if b"\\u0000" in line and _has_nul(msgspec.to_builtins(event)):
        raise Refused("event_malformed", detail="a text has a NUL character")
    return event


def _has_nul(value: Any) -> bool:
    """Whether a text has U+0000, which PostgreSQL cannot store and no person ever typed."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(_has_nul(part) for part in value)
