"""Events that travel by other hands: one device brings what another made, signed by the one that made it."""

from __future__ import annotations

import msgspec

from sync.contract import wire
from sync.contract.problems import Refused
from sync.server.services.batches import taken_apart
from sync.server.services.centre import Centre
from sync.server.services.enrolment import verify
from sync.server.services.push import judge
from sync.server.storage import devices


def relay(centre: Centre, body: bytes) -> wire.PushReply:
    """Judge a batch exactly as if the device that made it had pushed it: its numbers, its people, its standing.

    Who brings it has no say in it, so it does not matter which way a batch arrives first, or how often.

    Args:
        centre: The centre.
        body: zstd of lines: a ``wire.RelayHead``, then an event a line, byte for byte as they were signed.

    Raises:
        Refused: ``too_large``, ``bad_request``, ``device_unknown`` for a maker that never enrolled here,
            ``batch_signature_wrong``.
    """
    first, *lines = taken_apart(body)
    try:
        head = msgspec.json.decode(first, type=wire.RelayHead)
    except (ValueError, RecursionError) as error:
        raise Refused("bad_request", line="1", detail=str(error)[:200]) from error
    with centre.database.read() as connection:
        maker = devices.get(connection, head.device_id)
    if maker is None:
        raise Refused("device_unknown", device=head.device_id[:100])
    try:
        verify(maker.public_key, head.signature, wire.batch_message(centre.server_id, maker.id, lines))
    except Refused as error:
        raise Refused("batch_signature_wrong", device=maker.id) from error
    return judge(centre, maker.id, lines)
