"""Bundles: signed batches and evidence in one sealed stream, for a stick or the local network, where there is no link.

A bundle is ``MIDANBDL``, the length (4 bytes, big-endian) of a JSON ``Header``, the header, the sender's Ed25519
signature of all that, then frames, each after its length (4 bytes): XChaCha20-Poly1305 secretstream under the content
key, which the header holds sealed to the X25519 form of each recipient's device key. Every frame is bound to the header
and to its place; the last one is marked, so that nothing can be changed, moved, left out or cut off unnoticed.

A plain frame is one byte of type and its payload: ``H`` is the JSON head of an item, ``D`` some bytes of the item begun
last. Frames of other types are passed over, and so are items of other kinds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.public import SealedBox
from nacl.signing import SigningKey, VerifyKey

from sync.contract import wire
from sync.contract.records import Moment
from sync.domain.errors import DomainError

VERSION: Final = 1
SUFFIX: Final = ".midan"
"""The ending of a bundle's file."""
MAX_BYTES: Final = 4 * 1024**3 - 1
"""The most of a whole bundle: what a stick with a FAT file system can hold in one file."""
MAX_FRAME: Final = 1024 * 1024
MAX_HEADER: Final = 256 * 1024
MAX_ITEMS: Final = 100_000
MAX_RECIPIENTS: Final = 500
DATA_BYTES: Final = 64 * 1024
"""So many bytes of an item the writer puts into one frame."""

_MAGIC: Final = b"MIDANBDL"
_HEAD, _DATA, _END = b"H", b"D", b"E"
_FINAL: Final = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_MESSAGE: Final = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_OVERHEAD: Final = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_SIGNATURE_BYTES: Final = 64

Read = Callable[[int], bytes]
"""Gives at most so many bytes, and none only at the end."""


class BadBundle(DomainError):
    """A bundle cannot be used: ``code`` says what to do about it.

    ``bundle_foreign`` (not a bundle), ``bundle_newer`` (``version``; of a newer program), ``bundle_damaged``
    (``place``: how many bytes were right before), ``bundle_not_for_us``, ``bundle_too_large``.
    """


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """A device that can open the bundle; ``key`` is the content key sealed to it, hex."""

    device_id: str
    key: str


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """Who sent a bundle to whom; ``size`` are the bytes of its items, for whoever shows how far it is."""

    version: int
    server_id: str
    sender: str
    made_at: Moment
    recipients: tuple[Recipient, ...]
    stream: str
    size: int = 0


class About(NamedTuple):
    """What a sender says of a bundle: its centre, its own device id, when, and how many bytes the items have."""

    server_id: str
    sender: str
    made_at: Moment
    size: int


class BatchHead(msgspec.Struct, frozen=True, kw_only=True, tag="batch", tag_field="item"):
    """Signed events follow, as ``wire.compress`` makes them; ``signature`` (hex) is over ``wire.batch_message``."""

    size: int
    device_id: str
    signature: str


class PieceHead(msgspec.Struct, frozen=True, kw_only=True, tag="piece", tag_field="item"):
    """The plain bytes of a piece of evidence follow; it belongs to an event of the batch before it."""

    size: int
    sha256: str


Head = BatchHead | PieceHead


class Item(NamedTuple):
    """One item: its head, and its bytes in the order in which they are to be read, once."""

    head: Head
    data: Iterable[bytes]


class SignedBatch(NamedTuple):
    """Events of one device with its signature (hex) over their exact lines."""

    device_id: str
    signature: str
    lines: tuple[bytes, ...]

    def id_at(self, server_id: str) -> str:
        """The batch's name: SHA-256, in hex, of what is signed."""
        return hashlib.sha256(wire.batch_message(server_id, self.device_id, self.lines)).hexdigest()


def sign(server_id: str, device_id: str, seed: bytes, lines: Sequence[bytes]) -> SignedBatch:
    """A device's own events, ready to travel by other hands."""
    message = wire.batch_message(server_id, device_id, lines)
    return SignedBatch(device_id, SigningKey(seed).sign(message).signature.hex(), tuple(lines))


def is_signed(batch: SignedBatch, server_id: str, public_key: str) -> bool:
    """Whether a batch is as the holder of an Ed25519 key (hex) signed it for this centre."""
    message = wire.batch_message(server_id, batch.device_id, batch.lines)
    return _verified(public_key, message, batch.signature)


