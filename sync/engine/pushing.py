"""Up: own events in batches that are judged one by one, and signed batches of other devices, handed on as they are."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sync.contract import events as e
from sync.contract import wire
from sync.contract.problems import PROBLEMS, Refused
from sync.engine import calls
from sync.engine.calls import Caller, NotTheCentre, TryLater, UnknownRefusal
from sync.engine.ports import Answer, Batch, LinkDown, Store, Waiting
from sync.engine.reports import Link, Phase, Report
from sync.engine.standing import Standing, reidentify

POISON_TRIES = 3
_MOST_CHANGES = 3
"""A device that needs more identities than this in one run has another trouble than a copy."""
_NOT_TAKEN_APART = {"too_large", "bad_request"}
"""What the centre says to a whole push of which it can judge no single event."""
_NEVER_TAKEN = {"batch_signature_wrong", "device_unknown"}
"""What the centre says to a relayed batch that it will take from nobody."""

_PACKED = {"Content-Type": wire.NDJSON_ZSTD, "Accept": wire.NDJSON_ZSTD}


class Pusher:
    """Sends what waits, a batch a step."""

    def __init__(self, store: Store, caller: Caller, standing: Standing) -> None:
        self._store = store
        self._caller = caller
        self._standing = standing
        self._batch = wire.BATCH_EVENTS
        self._poison_tries = 0
        self._blocked: set[str] = set()
        self._copied: tuple[str, ...] = ()
        self._changes = 0
        self.moved = False
        """Whether the centre has judged an event since this was last set to False."""

    def begin(self) -> None:
        """A round begins: what was blocked may not be any more."""
        self._blocked.clear()

    @property
    def wanted(self) -> bool:
        """Whether there is something to send in this round."""
        return bool(self._copied or self._open())

    @property
    def waits(self) -> bool:
        """Whether anything is unsent, what is blocked included."""
        return bool(self._store.waiting(1))

    def step(self) -> Report | None:
        """Send the next batch; None where nothing waits.

        Raises:
            LinkDown: No whole answer.
            Refused: The centre says no to all of it.
        """
        if self._copied:
            return self._reidentify()
        waiting = self._open()
        if not waiting:
            return None
        waiting = waiting[: min(self._batch, wire.batch([event.line for event in waiting]))]
        body = wire.compress(event.line for event in waiting)
        try:
            answer = self._caller.call("POST", wire.PUSH, body, _PACKED)
        except TryLater as error:
            if error.status == PROBLEMS["internal"].status and self._caller.has_token:
                self._suspect(waiting, "internal")
            raise
        except Refused as error:
            return self._refused(waiting, error)
        said = _judged(answer)
        if [result.id for result in said.results] != [event.id for event in waiting]:
            raise LinkDown("the centre's results are not those of our events")
        self._standing.met(said.life)
        self._store.settle(said.results)
        if not self._standing.revoked and any(result.outcome == "quarantined" for result in said.results):
            self._caller.session.forget()  # the centre has decided about this device; it says what with the next token
        blocked = {result.id for result in said.results if result.outcome == "blocked"}
        self._blocked |= blocked
        self.moved = self.moved or len(blocked) < len(said.results)
        self._copied = tuple(result.id for result in said.results if result.code == "number_reused")
        self._poison_tries, self._batch = 0, wire.BATCH_EVENTS
        return Report(Phase.PUSH, Link.ONLINE, events=len(said.results) - len(self._copied))

    def _open(self) -> list[Waiting]:
        found = self._store.waiting(wire.BATCH_EVENTS + len(self._blocked))
        return [event for event in found if event.id not in self._blocked][: wire.BATCH_EVENTS]

    def _refused(self, batch: list[Waiting], error: Refused) -> Report:
        about_events = error.code in _NOT_TAKEN_APART and not isinstance(error, UnknownRefusal)
        if not about_events or not self._caller.has_token:
            raise error
        if len(batch) > 1:
            self._narrow(batch, error.code)
        else:
            self._suspect(batch, error.code)
        return Report(Phase.PUSH, Link.ONLINE, problem=error.code, detail=str(error))

    def _suspect(self, batch: list[Waiting], code: str) -> None:
        """A batch on which the centre fails three times is halved; an event that it fails on alone is parked.

        So is one that it cannot take alone, three times: once may be damage on the way.

        A gateway that says the centre is away (502 to 504), or a centre that gives no token, says nothing of events.
        """
        self._poison_tries += 1
        if self._poison_tries >= POISON_TRIES:
            self._narrow(batch, code)

    def _narrow(self, batch: list[Waiting], code: str) -> None:
        self._poison_tries = 0
        if len(batch) > 1:
            self._batch = len(batch) // 2
        else:
            self._store.park(batch[0].id, code)
            self._batch = wire.BATCH_EVENTS

    def _reidentify(self) -> Report:
        """Another device has our numbers: go on under an identity of our own, with the same bytes.

        A centre that gives none (it is older, or has withdrawn this device), or none that helps, leaves only the tray
        for such events.
        """
        copied, detail = self._copied, "another identity did not help"
        if self._changes < _MOST_CHANGES:
            try:
                reidentify(self._store, self._caller)
            except Refused as error:
                if error.problem.status in (401, 426) or not self._caller.has_token:
                    raise
                detail = str(error)
            else:
                self._changes, self._copied = self._changes + 1, ()
                return Report(Phase.PUSH, Link.ONLINE)
        for event_id in copied:
            self._store.park(event_id, "number_reused")
        self._copied = ()
        return Report(Phase.PUSH, Link.ONLINE, problem="number_reused", detail=detail)


class _EventId(msgspec.Struct, frozen=True):
    """What the way needs to know of an event's line."""

    id: str


