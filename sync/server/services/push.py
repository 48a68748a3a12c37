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
from sync.server.services import quarantine
from sync.server.services.batches import Arrived, Head, arrived, rows_named, taken_apart
from sync.server.services.centre import Centre
from sync.server.services.clock import milliseconds, text
from sync.server.services.forms import Forms
from sync.server.services.report_numbers import Numbers
from sync.server.storage import committees, devices, meta
from sync.server.storage.devices import Device, User
from sync.server.storage.ledger import Ledger
from sync.server.storage.rows import Rows, writing

WITHOUT_BODY = frozenset({"contact"})
"""Kinds whose text is kept nowhere but in their own row, which can be erased."""


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
    return judge(centre, device.id, taken_apart(body))


def judge(centre: Centre, device_id: str, lines: list[bytes]) -> wire.PushReply:
    """Judge the events of a device, whoever brought them.

    Raises:
        Refused: ``too_large``, ``bad_request``, ``device_unknown``.
    """
    batch = arrived(lines)
    with writing(centre.database) as rows:
        device = devices.lock(rows.connection, device_id)
        if device is None:
            raise Refused("device_unknown")
        results = _Batch(centre, device, rows).results_of(batch)
        return wire.PushReply(results=results, life=meta.get(rows.connection, "epoch"))


class _Book:
    """The rows of the open transaction, as the rules read them."""

    def __init__(self, rows: Rows, forms: Forms) -> None:
        self._rows = rows
        self._forms = forms
        self._rules: Rules | None = None

    def get(self, kind: str, record_id: str) -> r.Record | None:
        return self._rows.get(kind, record_id)

    def history(self, case_id: str) -> tuple[r.Record, ...]:
        return self._rows.hanging_on("case_entry", case_id) + self._rows.hanging_on("contact", case_id)

    def rules(self) -> Rules:
        if self._rules is None:  # no event changes them
            season = self._rows.newest("season")
            if not isinstance(season, r.Season):
                raise Refused("record_unknown", kind="season")
            self._rules = season.rules
        return self._rules

    def form(self, checklist_id: str) -> xforms.Form | None:
        checklist = self._rows.get("checklist", checklist_id)
        if not isinstance(checklist, r.Checklist):
            return None
        return self._forms.compiled(checklist, lambda name: self._rows.get("chunk", name))


