"""Refusals and errors as responses: a numbered problem in JSON with its status."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from sqlalchemy.exc import OperationalError

from sync.contract import wire
from sync.contract.problems import PROBLEMS, Refused

_log = logging.getLogger(__name__)

_OF_STATUS = {404: "not_found", 405: "not_found", 413: "too_large"}
_RETRY_SECONDS = "5"


def response(refused: Refused) -> Response[bytes]:
    """A refusal as it travels; ``retry_after`` among its fields becomes the header too."""
    headers = {}
    if "retry_after" in refused.fields:
        headers["Retry-After"] = refused.fields["retry_after"]
    if "offset" in refused.fields:
        headers[wire.OFFSET] = refused.fields["offset"]
    body = msgspec.json.encode(refused.body())
    return Response(body, status_code=refused.problem.status, headers=headers, media_type=wire.JSON)


def of_refusal(_request: Request[Any, Any, Any], error: Refused) -> Response[bytes]:
    """What a service, or the reading of a body, refused."""
    return response(error)


def of_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What the framework refused: no such address, no such method, a header it cannot read."""
    if error.status_code >= 500:
        return of_bug(request, error)
    return response(Refused(_OF_STATUS.get(error.status_code, "bad_request")))


def of_database(request: Request[Any, Any, Any], error: OperationalError) -> Response[bytes]:
    """A database that cannot answer now: busy too long, shutting down, its disk full. The device tries again."""
    _log.error("database cannot answer: %s %s", request.method, request.url.path, exc_info=error)
    return response(Refused("busy", retry_after=_RETRY_SECONDS))


def of_bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Anything else is ours: the log gets the whole story, the device the number of the problem."""
    _log.error("unexpected error: %s %s", request.method, request.url.path, exc_info=error)
    return response(Refused("internal"))


HANDLERS: dict[Any, Any] = {
    Refused: of_refusal,
    HTTPException: of_http,
    OperationalError: of_database,
    Exception: of_bug,
}

assert {*_OF_STATUS.values(), "bad_request", "busy", "internal"} <= PROBLEMS.keys()  # noqa: S101 - a typo shows at import
