"""The engine's transport over requests: bounded answers, whole or not at all, and no address that is not safe."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util import SKIP_HEADER

from inspector_app.services.errors import UserError
from inspector_app.services.link.sockets import Line, pools, tls
from sync.contract import wire
from sync.engine.ports import Answer, LinkDown, Take

_CONNECT_S, _READ_S = 10.0, 15.0
_PIECE = 64 * 1024
_MOST = wire.MAX_PAGE_BYTES + 1024 * 1024
_HEADERS = {"User-Agent": "Midan", "Accept-Encoding": SKIP_HEADER}
_STREAMED = (200, 206)
_NO_CONTENT = 204

logging.getLogger("urllib3").setLevel(logging.ERROR)  # what a bad link does to an answer is told once, by ``LinkDown``


class _Adapter(HTTPAdapter):
    """Connections over one line, which the transport can give up from any thread."""

    def __init__(self, line: Line) -> None:
        self._line = line
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        super().init_poolmanager(*args, **named, ssl_context=tls(self._line))
        self.poolmanager.pool_classes_by_scheme = pools(self._line)

    def proxy_manager_for(self, *args: Any, **named: Any) -> Any:
        made = super().proxy_manager_for(*args, **named, ssl_context=tls(self._line))
        made.pool_classes_by_scheme = pools(self._line)
        return made


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
    """One kept connection to one centre; requests are made by one thread, ``abort`` may come from any.

    Whether a proxy is needed, and which certificates are trusted, is read from the environment once.
    """

    def __init__(self, address: str) -> None:
        """Raises ``UserError`` as ``checked_address`` does; nothing is connected yet."""
        self._base = checked_address(address)
        self._line = Line()
        session = requests.Session()
        session.trust_env = False
        session.proxies = requests.utils.get_environ_proxies(self._base)
        session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        session.headers.clear()
        session.headers.update(_HEADERS)
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter(self._line))
        self._session = session

    @property
    def address(self) -> str:
        """Where it goes."""
        return self._base

    @property
    def on_the_wire(self) -> tuple[int, int]:
        """Bytes sent and received so far, headers included, TLS left out."""
        return self._line.sent, self._line.received

    def abort(self) -> None:
        """Give up what is under way, at once; nothing begins until ``resume``."""
        self._line.abort()

    def resume(self) -> None:
        """Allow requests again after ``abort``."""
        self._line.resume()

    def close(self) -> None:
        """Drop the connections."""
        self._session.close()
        self._line.close()

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        take: Take | None = None,
    ) -> Answer:
        """Send one request and read the whole answer, as the engine's port says.

        Raises:
            LinkDown: No whole answer came, it was too large, or it was given up.
        """
        if self._line.given_up:
            raise LinkDown("given up")
        self._line.begin()
        try:
            with self._sent(method, path, body, headers) as response:
                content = b"".join(self._pieces(response)) if method == "HEAD" else self._read(response, take)
        finally:
            self._line.end()
        lower = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, lower, content)

    def _sent(self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None) -> requests.Response:
        try:
            return self._session.request(
                method,
                self._base + path,
                data=body or None,
                headers=dict(headers or {}),
                timeout=(_CONNECT_S, _READ_S),
                stream=True,
                allow_redirects=False,
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._down(f"{method} {path.partition('?')[0]}", error) from error

    def _read(self, response: requests.Response, take: Take | None) -> bytes:
        """The body, as long as it says: given on piece by piece, or gathered within bounds.

        One that does not say how long it is may be cut anywhere, its headers too, and nobody would know.
        """
        length = response.headers.get("Content-Length")
        if length is None and "Transfer-Encoding" not in response.headers and response.status_code != _NO_CONTENT:
            raise LinkDown("given up" if self._line.given_up else "an answer that does not say how long it is")
        pieces: list[bytes] = []
        size = 0
        streamed = take is not None and response.status_code in _STREAMED
        for piece in self._pieces(response):
            size += len(piece)
            if take is not None and streamed:
                take(piece)
            elif size > _MOST:
                raise LinkDown(f"an answer of more than {_MOST} bytes")
            else:
                pieces.append(piece)
        if length is not None and str(size) != length.strip():
            raise LinkDown(f"{size} bytes of {length}")
        return b"".join(pieces)

    def _pieces(self, response: requests.Response) -> Iterator[bytes]:
        """What has arrived, without waiting for a piece to be full: what came before a cut is not lost."""
        raw = response.raw
        try:
            while piece := raw.read1(_PIECE, decode_content=False):
                yield piece
            raw.read(decode_content=False)  # the connection is kept only by who has read to the end
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._down("reading", error) from error

    def _down(self, doing: str, error: Exception) -> LinkDown:
        return LinkDown("given up" if self._line.given_up else f"{doing}: {type(error).__name__}")
