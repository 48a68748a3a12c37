"""Bundles over the local network: one device opens a window and shows a code, the other types it; both may give.

The taker listens, the giver connects::

    taker -> giver   Party
    giver -> taker   Party, Proof         wrong: Proof with a code of refusal; the third time the window closes
    taker -> giver   Proof
    giver -> taker   Offer, a bundle      an empty offer: nothing to give
    taker -> giver   Outcome, Offer, a bundle
    giver -> taker   Outcome

What goes over is sealed to the device that it is for and signed by the one it is from, as on a stick: the code only
keeps it from going to the wrong table.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from inspector_app.services.bundles import Bundles, Parcel, told
from inspector_app.services.errors import UserError
from inspector_app.services.link import pairing
from inspector_app.services.link.pairing import Broken, Channel, Party, Proof, Stop
from inspector_app.services.unbundling import Progress
from inspector_app.services.views.transfers import Load, Received
from sync.domain.errors import DomainError

WINDOW_S: Final = 600.0
"""A window that nobody has used closes by itself."""
WRONG_CODES: Final = 3
ANNOUNCE_PORT: Final = 47_815
_EVERYBODY: Final = "255.255.255.255"
_ANNOUNCE_EVERY_S: Final = 2.0
_PROTOCOL: Final = 1
_NOTHING_TO_GIVE: Final = frozenset({"bundle_empty", "bundle_peer_unknown"})

_NOT_GIVEN: Final = frozenset({"transfer_broken", "transfer_refused"})


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle of about so many bytes follows; none does where it is 0."""

    bytes: int = 0


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the bundle that was given: nothing, or the code of why it was not taken."""

    code: str = ""


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """What an open window tells everybody beside it; nothing of it is proven."""

    midan: int
    server_id: str
    device_id: str
    port: int


class Found(NamedTuple):
    """A window that announced itself: whose it says it is, and where."""

    device_id: str
    host: str
    port: int


class Exchange(NamedTuple):
    """What went over: what came and what was given; None where there was nothing."""

    received: Received | None
    given: Load | None


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


class _End:
    """One end of a transfer, after both have proven that they know the code."""

    def __init__(self, bundles: Bundles, channel: Channel, other: Party, progress: Progress) -> None:
        self._bundles, self._channel, self._other, self._progress = bundles, channel, other, progress

    def give(self) -> Load | None:
        """Offer what there is for the other, and hear what became of it."""
        parcel = self._parcel()
        self._channel.say(Offer(bytes=0 if parcel is None else parcel.load.bytes))
        if parcel is None:
            return None
        size = self._send(parcel)
        outcome = self._channel.hear(Outcome, pairing.PATIENCE_S)
        if outcome.code:
            raise UserError("transfer_refused", reason=outcome.code)
        if size is None:
            raise Broken("answered too early")
        self._bundles.given(parcel, "nearby", size)
        return parcel.load

    def _send(self, parcel: Parcel) -> int | None:
        """Send a bundle; how many bytes it was, or None where the other would not hear it to its end."""
        size = 0
        for part in told(self._bundles.parts(parcel), parcel.load.bytes, self._progress):
            if self._channel.has_news():
                return None
            self._channel.write(part)
            size += len(part)
        return size

    def take(self) -> Received | None:
        """Take what the other offers, and say what became of it."""
        if not self._channel.hear(Offer, pairing.PATIENCE_S).bytes:
            return None
        try:
            received = self._bundles.take(self._channel.read, "nearby", self._progress)
        except Broken:
            raise
        except (UserError, DomainError) as error:
            with contextlib.suppress(Broken):  # what is wrong with the bundle says more than that he is gone as well
                self._channel.say(Outcome(code=error.code))
                self._channel.hear_out()
            raise
        self._channel.say(Outcome())
        return received

    def _parcel(self) -> Parcel | None:
        try:
            return self._bundles.parcel([self._other.device_id])
        except UserError as error:
            if error.code in _NOTHING_TO_GIVE:
                return None
            raise


class Window:
    """An open transfer window: shown with its addresses and its code until one transfer is through.

    ``run`` waits in the thread of whoever calls it; ``cancel`` may come from any.

    Attributes:
        code: To be typed at the other device.
        port: Where it listens.
    """

    def __init__(self, bundles: Bundles, host: str = "", *, announce: bool = True) -> None:
        """Listen on a free port, of all interfaces unless one is named.

        Raises:
            UserError: ``transfer_no_network``.
        """
        self._bundles, self._announce = bundles, announce
        self.code = pairing.new_code()
        self._stop = Stop()
        self._wrong = 0
        try:
            self._listener = socket.create_server((host, 0), backlog=1)
        except OSError as error:
            self._stop.close()
            raise UserError("transfer_no_network") from error
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]

    def addresses(self) -> tuple[str, ...]:
        """``host:port`` to be typed at the other device, where it does not find this one by itself."""
        return tuple(f"{host}:{self.port}" for host in own_addresses())

    def cancel(self) -> None:
        """Close the window, and give up what is under way, at once."""
        self._stop()

    def run(self, progress: Progress = _silent) -> Exchange:
        """Wait for the other device, take what it gives, and give back what there is for it.

        A device that goes away in the middle may come again, with the same code.

        Raises:
            UserError: ``transfer_cancelled``, ``transfer_timeout``, ``pairing_code_wrong`` (three times), or why the
                bundle cannot be taken.
            StorageError: ``disk_full``.
        """
        until = time.monotonic() + WINDOW_S
        try:
            while True:
                connection = self._next(until)
                channel = Channel(connection, self._stop)
                try:
                    return self._serve(channel, progress)
                except Broken:
                    continue
                finally:
                    channel.close()
        finally:
            self._listener.close()
            self._stop.close()

    def _next(self, until: float) -> socket.socket:
        """The next connection; meanwhile tell the neighbours that the window is open."""
        while (left := pairing.left(until)) > 0:
            if self._announce:
                self._tell()
            if pairing.ready(self._listener, selectors.EVENT_READ, self._stop, min(left, _ANNOUNCE_EVERY_S)):
                with contextlib.suppress(OSError):  # he hung up before he was answered
                    return self._listener.accept()[0]
        raise UserError("transfer_timeout")

    def _serve(self, channel: Channel, progress: Progress) -> Exchange:
        ours = party(self._bundles)
        channel.say(ours)
        other = channel.hear(Party)
        key = pairing.key_of(self.code, ours, other)
        if not pairing.is_proven(key, "giver", channel.hear(Proof).proof):
            self._wrong += 1
            channel.say(Proof(code="pairing_code_wrong"))
            if self._wrong >= WRONG_CODES:
                raise UserError("pairing_code_wrong")
            raise Broken("wrong code")
        channel.say(Proof(proof=pairing.proof_of(key, "taker")))
        channel.trust(key, "taker")
        end = _End(self._bundles, channel, other, progress)
        received = end.take()
        try:
            return Exchange(received, end.give())
        except UserError as error:
            if received is None or error.code not in _NOT_GIVEN:
                raise
            return Exchange(received, None)  # what came is here; what is for him waits for another time

    def _tell(self) -> None:
        ours = party(self._bundles)
        said = Announcement(midan=_PROTOCOL, server_id=ours.server_id, device_id=ours.device_id, port=self.port)
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            # A network may forbid it: then the address is typed.
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            sender.setblocking(False)
            sender.sendto(msgspec.json.encode(said), (_EVERYBODY, ANNOUNCE_PORT))


class Visit:
    """The other end: goes to a window with its code. ``run`` in one thread, ``cancel`` from any."""

    def __init__(self, bundles: Bundles, address: str, code: str) -> None:
        """``address`` is ``host:port``, as the window shows it.

        Raises:
            UserError: ``address_malformed``, ``pairing_code_malformed``.
        """
        host, _, port = address.strip().rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
            raise UserError("address_malformed", address=address)
        self._host, self._port = host.strip("[]"), int(port)
        self._code = pairing.typed_code(code)
        self._bundles = bundles
        self._stop = Stop()

    def cancel(self) -> None:
        """Give up, at once."""
        self._stop()

    def run(self, progress: Progress = _silent) -> Exchange:
        """Give what there is for the other device, and take what it gives back.

        Raises:
            UserError: ``transfer_broken``, ``transfer_cancelled``, ``pairing_code_wrong``, ``bundle_other_centre``,
                ``bundle_peer_unknown``, ``transfer_refused`` (``reason``: the code of why the other did not take it).
            StorageError: ``disk_full``.
        """
        try:
            channel = Channel(pairing.connect(self._host, self._port, self._stop), self._stop)
            try:
                return self._meet(channel, progress)
            finally:
                channel.close()
        finally:
            self._stop.close()

    def _meet(self, channel: Channel, progress: Progress) -> Exchange:
        ours, other = party(self._bundles), channel.hear(Party)
        if other.server_id != ours.server_id:
            raise UserError("bundle_other_centre")
        if other.device_id not in {peer.id for peer in self._bundles.peers()}:
            raise UserError("bundle_peer_unknown", device=other.device_id)
        key = pairing.key_of(self._code, other, ours)
        channel.say(ours)
        channel.say(Proof(proof=pairing.proof_of(key, "giver")))
        answer = channel.hear(Proof)
        if answer.code or not pairing.is_proven(key, "taker", answer.proof):
            raise UserError("pairing_code_wrong")
        channel.trust(key, "giver")
        end = _End(self._bundles, channel, other, progress)
        given = end.give()
        return Exchange(end.take(), given)


def discover(server_id: str, found: Callable[[Found], None], stop: Stop, seconds: float = WINDOW_S) -> None:
    """Listen for windows that announce themselves, in the caller's thread; ``found`` is told each time one does.

    Raises:
        UserError: ``transfer_cancelled`` when it is stopped; ``transfer_no_network``.
    """
    until = time.monotonic() + seconds
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("", ANNOUNCE_PORT))
        except OSError as error:
            raise UserError("transfer_no_network") from error
        listener.setblocking(False)
        while (left := pairing.left(until)) > 0:
            if pairing.ready(listener, selectors.EVENT_READ, stop, left):
                with contextlib.suppress(OSError, ValueError):  # anybody may send anything there
                    data, (host, _) = listener.recvfrom(2048)
                    said = msgspec.json.decode(data, type=Announcement)
                    if said.midan == _PROTOCOL and said.server_id == server_id and 0 < said.port < 2**16:
                        found(Found(said.device_id, host, said.port))


def party(bundles: Bundles) -> Party:
    """How this device introduces itself on a new connection."""
    identity = bundles.identity()
    return Party(
        protocol=_PROTOCOL, server_id=identity.server_id, device_id=identity.device_id, nonce=pairing.new_nonce()
    )


def own_addresses() -> tuple[str, ...]:
    """The IPv4 addresses of this machine, as far as it knows them; its own loop where it is in no network."""
    found: dict[str, None] = {}
    for towards in ("192.168.255.254", "10.255.255.254", "172.31.255.254", "169.254.255.254"):
        # Nothing is sent: connecting a datagram socket asks which interface would be used.
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.connect((towards, 9))
            found[asking.getsockname()[0]] = None
    with contextlib.suppress(OSError):
        found |= dict.fromkeys(socket.gethostbyname_ex(socket.gethostname())[2])
    outside = tuple(address for address in found if not address.startswith("127."))
    return outside or ("127.0.0.1",)


__all__ = ["Exchange", "Found", "Stop", "Visit", "Window", "discover", "own_addresses"]
