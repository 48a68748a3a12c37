"""What a run changes around the product: ids and secrets from the seed, small limits, and no thread."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any
from unittest.mock import patch

from sync.contract import ids, wire
from sync.server.http import reading
from sync.server.services import access, feed
from tests.simulation.clocks import Time
from xforms import serialise

PAGE_ROWS = 6
BATCH_EVENTS = 4
CHUNK_BYTES = 2048
FRAME_BYTES = 700
"""A run is small; so are the limits, or nothing would ever be cut into pages, batches and pieces."""


@contextmanager
def around(random: Random, time: Time, *, small: bool = True) -> Iterator[None]:
    """Let everything random or timed in the product follow from the seed, until the block ends.

    Args:
        random: Of the run.
        time: Of the run.
        small: With small limits; without, they are the product's own.
    """

    def token_bytes(size: int | None = None) -> bytes:
        return random.randbytes(size or 32)

    def token_hex(size: int | None = None) -> str:
        return token_bytes(size).hex()

    def uuid4() -> uuid.UUID:
        return uuid.UUID(bytes=token_bytes(16), version=4)

    changes: tuple[tuple[Any, str, Any], ...] = (
        (ids.uuid7, "__defaults__", (lambda: int(time.seconds * 1000), random.randbytes)),
        (uuid, "uuid4", uuid4),
        (serialise, "uuid4", uuid4),
        (secrets, "token_bytes", token_bytes),
        (secrets, "token_hex", token_hex),
        (secrets, "token_urlsafe", token_hex),
        (reading, "run", _at_once),
        (access, "_password_fits", _same),
    )
    limits: tuple[tuple[Any, str, Any], ...] = (
        (feed.page, "__defaults__", (PAGE_ROWS,)),
        (wire, "BATCH_EVENTS", BATCH_EVENTS),
        (wire, "CHUNK_BYTES", CHUNK_BYTES),
    )
    with ExitStack() as stack:
        for owner, name, value in (*changes, *(limits if small else ())):
            stack.enter_context(patch.object(owner, name, value))
        yield


async def _at_once(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """A service on the thread that asks: the order of everything is the simulation's."""
    return work(*args, **kwargs)


def _same(stored: str, password: str) -> bool:
    """A password check that costs nothing."""
    return stored == password
