"""The bytes: version, limits, addresses, and the NDJSON of a push and of a page of changes, both zstd-compressed."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
import zstandard

from sync.contract import events as e
from sync.contract import records as r

VERSION = 1
"""The major version of the protocol, part of every address."""

BATCH_EVENTS = 500
BATCH_BYTES = 192 * 1024
"""A push holds at most this many events and this many bytes before compression (one event may exceed it alone)."""
MAX_EVENT_BYTES = 4 * 1024 * 1024
PAGE_ROWS = 2_000
PAGE_BYTES = 1024 * 1024
MAX_PAGE_BYTES = 64 * 1024 * 1024
"""What a device is ready to unpack of one page."""
MAX_PUSH_BYTES = 8 * 1024 * 1024
"""What the centre is ready to unpack of one push."""
CHUNK_BYTES = 256 * 1024
"""The most of a piece of evidence in one PATCH."""
MAX_EVIDENCE_BYTES = 64 * 1024 * 1024
TOKEN_SECONDS = 15 * 60
CLOCK_SECONDS = 5 * 60
"""A device's clock that is further off is pointed out to its people, and on what they report."""

HELLO = "/v1/hello"
ENROL = "/v1/enrol"
NONCE = "/v1/nonce"
TOKEN = "/v1/token"  # noqa: S105 - an address, not a secret
BIND = "/v1/bind"
PUSH = "/v1/push"
CHANGES = "/v1/changes"
BLOBS = "/v1/blobs"
REIDENTIFY = "/v1/reidentify"
RELAY = "/v1/relay"
SNAPSHOT = "/v1/snapshot"
CHECK = "/v1/check"
BUCKET = "/v1/bucket"

NDJSON_ZSTD = "application/vnd.midan+ndjson-zstd"
JSON = "application/json"
UPLOAD = "application/offset+octet-stream"
FRAMES = "application/vnd.midan+frames-zstd"
OFFSET = "Upload-Offset"
LENGTH = "Upload-Length"
COMPLETE = "Upload-Complete"
SERVER_TIME = "Midan-Time"
DEVICE = "Midan-Device"
"""Who greets: its answer has the nonce, which would cost another round trip."""
SUM = "Midan-Sum"
"""The checksum of a JSON answer: one wrong digit in it could be another identity, or another place in the feed."""


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers: read before anything is trusted. ``life`` is another after each restoration from a backup.

    ``nonce`` is something to sign, as in ``NonceReply``, for a known device that named itself (``DEVICE``).
    """

    server_id: str
    name: str
    versions: tuple[int, ...]
    schema: int
    time: r.Moment
    life: str = ""
    nonce: str = ""


class EnrolRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A device asks to be known; ``signature`` (hex) is over ``enrol_message`` by its own new key."""

    code: str
    device_name: str
    public_key: str
    signature: str
    client: str


class EnrolReply(msgspec.Struct, frozen=True, kw_only=True):
    """What a device is from now on; ``recovery_key`` is the administrator's X25519 public key, hex."""

    device_id: str
    device_number: int
    committee: r.Committee | None
    server_id: str
    recovery_key: str


class NonceRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A device asks for something to sign."""

    device_id: str


class NonceReply(msgspec.Struct, frozen=True, kw_only=True):
    """What to sign, once, within two minutes."""

    nonce: str


class TokenRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The signed nonce; ``signature`` (hex) is over ``token_message``.

    The rest is for the centre's overview: how many events wait on the device, since when, which program it runs, and
    what time its clock says.
    """

    device_id: str
    nonce: str
    signature: str
    waiting: int = 0
    waiting_since: r.Moment = ""
    client: str = ""
    time: r.Moment = ""


class TokenReply(msgspec.Struct, frozen=True, kw_only=True):
    """A short access token for the device, and what the centre has decided about it since.

    A device whose ``standing`` is ``revoked`` may deliver what it has and pulls nothing. ``people`` are the ids of
    those who may use it now; None where the centre does not say. Keys are destroyed on these words alone, so they
    are not believed without their ``SUM``.
    """

    token: str
    expires_in: int
    standing: str = "good"
    people: tuple[str, ...] | None = None


class ReidentifyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A device that learned that another has its identity asks for one of its own.

    ``signature`` (hex) is over ``reidentify_message`` by the new key; the request itself carries the old device's
    token. Asked again with the same key, the answer is the same.
    """

    public_key: str
    signature: str


class BindRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A person proves to the centre, once, that he may use this device."""

    username: str
    password: str

    def __repr__(self) -> str:
        """Say whose request it is and never the password."""
        return f"BindRequest(username={self.username!r})"


class BindReply(msgspec.Struct, frozen=True, kw_only=True):
    """Who the person is."""

    person: r.Person


class PushReply(msgspec.Struct, frozen=True, kw_only=True):
    """One final result for each event, in the order sent."""

    results: tuple[e.EventResult, ...]
    life: str = ""


class RelayHead(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a relayed batch: whose events follow, and his device's signature (hex) over all of them."""

    device_id: str
    signature: str


class BlobState(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a piece of evidence the centre has on its disk, and whether its hash was found right."""

    offset: int
    complete: bool


class BadPage(Exception):
    """A page, or a push, is not whole or not right; nothing of it may be used. The message says what and where."""


class TooLarge(Exception):
    """Unpacked, the bytes would be more than the reader allows."""


def enrol_message(server_id: str, code: str, public_key: str) -> bytes:
    """What a device signs to show that it holds the private half of the key it enrols."""
    return f"midan-enrol-1\n{server_id}\n{code}\n{public_key}".encode()


def token_message(server_id: str, device_id: str, nonce: str) -> bytes:
    """What a device signs for an access token; naming the server keeps another from using it."""
    return f"midan-token-1\n{server_id}\n{device_id}\n{nonce}".encode()


def reidentify_message(server_id: str, device_id: str, public_key: str) -> bytes:
    """What the new key signs when a device leaves an identity that another has too."""
    return f"midan-reidentify-1\n{server_id}\n{device_id}\n{public_key}".encode()


def batch_message(server_id: str, device_id: str, lines: Iterable[bytes]) -> bytes:
    """What a device signs when its events travel by other hands: the exact bytes, for this centre only."""
    digest = hashlib.sha256(b"\n".join(lines)).hexdigest()
    return f"midan-batch-1\n{server_id}\n{device_id}\n{digest}".encode()


def checksum(data: bytes) -> str:
    """What ``SUM`` says: it tells damage on the way; against whoever means harm there is TLS."""
    return f"{zlib.crc32(data):08x}"


def compress(lines: Iterable[bytes]) -> bytes:
    """Lines, each without its newline, as one zstd frame that tells when a bit of it was changed on the way."""
    return zstandard.ZstdCompressor(level=3, write_checksum=True).compress(b"\n".join(lines) + b"\n")


def decompress(data: bytes, limit: int) -> list[bytes]:
    """The lines of one zstd frame.

    Raises:
        TooLarge: It unpacks to more than ``limit`` bytes.
        BadPage: It is not a whole zstd frame, or its last line is cut.
    """
    text = unpack(data, limit)
    if not text.endswith(b"\n"):
        raise BadPage("the last line is cut")
    return text[:-1].split(b"\n")


def unpack(data: bytes, limit: int) -> bytes:
    """The bytes of one zstd frame that states its size.

    Raises:
        TooLarge: It unpacks to more than ``limit`` bytes.
        BadPage: It is not a whole zstd frame.
    """
    try:
        size = zstandard.frame_content_size(data)
        if size < 0:
            raise BadPage("the compressed frame does not state its size")
        if size > limit:
            raise TooLarge(f"unpacks to {size} bytes, more than {limit}")
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=limit)
    except zstandard.ZstdError as error:
        raise BadPage(f"not a whole zstd frame: {error}") from error


def batch(lines: Sequence[bytes]) -> int:
    """How many of these event lines, from the first, go into one push (at least one, if there is one)."""
    size = 0
    for count, line in enumerate(lines[:BATCH_EVENTS]):
        size += len(line) + 1
        if size > BATCH_BYTES and count:
            return count
    return min(len(lines), BATCH_EVENTS)


class Change(NamedTuple):
    """The newest state of one row at the centre; ``values`` (after ``id``) is None for a deleted row."""

    kind: str
    id: str
    seq: int
    rev: int
    values: tuple[Any, ...] | None


class Bucket(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One bucket of one kind: how many rows, and the sum of their ``snapshots.row_hash`` modulo 2**64."""

    kind: str
    bucket: int
    rows: int
    sum: int


class Page(NamedTuple):
    """A page of changes.

    Attributes:
        epoch: Which life of the server's database this is, read for which scopes; the device hands it back as it is.
        since: The cursor that was asked.
        next: The last ``seq`` scanned: the cursor to save with the rows.
        more: Whether another page is waiting.
        columns: For each kind in the page, its column names in the order of ``Change.values`` after ``id``.
        changes: The rows, in ``seq`` order.
        buckets: With the last page, for who asked (``check=1``): what a device should have that has taken it in.
    """

    epoch: str
    since: int
    next: int
    more: bool
    columns: dict[str, tuple[str, ...]]
    changes: tuple[Change, ...]
    buckets: tuple[Bucket, ...] | None = None


class _Header(msgspec.Struct, kw_only=True):
    epoch: str
    since: int
    schema: int
    columns: dict[str, tuple[str, ...]]


class _Trailer(msgspec.Struct, kw_only=True, omit_defaults=True):
    next: int
    more: bool
    rows: int
    sha256: str
    buckets: tuple[Bucket, ...] | None = None


def page_lines(page: Page) -> Iterator[bytes]:
    """The lines of a page: a header, a row each as an array, a trailer with the hash of all before it."""
    digest = hashlib.sha256()

    def line(value: object) -> bytes:
        text = msgspec.json.encode(value)
        digest.update(text + b"\n")
        return text

    yield line(_Header(epoch=page.epoch, since=page.since, schema=e.SCHEMA, columns=page.columns))
    for change in page.changes:
        head = (change.kind, change.seq, change.rev, change.id)
        yield line(head if change.values is None else (*head, *change.values))
    rows = len(page.changes)
    trailer = _Trailer(next=page.next, more=page.more, rows=rows, sha256="", buckets=page.buckets)
    digest.update(_sealed(trailer))
    trailer.sha256 = digest.hexdigest()
    yield msgspec.json.encode(trailer)


def _sealed(trailer: _Trailer) -> bytes:
    """What the trailer says, as the checksum covers it: a cursor with one bit wrong would lose rows."""
    said = f"{trailer.next} {int(trailer.more)} {trailer.rows}".encode()
    return said if trailer.buckets is None else said + b" " + msgspec.json.encode(trailer.buckets)


def read_page(lines: Sequence[bytes]) -> Page:
    """A page from its lines.

    Raises:
        BadPage: It has no trailer, or count or hash are wrong, or a row does not fit its header.
    """
    if len(lines) < 2:
        raise BadPage("the page has no trailer")
    try:
        header = msgspec.json.decode(lines[0], type=_Header)
        trailer = msgspec.json.decode(lines[-1], type=_Trailer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadPage(f"header or trailer: {error}") from error
    body = lines[:-1]
    digest = hashlib.sha256(b"\n".join(body) + b"\n" + _sealed(trailer))
    if digest.hexdigest() != trailer.sha256 or len(body) - 1 != trailer.rows:
        raise BadPage("count or checksum of the page is wrong")
    changes = tuple(_change(number, line, header.columns) for number, line in enumerate(body[1:], start=2))
    return Page(header.epoch, header.since, trailer.next, trailer.more, header.columns, changes, trailer.buckets)


def _change(number: int, line: bytes, columns: dict[str, tuple[str, ...]]) -> Change:
    try:
        row = msgspec.json.decode(line, type=list[Any])
        kind, seq, rev, row_id, *values = row
    except ValueError as error:  # msgspec.DecodeError, or bytes that are no text
        raise BadPage(f"line {number}: {error}") from error
    if values and len(values) != len(columns.get(kind, ())):
        raise BadPage(f"line {number}: {len(values)} values for {kind}")
    return Change(kind, row_id, seq, rev, tuple(values) if values else None)
