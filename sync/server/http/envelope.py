"""What every exchange has, whatever its address: the server's time, no 1xx, one line in the log."""

from __future__ import annotations

import logging
import time
from typing import Any

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from sync.contract import wire
from sync.contract.problems import Refused
from sync.server.services.centre import Centre

_log = logging.getLogger("midan.server")


class Envelope:
    """Wraps the application as the outermost layer, so that its own errors pass through it too."""

    def __init__(self, app: ASGIApp, centre: Centre) -> None:
        self._app = app
        self._centre = centre

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one exchange."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        line: dict[str, Any] = {"method": scope["method"], "path": scope["path"][:200], "bytes": 0}
        begun = time.perf_counter()

        async def outward(message: Message) -> None:
            if message["type"] == "http.response.start":
                line["status"] = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (wire.SERVER_TIME.lower().encode(), self._centre.now().encode()),
                    (b"cache-control", b"no-store"),
                ]
            elif message["type"] == "http.response.body":
                line["bytes"] += len(message["body"])
            await send(message)

        if any(name == b"expect" for name, _ in scope["headers"]):
            # Reading such a body would send "100 Continue", which devices take for the answer.
            await _refuse(outward)
        else:
            await self._app(scope, receive, outward)
        line["ms"] = round((time.perf_counter() - begun) * 1000, 1)
        line["device"] = scope.get("midan_device", "")
        _log.info("%s", msgspec.json.encode(line).decode())


async def _refuse(send: Send) -> None:
    refused = Refused("bad_request", header="Expect")
    headers = [(b"content-type", wire.JSON.encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": refused.problem.status, "headers": headers})
    body = msgspec.json.encode(refused.body())
    await send({"type": "http.response.body", "body": body, "more_body": False})
