"""One authenticated request at a time: the token, who the device is, and what an answer means."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

import msgspec
from nacl.signing import SigningKey

from sync.contract import wire
from sync.contract.problems import PROBLEMS, ProblemBody, Refused
from sync.engine.ports import Answer, Clock, Identity, LinkDown, Outstanding, Take, Transport
from sync.engine.traffic import Meter, Traffic

_Reply = TypeVar("_Reply")

_TOKEN_MARGIN_S = 30.0
_JSON = {"Content-Type": wire.JSON}


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


class UnknownRefusal(Refused):
    """A refusal of a newer centre in a code that this version does not know; it says nothing of what was sent.

    To people it is a ``bad_request`` whose field ``detail`` is the code.
    """

    def __init__(self, code: str, status: int) -> None:
        super().__init__("bad_request", detail=code)
        self.problem = self.problem._replace(status=status)


def reply(answer: Answer, shape: type[_Reply]) -> _Reply:
    """Read a JSON answer.

    Raises:
        NotTheCentre: It is not what the protocol says, or what the centre sent; something between us is lying.
    """
    if answer.headers.get(wire.SUM.lower(), wire.checksum(answer.body)) != wire.checksum(answer.body):
        raise NotTheCentre("an answer that was changed on the way")
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
    return UnknownRefusal(problem.code, answer.status)


def judge(method: str, answer: Answer) -> Answer:
    """Keep only an answer that worked.

    Raises:
        NotTheCentre: Somebody else answered.
        TryLater: The centre is busy or broken.
        Refused: The centre says no, and why.
    """
    if answer.status == PROBLEMS["too_many_attempts"].status or answer.status >= 500:
        raise TryLater(answer.status, _seconds(answer.headers.get("retry-after", "")))
    if answer.status >= 400:
        if method == "HEAD":  # a HEAD has no body to say why
            raise Refused({404: "not_found", 401: "token_expired"}.get(answer.status, "bad_request"))
        raise refusal(answer)
    if not 200 <= answer.status < 300:
        raise NotTheCentre(f"an answer {answer.status}, which the centre never gives")
    return answer


def _granted(answer: Answer) -> wire.TokenReply:
    """A token with what the centre has decided: keys may be destroyed for that, so it needs its checksum.

    Raises:
        NotTheCentre: It is not what the centre said.
    """
    granted = reply(answer, wire.TokenReply)
    decided = granted.standing != "good" or granted.people is not None  # an older centre decides nothing
    if decided and wire.SUM.lower() not in answer.headers:
        raise NotTheCentre("a decision without its checksum")
    return granted


def ask(
    transport: Transport, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Answer:
    """Send a request and keep only what worked.

    Raises:
        LinkDown: Nobody answered.
        TryLater: The centre is busy or broken.
        Refused: The centre says no, and why.
    """
    return judge(method, transport.request(method, path, body, headers or {}))


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


class Told(NamedTuple):
    """What the centre said when it last let the device in: the life of its database, and what it has decided."""

    life: str
    revoked: bool
    people: tuple[str, ...] | None


class Session:
    """Who the device is to the centre, its token (never on disk), and the costs; shared by callers on any threads."""

    def __init__(
        self,
        identity: Identity,
        clock: Clock,
        *,
        outstanding: Callable[[], Outstanding] | None = None,
        client: str = "",
    ) -> None:
        """Nothing is asked yet.

        Args:
            identity: Who the device is.
            clock: For the token's age.
            outstanding: What waits on the device, told to the centre with each token.
            client: Name and version of this program.
        """
        self.meter = Meter()
        self.clock_offset_s: float | None = None
        """How far this device's clock is ahead of the centre's, in seconds, as last seen."""
        self._identity = identity
        self._clock = clock
        self._outstanding = outstanding or (lambda: Outstanding(0, ""))
        self._client = client
        self._turn = threading.Lock()
        self._token = ""
        self._expires = 0.0
        self._told: Told | None = None

    @property
    def identity(self) -> Identity:
        """Who the device is."""
        return self._identity

    @property
    def has_token(self) -> bool:
        """Whether the centre has let the device in, and what failed since is about the request itself."""
        return bool(self._token) and self._clock.monotonic() < self._expires

    def become(self, identity: Identity) -> None:
        """Speak as another device from now on."""
        with self._turn:
            self._identity, self._token = identity, ""

    def forget(self, token: str | None = None) -> None:
        """Drop the token; if one is given, only where it is still the one in use."""
        with self._turn:
            if token in (None, self._token):
                self._token = ""

    def news(self) -> Told | None:
        """What the centre said when it gave the last token, once."""
        with self._turn:
            told, self._told = self._told, None
            return told

    def token(self, transport: Transport) -> str:
        """A valid token; where there is none, one caller asks for it and the others wait for him.

        Raises:
            LinkDown: No whole answer.
            Refused: The centre says no; ``wrong_server``: it is not this device's.
        """
        with self._turn:
            if not self.has_token:
                self._sign_in(transport)
            return self._token

    def _sign_in(self, transport: Transport) -> None:
        device, server, seed = self._identity
        said = greeting(self.exchange(transport, "GET", wire.HELLO, headers={wire.DEVICE: device}))
        if said.server_id != server:
            raise Refused("wrong_server", name=said.name)
        nonce = said.nonce
        if not nonce:  # a centre older than this, or one that does not know the device and says so now
            asked = msgspec.json.encode(wire.NonceRequest(device_id=device))
            nonce = reply(self.exchange(transport, "POST", wire.NONCE, asked, _JSON), wire.NonceReply).nonce
        waits = self._outstanding()
        request = wire.TokenRequest(
            device_id=device,
            nonce=nonce,
            signature=SigningKey(seed).sign(wire.token_message(server, device, nonce)).signature.hex(),
            waiting=waits.events,
            waiting_since=waits.since,
            client=self._client,
            time=datetime.fromtimestamp(self._clock.now(), UTC).isoformat(),
        )
        answer = self.exchange(transport, "POST", wire.TOKEN, msgspec.json.encode(request), _JSON)
        granted = _granted(answer)
        self._token = granted.token
        self._expires = self._clock.monotonic() + max(0.0, granted.expires_in - _TOKEN_MARGIN_S)
        self._told = Told(said.life, granted.standing == "revoked", granted.people)

    def exchange(
        self,
        transport: Transport,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        take: Take | None = None,
    ) -> Answer:
        """Send one request as it is and keep only what worked, counting what it costs.

        Raises:
            LinkDown: No whole answer.
            TryLater: The centre is busy or broken.
            Refused: The centre says no.
        """
        self.meter.count(requests=1, sent=len(body))
        try:
            if take is None:
                answer = transport.request(method, path, body, headers or {})
            else:
                answer = transport.request(method, path, body, headers or {}, take=self._counted(take))
            self.meter.count(received=len(answer.body))
            judge(method, answer)
        except LinkDown:
            self.meter.count(wasted=len(body), retries=1)
            raise
        self._watch_clock(answer)
        return answer

    def _counted(self, take: Take) -> Take:
        def taken(data: bytes) -> None:
            self.meter.count(received=len(data))
            take(data)

        return taken

    def _watch_clock(self, answer: Answer) -> None:
        said = answer.headers.get(wire.SERVER_TIME.lower())
        if said:
            try:
                self.clock_offset_s = self._clock.now() - datetime.fromisoformat(said).timestamp()
            except ValueError as error:
                raise LinkDown(f"the centre's time is not a time: {said!r}") from error


class Caller:
    """Requests in the name of the device over one connection; used by one thread at a time."""

    def __init__(self, identity: Identity, transport: Transport, clock: Clock) -> None:
        """A caller with a session of its own; ``sharing`` makes further ones."""
        self.session = Session(identity, clock)
        self._transport = transport

    @classmethod
    def sharing(cls, session: Session, transport: Transport) -> Caller:
        """A caller over another connection in the same session."""
        made = cls.__new__(cls)
        made.session, made._transport = session, transport
        return made

    @property
    def traffic(self) -> Traffic:
        """What the session has cost so far."""
        return self.session.meter.so_far

    @property
    def has_token(self) -> bool:
        """Whether the centre has let the device in."""
        return self.session.has_token

    def sign_in(self) -> None:
        """See to a valid token; the errors are those of ``call``."""
        self.session.token(self._transport)

    def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        take: Take | None = None,
    ) -> Answer:
        """Send one authenticated request; an expired token is renewed once.

        Raises:
            LinkDown: No whole answer.
            TryLater: The centre is busy or broken.
            Refused: The centre says no.
        """
        for attempt in (1, 2):
            token = self.session.token(self._transport)
            allowed = {**(headers or {}), "Authorization": f"Bearer {token}"}
            try:
                return self.session.exchange(self._transport, method, path, body, allowed, take)
            except Refused as error:
                if error.problem.status != 401 or attempt == 2:
                    raise
                self.session.forget(token)
        raise AssertionError("the loop returns or raises")


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
