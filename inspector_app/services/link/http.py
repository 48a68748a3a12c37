"""The engine's transport over requests: bounded answers, whole or not at all, and no address that is not safe."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

import requests

from inspector_app.services.errors import UserError
from sync.contract import wire
from sync.engine.ports import Answer, LinkDown

_CONNECT_S, _READ_S = 10.0, 15.0
_SILENCE_S = 60.0
_PIECE = 64 * 1024
_MOST = wire.MAX_PAGE_BYTES + 1024 * 1024


class _NoNetrc(requests.auth.AuthBase):
    """Keeps requests from putting a password of ~/.netrc over our own Authorization header."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def checked_address(text: str) -> str:
    """The centre's address as it may be used: https, or http to this very machine.

    Args:
        text: What was typed; a missing scheme means https.

    Returns:
        ``scheme://host[:port]`` without a trailing slash.

    Raises:
        UserError: ``address_malformed`` or ``address_insecure``.
    """
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UserError("address_malformed", address=text) from error
    if not host or parts.username or parts.path.strip("/") or parts.query or parts.scheme not in ("http", "https"):
        raise UserError("address_malformed", address=text)
    if parts.scheme == "http" and not _is_loopback(host):
        raise UserError("address_insecure", address=text)
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (f":{port}" if port else "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class HttpTransport:
    """One pooled connection to one centre; requests are made by one thread, ``abort`` may come from any."""

    def __init__(self, address: str) -> None:
        """Raises ``UserError`` as ``checked_address`` does; nothing is connected yet."""
        self._base = checked_address(address)
        self._session = requests.Session()
        self._session.auth = _NoNetrc()
        self._aborted = threading.Event()

    @property
    def address(self) -> str:
        """Where it goes."""
        return self._base

    def abort(self) -> None:
        """Give up what is under way at the next piece of it."""
        self._aborted.set()

    def resume(self) -> None:
        """Allow requests again after ``abort``."""
        self._aborted.clear()

    def close(self) -> None:
        """Drop the connections."""
        self._session.close()

    def request(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Send one request and read the whole answer, as the engine's port says.

        Raises:
            LinkDown: No whole answer came, it was too large, or it was given up.
        """
        if self._aborted.is_set():
            raise LinkDown("given up")
        try:
            with self._session.request(
                method,
                self._base + path,
                data=body or None,
                headers=dict(headers or {}),
                timeout=(_CONNECT_S, _READ_S),
                stream=True,
                allow_redirects=False,
            ) as response:
                content = response.content if method == "HEAD" else self._read(response)  # read, to keep the connection
        except requests.RequestException as error:
            raise LinkDown(f"{method} {path.partition('?')[0]}: {type(error).__name__}") from error
        lower = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, lower, content)

    def _read(self, response: requests.Response) -> bytes:
        """The body: bounded, as long as it says, and never silent for longer than a minute."""
        pieces: list[bytes] = []
        size, last = 0, time.monotonic()
        for piece in response.iter_content(_PIECE):
            if self._aborted.is_set():
                raise LinkDown("given up")
            if time.monotonic() - last > _SILENCE_S:
                raise LinkDown("no bytes for a minute")
            last = time.monotonic()
            size += len(piece)
            if size > _MOST:
                raise LinkDown(f"an answer of more than {_MOST} bytes")
            pieces.append(piece)
        length = response.headers.get("Content-Length")
        if length is not None and "Content-Encoding" not in response.headers and size != int(length):
            raise LinkDown(f"{size} bytes of {length}")
        return b"".join(pieces)