def batch_item(batch: SignedBatch) -> Item:
    """A batch as an item of a bundle."""
    packed = wire.compress(batch.lines)
    parts = [packed[start : start + DATA_BYTES] for start in range(0, len(packed), DATA_BYTES)]
    return Item(BatchHead(size=len(packed), device_id=batch.device_id, signature=batch.signature), parts)


def read_batch(head: BatchHead, data: Iterable[bytes]) -> SignedBatch:
    """A batch from its item; its signature is not checked yet.

    Raises:
        BadPage: It is not a whole zstd frame of lines.
        TooLarge: It unpacks to more than a push may.
    """
    return SignedBatch(head.device_id, head.signature, tuple(wire.decompress(b"".join(data), wire.MAX_PUSH_BYTES)))


def pack(about: About, seed: bytes, recipients: Mapping[str, str], items: Iterable[Item]) -> Iterator[bytes]:
    """The bytes of a bundle, made as they are asked for.

    Args:
        about: What the header says.
        seed: Of the sender's device key, which signs the header.
        recipients: The Ed25519 public key (hex) of each device that is to open it, by device id.
        items: What it holds; each is read when its turn comes.

    Raises:
        BadBundle: ``bundle_too_large``, as soon as it is.
        ValueError: A recipient's key is none, or an item has other bytes than its head says.
    """
    key = bindings.crypto_secretstream_xchacha20poly1305_keygen()
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    stream = bindings.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    header = msgspec.json.encode(
        Header(
            version=VERSION,
            server_id=about.server_id,
            sender=about.sender,
            made_at=about.made_at,
            recipients=tuple(Recipient(device_id=name, key=_sealed(key, to)) for name, to in recipients.items()),
            stream=stream.hex(),
            size=about.size,
        )
    )
    start = _MAGIC + len(header).to_bytes(4, "big") + header
    bound = hashlib.sha256(start).digest()
    written = len(start) + _SIGNATURE_BYTES
    yield start + SigningKey(seed).sign(_header_message(bound)).signature

    def frame(plain: bytes, tag: int = _MESSAGE) -> bytes:
        nonlocal written
        sealed: bytes = bindings.crypto_secretstream_xchacha20poly1305_push(state, plain, bound, tag)
        written += 4 + len(sealed)
        if written > MAX_BYTES:
            raise BadBundle("bundle_too_large", most=str(MAX_BYTES))
        return len(sealed).to_bytes(4, "big") + sealed

    for item in items:
        yield frame(_HEAD + msgspec.json.encode(item.head))
        size = 0
        for part in item.data:
            size += len(part)
            yield frame(_DATA + part)
        if size != item.head.size:
            raise ValueError(f"an item of {size} bytes was announced with {item.head.size}")
    yield frame(_END, _FINAL)


