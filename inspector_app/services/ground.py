"""What every service stands on: the open cache, who is signed in, which device this is, and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from inspector_app.services.views import Device
from inspector_app.storage.cache import Cache
from sync.contract import records as r

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """This machine's time, with its zone."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every service stands on."""

    cache: Cache
    person: r.Person
    device: Device
    clock: Clock = system_clock
