"""A centre and a device that live in memory, standing at the engine's ports, with faults that a test asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

import msgspec
from nacl.signing import SigningKey, VerifyKey

from sync.contract import events as e
from sync.contract import wire
from sync.contract.problems import Refused
from sync.engine.ports import Answer, Identity, LinkDown, Piece, Waiting

SEED = b"\x07" * 32


class Time:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.t = 1_000.0

    def monotonic(self) -> float:
        return self.t

    def now(self) -> float:
        return self.t


class Low:
    """Randomness that always picks the upper end, so that waiting times are known."""

    def uniform(self, low: float, high: float) -> float:
        return high


class Centre:
    """Answers as PROTOCOL says; ``faults`` are taken one a request, before the request is looked at."""

    def __init__(self, clock: Time) -> None:
        self.clock = clock
        self.key = SigningKey(SEED).verify_key
        self.rows: list[wire.Change] = []
        self.ledger: dict[str, e.EventResult] = {}
        self.blobs: dict[str, bytearray] = {}
        self.sizes: dict[str, int] = {}
        self.requests: list[tuple[str, str]] = []
        self.faults: list[Callable[[], Answer | None]] = []
        self.verdict: Callable[[e.Event], e.EventResult] = lambda event: e.EventResult(id=event.id, outcome="applied")
        self.token_good_until = 0.0
        self.server_id = "centre"
        self.page_rows = 2
        self.lose_answers = 0

    def request(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        self.requests.append((method, path))
        if self.faults and (answer := self.faults.pop(0)()) is not None:
            return answer
        try:
            status, extra, reply = self._route(method, path, body, headers or {})
        except Refused as error:
            status, extra, reply = error.problem.status, {}, msgspec.json.encode(error.body())
        if self.lose_answers:
            self.lose_answers -= 1
            raise LinkDown("the answer was lost")
        return Answer(status, extra, b"" if method == "HEAD" else reply)

    def _route(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        if path == wire.HELLO:
            hello = wire.Hello(server_id=self.server_id, name="C", versions=(1,), schema=1, time="2026-11-22T00:00:00Z")
            return 200, {}, msgspec.json.encode(hello)
        if path == wire.NONCE:
            return 200, {}, msgspec.json.encode(wire.NonceReply(nonce="n"))
        if path == wire.TOKEN:
            asked = msgspec.json.decode(body, type=wire.TokenRequest)
            VerifyKey(bytes(self.key)).verify(wire.token_message("centre", "d", "n"), bytes.fromhex(asked.signature))
            self.token_good_until = self.clock.t + 900
            return 200, {}, msgspec.json.encode(wire.TokenReply(token="t", expires_in=900))
        if headers.get("Authorization") != "Bearer t" or self.clock.t >= self.token_good_until:
            raise Refused("token_expired")
        if path == wire.PUSH:
            return 200, {}, self._push(body)
        if path.startswith(wire.CHANGES):
            return 200, {}, self._changes(int(parse_qs(urlsplit(path).query)["since"][0]))
        return self._blob(method, path.rpartition("/")[2], body, headers)

    def _push(self, body: bytes) -> bytes:
        results = []
        for line in wire.decompress(body, wire.MAX_PUSH_BYTES):
            event = e.decode(line)
            if event.id not in self.ledger:
                verdict = self.verdict(event)
                if verdict.outcome == "blocked":
                    results.append(verdict)
                    continue
                self.ledger[event.id] = verdict
            results.append(self.ledger[event.id])
        return msgspec.json.encode(wire.PushReply(results=tuple(results)))

    def _changes(self, since: int) -> bytes:
        rows = [row for row in self.rows if row.seq > since]
        page = rows[: self.page_rows]
        more = len(rows) > len(page)
        next_seq = page[-1].seq if page else since
        return wire.compress(wire.page_lines(wire.Page("e1", since, next_seq, more, {"place": ("n",)}, tuple(page))))

    def _blob(
        self, method: str, sha: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        if method == "POST":
            self.sizes[sha] = int(headers[wire.LENGTH])
            self.blobs.setdefault(sha, bytearray())
        if sha not in self.sizes:
            raise Refused("not_found")
        held = self.blobs[sha]
        if method == "PATCH":
            if int(headers[wire.OFFSET]) != len(held):
                raise Refused("upload_offset_wrong", offset=str(len(held)))
            held += body
            if len(held) == self.sizes[sha] and hashlib.sha256(held).hexdigest() != sha:
                held.clear()
                raise Refused("upload_hash_wrong")
        complete = len(held) == self.sizes[sha]
        told = {wire.OFFSET.lower(): str(len(held)), wire.COMPLETE.lower(): "1" if complete else "0"}
        return 200, told, msgspec.json.encode(wire.BlobState(offset=len(held), complete=complete))


class MemoryStore:
    """What a device keeps, in lists."""

    def __init__(self) -> None:
        self.events: dict[str, Waiting] = {}
        self.results: dict[str, e.EventResult] = {}
        self.parked: dict[str, str] = {}
        self.rows: dict[str, wire.Change] = {}
        self.at: tuple[str, int] = ("", 0)
        self.restarts: list[str] = []
        self.files: dict[str, bytes] = {}
        self.sent: dict[str, tuple[int, bool]] = {}
        self.failed: dict[str, str] = {}
        self.notes: list[str] = []

    def identity(self) -> Identity:
        return Identity("d", "centre", SEED)

    def waiting(self, limit: int) -> Sequence[Waiting]:
        todo = [w for w in self.events.values() if w.id not in self.results and w.id not in self.parked]
        return sorted(todo)[:limit]

    def settle(self, results: Sequence[e.EventResult]) -> None:
        self.results |= {result.id: result for result in results if result.outcome != "blocked"}

    def park(self, event_id: str, code: str) -> None:
        self.parked[event_id] = code

    def cursor(self) -> tuple[str, int]:
        return self.at

    def apply(self, page: wire.Page) -> None:
        self.rows |= {change.id: change for change in page.changes}
        self.at = (page.epoch, page.next)

    def restart(self, reason: str) -> None:
        self.restarts.append(reason)
        self.at = ("", 0)

    def next_evidence(self) -> Piece | None:
        for sha, data in self.files.items():
            if not self.sent.get(sha, (0, False))[1] and sha not in self.failed:
                return Piece(sha, len(data))
        return None

    def read_evidence(self, sha256: str, offset: int, length: int) -> bytes:
        return self.files[sha256][offset : offset + length]

    def evidence_at(self, sha256: str, offset: int, complete: bool) -> None:
        self.sent[sha256] = (offset, complete)

    def evidence_failed(self, sha256: str, code: str) -> None:
        self.failed[sha256] = code

    def note(self, level: str, code: str, params: Mapping[str, str]) -> None:
        self.notes.append(code)

    def add(self, n: int, text: str = "") -> str:
        event = e.Event(
            id=f"event-{n}", n=n, kind="case", record="c", action="comment", user="u", made_at="x", data={"text": text}
        )
        self.events[event.id] = Waiting(n, event.id, e.encode(event))
        return event.id
