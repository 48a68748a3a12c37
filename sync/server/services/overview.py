"""What an administrator sees of his centre at a glance: figures and codes, and nobody's name."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from sync.server.services.centre import Centre
from sync.server.storage import devices, ledger, quarantine
from sync.server.storage.devices import Standing


class Overview(NamedTuple):
    """How a centre stands.

    Attributes:
        devices: Those that are not revoked, by committee and number.
        revoked: How many are.
        programs: How many of the devices run each program.
        judged: Events ever judged.
        replayed: Events that came again after they had been judged.
        refused: How often each problem was the answer.
        held_back: Events that wait for a supervisor.
    """

    devices: tuple[Standing, ...]
    revoked: int
    programs: Counter[str]
    judged: int
    replayed: int
    refused: Counter[str]
    held_back: int

    @property
    def waiting(self) -> tuple[Standing, ...]:
        """Devices that said they have work the centre has not received."""
        return tuple(device for device in self.devices if device.waiting)


def overview(centre: Centre) -> Overview:
    """How the centre stands at this moment; it reads the whole ledger."""
    refused: Counter[str] = Counter()
    judged = 0
    with centre.database.read() as connection:
        known = devices.standings(connection)
        for result in ledger.results(connection):
            judged += 1
            if result.outcome in ("rejected", "conflict"):
                refused[result.code] += 1
        held_back = quarantine.open_ones(connection)
    good = tuple(device for device in known if not device.revoked)
    return Overview(
        devices=good,
        revoked=len(known) - len(good),
        programs=Counter(device.client for device in good),
        judged=judged,
        replayed=sum(device.replayed for device in known),
        refused=refused,
        held_back=held_back,
    )
