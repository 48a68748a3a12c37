"""A centre of the engine's tests behind real sockets, with every way to be slow."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sync.engine.ports import Answer, LinkDown
from tests.engine.centre import Centre


class Server(ThreadingHTTPServer):
    """Answers for a centre.

    Attributes:
        centre: Who answers.
        hang_at: Requests to addresses that begin so are heard, and get no answer until ``released``.
        hanging: Set when such a request has come.
        connections: How many there were.
    """

    daemon_threads = True

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.hang_at = "-"
        self.hanging = threading.Event()
        self.released = threading.Event()
        self.connections = 0
        self.turn = threading.Lock()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith(self.server.hang_at):
            self.server.hanging.set()
            self.server.released.wait(30)
        with self.server.turn:
            try:
                answer = self.server.centre.request(self.command, self.path, body, dict(self.headers.items()))
            except LinkDown:
                answer = Answer(503, {}, b"")
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PATCH = do_HEAD = _answer

    def log_message(self, *_: object) -> None:
        return

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:  # the client gave up, which is what is tested
            self.close_connection = True


@contextmanager
def serving(centre: Centre) -> Iterator[Server]:
    """A server that answers for a centre, until the block ends."""
    server = Server(centre)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
