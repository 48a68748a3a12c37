"""The least a server can do with a body: read it, write it to a file, fsync; ``python -m tests.bench.floor FOLDER``."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import uvicorn

Message = MutableMapping[str, Any]


class Keeper:
    """An ASGI application that keeps every body it gets, each in a file of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = count()

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        assert scope["type"] == "http"
        body, more = bytearray(), True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        with (self._folder / f"{next(self._names)}").open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})


@contextmanager
def floor_server(folder: Path) -> Iterator[str]:
    """Such a server as a process on loopback; yields its address."""
    folder.mkdir()
    command = [sys.executable, "-m", "tests.bench.floor", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def main(folder: Path) -> None:
    """Serve until told to end."""
    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(Keeper(folder), lifespan="off", log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
