"""Two devices beside each other: a connection that can be given up at once, and the proof that both know one code."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
import selectors
import socket
import time
import unicodedata
from typing import Final, Literal, TypeVar

import msgspec
from nacl import pwhash

from inspector_app.services.errors import UserError

CODE_DIGITS: Final = 8
SILENCE_S: Final = 20.0
"""A device that says nothing for so long is gone."""
PATIENCE_S: Final = 120.0
"""So long the other may take to gather what it gives, or to put away what it got."""
_MOST_MESSAGE: Final = 16 * 1024
_NONCE_BYTES: Final = 16
_TAG_BYTES: Final = 32
_PIECE: Final = 64 * 1024

Side = Literal["giver", "taker"]
_Message = TypeVar("_Message", bound=msgspec.Struct)


class Broken(UserError):
    """``transfer_broken``: the other device is gone, silent, or does not speak our language."""

    def __init__(self, reason: str) -> None:
        super().__init__("transfer_broken", reason=reason)


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """How a device introduces itself; ``nonce`` (hex) is new for each connection."""

    protocol: int
    server_id: str
    device_id: str
    nonce: str


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """That a device knows the code (hex); empty with the ``code`` of a refusal."""

    proof: str = ""
    code: str = ""


class Stop:
    """Ends what other threads wait for, at once. Used by one transfer."""

    def __init__(self) -> None:
        self._set, self.heard = socket.socketpair()
        self.is_set = False

    def __call__(self) -> None:
        """Stop; may be repeated, and comes too late without harm."""
        if not self.is_set:
            self.is_set = True
            with contextlib.suppress(OSError):  # it ended by itself in this moment
                self._set.send(b"!")

    def close(self) -> None:
        """Nothing waits any more."""
        self.is_set = True
        self._set.close()
        self.heard.close()


class Channel:
    """A connection on which every wait has an end; it closes its socket."""

    def __init__(self, connection: socket.socket, stop: Stop) -> None:
        connection.setblocking(False)
        self._connection, self._stop = connection, stop
        self._key = b""
        self._sides: tuple[Side, Side] = ("giver", "taker")
        self._counts = [0, 0]

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def read(self, count: int, patience: float = 0.0) -> bytes:
        """Some bytes, at most so many; ``patience`` is for an answer that takes its time.

        Raises:
            Broken: Nothing came in time, or the other has hung up.
            UserError: ``transfer_cancelled``.
        """
        self._wait(selectors.EVENT_READ, max(patience, SILENCE_S))
        try:
            found = self._connection.recv(min(count, _PIECE))
        except OSError as error:
            raise Broken(type(error).__name__) from error
        if not found:
            raise Broken("hung up")
        return found

    def write(self, data: bytes) -> None:
        """Send all of it.

        Raises:
            Broken: The other does not take it in time.
            UserError: ``transfer_cancelled``.
        """
        left = memoryview(data)
        while left:
            self._wait(selectors.EVENT_WRITE, SILENCE_S)
            try:
                left = left[self._connection.send(left[:_PIECE]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise Broken(type(error).__name__) from error

    def say(self, message: msgspec.Struct) -> None:
        """Send a message; after the pairing it carries the proof that it is ours, and in its place."""
        text = msgspec.json.encode(message)
        self.write(len(text).to_bytes(4, "big") + text + self._tag(text, 0))

    def hear(self, shape: type[_Message], patience: float = 0.0) -> _Message:
        """Wait for a message.

        Raises:
            Broken: It is not one of ours.
            UserError: ``transfer_cancelled``.
        """
        length = int.from_bytes(self._exactly(4, patience), "big")
        if length > _MOST_MESSAGE:
            raise Broken("message too long")
        text = self._exactly(length)
        tag = self._tag(text, 1)
        if tag and not hmac.compare_digest(self._exactly(len(tag)), tag):
            raise Broken("message not of the other device")
        try:
            return msgspec.json.decode(text, type=shape)
        except ValueError as error:
            raise Broken("message not understood") from error

    def has_news(self) -> bool:
        """Whether the other has said something that was not heard yet, or has hung up.

        Raises:
            UserError: ``transfer_cancelled``.
        """
        return ready(self._connection, selectors.EVENT_READ, self._stop, 0.0)

    def hear_out(self) -> None:
        """Let the other see what was last said to him before hanging up on what he is still sending."""
        until = time.monotonic() + SILENCE_S
        with contextlib.suppress(Broken):  # he has hung up: that is what is waited for
            while left(until) > 0:
                self.read(_PIECE)

    def trust(self, key: bytes, ours: Side) -> None:
        """From now on messages have to be proven with the key that the pairing gave."""
        self._key = key
        self._sides = ("giver", "taker") if ours == "giver" else ("taker", "giver")

    def _tag(self, text: bytes, whose: int) -> bytes:
        if not self._key:
            return b""
        self._counts[whose] += 1
        place = f"{self._sides[whose]} {self._counts[whose]}\n".encode()
        return hmac.digest(self._key, place + text, "sha256")

    def _exactly(self, count: int, patience: float = 0.0) -> bytes:
        found = bytearray()
        while len(found) < count:
            found += self.read(count - len(found), patience)
        return bytes(found)

    def _wait(self, event: int, seconds: float) -> None:
        if not ready(self._connection, event, self._stop, seconds):
            raise Broken("silent")


def ready(connection: socket.socket, event: int, stop: Stop, seconds: float) -> bool:
    """Wait until a socket can be read or written, or not.

    Raises:
        UserError: ``transfer_cancelled``, at once.
    """
    if stop.is_set:
        raise UserError("transfer_cancelled")
    with selectors.DefaultSelector() as selector:
        selector.register(connection, event)
        selector.register(stop.heard, selectors.EVENT_READ)
        found = [key.fileobj for key, _ in selector.select(seconds)]
    if stop.heard in found:
        raise UserError("transfer_cancelled")
    return bool(found)


def connect(host: str, port: int, stop: Stop) -> socket.socket:
    """Open a connection.

    Raises:
        Broken: Nobody answers there.
        UserError: ``transfer_cancelled``.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        connection = socket.socket(family, kind, protocol)
    except OSError as error:
        raise Broken(type(error).__name__) from error
    try:
        connection.setblocking(False)
        connection.connect_ex(address)
        if not ready(connection, selectors.EVENT_WRITE, stop, SILENCE_S / 2):
            raise Broken("nobody answers")
        problem = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if problem:
            raise Broken(f"nobody answers ({problem})")
    except BaseException:
        connection.close()
        raise
    return connection


