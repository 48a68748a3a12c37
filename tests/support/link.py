"""A link in a process of its own between devices and a centre: it counts, delays, limits, cuts, and lies if told to.

``python -m tests.support.link HOST:PORT`` prints its own port; then it takes one JSON line after another on the
standard input, each a ``Weather`` to blow from now on (an empty line: none), and answers each with its ``Counts``.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

_PIECE: Final = 16 * 1024
_PACKET: Final = 2 * 1460
"""What is passed on at once where a rate is kept: more would arrive later than it does on a wire."""
_HTML: Final = b"<html><body>Welcome to the hotel network. Please sign in.</body></html>"
_BODY: Final = b"\r\n\r\n"


class Weather(msgspec.Struct, frozen=True, kw_only=True):
    """How a link behaves.

    Attributes:
        to: Another port of the centre from now on; 0 for the one before.
        round_trip_s: Time of a bit there and another back; opening a connection costs one.
        bits_per_s: In each direction, all connections together; 0 is as fast as it goes.
        cut_every: A connection ends after so many bytes to the device; 0 is never.
        cut_up: A connection ends after so many bytes to the centre; 0 is never.
        bad: Of connections, the share with a fate of their own: cut, slowed, changed by a bit, or answered by others.
        seed: Of those fates.
    """

    to: int = 0
    round_trip_s: float = 0.0
    bits_per_s: float = 0.0
    cut_every: int = 0
    cut_up: int = 0
    bad: float = 0.0
    seed: int = 0


class Counts(msgspec.Struct, kw_only=True):
    """What went through since the last count, in bytes and connections; ``cut`` of them by the link itself."""

    up: int = 0
    down: int = 0
    connections: int = 0
    requests: int = 0
    authorization: int = 0
    cut: int = 0
    slowed: int = 0
    changed: int = 0
    answered: int = 0


class _Cut(Exception):
    """The link ends a connection."""


class _Direction:
    """One direction of the wire, shared by all connections: bytes leave one after another at its rate."""

    def __init__(self) -> None:
        self._free_at = 0.0

    async def carry(self, data: bytes, bits_per_s: float, delay_s: float) -> float:
        """Wait until the wire has taken the data; returns when it arrives at the other end, in loop time."""
        now = asyncio.get_running_loop().time()
        if bits_per_s:
            self._free_at = max(now, self._free_at) + len(data) * 8 / bits_per_s
            await asyncio.sleep(self._free_at - now)
            return self._free_at + delay_s
        return now + delay_s


class _Fate:
    """What becomes of one connection."""

    def __init__(self, kind: str, after: int, upwards: bool) -> None:
        self.kind, self.after, self.upwards = kind, after, upwards


class Link:
    """The link itself."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._weather = Weather()
        self._counts = Counts()
        self._random = random.Random(0)
        self._up, self._down = _Direction(), _Direction()
        self._connections: set[asyncio.Task[None]] = set()

    def change(self, weather: Weather) -> None:
        """Another weather from now on; connections that are open keep their fate."""
        if weather.seed != self._weather.seed:
            self._random = random.Random(weather.seed)
        if weather.to:
            self._port = weather.to
        self._weather = weather

    def take_counts(self) -> Counts:
        """What went through since this was last asked."""
        counts, self._counts = self._counts, Counts()
        return counts

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a device, to its end."""
        self._counts.connections += 1
        try:
            with contextlib.suppress(OSError, _Cut, asyncio.IncompleteReadError):
                await self._serve(reader, writer)
        finally:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fate = self._fate()
        if fate.kind in ("html", "unavailable"):
            self._counts.answered += 1
            await reader.read(_PIECE)
            status = "200 OK" if fate.kind == "html" else "503 Service Unavailable"
            head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(_HTML)}\r\n\r\n"
            writer.write(head.encode() + _HTML)
            await writer.drain()
            return
        if self._weather.round_trip_s:  # the handshake; ours with the device took no time
            await asyncio.sleep(self._weather.round_trip_s)
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, back, fate, upwards=True))
                both.create_task(self._pump(there, writer, fate, upwards=False))
        except* _Cut:
            self._counts.cut += 1
        except* (OSError, _Ended):
            pass  # one of the two ends hung up
        finally:
            back.transport.abort()

    def _fate(self) -> _Fate:
        weather, rng = self._weather, self._random
        if weather.cut_every or weather.cut_up:
            return _Fate("cut", weather.cut_every or weather.cut_up, upwards=not weather.cut_every)
        if rng.random() >= weather.bad:
            return _Fate("", 0, upwards=False)
        kind = rng.choices(("cut", "slow", "flip", "html", "unavailable"), (14, 2, 2, 1, 1))[0]
        self._counts.slowed += kind == "slow"
        return _Fate(kind, int(10 ** rng.uniform(1, 4)), upwards=rng.random() < 0.5)

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, fate: _Fate, *, upwards: bool
    ) -> None:
        arriving: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(4096)

        async def deliver() -> None:
            while True:
                at, data = await arriving.get()
                await asyncio.sleep(at - asyncio.get_running_loop().time())
                if not data:
                    sink.close()
                    await sink.wait_closed()
                    raise _Ended
                sink.write(data)
                await sink.drain()

        async with asyncio.TaskGroup() as both:
            both.create_task(deliver())
            both.create_task(self._take(source, fate, lambda at, data: arriving.put((at, data)), upwards=upwards))

    async def _take(
        self,
        source: asyncio.StreamReader,
        fate: _Fate,
        give: Callable[[float, bytes], Awaitable[None]],
        *,
        upwards: bool,
    ) -> None:
        wire, passed = (self._up if upwards else self._down), 0
        mine = fate.upwards == upwards
        while data := await source.read(_PACKET if self._weather.bits_per_s else _PIECE):
            if fate.kind == "slow":
                await asyncio.sleep(0.05)
            if mine and fate.kind == "cut" and passed + len(data) >= fate.after:
                data = data[: fate.after - passed]
            if mine and fate.kind == "flip" and passed + len(data) >= fate.after:
                data, fate.kind = self._changed(data), ""
            passed += len(data)
            self._count(data, upwards)
            at = await wire.carry(data, self._weather.bits_per_s, self._weather.round_trip_s / 2)
            await give(at, data)
            if mine and fate.kind == "cut" and passed >= fate.after:
                await asyncio.sleep(at - asyncio.get_running_loop().time() + 0.01)
                raise _Cut
        await give(asyncio.get_running_loop().time(), b"")

    def _changed(self, data: bytes) -> bytes:
        """A bit of a body is another. Who changes heads on a line without TLS can do worse than this."""
        _, blank, body = data.partition(_BODY)
        place = len(data) - len(body)
        if not blank or not body:
            return data
        self._counts.changed += 1
        place += self._random.randrange(len(body))
        return data[:place] + bytes([data[place] ^ 1 << self._random.randrange(8)]) + data[place + 1 :]

    def _count(self, data: bytes, upwards: bool) -> None:
        if upwards:
            self._counts.up += len(data)
            self._counts.requests += data.count(b" HTTP/1.1\r\n")
            for line in data.split(b"\r\n"):
                if line.lower().startswith(b"authorization:"):
                    self._counts.authorization += len(line) + 2
        else:
            self._counts.down += len(data)


class _Ended(Exception):
    """One end closed its side."""


async def _main(port: int) -> None:
    link = Link(port)
    server = await asyncio.start_server(link.connected, "127.0.0.1", 0, limit=_PIECE * 4)
    asked = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - this is how it is asked and answers
    while line := await asked.readline():
        if line.strip():
            link.change(msgspec.json.decode(line, type=Weather))
        print(msgspec.json.encode(link.take_counts()).decode(), flush=True)  # noqa: T201


class LinkProcess:
    """Such a link as a process; ``address`` is where devices find the centre."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert process.stdin is not None
        assert process.stdout is not None
        self._in, self._out = process.stdin, process.stdout
        self.address = f"http://127.0.0.1:{int(self._out.readline())}"

    def weather(self, weather: Weather | None = None) -> Counts:
        """Change how it behaves, if said so; and take the counts since the last time."""
        self._in.write("\n" if weather is None else msgspec.json.encode(weather).decode() + "\n")
        self._in.flush()
        return msgspec.json.decode(self._out.readline(), type=Counts)

    def counts(self) -> Counts:
        """What went through since the last time this was asked."""
        return self.weather()


@contextmanager
def link_to(url: str) -> Iterator[LinkProcess]:
    """A link to a centre on this machine, until the block ends."""
    command = [sys.executable, "-m", "tests.support.link", url.rpartition(":")[2]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield LinkProcess(process)
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
