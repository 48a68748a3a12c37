"""Evidence up: one piece at a time and uploader, resumed where the centre says it stands, given up when it must be."""

from __future__ import annotations

import threading

from sync.contract import wire
from sync.contract.problems import Refused
from sync.engine import calls
from sync.engine.calls import Caller, UnknownRefusal
from sync.engine.ports import Answer, Clock, LinkDown, Piece, Random, Store
from sync.engine.pushing import POISON_TRIES
from sync.engine.reports import Backoff, Link, Phase, Report

_CHUNK_AIM_S = 5.0
_SMALLEST_PART = 16
"""A chunk is never smaller than this part of the protocol's limit."""
_REFUSED_WAIT_S = 30.0
_ONCE_MORE = {"upload_hash_wrong", "not_found"}
"""After these a piece is begun again: it arrived damaged, or the centre was restored and forgot its beginning."""


class Uploads:
    """Which pieces are under way; shared by the uploaders of a device, on any threads.

    Attributes:
        bodies: Whether the centre takes the first bytes with the announcement; an older one does not.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = threading.Lock()
        self._taken: set[str] = set()
        self.bodies = True

    @property
    def busy(self) -> bool:
        """Whether a piece is under way."""
        with self._turn:
            return bool(self._taken)

    @property
    def wanted(self) -> bool:
        """Whether there is a piece to send that nobody is sending."""
        with self._turn:
            return self._store.next_evidence(self._taken) is not None

    def take(self) -> Piece | None:
        """The next piece, for one uploader alone until he lets go of it; None where there is none."""
        with self._turn:
            piece = self._store.next_evidence(self._taken)
            if piece is not None:
                self._taken.add(piece.sha256)
            return piece

    def let_go(self, piece: Piece) -> None:
        """A piece is at the centre, given up, or has to wait."""
        with self._turn:
            self._taken.discard(piece.sha256)


class Uploader:
    """Sends one piece after the other, a request a step; whoever calls ``step`` waits ``Report.wait_s``.

    A report of phase ``rest`` says that there is nothing to send.
    """

    def __init__(self, store: Store, caller: Caller, uploads: Uploads, clock: Clock, random: Random) -> None:
        self._store = store
        self._caller = caller
        self._uploads = uploads
        self._clock = clock
        self._backoff = Backoff(random)
        self._piece: Piece | None = None
        self._offset: int | None = None
        """What the centre has of the piece; None until it is asked."""
        self._announced = False
        self._tries = 0
        self._chunk = wire.CHUNK_BYTES

    def step(self) -> Report:
        """Do the next thing. Never raises for what the centre or the link does."""
        try:
            report = self.turn()
        except LinkDown as error:
            return self._backoff.after(Phase.EVIDENCE, error)
        except Refused as error:
            wait = max(_REFUSED_WAIT_S, self._backoff.failed())
            return Report(Phase.EVIDENCE, Link.REFUSED, wait_s=wait, problem=error.code, detail=str(error))
        if report is None:
            return Report(Phase.REST, Link.ONLINE)
        self._backoff.progressed()
        return report._replace(traffic=self._caller.traffic)

    def turn(self) -> Report | None:
        """One request; None where there is nothing to send.

        Raises:
            LinkDown: No whole answer.
            Refused: The centre says no to any evidence.
        """
        if self._piece is None:
            self._piece = self._uploads.take()
            if self._piece is None:
                return None
            self._offset, self._announced, self._tries = None, self._piece.offset > 0, 0
        piece = self._piece
        try:
            if self._offset is not None:
                return self._send_chunk(piece, self._offset)
            return self._ask(piece) if self._announced else self._announce(piece)
        except Refused:
            self._drop(piece)
            raise

    def _ask(self, piece: Piece) -> Report:
        """Ask how much the centre has; where it has nothing, the piece is announced next."""
        try:
            answer = self._caller.call("HEAD", f"{wire.BLOBS}/{piece.sha256}")
        except Refused as error:
            if error.code != "not_found":
                raise
            self._announced = False
            return Report(Phase.EVIDENCE, Link.ONLINE, total_bytes=piece.size, piece=piece.sha256)
        offset, complete = _standing(answer)
        return self._stands(piece, offset, complete)

    def _announce(self, piece: Piece) -> Report:
        """Begin a piece, with its first bytes; may be repeated.

        The centre refuses for good a chunk of a piece that was never announced to it.
        """
        length = self._chunk if self._uploads.bodies else 0
        data = self._read(piece, 0, length)
        if data is None:
            return self._give_up(piece, "evidence_unreadable")
        headers = {wire.LENGTH: str(piece.size)} | ({"Content-Type": wire.UPLOAD} if data else {})
        state = self._send(piece, "POST", data, headers)
        if isinstance(state, Report):
            return state
        if data and state.offset == 0 and not state.complete:
            self._uploads.bodies = False
        return self._stands(piece, state.offset, state.complete)

    def _send_chunk(self, piece: Piece, offset: int) -> Report:
        data = self._read(piece, offset, self._chunk)
        if data is None:
            return self._give_up(piece, "evidence_unreadable")
        headers = {"Content-Type": wire.UPLOAD, wire.OFFSET: str(offset)}
        state = self._send(piece, "PATCH", data, headers)
        return state if isinstance(state, Report) else self._stands(piece, state.offset, state.complete)

    def _read(self, piece: Piece, offset: int, length: int) -> bytes | None:
        """Bytes of a piece; None where its file is damaged or gone, which the store calls a ``ValueError``."""
        try:
            return self._store.read_evidence(piece.sha256, offset, length) if length else b""
        except ValueError as error:
            self._store.note("error", "evidence_unreadable", {"sha256": piece.sha256, "detail": str(error)})
            return None

    def _send(self, piece: Piece, method: str, data: bytes, headers: dict[str, str]) -> wire.BlobState | Report:
        """Send bytes of a piece; a report where that came to nothing and was dealt with."""
        started = self._clock.monotonic()
        try:
            answer = self._caller.call(method, f"{wire.BLOBS}/{piece.sha256}", data, headers)
            state = calls.reply(answer, wire.BlobState)
        except LinkDown:
            self._offset, self._announced = None, True  # ask where it stands, after the wait
            self._chunk = max(_smallest(), self._chunk // 2)
            raise
        except Refused as error:
            return self._refused(piece, error)
        self._adapt(self._clock.monotonic() - started)
        return state

    def _refused(self, piece: Piece, error: Refused) -> Report:
        if error.problem.status in (401, 403, 426) or isinstance(error, UnknownRefusal):
            raise error
        self._offset, self._announced = None, error.code == "upload_offset_wrong"
        again = self._announced
        if error.code in _ONCE_MORE:
            self._tries += 1
            again = self._tries < POISON_TRIES
        if not again:
            return self._give_up(piece, error.code)
        return Report(Phase.EVIDENCE, Link.ONLINE, problem=error.code, piece=piece.sha256)

    def _give_up(self, piece: Piece, code: str) -> Report:
        self._store.evidence_failed(piece.sha256, code)
        self._store.note("error", code, {"sha256": piece.sha256})
        self._drop(piece)
        return Report(Phase.EVIDENCE, Link.ONLINE, problem=code, piece=piece.sha256)

    def _stands(self, piece: Piece, offset: int, complete: bool) -> Report:
        if not 0 <= offset <= piece.size:
            raise LinkDown(f"an upload offset {offset} of {piece.size}")
        self._store.evidence_at(piece.sha256, offset, complete)
        self._offset, self._announced = offset, True
        if complete:
            self._drop(piece)
        return Report(Phase.EVIDENCE, Link.ONLINE, done_bytes=offset, total_bytes=piece.size, piece=piece.sha256)

    def _drop(self, piece: Piece) -> None:
        self._uploads.let_go(piece)
        self._piece, self._offset = None, None

    def _adapt(self, elapsed_s: float) -> None:
        """Let a chunk take about five seconds: smaller on a bad link, never above the protocol's limit."""
        if elapsed_s > _CHUNK_AIM_S:
            self._chunk = max(_smallest(), self._chunk // 2)
        elif elapsed_s < _CHUNK_AIM_S / 2:
            self._chunk = min(wire.CHUNK_BYTES, self._chunk * 2)


def _smallest() -> int:
    return wire.CHUNK_BYTES // _SMALLEST_PART


def _standing(answer: Answer) -> tuple[int, bool]:
    """How many bytes of a piece the centre says it has, and whether it has found the whole right.

    Raises:
        LinkDown: It does not say: this is not the centre's answer.
    """
    said = answer.headers.get(wire.OFFSET.lower(), "")
    if not (said.isascii() and said.isdigit()):
        raise LinkDown("an answer without an upload offset")
    return int(said), answer.headers.get(wire.COMPLETE.lower()) == "1"
