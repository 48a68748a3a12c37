"""Addresses of the sync itself: events up, changes down."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.datastructures import State

from sync.contract import wire
from sync.server.http import reading
from sync.server.http.reading import HttpRequest
from sync.server.services import feed
from sync.server.services import push as pushing


@post(wire.PUSH)
async def push(request: HttpRequest, state: State) -> Response[bytes]:
    """Judge a batch of events."""
    device = await reading.device(request, state.centre)
    body = await reading.body(request, wire.MAX_PUSH_BYTES)
    return reading.reply(await reading.run(pushing.push, state.centre, device, body))


@get(wire.CHANGES)
async def changes(request: HttpRequest, state: State) -> Response[bytes]:
    """Answer a page of what changed since a cursor."""
    device = await reading.device(request, state.centre)
    cursor = feed.Cursor(
        since=reading.whole("since", request.query_params.get("since", "0")),
        epoch=request.query_params.get("epoch", ""),
    )
    page = await reading.run(feed.page, state.centre, device, cursor)
    return Response(page, media_type=wire.NDJSON_ZSTD)


ROUTES = (push, changes)
