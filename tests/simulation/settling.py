"""Coming to rest: the link is fine, every engine works until nothing moves, and then everything is compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from inspector_app.storage import outbox
from sync.engine.engine import Phase
from sync.server.services.centre import Centre
from tests.simulation import at_centre, at_rest
from tests.simulation.broken import Broken, hold
from tests.simulation.clocks import Time
from tests.simulation.device import DeviceProcess

_ROUNDS = 14
_STEPS = 400
"""At rest after this many rounds of all devices, and steps of each, or never."""

Look = Callable[[DeviceProcess], None]


def come_to_rest(devices: Sequence[DeviceProcess], time: Time, look: Look) -> None:
    """Let all devices do what they have to do, as often as one of them makes work for another."""
    for _ in range(_ROUNDS):
        moved = [_round(device, time, look) for device in devices if device.is_open]
        if not any(moved):
            return
    raise Broken("the link is fine, and there is no end")


def _round(device: DeviceProcess, time: Time, look: Look) -> bool:
    """A round of a device's engine and its uploaders; whether anything moved."""
    moved = False
    device.engine.wake()
    for _ in range(_STEPS):
        report = device.step()
        moved = moved or bool(report.rows or report.events or report.total_bytes)
        if report.phase is not Phase.REST:
            time.pass_(report.wait_s)
        elif _upload(device, time):
            moved = True
        else:
            look(device)
            return moved
    raise Broken(f"{device.name} does not come to rest: {report}")


def _upload(device: DeviceProcess, time: Time) -> bool:
    """Let every uploader work until it finds nothing to send; whether one of them did anything."""
    moved = False
    for uploader in device.uploaders:
        for _ in range(_STEPS):
            report = uploader.step()
            if report.phase is Phase.REST:
                break
            moved = True
            time.pass_(report.wait_s)
        else:
            raise Broken(f"an uploader of {device.name} does not come to rest: {report}")
    return moved


def try_parked_again(device: DeviceProcess) -> None:
    """The person presses the button in the tray."""
    if not device.is_open or device.is_withdrawn:
        return
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
    at_centre.numbers_are_given_once(centre)
    for device in devices:
        if not device.is_open:
            hold(device.is_wiped, f"{device.name} is down")
            device.look_inside()
        if at_centre.has_withdrawn(centre, device.id):
            hold(device.is_wiped, f"{device.name} was withdrawn, and still has its keys")
        if device.is_wiped and restored:
            continue  # what a restored centre has forgotten of it nobody can give again
        at_rest.events_are_settled(device, centre, restored=restored)
        at_rest.evidence_is_there(device, centre, damaging=damaging)
        if not (device.is_withdrawn or device.is_wiped):
            at_rest.device_is_level(device, centre)
