"""Reading requests: bodies never larger than asked for, JSON of one type, the device behind a token."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import InternalServerException

from sync.contract import wire
from sync.contract.problems import Refused
from sync.server.services import access
from sync.server.services.centre import Centre
from sync.server.storage.devices import Device

T = TypeVar("T")
P = ParamSpec("P")
HttpRequest = Request[Any, Any, State]

MAX_JSON_BYTES = 16 * 1024
_DRAINED = 16 * 1024 * 1024
"""A body that is too large is read to its end up to here, so that the answer reaches who sent it."""
_SILENCE_SECONDS = 60
"""A body of which nothing more comes for this long is given up."""


async def body(request: HttpRequest, limit: int) -> bytes:
    """The whole body.

    Raises:
        Refused: ``too_large``; ``bad_request`` when it stops coming.
    """
    pieces: list[bytes] = []
    size = 0
    stream = aiter(request.stream())
    try:
        while True:
            async with asyncio.timeout(_SILENCE_SECONDS):
                piece = await anext(stream, None)
            if piece is None:
                break
            size += len(piece)
            if size <= limit:
                pieces.append(piece)
            elif size > limit + _DRAINED:
                break
    except (TimeoutError, InternalServerException) as error:  # the latter is how a lost connection is told
        raise Refused("bad_request", detail="the body stopped coming") from error
    if size > limit:
        raise Refused("too_large", limit=str(limit))
    return b"".join(pieces)


async def json(request: HttpRequest, shape: type[T]) -> T:
    """A small JSON body of one type.

    Raises:
        Refused: ``too_large``, or ``bad_request`` that names the place.
    """
    data = await body(request, MAX_JSON_BYTES)
    try:
        return msgspec.json.decode(data, type=shape)
    except (ValueError, RecursionError) as error:
        raise Refused("bad_request", detail=str(error)[:200]) from error


async def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a service off the event loop: services wait for the database and the disk."""
    return await asyncio.to_thread(work, *args, **kwargs)


async def device(request: HttpRequest, centre: Centre) -> Device:
    """The device whose token the request carries, in good standing; read before anything of the body is.

    Raises:
        Refused: ``token_expired``, ``device_revoked``.
    """
    known = await sender(request, centre)
    if known.revoked:
        raise Refused("device_revoked")
    return known


async def sender(request: HttpRequest, centre: Centre) -> Device:
    """The same where something is delivered: a revoked device, too, hands up what it has.

    Raises:
        Refused: ``token_expired``.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Refused("token_expired")
    known = await run(access.device_of, centre, token)
    request.scope["midan_device"] = known.id  # type: ignore[typeddict-unknown-key]
    return known


def whole(name: str, text: str | None) -> int:
    """A number of a header or a query, not negative.

    Raises:
        Refused: ``bad_request`` that names it.
    """
    if text is None or not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Refused("bad_request", field=name)
    return int(text)


def reply(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    """A JSON answer, with its checksum."""
    body = msgspec.json.encode(value)
    named = {**(headers or {}), wire.SUM: wire.checksum(body)}
    return Response(body, status_code=status, media_type=wire.JSON, headers=named)
