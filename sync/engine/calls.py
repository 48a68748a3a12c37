"""One authenticated request at a time: the token, what an answer means, and how long to wait after a failure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar

import msgspec
from nacl.signing import SigningKey

from sync.contract import wire
from sync.contract.problems import PROBLEMS, ProblemBody, Refused
from sync.engine.ports import Answer, Clock, Identity, LinkDown, Random, Transport

_Reply = TypeVar("_Reply")

_TOKEN_MARGIN_S = 30.0
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 300.0


class TryLater(LinkDown):
    """The centre is there but cannot answer now (429 or 5xx).

    Attributes:
        status: The HTTP status.
        retry_after: Seconds the centre asks to wait, 0 where it does not say.
    """

    def __init__(self, status: int, retry_after: float) -> None:
        super().__init__(f"the centre answered {status}")
        self.status = status
        self.retry_after = retry_after


class NotTheCentre(LinkDown):
    """Something answered, and not in our protocol: another site, or a network that wants a login first."""


class Backoff:
    """Full-jitter exponential waiting between 1 s and 5 min, begun again by any progress."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._failures = 0

    def progressed(self) -> None:
        """Something went through."""
        self._failures = 0

    def failed(self, error: LinkDown) -> float:
        """How many seconds to wait after this failure; what the centre asks for is obeyed."""
        ceiling = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0**self._failures)
        self._failures += 1
        asked = error.retry_after if isinstance(error, TryLater) else 0.0
        return max(asked, self._random.uniform(_FIRST_WAIT_S / 2, ceiling))


class Traffic(NamedTuple):
    """What a run has cost so far: requests, and bytes of bodies in both directions."""

    requests: int = 0
    sent: int = 0
    received: int = 0


def reply(answer: Answer, shape: type[_Reply]) -> _Reply:
    """Read a JSON answer.

    Raises:
        NotTheCentre: It is not what the protocol says; something between us and the centre is lying.
    """
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except ValueError as error:  # msgspec.DecodeError, or bytes that are no text
        raise NotTheCentre(f"not the centre's answer: {error}") from error


def refusal(answer: Answer) -> Refused:
    """The problem in an answer that refuses.

    Raises:
        NotTheCentre: The answer has no problem of ours: it is not from the centre.
    """
    problem = reply(answer, ProblemBody)
    if problem.code in PROBLEMS:
        return Refused(problem.code, **problem.fields)
    if answer.status in (400, 401, 403, 404, 409, 413, 422, 426):
        return Refused("bad_request", detail=problem.code)
    raise NotTheCentre(f"an answer {answer.status} that says nothing")


