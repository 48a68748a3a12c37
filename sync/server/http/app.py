"""The ASGI application: the addresses, their problems, and what every exchange has."""

from __future__ import annotations

from litestar import Litestar
from litestar.datastructures import State

from sync.server.http import problems, routes_access, routes_evidence, routes_push, routes_sync
from sync.server.http.envelope import Envelope
from sync.server.services.centre import Centre


def make_app(centre: Centre) -> Envelope:
    """The application over one open centre."""
    app = Litestar(
        route_handlers=[
            *routes_access.ROUTES,
            *routes_push.ROUTES,
            *routes_sync.ROUTES,
            *routes_evidence.ROUTES,
        ],
        exception_handlers=problems.HANDLERS,
        state=State({"centre": centre}),
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,  # every route reads its body with a bound of its own
    )
    return Envelope(app, centre)
