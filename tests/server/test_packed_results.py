"""The results of a push, packed for who asks for it and plain for who does not."""

from __future__ import annotations

import msgspec

from sync.contract import events as e
from sync.contract import wire
from sync.contract.ids import uuid7
from tests.server.conftest import MakeDevice
from tests.support import reports


def test_the_results_of_a_push_are_packed_for_who_asks_for_it(make_device: MakeDevice) -> None:
    device = make_device("makkah", "ahmad")
    payload = reports.case(reports.report_number(device.number, device.next_n))
    event = device.event("case", uuid7(), "open", "person-ahmad", payload)
    body = wire.compress([e.encode(event)])
    packed = device.ask("POST", wire.PUSH, data=body, headers={"Accept": wire.NDJSON_ZSTD})
    assert packed.headers["Content-Type"] == wire.NDJSON_ZSTD
    [line] = wire.decompress(packed.content, wire.MAX_PUSH_BYTES)
    plain = device.ask("POST", wire.PUSH, data=body)
    assert plain.headers["Content-Type"] == wire.JSON
    assert msgspec.json.decode(line, type=wire.PushReply) == msgspec.json.decode(plain.content, type=wire.PushReply)
