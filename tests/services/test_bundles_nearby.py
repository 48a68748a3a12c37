"""Two laptops on one network and no centre: the code proves who may, and what goes over is what a stick would hold."""

from __future__ import annotations

import io
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.link import nearby, pairing
from inspector_app.services.link.nearby import Exchange, Visit, Window
from inspector_app.services.link.pairing import Channel, Stop
from sync.contract import records as r
from tests.services.test_bundles import dump, state_of, write_visit
from tests.services.test_visit_drafts import photo
from tests.support import by_hand, desks
from tests.support.by_hand import bundles

Run = Callable[[Window], "Future[Exchange]"]


@pytest.fixture
def laptops(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """An inspector's laptop, and that of his supervisor."""
    with ExitStack() as stack:
        field = stack.enter_context(by_hand.laptop(tmp_path, "field", desks.INSPECTOR))
        desk = stack.enter_context(by_hand.laptop(tmp_path, "desk", desks.SUPERVISOR))
        yield field, desk


@pytest.fixture
def aside() -> Iterator[Run]:
    """Runs a window in a thread of its own; it is closed with the test, however that ends."""
    opened: list[Window] = []
    with ThreadPoolExecutor(1) as pool:

        def run(window: Window) -> Future[Exchange]:
            opened.append(window)
            return pool.submit(window.run)

        yield run
        for window in opened:
            window.cancel()


def noise() -> bytes:
    """A photograph of some megabytes."""
    written = io.BytesIO()
    Image.frombytes("RGB", (1500, 1500), random.Random(1).randbytes(3 * 1500 * 1500)).save(written, "JPEG", quality=95)
    return written.getvalue()


def window(desk: Desk) -> Window:
    return Window(bundles(desk), "127.0.0.1", announce=False)


def visit(desk: Desk, to: Window, code: str = "") -> Visit:
    return Visit(bundles(desk), f"127.0.0.1:{to.port}", code or to.code)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


def test_a_report_goes_over_and_the_decision_comes_back_in_the_next_meeting(
    laptops: tuple[Desk, Desk], aside: Run
) -> None:
    field, desk = laptops
    visit_id = write_visit(field, photo(600, 400))
    opened = window(desk)
    told: list[tuple[int, int]] = []
    taking = aside(opened)
    gave = visit(field, opened).run(lambda done, total: told.append((done, total)))
    took = taking.result()
    assert gave.given is not None
    assert took.received is not None
    assert (gave.given.reports, gave.given.pieces, gave.received) == (1, 1, None)
    assert (took.received.load.reports, took.received.load.pieces, took.given) == (1, 1, None)
    assert told[-1][0] >= gave.given.bytes
    assert [done for done, _ in told] == sorted(done for done, _ in told)

    desk.review.give_back(visit_id, (r.Remark(item="", text="أعد"),))
    opened = window(desk)
    taking = aside(opened)
    back = visit(field, opened).run()
    assert back.received is not None
    assert (back.received.load.decisions, state_of(field, visit_id)) == (1, ("returned", 1))
    took = taking.result()
    assert took.given is not None
    assert took.received is not None
    assert (took.given.decisions, took.received.load.events, took.received.known) == (1, 0, 1)
    assert [(row.way, row.direction, row.peer_id) for row in bundles(field).history()] == [
        ("nearby", "in", "desk"),
        ("nearby", "out", "desk"),
        ("nearby", "out", "desk"),
    ]


def test_two_laptops_with_nothing_for_each_other_part_without_harm(laptops: tuple[Desk, Desk], aside: Run) -> None:
    field, desk = laptops
    opened = window(desk)
    taking = aside(opened)
    assert visit(field, opened).run() == Exchange(None, None) == taking.result()


def test_the_third_wrong_code_closes_the_window(laptops: tuple[Desk, Desk], aside: Run) -> None:
    field, desk = laptops
    write_visit(field)
    opened = window(desk)
    taking = aside(opened)
    for _ in range(nearby.WRONG_CODES):
        with pytest.raises(UserError, match="pairing_code_wrong"):
            visit(field, opened, wrong(opened.code)).run()
    with pytest.raises(UserError, match="pairing_code_wrong"):
        taking.result()
    with pytest.raises(UserError, match="transfer_broken"):
        visit(field, opened).run()
    assert dump(desk)["event"] == []


def test_a_code_typed_right_after_a_wrong_one_is_good(laptops: tuple[Desk, Desk], aside: Run) -> None:
    field, desk = laptops
    write_visit(field)
    opened = window(desk)
    taking = aside(opened)
    with pytest.raises(UserError, match="pairing_code_wrong"):
        visit(field, opened, wrong(opened.code)).run()
    visit(field, opened).run()
    assert taking.result().received is not None


def test_a_window_that_does_not_know_the_code_gets_nothing(laptops: tuple[Desk, Desk], aside: Run) -> None:
    field, desk = laptops
    write_visit(field)
    opened = window(desk)
    real = opened.code
    opened.code = wrong(real)  # somebody else's window, which cannot know what was read out
    taking = aside(opened)
    with pytest.raises(UserError, match="pairing_code_wrong"):
        visit(field, opened, real).run()
    opened.cancel()
    with pytest.raises(UserError, match="transfer_cancelled"):
        taking.result()


def test_an_unknown_device_is_given_nothing(laptops: tuple[Desk, Desk], aside: Run, tmp_path: Path) -> None:
    field, desk = laptops
    write_visit(field)
    with desk.cache.write() as conn:
        conn.exec_driver_sql("UPDATE meta SET value = replace(value, '\"desk\"', '\"nobody\"') WHERE key = 'device'")
    opened = window(desk)
    taking = aside(opened)
    with pytest.raises(UserError, match="bundle_peer_unknown"):
        visit(field, opened).run()
    opened.cancel()
    with pytest.raises(UserError, match="transfer_cancelled"):
        taking.result()


def test_a_window_is_closed_at_once(laptops: tuple[Desk, Desk], aside: Run) -> None:
    opened = window(laptops[1])
    taking = aside(opened)
    silent = socket.create_connection(("127.0.0.1", opened.port))  # while it waits for what this one never says
    silent.recv(4)
    begun = time.monotonic()
    opened.cancel()
    with pytest.raises(UserError, match="transfer_cancelled"):
        taking.result()
    assert time.monotonic() - begun < 0.5
    silent.close()


def test_a_transfer_is_given_up_at_once_and_the_window_waits_for_the_next(
    laptops: tuple[Desk, Desk], aside: Run
) -> None:
    field, desk = laptops
    write_visit(field, photo(1200, 900))
    opened = window(desk)
    taking = aside(opened)
    going = visit(field, opened)
    with pytest.raises(UserError, match="transfer_cancelled"):
        going.run(lambda done, total: going.cancel())
    assert not bundles(field).history()
    visit(field, opened).run()
    took = taking.result().received
    assert took is not None
    assert (took.load.reports, took.load.pieces) == (1, 1)


def test_a_window_that_nobody_uses_closes_by_itself(
    laptops: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearby, "WINDOW_S", 0.05)
    with pytest.raises(UserError, match="transfer_timeout"):
        window(laptops[1]).run()


def test_a_device_that_says_nothing_is_hung_up_on(
    laptops: tuple[Desk, Desk], aside: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    field, desk = laptops
    write_visit(field)
    monkeypatch.setattr(pairing, "SILENCE_S", 0.1)
    opened = window(desk)
    taking = aside(opened)
    with socket.create_connection(("127.0.0.1", opened.port)) as silent:
        while silent.recv(4096):  # it introduces itself, waits, and hangs up
            continue
    monkeypatch.undo()
    visit(field, opened).run()
    assert taking.result().received is not None


@pytest.mark.parametrize(
    "said", [b"GET / HTTP/1.1\r\n\r\n", (2**31).to_bytes(4, "big"), b"\0\0\0\2[]", b"\0\0\0\1\xff"]
)
def test_whoever_speaks_another_language_does_not_disturb_the_window(
    laptops: tuple[Desk, Desk], aside: Run, said: bytes
) -> None:
    field, desk = laptops
    write_visit(field)
    opened = window(desk)
    taking = aside(opened)
    with socket.create_connection(("127.0.0.1", opened.port)) as stranger:
        stranger.sendall(said)
        stranger.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):  # it hangs up on what it has not read
            while stranger.recv(4096):
                continue
    visit(field, opened).run()
    assert taking.result().received is not None


@pytest.mark.parametrize("large", [False, True], ids=["a few bytes", "more than is under way at once"])
def test_why_the_other_did_not_take_it_is_said_to_the_giver(
    laptops: tuple[Desk, Desk], aside: Run, large: bool
) -> None:
    field, desk = laptops
    write_visit(field, noise() if large else None)
    with desk.cache.write() as conn:
        conn.exec_driver_sql("UPDATE device SET public_key = ? WHERE id = 'field'", ("00" * 32,))
    opened = window(desk)
    taking = aside(opened)
    with pytest.raises(UserError, match="transfer_refused") as refused:
        visit(field, opened).run()
    assert refused.value.params["reason"] == "bundle_signature_wrong"
    with pytest.raises(UserError, match="bundle_signature_wrong"):
        taking.result()
    assert not bundles(field).history()


def test_messages_are_bound_to_their_side_and_place() -> None:
    one, two = socket.socketpair()
    stop = Stop()
    giver, taker = Channel(one, stop), Channel(two, stop)
    giver.trust(bytes(32), "giver")
    taker.trust(bytes(32), "taker")
    giver.say(nearby.Offer(bytes=7))
    assert taker.hear(nearby.Offer).bytes == 7
    giver.say(nearby.Offer(bytes=8))
    again = two.recv(4096)
    for replayed in (again, again):
        one.send(replayed)
    with pytest.raises(UserError, match="transfer_broken"):
        [taker.hear(nearby.Offer) for _ in range(2)]
    giver.close()
    taker.close()
    stop.close()


def test_an_open_window_is_found_on_the_network(laptops: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearby, "_EVERYBODY", "127.255.255.255")  # a test speaks to nobody but this machine
    heard = threading.Event()
    seen: list[nearby.Found] = []

    def found(one: nearby.Found) -> None:
        seen.append(one)
        heard.set()
        stop()

    stop = Stop()
    opened = Window(bundles(laptops[1]), "127.0.0.1")
    with ThreadPoolExecutor(2) as pool:
        listening = pool.submit(nearby.discover, "centre", found, stop)
        while not heard.is_set() and not listening.done():
            opened._tell()
            heard.wait(0.05)
        with pytest.raises(UserError, match="transfer_cancelled"):
            listening.result()
    opened.cancel()
    with pytest.raises(UserError, match="transfer_cancelled"):
        opened.run()
    stop.close()
    assert (seen[0].device_id, seen[0].port) == ("desk", opened.port)


@given(st.integers(0, 10**8 - 1), st.sampled_from("٠۰०0"), st.sampled_from(["", " ", "-"]))
def test_a_code_may_be_typed_in_any_digits(code: int, zero: str, between: str) -> None:
    plain = f"{code:08}"
    typed = "".join(chr(ord(zero) + int(digit)) for digit in plain)
    assert pairing.typed_code(f" {typed[:4]}{between}{typed[4:]} ") == plain


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "1234567x", "1234 567"])
def test_what_is_no_code_is_said_before_anything_is_connected(laptops: tuple[Desk, Desk], typed: str) -> None:
    with pytest.raises(UserError, match="pairing_code_malformed"):
        Visit(bundles(laptops[0]), "127.0.0.1:1", typed)


@pytest.mark.parametrize("address", ["", "127.0.0.1", "host:", "host:70000", ":80", "host:٨x"])
def test_what_is_no_address_is_said_before_anything_is_connected(laptops: tuple[Desk, Desk], address: str) -> None:
    with pytest.raises(UserError, match="address_malformed"):
        Visit(bundles(laptops[0]), address, "12345678")


def test_an_address_where_nobody_listens_says_so(laptops: tuple[Desk, Desk]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(UserError, match="transfer_broken"):
            Visit(bundles(laptops[0]), f"127.0.0.1:{taken.getsockname()[1]}", "12345678").run()


def test_the_window_shows_where_it_can_be_reached(laptops: tuple[Desk, Desk]) -> None:
    opened = window(laptops[1])
    assert opened.addresses()
    assert all(address.endswith(f":{opened.port}") for address in opened.addresses())
    assert len(opened.code) == pairing.CODE_DIGITS
    opened.cancel()
    with pytest.raises(UserError, match="transfer_cancelled"):
        opened.run()
