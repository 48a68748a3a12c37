"""Addresses of evidence, by its SHA-256: where it stands, begin, go on, read."""

from __future__ import annotations

from litestar import Response, get, head, patch, post
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.types import ASGIApp

from sync.contract import wire
from sync.contract.problems import Refused
from sync.server.http import reading
from sync.server.http.reading import HttpRequest
from sync.server.http.stretches import Stretch
from sync.server.services import evidence

_BLOB = wire.BLOBS + "/{sha256:str}"
_ANY = "application/octet-stream"


@head(_BLOB)
async def standing(request: HttpRequest, state: State, sha256: FromPath[str]) -> Response[None]:
    """Say how much of a piece of evidence is on the disk."""
    await reading.sender(request, state.centre)
    known = await reading.run(evidence.state, state.centre, sha256)
    headers = _headers(wire.BlobState(offset=known.offset, complete=known.complete))
    return Response(None, headers={**headers, wire.LENGTH: str(known.size)})


@post(_BLOB)
async def begin(request: HttpRequest, state: State, sha256: FromPath[str]) -> Response[bytes]:
    """Begin an upload, with its first bytes if any came, or learn where it stands."""
    await reading.sender(request, state.centre)
    size = reading.whole(wire.LENGTH, request.headers.get(wire.LENGTH))
    piece = await reading.body(request, wire.CHUNK_BYTES)
    if piece:
        _check_type(request)
    stands, new = await reading.run(evidence.begin, state.centre, sha256, size, piece)
    return reading.reply(stands, 201 if new else 200, _headers(stands))


@patch(_BLOB)
async def append(request: HttpRequest, state: State, sha256: FromPath[str]) -> Response[bytes]:
    """Take in the next piece of an upload."""
    await reading.sender(request, state.centre)
    offset = reading.whole(wire.OFFSET, request.headers.get(wire.OFFSET))
    _check_type(request)
    piece = await reading.body(request, wire.CHUNK_BYTES)
    stands = await reading.run(evidence.append, state.centre, sha256, offset, piece)
    return reading.reply(stands, headers=_headers(stands))


@get(_BLOB)
async def read(request: HttpRequest, state: State, sha256: FromPath[str]) -> ASGIApp:
    """Give a complete piece of evidence, or a stretch of it, to a device that may read a row which names it."""
    device = await reading.device(request, state.centre)
    file = await reading.run(evidence.to_read, state.centre, device, sha256)
    # A browser that comes here saves it, and never shows it as a page of this server.
    return Stretch(request, [file], _ANY, {"content-disposition": f'attachment; filename="{sha256}"'})


def _headers(state: wire.BlobState) -> dict[str, str]:
    return {wire.OFFSET: str(state.offset), wire.COMPLETE: "1" if state.complete else "0"}


def _check_type(request: HttpRequest) -> None:
    if request.headers.get("content-type") != wire.UPLOAD:
        raise Refused("bad_request", header="Content-Type", expected=wire.UPLOAD)


ROUTES = (standing, begin, append, read)