class Relayer:
    """Hands on what other devices signed, a batch a step, without changing a byte of it."""

    def __init__(self, store: Store, caller: Caller, standing: Standing) -> None:
        self._store = store
        self._caller = caller
        self._standing = standing
        self._tried: set[str] = set()
        self._failures = 0
        self._unknown = False

    def begin(self) -> None:
        """A round begins: what was not judged may be by now."""
        self._tried.clear()

    def step(self) -> Report | None:
        """Hand on the next batch; None where there is none left in this round, or the centre is too old for it.

        Raises:
            LinkDown: No whole answer.
            Refused: The centre says no to relaying itself.
        """
        batch = None if self._unknown else self._store.next_batch()
        if batch is None or batch.id in self._tried:
            return None
        head = msgspec.json.encode(wire.RelayHead(device_id=batch.device_id, signature=batch.signature))
        body = wire.compress((head, *batch.lines))
        try:
            answer = self._caller.call("POST", wire.RELAY, body, _PACKED)
        except TryLater as error:
            if error.status == PROBLEMS["internal"].status and self._caller.has_token:
                self._fail(batch, "internal")
            raise
        except Refused as error:
            return self._refused(batch, error)
        said = _judged(answer)
        if [result.id for result in said.results] != _ids(batch.lines):
            raise LinkDown("the centre's results are not those of the relayed events")
        self._standing.met(said.life)
        self._store.relayed(batch.id, said.results)
        if not all(result.final for result in said.results):
            self._tried.add(batch.id)
        else:
            self._tried.clear()  # others may have waited for just this one
        self._failures = 0
        return Report(Phase.RELAY, Link.ONLINE, events=_settled(said.results))

    def _refused(self, batch: Batch, error: Refused) -> Report | None:
        if isinstance(error, UnknownRefusal) or not self._caller.has_token:
            raise error
        if error.code == "not_found":
            self._unknown = True
            return None
        if error.code in _NEVER_TAKEN:
            self._store.relay_failed(batch.id, error.code)
        elif error.code in _NOT_TAKEN_APART:
            self._fail(batch, error.code)
        else:
            raise error
        return Report(Phase.RELAY, Link.ONLINE, problem=error.code, detail=str(error))

    def _fail(self, batch: Batch, code: str) -> None:
        """A signed batch cannot be halved; what the centre fails on three times is set aside whole."""
        self._failures += 1
        if self._failures >= POISON_TRIES:
            self._failures = 0
            self._store.relay_failed(batch.id, code)


def _ids(lines: Sequence[bytes]) -> list[str]:
    return [msgspec.json.decode(line, type=_EventId).id for line in lines]


def _settled(results: Sequence[e.EventResult]) -> int:
    return sum(result.final for result in results)


def _judged(answer: Answer) -> wire.PushReply:
    """The results: packed, or (from an older centre) as they are; they would be the longer half of a push.

    Raises:
        NotTheCentre: It is not what the protocol says.
    """
    if answer.headers.get("content-type") != wire.NDJSON_ZSTD:
        return calls.reply(answer, wire.PushReply)
    try:
        [line] = wire.decompress(answer.body, wire.MAX_PUSH_BYTES)
    except (wire.BadPage, wire.TooLarge, ValueError) as error:
        raise NotTheCentre(f"not the centre's results: {error}") from error
    return calls.reply(answer._replace(body=line), wire.PushReply)
