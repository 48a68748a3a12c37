"""Addresses of what devices hand up: events, judged one by one."""

from __future__ import annotations

import msgspec
from litestar import Response, post
from litestar.datastructures import State

from sync.contract import wire
from sync.server.http import reading
from sync.server.http.reading import HttpRequest
from sync.server.services import push as pushing
from sync.server.services import relay as relaying


@post(wire.PUSH)
async def push(request: HttpRequest, state: State) -> Response[bytes]:
    """Judge a batch of events."""
    device = await reading.sender(request, state.centre)
    body = await reading.body(request, wire.MAX_PUSH_BYTES)
    return _results(request, await reading.run(pushing.push, state.centre, device, body))


@post(wire.RELAY)
async def relay(request: HttpRequest, state: State) -> Response[bytes]:
    """Judge a batch that another device made and signed."""
    await reading.sender(request, state.centre)
    body = await reading.body(request, wire.MAX_PUSH_BYTES)
    return _results(request, await reading.run(relaying.relay, state.centre, body))


def _results(request: HttpRequest, reply: wire.PushReply) -> Response[bytes]:
    """The results, packed for who asks for it: on a slow link they would be the longer half of a push."""
    if wire.NDJSON_ZSTD not in request.headers.get("accept", ""):
        return reading.reply(reply)
    packed = wire.compress([msgspec.json.encode(reply)])
    return Response(packed, status_code=200, media_type=wire.NDJSON_ZSTD)


ROUTES = (push, relay)
