"""Taking in what devices did: every event judged once, its result kept with its effect in one transaction."""

from __future__ import annotations

from typing import Any

import msgspec

import xforms
from sync.contract import effects, scopes, wire
from sync.contract import events as e
from sync.contract import records as r
from sync.contract.problems import Refused
from sync.domain import identity
from sync.domain.rules import Rules
from sync.server.services.centre import Centre
from sync.server.services.clock import milliseconds, text
from sync.server.services.forms import Forms
from sync.server.storage import devices, ledger
from sync.server.storage.devices import Device
from sync.server.storage.rows import Rows, writing

_MAX_N = 2**53
_WITHOUT_BODY = frozenset({"contact"})
"""Kinds whose text is kept nowhere but in their own row, which can be erased."""


class _Head(msgspec.Struct, frozen=True):
    """What has to be readable of an event before anything can be answered to it."""

    id: str
    n: int
    kind: str = ""
    record: str = ""
    action: str = ""
    user: str = ""


def push(centre: Centre, device: Device, body: bytes) -> wire.PushReply:
    """Judge a batch of events in the order sent.

    A refusal concerns one event. Anything unexpected undoes the whole batch, so that nothing is ever half done.

    Args:
        centre: The centre.
        device: Who brought the batch.
        body: zstd of NDJSON, an event a line.

    Raises:
        Refused: ``too_large`` or ``bad_request`` when the body cannot be taken apart.
    """
    lines = _lines(body)
    heads = [_head(number, line) for number, line in enumerate(lines, start=1)]
    with writing(centre.database) as rows:
        devices.lock(rows.connection, device.id)
        batch = _Batch(centre, device, rows)
        return wire.PushReply(
            results=tuple(batch.result_of(head, line) for head, line in zip(heads, lines, strict=True))
        )


def _lines(body: bytes) -> list[bytes]:
    try:
        lines = wire.decompress(body, wire.MAX_PUSH_BYTES)
    except wire.TooLarge as error:
        raise Refused("too_large", limit=str(wire.MAX_PUSH_BYTES)) from error
    except wire.BadPage as error:
        raise Refused("bad_request", detail=str(error)) from error
    if len(lines) > wire.BATCH_EVENTS:
        raise Refused("too_large", limit=f"{wire.BATCH_EVENTS} events")
    return lines


def _head(number: int, line: bytes) -> _Head:
    try:
        head = msgspec.json.decode(line, type=_Head)
    except (ValueError, RecursionError) as error:
        raise Refused("bad_request", line=str(number), detail=str(error)[:200]) from error
    if not (0 < len(head.id) <= 100 and 0 < head.n < _MAX_N):
        raise Refused("bad_request", line=str(number), detail="no usable id and n")
    return head


class _Book:
    """The rows of the open transaction, as the rules read them."""

    def __init__(self, rows: Rows, forms: Forms) -> None:
        self._rows = rows
        self._forms = forms
        self._rules: Rules | None = None

    def get(self, kind: str, record_id: str) -> r.Record | None:
        return self._rows.get(kind, record_id)

    def rules(self) -> Rules:
        if self._rules is None:  # no event changes them
            season = self._rows.newest("season")
            if not isinstance(season, r.Season):
                raise Refused("record_unknown", kind="season")
            self._rules = season.rules
        return self._rules

    def form(self, checklist_id: str) -> xforms.Form | None:
        checklist = self._rows.get("checklist", checklist_id)
        return self._forms.compiled(checklist) if isinstance(checklist, r.Checklist) else None


class _Batch:
    """One push within its transaction."""

    def __init__(self, centre: Centre, device: Device, rows: Rows) -> None:
        now = centre.clock()
        self._device = device
        self._rows = rows
        self._book = _Book(rows, centre.forms)
        self._people = devices.people(rows.connection, device.id)
        self._received_at = text(now)
        self._received_ms = milliseconds(now)

    def result_of(self, head: _Head, line: bytes) -> e.EventResult:
        """The final result of one event: the one it got before, or the one it gets now."""
        body_hash = e.body_hash(line)
        before = ledger.look_up(self._rows.connection, head.id, self._device.id, head.n)
        if before is not None:
            if before.event_id != head.id:
                return self._refused_id(head, "number_reused")
            return before.result if before.sha256 == body_hash else self._refused_id(head, "event_id_reused")
        result = self._judge(head, line)
        if result.outcome != "blocked":
            entry = ledger.Entry(head.id, self._device.id, head.n, body_hash, result)
            ledger.write(self._rows.connection, entry, self._received_ms)
        return result

    def _refused_id(self, head: _Head, code: str) -> e.EventResult:
        """Refuse an event whose id or number is another's; the ledger has its place taken already."""
        return e.EventResult(id=head.id, outcome="rejected", code=code, received_at=self._received_at)

    def _judge(self, head: _Head, line: bytes) -> e.EventResult:
        try:
            event = _decoded(line)
            waiting = ledger.missing(self._rows.connection, event.depends_on)
            if waiting:
                return e.EventResult(id=event.id, outcome="blocked", blocked_by=waiting)
            with self._rows.savepoint():
                effect = self._apply(event)
        except Refused as refused:
            return self._refuse(head, line, refused)
        outcome: e.Outcome = "merged" if effect.merged else "applied"
        return e.EventResult(id=event.id, outcome=outcome, received_at=self._received_at, flags=effect.flags)

    def _apply(self, event: e.Event) -> effects.Effect:
        person = self._people.get(event.user)
        if person is None:
            raise Refused("user_not_on_device", user=event.user)
        effect = effects.effect_of(event, effects.Actor(person, at_centre=True), self._book)
        self._rows.put(effect.records, effect.scopes)
        return effect

    def _refuse(self, head: _Head, line: bytes, refused: Refused) -> e.EventResult:
        """Keep what a refused event said for the person who sent it."""
        event = _try_decode(line)
        secret = head.kind in _WITHOUT_BODY
        refusal = r.Refusal(
            id=head.id,
            event_kind=head.kind,
            action=head.action,
            record_id=head.record,
            by=head.user,
            device_id=self._device.id,
            at=event.made_at if event else self._received_at,
            code=refused.code,
            text="" if secret or event is None else effects.words_in(event, self._book),
            body="" if secret else _body(line),
        )
        self._rows.put([refusal], [scopes.user(head.user)], evidence=event.evidence if event else ())
        return e.EventResult(
            id=head.id,
            outcome="rejected",
            code=refused.code,
            fields=refused.fields,
            received_at=self._received_at,
        )


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
    if b"\\u0000" in line and _has_nul(event.data):
        raise Refused("event_malformed", detail="a text has a NUL character")
    return event


def _body(line: bytes) -> str:
    """What a refused event said, without what names the reporter of a case, whatever client wrote it."""
    try:
        whole = msgspec.json.decode(line, type=dict[str, Any])
    except (ValueError, RecursionError):  # bytes that are no text, or a depth that nobody can search for names
        return ""
    data = whole.get("data")
    kept = identity.scrub_reporter(data) if isinstance(data, dict) else data
    return line.decode(errors="replace") if kept == data else msgspec.json.encode({**whole, "data": kept}).decode()


def _try_decode(line: bytes) -> e.Event | None:
    try:
        return _decoded(line)
    except Refused:
        return None


def _has_nul(value: Any) -> bool:
    """Whether a text has U+0000, which PostgreSQL cannot store and no person ever typed."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(_has_nul(part) for part in value)
