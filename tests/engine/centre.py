"""A centre that lives in memory, standing at the engine's port, with faults that a test asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlsplit

import msgspec
from nacl.signing import SigningKey, VerifyKey

from sync.contract import events as e
from sync.contract import snapshots, wire
from sync.contract.problems import Refused
from sync.engine.ports import Answer, LinkDown

SEED = b"\x07" * 32
COLUMNS: dict[str, tuple[str, ...]] = {"place": ("n",)}

Reply = tuple[int, dict[str, str], bytes]


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
    """Answers as PROTOCOL says; ``faults`` are taken one a request, before the request is looked at.

    Attributes:
        frame_rows: Rows in a frame of a snapshot; 0 where this centre is older than snapshots.
        cuts: After so many bytes each streamed answer breaks off, one entry an answer.
        piece: Bytes of a streamed answer that arrive together.
        modern: Whether it knows the requests beyond the first version's.
    """

    def __init__(self, clock: Time) -> None:
        self.clock = clock
        self.keys = {"d": SigningKey(SEED).verify_key}
        self.rows: list[wire.Change] = []
        self.ledger: dict[str, e.EventResult] = {}
        self.blobs: dict[str, bytearray] = {}
        self.sizes: dict[str, int] = {}
        self.requests: list[tuple[str, str]] = []
        self.asked: list[wire.TokenRequest] = []
        self.faults: list[Callable[[], Answer | None]] = []
        self.verdict: Callable[[e.Event], e.EventResult] = lambda event: e.EventResult(id=event.id, outcome="applied")
        self.token_good_until = 0.0
        self.server_id = "centre"
        self.life = ""
        self.standing = "good"
        self.people: tuple[str, ...] | None = None
        self.page_rows = 2
        self.frame_rows = 0
        self.frames: list[bytes] = []
        self.cuts: list[int] = []
        self.piece = 1_000
        self.modern = False
        self.takes_bodies = False
        self.compares = self.joins = False
        self.lose_answers = 0
        self.garbled: Callable[[bytes], bytes] = lambda said: said

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        take: Callable[[bytes], None] | None = None,
    ) -> Answer:
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
        answer = Answer(status, {wire.SERVER_TIME.lower(): "2026-11-22T00:00:00Z"} | extra, reply)
        if take is not None and status in (200, 206):
            self._stream(reply, take, cut=status == 206 or self.joins)
            return answer._replace(body=b"")
        return answer._replace(body=b"") if method == "HEAD" else answer

    def sent(self, address: str) -> list[str]:
        """The methods and paths asked for under an address."""
        return [f"{method} {path}" for method, path in self.requests if path.startswith(address)]

    def _stream(self, body: bytes, take: Callable[[bytes], None], *, cut: bool) -> None:
        limit = self.cuts.pop(0) if cut and self.cuts else len(body)
        for at in range(0, min(limit, len(body)), self.piece):
            take(body[at : min(at + self.piece, limit)])
        if limit < len(body):
            raise LinkDown("cut")

    def _route(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        if path == wire.HELLO:
            hello = wire.Hello(
                server_id=self.server_id, name="C", versions=(1,), schema=1, time="2026-11-22T00:00:00Z", life=self.life
            )
            return 200, {}, msgspec.json.encode(hello)
        if path == wire.NONCE:
            return 200, {}, msgspec.json.encode(wire.NonceReply(nonce="n"))
        if path == wire.TOKEN:
            said = self._token(msgspec.json.decode(body, type=wire.TokenRequest))
            return 200, {wire.SUM.lower(): wire.checksum(said)}, self.garbled(said)
        if headers.get("Authorization", "")[:8] != "Bearer t" or self.clock.t >= self.token_good_until:
            raise Refused("token_expired")
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query, keep_blank_values=True).items()}
        bare = urlsplit(path).path
        if bare == wire.PUSH:
            return 200, {}, self._push(wire.decompress(body, wire.MAX_PUSH_BYTES))
        if bare.startswith(wire.BLOBS):
            return self._blob(method, bare.rpartition("/")[2], body, headers)
        if self.standing == "revoked" and bare != wire.RELAY:
            raise Refused("device_revoked")
        if bare == wire.CHANGES:
            return self._changes(int(query["since"]), query)
        if not self.modern:
            raise Refused("not_found")
        if bare.startswith(wire.SNAPSHOT):
            return self._snapshot(bare, headers)
        return self._further(bare, query, body, headers)

    def _further(self, bare: str, query: Mapping[str, str], body: bytes, headers: Mapping[str, str]) -> Reply:
        if bare == wire.CHECK:
            level = not [row for row in self.rows if row.seq > int(query["since"])]
            found = self._buckets() if level else ()
            return 200, {}, msgspec.json.encode(snapshots.CheckReply(level=level, buckets=found))
        if bare == wire.BUCKET:
            wanted = query["kind"], int(query["bucket"])
            rows = [row for row in self.rows if (row.kind, snapshots.bucket_of(row.id)) == wanted and row.values]
            return 200, {}, _packed(wire.Page("e1", 0, 0, False, COLUMNS, tuple(rows)))
        if bare == wire.RELAY:
            head, *lines = wire.decompress(body, wire.MAX_PUSH_BYTES)
            said = msgspec.json.decode(head, type=wire.RelayHead)
            if said.signature != "good":
                raise Refused("batch_signature_wrong")
            return 200, {}, self._push(lines)
        assert bare == wire.REIDENTIFY, bare
        asked = msgspec.json.decode(body, type=wire.ReidentifyRequest)
        key = VerifyKey(bytes.fromhex(asked.public_key))
        old = headers["Authorization"].removeprefix("Bearer t-")
        key.verify(wire.reidentify_message(self.server_id, old, asked.public_key), bytes.fromhex(asked.signature))
        self.keys["d2"] = key
        given = wire.EnrolReply(
            device_id="d2", device_number=2, committee=None, server_id=self.server_id, recovery_key=""
        )
        return 200, {}, msgspec.json.encode(given)

    def _token(self, asked: wire.TokenRequest) -> bytes:
        message = wire.token_message("centre", asked.device_id, "n")
        VerifyKey(bytes(self.keys[asked.device_id])).verify(message, bytes.fromhex(asked.signature))
        self.asked.append(asked)
        self.token_good_until = self.clock.t + 900
        token = f"t-{asked.device_id}"
        return msgspec.json.encode(
            wire.TokenReply(token=token, expires_in=900, standing=self.standing, people=self.people)
        )

    def _push(self, lines: list[bytes]) -> bytes:
        results = []
        for line in lines:
            event = e.decode(line)
            if event.id not in self.ledger:
                verdict = self.verdict(event)
                if not verdict.final:
                    results.append(verdict)
                    continue
                self.ledger[event.id] = verdict
            results.append(self.ledger[event.id])
        return msgspec.json.encode(wire.PushReply(results=tuple(results), life=self.life))

    def _changes(self, since: int, query: Mapping[str, str]) -> Reply:
        rows = [row for row in self.rows if row.seq > since]
        compared = self.compares and query.get("check") == "1"
        if not rows and self.modern and query.get("quiet") == "1" and not compared:
            return 204, {}, b""
        page = rows[: self.page_rows]
        more = len(rows) > len(page)
        next_seq = page[-1].seq if page else since
        buckets = self._buckets() if compared and not more else None
        return 200, {}, _packed(wire.Page("e1", since, next_seq, more, COLUMNS, tuple(page), buckets))

    def _buckets(self) -> tuple[snapshots.Bucket, ...]:
        return snapshots.buckets((row.kind, row.id, row.rev) for row in self.rows if row.values is not None)

    def _snapshot(self, bare: str, headers: Mapping[str, str]) -> Reply:
        living = [row for row in self.rows if row.values is not None]
        groups = [living[at : at + self.frame_rows] for at in range(0, len(living), self.frame_rows)]
        frames = [
            snapshots.pack_frame(
                snapshots.Frame(kind="place", columns=("n",), rows=[[row.id, row.rev, *row.values] for row in group])  # type: ignore[misc]
            )
            for group in groups
        ]
        whole = b"".join(frames)
        name = hashlib.sha256(whole).hexdigest()
        if bare == wire.SNAPSHOT:
            entries, at = [], 0
            for group, frame in zip(groups, frames, strict=True):
                digest = hashlib.sha256(frame).hexdigest()
                entries.append(snapshots.FrameEntry(offset=at, length=len(frame), rows=len(group), sha256=digest))
                at += len(frame)
            since = max((row.seq for row in self.rows), default=0)
            made = snapshots.Manifest(
                id=name, epoch=f"{self.life or 'e1'}.s", since=since, schema=1, frames=tuple(entries)
            )
            joined = self.joins and headers.get("Accept") == wire.FRAMES
            return 200, {}, snapshots.manifest_line(made) + whole if joined else msgspec.json.encode(made)
        if bare.rpartition("/")[2] != name:
            raise Refused("snapshot_gone")
        first, _, last = headers["Range"].removeprefix("bytes=").partition("-")
        self.frames.append(headers["Range"].encode())
        part = whole[int(first) : int(last) + 1]
        return 206, {"content-range": f"bytes {first}-{last}/{len(whole)}"}, part

    def _blob(self, method: str, sha: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        if method == "GET":
            return self._given(self.blobs[sha], headers)
        if method == "POST":
            self.sizes[sha] = int(headers[wire.LENGTH])
            held = self.blobs.setdefault(sha, bytearray())
            if self.takes_bodies and not held:
                held += body
        if sha not in self.sizes:
            raise Refused("not_found")
        held = self.blobs[sha]
        if method == "PATCH":
            if int(headers[wire.OFFSET]) != len(held):
                raise Refused("upload_offset_wrong", offset=str(len(held)))
            held += body
        complete = len(held) == self.sizes[sha]
        if complete and method != "HEAD" and hashlib.sha256(held).hexdigest() != sha:
            held.clear()
            raise Refused("upload_hash_wrong")
        told = {wire.OFFSET.lower(): str(len(held)), wire.COMPLETE.lower(): "1" if complete else "0"}
        return 200, told, msgspec.json.encode(wire.BlobState(offset=len(held), complete=complete))

    def _given(self, held: bytearray, headers: Mapping[str, str]) -> Reply:
        wanted = headers.get("Range", "") if self.modern else ""
        if not wanted:
            return 200, {}, bytes(held)
        return 206, {}, bytes(held[int(wanted.removeprefix("bytes=").rstrip("-")) :])


def _packed(page: wire.Page) -> bytes:
    return wire.compress(wire.page_lines(page))
