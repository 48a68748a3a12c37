"""What the views of every area share: this device, where a record stands, and the receipt of an event."""

from __future__ import annotations

from typing import Literal

import msgspec

from sync.contract import records as r

Mark = Literal["local", "waiting", "confirmed", "attention"]
"""Where a record of ours stands: never sent from here, waiting to be sent, confirmed, or refused in part."""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """This device as the centre knows it."""

    id: str
    number: int
    name: str
    server_url: str
    server_id: str
    committee: r.Committee | None


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one event of ours; ``received_at`` is the centre's word, empty until there is one.

    ``code`` and ``fields`` say why, where it was not accepted (``problem.<code>``).
    """

    event_id: str
    n: int
    kind: str
    action: str
    record_id: str
    made_at: str
    state: str
    received_at: str = ""
    code: str = ""
    fields: dict[str, str] = msgspec.field(default_factory=dict)
    flags: tuple[str, ...] = ()
