"""Work that travels by hand: to whom it can go, what went and came, and what still has to be relayed."""

from __future__ import annotations

from typing import Literal

import msgspec

from inspector_app.services.views.common import Receipt
from sync.contract import records as r

Way = Literal["file", "nearby"]
"""By a file on a stick, or over the local network."""


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """A device that a bundle can be sealed to; ``committee`` is None where it belongs to none, or to an unknown one."""

    id: str
    name: str
    number: int
    supervises: bool
    committee: r.Committee | None
    regions: tuple[str, ...]


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle holds: events by sort, pieces of evidence, and bytes.

    ``unreadable`` pieces had to be left out; ``withheld`` events wait here too and are not for those it goes to.
    """

    reports: int = 0
    decisions: int = 0
    cases: int = 0
    steps: int = 0
    pieces: int = 0
    unreadable: int = 0
    withheld: int = 0
    bytes: int = 0

    @property
    def events(self) -> int:
        """All events."""
        return self.reports + self.decisions + self.cases + self.steps


class RefusedBatch(msgspec.Struct, frozen=True, kw_only=True):
    """Work of one device that was not taken: ``error.<code>`` says why; ``device`` is its name where it is known."""

    device_id: str
    device: str
    code: str


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a bundle.

    Attributes:
        sender: The device that made it.
        load: What was new here; its pieces are those that were stored.
        known: How many events were here already.
        unshown: How many of the new ones are by people, or from withdrawn devices, that this device cannot show; they
            are relayed all the same.
        missing: How many pieces its new events name that did not come with it and are not here.
        refused: What was not taken.
    """

    sender: Peer
    load: Load
    known: int
    unshown: int
    missing: int
    refused: tuple[RefusedBatch, ...]


class TransferRow(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle that went or came, for the history; ``peer`` is None where this device no longer knows the other."""

    at: str
    direction: Literal["in", "out"]
    way: Way
    peer_id: str
    peer: Peer | None
    events: int
    pieces: int
    bytes: int


class CarriedRow(msgspec.Struct, frozen=True, kw_only=True):
    """An event of another device that came in a bundle: what it was about, and what the centre said when relayed.

    ``receipt.state`` is ``carried`` until then.
    """

    receipt: Receipt
    device: Peer | None
    user: r.Person | None
    number: str
    text: str
