"""The wire under the transport: sockets that can be given up at once, count their bytes and notice a drip."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

_SLICE = 4 * 1024
"""So much is handed to the system at once; each slice has the whole timeout, however slow the link is."""
_WINDOW_S = 60.0
_LEAST = 1024
"""A request under way moves at least so many bytes in each window, or its link is as good as gone."""


class Line:
    """The one connection of a transport: used by one thread at a time, given up from any.

    Attributes:
        sent: Bytes written, headers included, TLS left out.
        received: Bytes read, likewise.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given_up = False
        self._connection: HTTPConnection | None = None
        self._handle: socket.socket | None = None
        self._window = 0.0
        self._moved = 0
        self.sent = 0
        self.received = 0

    @property
    def given_up(self) -> bool:
        """Whether nothing may go over the line now."""
        return self._given_up

    def abort(self) -> None:
        """Break off what is under way, and let nothing begin until ``resume``."""
        with self._lock:
            self._given_up = True
            if self._handle is not None:
                with contextlib.suppress(OSError):  # it was closed already
                    self._handle.shutdown(socket.SHUT_RDWR)

    def resume(self) -> None:
        """Allow requests again."""
        self._given_up = False

    def begin(self) -> None:
        """A request begins."""
        self._window, self._moved = time.monotonic(), 0

    def end(self) -> None:
        """A request has ended: nothing is held of a connection that is not kept."""
        if self._connection is not None and self._connection.sock is None:
            self._keep(None, None)

    def close(self) -> None:
        """Let go of everything."""
        self._keep(None, None)

    def connect(self, connection: HTTPConnection) -> socket.socket:
        """Open a socket for a connection of the pool.

        Raises:
            NewConnectionError: Nobody there, or given up.
        """
        host, port = connection._dns_host, connection.port
        try:
            return self._first(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), connection)
        except OSError as error:
            raise NewConnectionError(connection, f"no connection to {host}: {error}") from error

    def count(self, sent: int, received: int) -> None:
        """Bytes have moved.

        Raises:
            TimeoutError: Too few within a minute.
        """
        self.sent += sent
        self.received += received
        self._moved += sent + received
        now = time.monotonic()
        if now - self._window > _WINDOW_S:
            if self._moved < _LEAST:
                raise TimeoutError(f"{self._moved} bytes in {now - self._window:.0f} seconds")
            self._window, self._moved = now, 0

    def _first(self, found: list[Any], connection: HTTPConnection) -> socket.socket:
        """The first of the addresses that answers."""
        trouble = OSError("no address")
        for family, kind, protocol, _, address in found:
            made = _Socket(family, kind, protocol)
            try:
                made.line = self
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                made.settimeout(connection.timeout)
                self._keep(connection, made.dup())
                made.connect(address)
            except OSError as error:
                trouble = error
                made.close()
                self._keep(None, None)
            else:
                return made
        raise trouble

    def _keep(self, connection: HTTPConnection | None, handle: socket.socket | None) -> None:
        """Remember a second handle of a socket: shutting it ends what waits on the first, TLS or not."""
        with self._lock:
            before, self._handle, self._connection = self._handle, handle, connection
        if before is not None:
            before.close()
        if handle is not None and self._given_up:
            raise ConnectionAbortedError("given up")


class _Socket(socket.socket):
    """A plain socket of a line."""

    line: Line

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        count = super().recv_into(buffer, nbytes, flags)
        self.line.count(0, count)
        return count

    def sendall(self, data: Any, flags: int = 0) -> None:
        for piece in _slices(data):
            super().sendall(piece, flags)
            self.line.count(len(piece), 0)


def _slices(data: Any) -> list[memoryview]:
    view = memoryview(data).cast("B")
    return [view[at : at + _SLICE] for at in range(0, len(view), _SLICE)]


def pools(line: Line) -> dict[str, type[urllib3.HTTPConnectionPool]]:
    """The pools of connections, by scheme, whose sockets are those of a line."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return line.connect(self)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return line.connect(self)

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def tls(line: Line) -> ssl.SSLContext:
    """The TLS of a line's connections: seen from above the encryption, they count and give up like plain ones."""

    class Tls(ssl.SSLSocket):
        def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
            count = super().recv_into(buffer, nbytes, flags)
            line.count(0, count)
            return count

        def sendall(self, data: Any, flags: int = 0) -> None:
            for piece in _slices(data):
                super().sendall(piece, flags)
                line.count(len(piece), 0)

    context = create_urllib3_context()
    context.sslsocket_class = Tls
    return context
