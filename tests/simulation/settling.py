"""Coming to rest: the link is fine, every engine works until nothing moves, and then everything is compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from inspector_app.storage import outbox
from sync.engine.engine import Phase, Report
from sync.server.services.centre import Centre
from tests.simulation import at_centre, at_rest
from tests.simulation.broken import Broken
from tests.simulation.clocks import Time
from tests.simulation.device import DeviceProcess

_ROUNDS = 14
_STEPS = 400
"""At rest after this many rounds of all devices, and steps of each, or never."""

Look = Callable[[DeviceProcess], None]


def come_to_rest(devices: Sequence[DeviceProcess], time: Time, look: Look) -> None:
    """Let all devices do what they have to do, as often as one of them makes work for another."""
    for _ in range(_ROUNDS):
        moved = [_round(device, time, look) for device in devices]
        if not any(moved):
            return
    raise Broken("the link is fine, and there is no end")


def _round(device: DeviceProcess, time: Time, look: Look) -> bool:
    """A round of a device's engine; whether anything moved."""
    moved = False
    device.engine.wake()
    for _ in range(_STEPS):
        report = device.step()
        moved = moved or bool(report.rows or report.events or report.total_bytes)
        if report.phase is Phase.REST or _is_shut_out(device, report):
            look(device)
            return moved
        time.pass_(report.wait_s)
    raise Broken(f"{device.name} does not come to rest: {report}")


def _is_shut_out(device: DeviceProcess, report: Report) -> bool:
    device.revoked = report.problem == "device_revoked"
    return device.revoked


def try_parked_again(device: DeviceProcess) -> None:
    """The person presses the button in the tray."""
    with device.cache.write() as conn:
        for entry in outbox.entries(conn, (outbox.EventState.PARKED,)):
            outbox.retry(conn, entry.id)
            device.known[entry.id] = "waiting"


def compare(
    devices: Sequence[DeviceProcess], centre: Centre, lines: Mapping[str, bytes], *, restored: bool, damaging: bool
) -> None:
    """Everything is where it should be.

    Args:
        devices: All of them, at rest.
        centre: The centre.
        lines: Every event that was ever made.
        restored: The centre was restored from a backup.
        damaging: Bits were changed on the way, so that a piece of evidence may have been given up.
    """
    at_centre.is_the_fold_of_its_ledger(centre, lines)
    if len({device.id for device in devices}) == len(devices):
        at_centre.numbers_are_given_once(centre)
    for device in devices:
        if not device.revoked:
            copied = sum(other.id == device.id for other in devices) > 1
            at_rest.events_are_settled(device, centre, restored=restored, copied=copied)
            at_rest.evidence_is_there(device, centre, damaging=damaging)
            at_rest.device_is_level(device, centre)
