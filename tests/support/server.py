"""A real centre on a free port, and a device that speaks to it by plain requests, for every test that needs one."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import requests
from nacl.signing import SigningKey

from sync.contract import events as e
from sync.contract import records as r
from sync.contract import wire
from sync.contract.ids import uuid7
from sync.contract.problems import ProblemBody, Refused
from sync.server.http.serving import Serving
from sync.server.services import sample
from sync.server.services.centre import Centre, open_centre
from sync.server.services.clock import Clock, utc_now

CODES = {
    "makkah": "MAKK-AH11-2345-ABCD",
    "makkah-2": "MAKK-AH11-2345-ABCE",
    "madinah": "MADI-NA21-2345-ABCD",
    "jeddah": "JEDD-AH31-2345-ABCD",
    "none": "SUPE-RV00-2345-ABCD",
    "none-2": "SUPE-RV00-2345-ABCE",
}
"""Enrolment codes of the sample season, each good for one device."""


def password_of(username: str) -> str:
    """The password of a sample account."""
    return f"{username}-sample-1448"


class MovedClock:
    """A clock that a test can move on."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@dataclass
class LiveServer:
    """A centre that answers over a real socket, and the centre itself for what has no address."""

    centre: Centre
    url: str


@contextmanager
def running(centre: Centre) -> Iterator[LiveServer]:
    """Serve an open centre until the block ends."""
    serving = Serving(centre, "127.0.0.1", 0)
    thread = threading.Thread(target=serving.run, name="test-centre")
    thread.start()
    try:
        yield LiveServer(centre, serving.url)
    finally:
        serving.stop()
        thread.join()


@contextmanager
def sample_server(folder: Path, clock: Clock = utc_now) -> Iterator[LiveServer]:
    """A centre with the sample season, in a folder of its own.

    Args:
        folder: Empty, or one that held a centre before.
        clock: The centre's clock.
    """
    centre = open_centre(str(folder / "centre.db"), folder / "blobs", clock)
    try:
        sample.load(centre)
        with running(centre) as server:
            yield server
    finally:
        centre.close()


