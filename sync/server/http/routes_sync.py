"""Addresses of what devices read: the changes since a cursor, the snapshot before them, the check after them."""

from __future__ import annotations

from litestar import Response, get
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.types import ASGIApp

from sync.contract import wire
from sync.contract.snapshots import manifest_line
from sync.server.http import reading
from sync.server.http.reading import HttpRequest
from sync.server.http.stretches import Stretch
from sync.server.services import checking, feed, snapshots
from sync.server.services.cursors import Cursor


@get(wire.CHANGES)
async def changes(request: HttpRequest, state: State) -> Response[bytes]:
    """Answer a page of what changed since a cursor; nothing at all if there is nothing and that was asked for."""
    device = await reading.device(request, state.centre)
    quiet, compared = (request.query_params.get(name) == "1" for name in ("quiet", "check"))
    page = await reading.run(feed.page, state.centre, device, _cursor(request), quiet=quiet, compared=compared)
    if page is None:
        return Response(b"", status_code=204)
    return Response(page, media_type=wire.NDJSON_ZSTD)


@get(wire.SNAPSHOT)
async def manifest(request: HttpRequest, state: State) -> ASGIApp:
    """Say of which frames the first sync of this device is made; to who accepts frames, give them behind it."""
    device = await reading.device(request, state.centre)
    said = await reading.run(snapshots.manifest, state.centre, device)
    if wire.FRAMES not in request.headers.get("accept", "") or not said.frames:
        return reading.reply(said).to_asgi_response(None, request)
    files = await reading.run(snapshots.files, state.centre, device, said.id)
    return Stretch(request, files, wire.FRAMES, before=manifest_line(said))


@get(wire.SNAPSHOT + "/{snapshot:str}")
async def frames(request: HttpRequest, state: State, snapshot: FromPath[str]) -> ASGIApp:
    """Give frames of a snapshot."""
    device = await reading.device(request, state.centre)
    files = await reading.run(snapshots.files, state.centre, device, snapshot)
    return Stretch(request, files, wire.FRAMES)


@get(wire.CHECK)
async def check(request: HttpRequest, state: State) -> Response[bytes]:
    """Say what a device that is level should have, in buckets."""
    device = await reading.device(request, state.centre)
    return reading.reply(await reading.run(checking.check, state.centre, device, _cursor(request)))


@get(wire.BUCKET)
async def bucket(request: HttpRequest, state: State) -> Response[bytes]:
    """Give all of one bucket."""
    device = await reading.device(request, state.centre)
    asked = request.query_params
    number = reading.whole("bucket", asked.get("bucket"))
    page = await reading.run(
        checking.bucket, state.centre, device, asked.get("epoch", ""), asked.get("kind", ""), number
    )
    return Response(page, media_type=wire.NDJSON_ZSTD)


def _cursor(request: HttpRequest) -> Cursor:
    asked = request.query_params
    return Cursor(since=reading.whole("since", asked.get("since", "0")), epoch=asked.get("epoch", ""))


ROUTES = (changes, manifest, frames, check, bucket)