class Sealed:
    """A bundle of which the header was read.

    Attributes:
        header: What it says; nothing of it is proven before ``is_sent_by``.
    """

    def __init__(self, read: Read) -> None:
        """Read the header.

        Raises:
            BadBundle: ``bundle_foreign``, ``bundle_newer`` or ``bundle_damaged``.
        """
        self._read = read
        self._place = 0
        if self._take(len(_MAGIC), "bundle_foreign") != _MAGIC:
            raise BadBundle("bundle_foreign")
        length = self._take(4)
        if int.from_bytes(length, "big") > MAX_HEADER:
            raise self._damaged()
        text = self._take(int.from_bytes(length, "big"))
        self._signature = self._take(_SIGNATURE_BYTES)
        self._bound = hashlib.sha256(_MAGIC + length + text).digest()
        try:
            version = msgspec.json.decode(text, type=_Versioned).version
            if version > VERSION:
                raise BadBundle("bundle_newer", version=str(version))
            self.header = msgspec.json.decode(text, type=Header)
        except ValueError as error:  # msgspec.DecodeError, or bytes that are no text
            raise self._damaged() from error
        if len(self.header.recipients) > MAX_RECIPIENTS:
            raise self._damaged()

    def is_sent_by(self, public_key: str) -> bool:
        """Whether the holder of an Ed25519 key (hex) made the header."""
        return _verified(public_key, _header_message(self._bound), self._signature.hex())

    def items(self, device_id: str, seed: bytes) -> Iterator[Item]:
        """The items in their order, opened for one device; what is left unread of one is passed over.

        Args:
            device_id: Who reads.
            seed: Of that device's Ed25519 key.

        Raises:
            BadBundle: ``bundle_not_for_us``, ``bundle_damaged`` or ``bundle_too_large``; what was handed out before is
                as it was written.
        """
        frames = self._frames(self._content_key(device_id, seed))
        waiting = next(frames)
        for _ in range(MAX_ITEMS):
            while waiting is not None and not waiting.startswith(_HEAD):
                waiting = next(frames)
            if waiting is None:
                return
            head = self._head(waiting)
            body = _Body(frames, None if head is None else head.size, self._damaged)
            if head is not None:
                yield Item(head, body)
            waiting = body.rest()
        raise BadBundle("bundle_too_large", most=str(MAX_ITEMS))

    def _head(self, plain: bytes) -> Head | None:
        """The head of an item; None for a kind of a newer program."""
        try:
            head: Head = msgspec.json.decode(plain[1:], type=BatchHead | PieceHead)
        except ValueError:
            return None
        most = wire.MAX_PUSH_BYTES if isinstance(head, BatchHead) else wire.MAX_EVIDENCE_BYTES
        if not 0 <= head.size <= most:
            raise BadBundle("bundle_too_large", most=str(most))
        return head

    def _content_key(self, device_id: str, seed: bytes) -> bytes:
        for recipient in self.header.recipients:
            if recipient.device_id == device_id:
                box = SealedBox(SigningKey(seed).to_curve25519_private_key())
                try:
                    return box.decrypt(bytes.fromhex(recipient.key))
                except (CryptoError, ValueError) as error:
                    raise BadBundle("bundle_not_for_us") from error
        raise BadBundle("bundle_not_for_us")

    def _frames(self, key: bytes) -> Iterator[bytes | None]:
        """The plain frames; None at the end, for ever."""
        state = bindings.crypto_secretstream_xchacha20poly1305_state()
        try:
            bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, bytes.fromhex(self.header.stream), key)
        except (CryptoError, ValueError) as error:
            raise self._damaged() from error
        while True:
            length = int.from_bytes(self._take(4), "big")
            if not _OVERHEAD < length <= MAX_FRAME or self._place + length > MAX_BYTES:
                raise self._damaged()
            try:
                plain, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, self._take(length), self._bound)
            except (CryptoError, ValueError, RuntimeError) as error:
                raise self._damaged() from error
            if tag == _FINAL:
                break
            yield plain
        while True:
            yield None

    def _take(self, count: int, code: str = "bundle_damaged") -> bytes:
        """Exactly so many bytes."""
        found = bytearray()
        while len(found) < count:
            part = self._read(count - len(found))
            if not part:
                raise BadBundle(code, place=str(self._place))
            found += part
        self._place += count
        return bytes(found)

    def _damaged(self) -> BadBundle:
        return BadBundle("bundle_damaged", place=str(self._place))


class _Body:
    """The bytes of one item, read from the frames as they are asked for; ``size`` is None where nobody counts them."""

    def __init__(self, frames: Iterator[bytes | None], size: int | None, damaged: Callable[[], BadBundle]) -> None:
        self._frames, self._left, self._damaged = frames, size, damaged
        self._next: bytes | None = None
        self._parts = self._read()

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def rest(self) -> bytes | None:
        """Pass over what is left; the frame after the item, None at the end of the bundle."""
        for _ in self._parts:
            continue
        return self._next

    def _read(self) -> Iterator[bytes]:
        for plain in self._frames:
            if plain is None or plain.startswith(_HEAD):
                self._next = plain
                break
            if not plain.startswith(_DATA):
                continue
            if self._left is not None:
                self._left -= len(plain) - 1
                if self._left < 0:
                    raise self._damaged()
            yield plain[1:]
        if self._left:
            raise self._damaged()


class _Versioned(msgspec.Struct):
    version: int


def _header_message(bound: bytes) -> bytes:
    return b"midan-bundle-1\n" + bound


def _sealed(key: bytes, public_key: str) -> str:
    try:
        curve = VerifyKey(bytes.fromhex(public_key)).to_curve25519_public_key()
    except (CryptoError, RuntimeError) as error:
        raise ValueError("not the public key of a device") from error
    return SealedBox(curve).encrypt(key).hex()


def _verified(public_key: str, message: bytes, signature: str) -> bool:
    try:
        VerifyKey(bytes.fromhex(public_key)).verify(message, bytes.fromhex(signature))
    except (CryptoError, ValueError, TypeError):
        return False
    return True
