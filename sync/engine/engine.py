"""The machine itself: one step is one thing done with the centre; it says what it did and when to come back."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlencode

from sync.contract import wire
from sync.contract.problems import PROBLEMS, Refused
from sync.engine import calls
from sync.engine.calls import Backoff, Caller, NotTheCentre, TryLater
from sync.engine.ports import Answer, Clock, LinkDown, Piece, Random, Store, Transport, Waiting

_POLL_S = 60.0
_POISON_TRIES = 3
_CHUNK_AIM_S = 5.0
_SMALLEST_CHUNK = 16 * 1024
_RESTART = {"epoch_changed", "scope_changed", "cursor_ahead", "cursor_too_old"}
_NOT_TAKEN_APART = {"too_large", "bad_request"}
"""What the centre says to a whole push of which it can judge no single event."""
_ONCE_MORE = {"upload_hash_wrong", "not_found"}
"""After these a piece is begun again: it arrived damaged, or the centre was restored and forgot its beginning."""


_CODES: dict[type[LinkDown], str] = {TryLater: "busy", NotTheCentre: "answer_unreadable"}
"""What a failure of the link is called where people see it; every other one is ``link_down``."""


class Phase(StrEnum):
    """What the machine works at; in this order within a round."""

    PUSH = "push"
    PULL = "pull"
    EVIDENCE = "evidence"
    REST = "rest"


class Link(StrEnum):
    """How things stand with the centre."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    OFFLINE = "offline"
    REFUSED = "refused"


class Report(NamedTuple):
    """What one step did.

    Attributes:
        phase: What the step worked at.
        link: How things stand with the centre after it.
        wait_s: Seconds until the next step is worth taking; 0 means at once.
        problem: A problem code, or empty.
        detail: What the problem is about, for the log.
        events: Events settled by this step.
        rows: Rows received by this step.
        done_bytes: Of the piece of evidence at work, bytes at the centre.
        total_bytes: Of the piece of evidence at work, its size.
    """

    phase: Phase
    link: Link
    wait_s: float = 0.0
    problem: str = ""
    detail: str = ""
    events: int = 0
    rows: int = 0
    done_bytes: int = 0
    total_bytes: int = 0


