"""The transport over real sockets: what it sends, what it keeps of a broken answer, and when it gives up."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import pytest

from inspector_app.services.link import sockets
from inspector_app.services.link.http import HttpTransport
from sync.contract import wire
from sync.engine.calls import Caller
from sync.engine.ports import LinkDown
from tests.engine.centre import Centre, Time
from tests.engine.store import MemoryStore
from tests.services.web import serving

Talk = Callable[[socket.socket], None]


@contextmanager
def peer(talk: Talk) -> Iterator[str]:
    """Somebody who takes one connection and does with it what a test says; yields his address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            taken, _ = listener.accept()
            with taken:
                try:
                    talk(taken)
                except OSError:  # the other side has gone, as it should
                    return

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(10)


@contextmanager
def transport(address: str) -> Iterator[HttpTransport]:
    made = HttpTransport(address)
    try:
        yield made
    finally:
        made.close()


def given_up_after(link: HttpTransport, request: Callable[[], object]) -> float:
    """Seconds from giving up to the end of a request that hangs."""
    ended: list[float] = []

    def ask() -> None:
        with pytest.raises(LinkDown, match="given up"):
            request()
        ended.append(monotonic())

    thread = threading.Thread(target=ask)
    thread.start()
    assert not threading.Event().wait(0.2)
    begun = monotonic()
    link.abort()
    thread.join(10)
    return ended[0] - begun


def test_an_idle_look_costs_at_most_five_hundred_bytes_beside_the_token() -> None:
    centre = Centre(Time())
    centre.modern = True
    with serving(centre) as server, transport(server.url) as link:
        store = MemoryStore()
        caller = Caller(store.identity(), link, centre.clock)
        caller.sign_in()
        before = sum(link.on_the_wire)
        answer = caller.call("GET", f"{wire.CHANGES}?since=123456&epoch=0123456789abcdef.0123456789abcdef&quiet=1")
        cost = sum(link.on_the_wire) - before - len("Authorization: Bearer t-d\r\n")
    assert answer.status == 204
    assert cost <= 500


def test_one_connection_is_kept_for_all_requests() -> None:
    centre = Centre(Time())
    with serving(centre) as server, transport(server.url) as link:
        for method in ("GET", "GET", "HEAD", "GET"):
            link.request(method, wire.HELLO)
        taken: list[bytes] = []
        link.request("GET", wire.HELLO, take=taken.append)
        link.request("GET", wire.HELLO)
    assert b"".join(taken).startswith(b"{")
    assert server.connections == 1


def test_what_came_before_a_cut_is_given_on() -> None:
    def talk(to: socket.socket) -> None:
        to.recv(4096)
        to.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 70_001)

    taken: list[bytes] = []
    with peer(talk) as address, transport(address) as link, pytest.raises(LinkDown):
        link.request("GET", "/", take=taken.append)
    assert sum(map(len, taken)) == 70_001


@pytest.mark.parametrize("said", [b"HTTP/1.1 200 OK\r\n\r\nabc", b"HTTP/1.1 200 OK\r\nConten", b"HTTP/1.1 200"])
def test_an_answer_that_may_be_cut_without_anybody_knowing_is_none(said: bytes) -> None:
    def talk(to: socket.socket) -> None:
        to.recv(4096)
        to.sendall(said)

    with peer(talk) as address, transport(address) as link, pytest.raises(LinkDown):
        link.request("GET", "/")


def test_what_a_taker_raises_is_raised_and_the_next_request_works() -> None:
    class Enough(Exception):
        pass

    def enough(_: bytes) -> None:
        raise Enough

    centre = Centre(Time())
    with serving(centre) as server, transport(server.url) as link:
        with pytest.raises(Enough):
            link.request("GET", wire.HELLO, take=enough)
        assert link.request("GET", wire.HELLO).status == 200


def test_a_refusal_is_not_given_to_the_taker() -> None:
    centre = Centre(Time())
    taken: list[bytes] = []
    with serving(centre) as server, transport(server.url) as link:
        answer = link.request("GET", wire.CHANGES + "?since=0", take=taken.append)
    assert (answer.status, taken) == (401, [])
    assert b"token_expired" in answer.body


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nConte", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
                                  b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\nabc"])  # fmt: skip
def test_a_request_that_hangs_anywhere_ends_at_once_when_it_is_given_up(said: bytes) -> None:
    over = threading.Event()

    def talk(to: socket.socket) -> None:
        to.recv(4096)
        to.sendall(said)
        over.wait(10)

    with peer(talk) as address, transport(address) as link:
        assert given_up_after(link, lambda: link.request("GET", "/")) < 0.2
        over.set()


def test_a_connection_that_never_opens_ends_at_once_when_it_is_given_up() -> None:
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)  # takes so few that later ones wait for ever
        for one in (first, second):
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        with transport(f"http://127.0.0.1:{listener.getsockname()[1]}") as link:
            assert given_up_after(link, lambda: link.request("GET", "/")) < 0.2


def test_a_large_body_that_nobody_reads_ends_at_once_when_it_is_given_up() -> None:
    over = threading.Event()

    def talk(_: socket.socket) -> None:
        over.wait(10)

    with peer(talk) as address, transport(address) as link:
        assert given_up_after(link, lambda: link.request("POST", "/", b"x" * 50_000_000)) < 0.2
        over.set()


def test_after_giving_up_nothing_begins_until_it_is_allowed_again() -> None:
    centre = Centre(Time())
    with serving(centre) as server, transport(server.url) as link:
        link.abort()
        with pytest.raises(LinkDown, match="given up"):
            link.request("GET", wire.HELLO)
        link.resume()
        assert link.request("GET", wire.HELLO).status == 200


@pytest.mark.parametrize("said", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_an_answer_that_drips_is_a_link_that_is_gone(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window is shortened from a minute, so that nobody has to wait for it."""
    monkeypatch.setattr(sockets, "_WINDOW_S", 0.3)

    def talk(to: socket.socket) -> None:
        to.recv(4096)
        to.sendall(said)
        while True:
            to.sendall(b"x")
            threading.Event().wait(0.02)

    with peer(talk) as address, transport(address) as link:
        begun = monotonic()
        with pytest.raises(LinkDown):
            link.request("GET", "/")
        assert monotonic() - begun < 5


def test_the_environment_names_the_proxy_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def talk(to: socket.socket) -> None:
        asked = to.recv(4096)
        assert asked.startswith(b"GET http://localhost:1/v1/hello HTTP/1.1\r\n"), asked
        to.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    with peer(talk) as address:
        monkeypatch.setenv("http_proxy", address)
        monkeypatch.setenv("no_proxy", "")
        with transport("http://localhost:1") as link:
            monkeypatch.delenv("http_proxy")
            assert link.request("GET", wire.HELLO).body == b"hi"