class _Batch:
    """One batch of a device within its transaction."""

    def __init__(self, centre: Centre, device: Device, rows: Rows) -> None:
        now = centre.clock()
        self._device = device
        self._rows = rows
        self._book = _Book(rows, centre.forms)
        self._ledger = Ledger(rows.connection, device.id)
        self._numbers = Numbers(rows)
        self._users = devices.users(rows.connection, device.id)
        self._left: dict[str, frozenset[str]] = {}
        self._clock_wrong = abs(device.clock_ahead_s or 0) > wire.CLOCK_SECONDS
        self._received_at = text(now)
        self._received_ms = milliseconds(now)

    def results_of(self, batch: list[Arrived]) -> tuple[e.EventResult, ...]:
        """The final result of each event: the one it got before, or the one it gets now."""
        events = [one.event for one in batch if one.event is not None]
        waited_for = [event_id for event in events for event_id in event.depends_on]
        self._ledger.read([*(one.head.id for one in batch), *waited_for], [one.head.n for one in batch])
        fresh = [event for event in events if self._ledger.judged(event.id, event.n) is None]
        replayed = sum(self._ledger.judged(one.head.id, one.head.n) is not None for one in batch)
        meant = [*fresh, *quarantine.decided_upon(self._rows, fresh)]
        self._rows.prefetch(key for event in meant for key in rows_named(event))
        self._numbers.read(meant)
        results = tuple(self._result_of(one) for one in batch)
        self._ledger.write()
        if replayed:
            devices.count_replays(self._rows.connection, self._device.id, replayed)
        return results

    def _result_of(self, one: Arrived) -> e.EventResult:
        head, body_hash = one.head, e.body_hash(one.line)
        before = self._ledger.judged(head.id, head.n)
        if before is not None:
            if before.event_id != head.id:
                return self._refused_id(head, "number_reused")
            return before.answer() if before.sha256 == body_hash else self._refused_id(head, "event_id_reused")
        result = self._judge(one)
        if result.outcome != "blocked":
            self._ledger.add(head.id, head.n, body_hash, result, self._received_ms)
        return result

    def _refused_id(self, head: Head, code: str) -> e.EventResult:
        """Refuse an event whose id or number is another's; the ledger has its place taken already."""
        return e.EventResult(id=head.id, outcome="rejected", code=code, received_at=self._received_at)

    def _judge(self, one: Arrived) -> e.EventResult:
        if one.event is None:
            return self._refuse(one, one.refused or Refused("event_malformed"))
        waiting = self._ledger.missing(one.event.depends_on)
        if waiting:
            return e.EventResult(id=one.event.id, outcome="blocked", blocked_by=waiting)
        try:
            return self._take(one.event, one.line)
        except Refused as refused:
            return self._refuse(one, refused)

    def _take(self, event: e.Event, line: bytes) -> e.EventResult:
        user = self._users.get(event.user)
        if user is None:
            raise Refused("user_not_on_device", user=event.user)
        reason = quarantine.reason(self._device, user)
        if reason:
            effects.understood(event)
            self._hold(event, line, user, reason)
            fields = {"reason": str(reason)}
            return e.EventResult(id=event.id, outcome="quarantined", fields=fields, received_at=self._received_at)
        actor = effects.Actor(user.person, at_centre=True, left=self._regions_left(user), clock_wrong=self._clock_wrong)
        effect = self._numbers.flagged(effects.effect_of(event, actor, self._book))
        for group in effect.groups:
            self._rows.put(group.records, group.scopes)
        outcome: e.Outcome = "merged" if effect.merged else "applied"
        return e.EventResult(id=event.id, outcome=outcome, received_at=self._received_at, flags=effect.flags)

    def _regions_left(self, user: User) -> frozenset[str]:
        committee_id = user.person.committee_id or ""
        if committee_id not in self._left:
            self._left[committee_id] = committees.regions_left(self._rows.connection, committee_id)
        return self._left[committee_id]

    def _hold(self, event: e.Event, line: bytes, user: User, reason: quarantine.Reason) -> None:
        body = line.decode(errors="replace") if event.kind in WITHOUT_BODY else _body(line)
        words = "" if event.kind in WITHOUT_BODY else effects.words_in(event, self._book)
        arrival = quarantine.Arrival(event, body, words, self._received_at)
        held, seen_by = quarantine.held(arrival, user.person, self._device, reason, self._book)
        self._rows.put([held], seen_by, evidence=event.evidence)

    def _refuse(self, one: Arrived, refused: Refused) -> e.EventResult:
        """Keep what a refused event said for the person who sent it."""
        head, event = one.head, one.event
        secret = head.kind in WITHOUT_BODY
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
            body="" if secret else _body(one.line),
        )
        self._rows.put([refusal], [scopes.user(head.user)], evidence=event.evidence if event else ())
        return e.EventResult(
            id=head.id,
            outcome="rejected",
            code=refused.code,
            fields=refused.fields,
            received_at=self._received_at,
        )


def _body(line: bytes) -> str:
    """What an event said, without what names the reporter of a case, whatever client wrote it."""
    try:
        whole = msgspec.json.decode(line, type=dict[str, Any])
    except (ValueError, RecursionError):  # bytes that are no text, or a depth that nobody can search for names
        return ""
    data = whole.get("data")
    kept = identity.scrub_reporter(data) if isinstance(data, dict) else data
    return line.decode(errors="replace") if kept == data else msgspec.json.encode({**whole, "data": kept}).decode()