@dataclass
class Device:
    """A device as the protocol sees one; every call is a real request.

    Calls raise ``Refused`` for a problem of the centre; ``send`` hands out the response itself.
    """

    url: str
    key: SigningKey = field(default_factory=SigningKey.generate)
    id: str = ""
    number: int = 0
    server_id: str = ""
    token: str = ""
    next_n: int = 1
    session: requests.Session = field(default_factory=requests.Session)

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request with the device's token."""
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        return self.session.request(method, self.url + path, headers=headers, timeout=(5, 20), **options)

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request that has to succeed."""
        response = self.send(method, path, **options)
        if response.status_code >= 400:
            problem = msgspec.json.decode(response.content, type=ProblemBody)
            raise Refused(problem.code, **problem.fields)
        return response

    def enrol(self, code: str) -> wire.EnrolReply:
        """Enrol with a one-time code."""
        hello = msgspec.json.decode(self.ask("GET", wire.HELLO).content, type=wire.Hello)
        public = bytes(self.key.verify_key).hex()
        signature = self.key.sign(wire.enrol_message(hello.server_id, code, public)).signature.hex()
        request = wire.EnrolRequest(
            code=code, device_name="laptop", public_key=public, signature=signature, client="tests"
        )
        reply = msgspec.json.decode(
            self.ask("POST", wire.ENROL, data=msgspec.json.encode(request)).content, type=wire.EnrolReply
        )
        self.id, self.number, self.server_id = reply.device_id, reply.device_number, reply.server_id
        return reply

    def sign_in(self) -> None:
        """Get a fresh access token."""
        asked = msgspec.json.encode(wire.NonceRequest(device_id=self.id))
        nonce = msgspec.json.decode(self.ask("POST", wire.NONCE, data=asked).content, type=wire.NonceReply).nonce
        signature = self.key.sign(wire.token_message(self.server_id, self.id, nonce)).signature.hex()
        request = wire.TokenRequest(device_id=self.id, nonce=nonce, signature=signature)
        reply = self.ask("POST", wire.TOKEN, data=msgspec.json.encode(request))
        self.token = msgspec.json.decode(reply.content, type=wire.TokenReply).token

    def bind(self, username: str, password: str | None = None) -> r.Person:
        """Bind a sample person to this device."""
        request = {"username": username, "password": password or password_of(username)}
        reply = self.ask("POST", wire.BIND, data=msgspec.json.encode(request))
        return msgspec.json.decode(reply.content, type=wire.BindReply).person

    def event(self, kind: str, record: str, action: str, user: str, data: r.Part, **more: Any) -> e.Event:
        """An event of this device with its next running number."""
        made = e.Event(
            id=more.pop("id", uuid7()),
            n=more.pop("n", self.next_n),
            kind=kind,
            record=record,
            action=action,
            user=user,
            made_at=more.pop("made_at", "2026-11-22T14:03:07+03:00"),
            data=msgspec.to_builtins(data),
            **more,
        )
        self.next_n = max(self.next_n, made.n + 1)
        return made

    def push(self, *events: e.Event) -> tuple[e.EventResult, ...]:
        """Push events as one batch."""
        return self.push_lines(*(e.encode(event) for event in events))

    def push_lines(self, *lines: bytes) -> tuple[e.EventResult, ...]:
        """Push lines as they are."""
        reply = self.ask("POST", wire.PUSH, data=wire.compress(lines), headers={"Content-Type": wire.NDJSON_ZSTD})
        return msgspec.json.decode(reply.content, type=wire.PushReply).results

    def page(self, since: int = 0, epoch: str = "") -> wire.Page:
        """One page of changes."""
        reply = self.ask("GET", wire.CHANGES, params={"since": since, "epoch": epoch})
        return wire.read_page(wire.decompress(reply.content, wire.MAX_PAGE_BYTES))

    def pull(self, since: int = 0, epoch: str = "") -> tuple[dict[tuple[str, str], r.Record], wire.Page]:
        """Every change from a cursor on, as records by kind and id, and the last page."""
        held: dict[tuple[str, str], r.Record] = {}
        while True:
            page = self.page(since, epoch)
            for change in page.changes:
                key = (change.kind, change.id)
                if change.values is None:
                    held.pop(key, None)
                else:
                    values = dict(zip(page.columns[change.kind], change.values, strict=True))
                    held[key] = r.from_row(change.kind, {"id": change.id, **values})
            since, epoch = page.next, page.epoch
            if not page.more:
                return held, page

    def upload(self, data: bytes, chunk: int = wire.CHUNK_BYTES) -> str:
        """Upload a piece of evidence whole."""
        sha256 = hashlib.sha256(data).hexdigest()
        self.ask("POST", f"{wire.BLOBS}/{sha256}", headers={wire.LENGTH: str(len(data))})
        for offset in range(0, len(data), chunk):
            self.patch(sha256, offset, data[offset : offset + chunk])
        return sha256

    def patch(self, sha256: str, offset: int, piece: bytes) -> wire.BlobState:
        """Upload one piece of a piece of evidence."""
        headers = {wire.OFFSET: str(offset), "Content-Type": wire.UPLOAD}
        reply = self.ask("PATCH", f"{wire.BLOBS}/{sha256}", data=piece, headers=headers)
        return msgspec.json.decode(reply.content, type=wire.BlobState)

    def close(self) -> None:
        """Let go of its connections."""
        self.session.close()


@contextmanager
def device(server: LiveServer, code: str = CODES["makkah"], *usernames: str) -> Iterator[Device]:
    """An enrolled device with a token, and people bound to it."""
    made = Device(server.url)
    try:
        made.enrol(code)
        made.sign_in()
        for username in usernames:
            made.bind(username)
        yield made
    finally:
        made.close()