class Engine:
    """Pushes events, pulls changes, sends evidence, one request a step, until there is nothing left to do.

    A round is push, pull, evidence; then the machine rests and begins again when it is woken or a minute has passed.
    Nothing here sleeps or starts a thread: whoever calls ``step`` waits ``Report.wait_s`` in its own way.
    """

    def __init__(self, store: Store, transport: Transport, clock: Clock, random: Random) -> None:
        self._store = store
        self._clock = clock
        self._random = random
        self._caller = Caller(store.identity(), transport, clock)
        self._backoff = Backoff(random)
        self._phase = Phase.PUSH
        self._link = Link.UNKNOWN
        self._batch = wire.BATCH_EVENTS
        self._poison_tries = 0
        self._blocked: set[str] = set()
        self._piece: Piece | None = None
        self._offset = 0
        self._piece_tries = 0
        self._chunk = wire.CHUNK_BYTES
        self._begun_at = clock.monotonic()
        self._pull_refused = ""
        self._steps: dict[Phase, Callable[[], Report]] = {
            Phase.PUSH: self._push,
            Phase.PULL: self._pull,
            Phase.EVIDENCE: self._evidence,
            Phase.REST: self._rest,
        }

    @property
    def traffic(self) -> calls.Traffic:
        """What this machine has cost so far."""
        return self._caller.traffic

    @property
    def clock_offset_s(self) -> float | None:
        """How far this device's clock is ahead of the centre's, in seconds, as last seen."""
        return self._caller.clock_offset_s

    def wake(self) -> None:
        """There is something new to do, or the link may be back: begin a round; evidence under way goes on after."""
        self._backoff.progressed()
        self._begin()

    def step(self) -> Report:
        """Do the next thing. Never raises for what the centre or the link does."""
        try:
            report = self._steps[self._phase]()
        except TryLater as error:
            return self._later(error, Link.ONLINE)
        except LinkDown as error:
            return self._later(error, Link.OFFLINE)
        except Refused as error:
            return self._refused(error)
        if report.phase is not Phase.REST:
            self._backoff.progressed()
        return report

    def _begin(self) -> None:
        self._phase = Phase.PUSH
        self._blocked.clear()
        self._begun_at = self._clock.monotonic()

    def _rest(self) -> Report:
        self._begin()
        link = Link.REFUSED if self._pull_refused else self._link
        wait = self._random.uniform(_POLL_S * 0.8, _POLL_S * 1.2)
        return Report(Phase.REST, link, wait_s=wait, problem=self._pull_refused)

    def _later(self, error: LinkDown, link: Link) -> Report:
        phase, self._link = self._phase, link
        code = _CODES.get(type(error), "link_down")
        return Report(phase, link, wait_s=self._backoff.failed(error), problem=code, detail=str(error))

    def _refused(self, error: Refused) -> Report:
        """Wait, and go on with what is next: a centre that refuses what is new may still take reports and evidence."""
        phase, self._link = self._phase, Link.REFUSED
        if phase is Phase.PULL:
            self._phase, self._pull_refused = Phase.EVIDENCE, error.code
        else:
            self._phase = Phase.PUSH
        self._caller.forget()
        self._store.note("error", error.code, error.fields)
        wait = self._backoff.failed(LinkDown(error.code))
        return Report(phase, Link.REFUSED, wait_s=max(wait, _POLL_S / 2), problem=error.code, detail=str(error))

    def _push(self) -> Report:
        waiting = [event for event in self._store.waiting(wire.BATCH_EVENTS) if event.id not in self._blocked]
        if not waiting:
            self._phase = Phase.PULL
            return self._pull()
        waiting = waiting[: min(self._batch, wire.batch([event.line for event in waiting]))]
        body = wire.compress(event.line for event in waiting)
        try:
            answer = self._caller.call("POST", wire.PUSH, body, {"Content-Type": wire.NDJSON_ZSTD})
        except TryLater as error:
            if error.status == PROBLEMS["internal"].status and self._caller.has_token:
                self._suspect(waiting, "internal")
            raise
        except Refused as error:
            if error.code not in _NOT_TAKEN_APART or not self._caller.has_token:
                raise
            if len(waiting) > 1:
                self._narrow(waiting, error.code)
            else:
                self._suspect(waiting, error.code)
            return Report(Phase.PUSH, Link.ONLINE, problem=error.code, detail=str(error))
        results = calls.reply(answer, wire.PushReply).results
        if [result.id for result in results] != [event.id for event in waiting]:
            raise LinkDown("the centre's results are not those of our events")
        self._store.settle(results)
        self._blocked |= {result.id for result in results if result.outcome == "blocked"}
        self._link, self._poison_tries, self._batch = Link.ONLINE, 0, wire.BATCH_EVENTS
        return Report(Phase.PUSH, Link.ONLINE, events=len(results))

    def _suspect(self, batch: list[Waiting], code: str) -> None:
        """A batch on which the centre fails three times is halved; an event that it fails on alone is parked.

        So is one that it cannot take alone, three times: once may be damage on the way.

        A gateway that says the centre is away (502 to 504), or a centre that gives no token, says nothing of events.
        """
        self._poison_tries += 1
        if self._poison_tries >= _POISON_TRIES:
            self._narrow(batch, code)

    def _narrow(self, batch: list[Waiting], code: str) -> None:
        self._poison_tries = 0
        if len(batch) > 1:
            self._batch = len(batch) // 2
        else:
            self._store.park(batch[0].id, code)
            self._batch = wire.BATCH_EVENTS

    def _pull(self) -> Report:
        epoch, since = self._store.cursor()
        try:
            query = urlencode({"since": since, "epoch": epoch})
            answer = self._caller.call("GET", f"{wire.CHANGES}?{query}")
        except Refused as error:
            if error.code not in _RESTART:
                raise
            self._store.restart(error.code)
            self._store.note("warning", error.code, error.fields)
            return Report(Phase.PULL, self._link, problem=error.code)
        try:
            page = wire.read_page(wire.decompress(answer.body, wire.MAX_PAGE_BYTES))
        except (wire.BadPage, wire.TooLarge) as error:
            raise LinkDown(f"a page that is not whole: {error}") from error
        if page.since != since:
            raise LinkDown(f"a page for cursor {page.since}, not {since}")
        self._store.apply(page)
        self._link, self._pull_refused = Link.ONLINE, ""
        if not page.more:
            self._phase = Phase.EVIDENCE
        return Report(Phase.PULL, Link.ONLINE, rows=len(page.changes))

    def _evidence(self) -> Report:
        if self._clock.monotonic() - self._begun_at > _POLL_S:  # photos can take hours; reports and answers cannot
            self._begin()
            return self._push()
        if self._piece is not None:
            return self._send_chunk(self._piece)
        piece = self._store.next_evidence()
        if piece is None:
            self._phase = Phase.REST
            return self._rest()
        return self._begin_piece(piece)

    def _begin_piece(self, piece: Piece) -> Report:
        """Ask how much the centre has; where it has nothing, announce the piece. Both may be repeated.

        Only then is it under way: the centre refuses for good a chunk of a piece that was never announced to it.
        """
        path = f"{wire.BLOBS}/{piece.sha256}"
        try:
            answer = self._caller.call("HEAD", path)
            offset, complete = _standing(answer)
        except Refused as error:
            if error.code != "not_found":
                raise
            try:
                answer = self._caller.call("POST", path, headers={wire.LENGTH: str(piece.size)})
            except Refused as refused:
                return self._give_up(piece, refused.code)
            begun = calls.reply(answer, wire.BlobState)
            offset, complete = begun.offset, begun.complete
        return self._piece_at(piece, offset, complete)

    def _send_chunk(self, piece: Piece) -> Report:
        try:
            data = self._store.read_evidence(piece.sha256, self._offset, self._chunk)
        except ValueError as error:  # the store's word for a file that is damaged or gone
            return self._give_up(piece, "evidence_unreadable", str(error))
        started = self._clock.monotonic()
        try:
            answer = self._caller.call(
                "PATCH",
                f"{wire.BLOBS}/{piece.sha256}",
                data,
                {"Content-Type": wire.UPLOAD, wire.OFFSET: str(self._offset)},
            )
        except LinkDown:
            self._piece = None  # ask again where we are, after the wait
            self._chunk = max(_SMALLEST_CHUNK, self._chunk // 2)
            raise
        except Refused as error:
            return self._chunk_refused(piece, error)
        self._adapt(self._clock.monotonic() - started)
        state = calls.reply(answer, wire.BlobState)
        return self._piece_at(piece, state.offset, state.complete)

    def _chunk_refused(self, piece: Piece, error: Refused) -> Report:
        self._piece = None
        if error.code == "upload_offset_wrong":
            return Report(Phase.EVIDENCE, Link.ONLINE, problem=error.code)
        if error.code in _ONCE_MORE:
            self._piece_tries += 1
            if self._piece_tries < _POISON_TRIES:
                return Report(Phase.EVIDENCE, Link.ONLINE, problem=error.code)
        if error.problem.status in (401, 403, 426):
            raise error
        return self._give_up(piece, error.code)

    def _give_up(self, piece: Piece, code: str, detail: str = "") -> Report:
        self._store.evidence_failed(piece.sha256, code)
        self._store.note("error", code, {"sha256": piece.sha256, "detail": detail})
        self._piece, self._piece_tries = None, 0
        return Report(Phase.EVIDENCE, Link.ONLINE, problem=code, detail=detail)

    def _piece_at(self, piece: Piece, offset: int, complete: bool) -> Report:
        if not 0 <= offset <= piece.size:
            raise LinkDown(f"an upload offset {offset} of {piece.size}")
        self._store.evidence_at(piece.sha256, offset, complete)
        self._piece, self._offset, self._link = None if complete else piece, offset, Link.ONLINE
        if complete:
            self._piece_tries = 0
        return Report(Phase.EVIDENCE, Link.ONLINE, done_bytes=offset, total_bytes=piece.size)

    def _adapt(self, elapsed_s: float) -> None:
        """Let a chunk take about five seconds: smaller on a bad link, never above the protocol's limit."""
        if elapsed_s > _CHUNK_AIM_S:
            self._chunk = max(_SMALLEST_CHUNK, self._chunk // 2)
        elif elapsed_s < _CHUNK_AIM_S / 2:
            self._chunk = min(wire.CHUNK_BYTES, self._chunk * 2)


def _standing(answer: Answer) -> tuple[int, bool]:
    """How many bytes of a piece the centre says it has, and whether it has found the whole right.

    Raises:
        LinkDown: It does not say: this is not the centre's answer.
    """
    said = answer.headers.get(wire.OFFSET.lower(), "")
    if not (said.isascii() and said.isdigit()):
        raise LinkDown("an answer without an upload offset")
    return int(said), answer.headers.get(wire.COMPLETE.lower()) == "1"


def fetch(caller: Caller, sha256: str) -> bytes:
    """Fetch one whole piece of evidence from the centre; the caller checks its hash.

    Raises:
        LinkDown: No whole answer.
        Refused: ``not_found`` or ``upload_incomplete``: it has not arrived there yet.
    """
    return caller.call("GET", f"{wire.BLOBS}/{sha256}").body