def ask(
    transport: Transport, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Answer:
    """Send a request and keep only what worked.

    Raises:
        LinkDown: Nobody answered.
        TryLater: The centre is busy or broken.
        Refused: The centre says no, and why.
    """
    answer = transport.request(method, path, body, headers or {})
    if answer.status == PROBLEMS["too_many_attempts"].status or answer.status >= 500:
        raise TryLater(answer.status, _seconds(answer.headers.get("retry-after", "")))
    if answer.status >= 400:
        if method == "HEAD":  # a HEAD has no body to say why
            raise Refused({404: "not_found", 401: "token_expired"}.get(answer.status, "bad_request"))
        raise refusal(answer)
    return answer


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() else 0.0


def hello(transport: Transport) -> wire.Hello:
    """Ask who is there.

    Raises:
        LinkDown: Nobody, or somebody else.
        Refused: ``version_unsupported``: it does not speak our version.
    """
    return greeting(ask(transport, "GET", wire.HELLO))


def greeting(answer: Answer) -> wire.Hello:
    """Read who is there; the errors are those of ``hello``."""
    said = reply(answer, wire.Hello)
    if wire.VERSION not in said.versions:
        raise Refused("version_unsupported", ours=str(wire.VERSION), theirs=",".join(map(str, said.versions)))
    return said


class Caller:
    """Requests in the name of the device: gets a token when it needs one, and never keeps it on disk."""

    def __init__(self, identity: Identity, transport: Transport, clock: Clock) -> None:
        self._identity = identity
        self._transport = transport
        self._clock = clock
        self._token = ""
        self._expires = 0.0
        self.traffic = Traffic()
        self.clock_offset_s: float | None = None
        """How far this device's clock is ahead of the centre's, in seconds, as last seen."""

    @property
    def has_token(self) -> bool:
        """Whether the centre has let the device in, and what failed since is about the request itself."""
        return bool(self._token) and self._clock.monotonic() < self._expires

    def forget(self) -> None:
        """Drop the token."""
        self._token = ""

    def call(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Send one authenticated request; an expired token is renewed once.

        Raises:
            LinkDown: No whole answer.
            TryLater: The centre is busy or broken.
            Refused: The centre says no.
        """
        for attempt in (1, 2):
            token = self._valid_token()
            try:
                return self._ask(method, path, body, {**(headers or {}), "Authorization": f"Bearer {token}"})
            except Refused as error:
                if error.problem.status != 401 or attempt == 2:
                    raise
                self.forget()
        raise AssertionError("the loop returns or raises")

    def _ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        answer = ask(self._transport, method, path, body, headers)
        count, sent, received = self.traffic
        self.traffic = Traffic(count + 1, sent + len(body), received + len(answer.body))
        self._watch_clock(answer)
        return answer

    def _watch_clock(self, answer: Answer) -> None:
        said = answer.headers.get(wire.SERVER_TIME.lower())
        if said:
            try:
                self.clock_offset_s = self._clock.now() - datetime.fromisoformat(said).timestamp()
            except ValueError as error:
                raise LinkDown(f"the centre's time is not a time: {said!r}") from error

    def _valid_token(self) -> str:
        if self.has_token:
            return self._token
        said = greeting(self._ask("GET", wire.HELLO))
        if said.server_id != self._identity.server_id:
            raise Refused("wrong_server", name=said.name)
        device, server, seed = self._identity
        asked = msgspec.json.encode(wire.NonceRequest(device_id=device))
        nonce = reply(self._ask("POST", wire.NONCE, asked, _JSON), wire.NonceReply).nonce
        signed = SigningKey(seed).sign(wire.token_message(server, device, nonce)).signature
        request = wire.TokenRequest(device_id=device, nonce=nonce, signature=signed.hex())
        granted = reply(self._ask("POST", wire.TOKEN, msgspec.json.encode(request), _JSON), wire.TokenReply)
        self._token = granted.token
        self._expires = self._clock.monotonic() + max(0.0, granted.expires_in - _TOKEN_MARGIN_S)
        return self._token


_JSON = {"Content-Type": wire.JSON}


def post(caller: Caller, path: str, request: msgspec.Struct, shape: type[_Reply]) -> _Reply:
    """Send a JSON request in the name of the device and read the JSON answer.

    Raises:
        LinkDown: No whole answer of the centre.
        Refused: The centre says no.
    """
    return reply(caller.call("POST", path, msgspec.json.encode(request), _JSON), shape)


def enrol(
    transport: Transport, said: wire.Hello, seed: bytes, code: str, device_name: str, client: str
) -> wire.EnrolReply:
    """Make this device known at the centre with a one-time code; the same code and key may be sent again.

    Args:
        transport: A connection to the centre.
        said: The centre's own greeting.
        seed: The 32 bytes of the device's new Ed25519 key.
        code: The one-time code.
        device_name: What people call this laptop.
        client: Name and version of this program.

    Raises:
        LinkDown: No whole answer of the centre.
        Refused: The code is unknown, used or too old.
    """
    key = SigningKey(seed)
    public = bytes(key.verify_key).hex()
    request = wire.EnrolRequest(
        code=code,
        device_name=device_name,
        public_key=public,
        signature=key.sign(wire.enrol_message(said.server_id, code, public)).signature.hex(),
        client=client,
    )
    return reply(ask(transport, "POST", wire.ENROL, msgspec.json.encode(request), _JSON), wire.EnrolReply)
