"""Addresses of what devices read: the changes since a cursor."""

from __future__ import annotations

from litestar import Response, get
from litestar.datastructures import State

from sync.contract import wire
from sync.server.http import reading
from sync.server.http.reading import HttpRequest
from sync.server.services import feed


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


ROUTES = (changes,)