# ------------------------------------------------------------------------------------------------------ the pairing


def new_code() -> str:
    """A code to be read out and typed."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def typed_code(text: str) -> str:
    """A code as it was typed: in any digits, with or without spaces.

    Raises:
        UserError: ``pairing_code_malformed``.
    """
    digits = "".join(str(unicodedata.decimal(sign)) for sign in text if unicodedata.decimal(sign, None) is not None)
    others = [sign for sign in text if unicodedata.decimal(sign, None) is None and not sign.isspace() and sign != "-"]
    if len(digits) != CODE_DIGITS or others:
        raise UserError("pairing_code_malformed")
    return digits


def new_nonce() -> str:
    """For one connection."""
    return secrets.token_bytes(_NONCE_BYTES).hex()


def key_of(code: str, taker: Party, giver: Party) -> bytes:
    """What both sides make of the code; slow on purpose, so that a listener cannot try all codes meanwhile."""
    said = msgspec.json.encode((taker, giver))
    salt = hashlib.sha256(said).digest()[: pwhash.argon2id.SALTBYTES]
    stretched = pwhash.argon2id.kdf(
        _TAG_BYTES,
        code.encode(),
        salt,
        opslimit=pwhash.argon2id.OPSLIMIT_INTERACTIVE,
        memlimit=pwhash.argon2id.MEMLIMIT_INTERACTIVE,
    )
    return hmac.digest(stretched, said, "sha256")


def proof_of(key: bytes, side: Side) -> str:
    """That one side has the key."""
    return hmac.new(key, f"midan-nearby-1 {side}".encode(), "sha256").hexdigest()


def is_proven(key: bytes, side: Side, proof: str) -> bool:
    """Whether the other side has the key, too."""
    return hmac.compare_digest(proof_of(key, side).encode(), proof.encode())


def left(until: float) -> float:
    """Seconds to a moment of the monotonic clock; never negative."""
    return max(0.0, until - time.monotonic())
