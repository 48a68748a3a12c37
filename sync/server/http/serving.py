"""Running the application on a socket until it is told to stop."""

from __future__ import annotations

import socket
from functools import partial

import uvicorn

from sync.server.http.app import make_app
from sync.server.http.daily import daily
from sync.server.services import tombstones
from sync.server.services.centre import Centre

_BACKLOG = 2048
"""A thousand devices come back into coverage in the same hour, many in the same second."""
_GRACE_SECONDS = 10
_KEPT_SECONDS = 30
"""An idle connection is kept so long: frames may be on a slow link for a while after the last of them was written."""


class Serving:
    """A server on a bound socket; bound first, so that its address is known before it answers."""

    def __init__(self, centre: Centre, host: str, port: int) -> None:
        """Bind the socket.

        Args:
            centre: What to serve.
            host: An address of this machine.
            port: 0 for any free one.

        Raises:
            OSError: The address cannot be bound.
        """
        self._centre = centre
        self._server = uvicorn.Server(
            uvicorn.Config(
                make_app(centre),
                access_log=False,
                log_config=None,
                server_header=False,
                backlog=_BACKLOG,
                ws="none",
                lifespan="off",
                timeout_keep_alive=_KEPT_SECONDS,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        # asyncio sets this only on sockets that name TCP outright; without it each answer waits 40 ms for the
        # client's delayed acknowledgement of the headers. Connections inherit it from the listener.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        bound_host, bound_port = self._socket.getsockname()[:2]
        shown = f"[{bound_host}]" if ":" in bound_host else bound_host
        self.url = f"http://{shown}:{bound_port}"

    def run(self) -> None:
        """Answer until ``stop`` or, in the main thread, until SIGTERM or SIGINT; then let go of the socket.

        Meanwhile the centre is tidied up, at once and then every day.
        """
        try:
            with daily(partial(tombstones.tidy, self._centre)):
                self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()

    def stop(self) -> None:
        """Finish what is being answered and end ``run``; safe from any thread."""
        self._server.should_exit = True
