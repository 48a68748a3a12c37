"""A device's uploaders beside its engine: each works, a step at a time, until it finds nothing to send."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

from sync.engine.engine import Phase, Report
from sync.engine.uploading import Uploader
from tests.simulation.device import DeviceProcess
from tests.simulation.plan import Plan

TakeStep = Callable[[Uploader], Report | None]
"""Lets an uploader take a step; None where its process died of it."""


def begin(device: DeviceProcess, plan: Plan, random: Random, take_step: TakeStep) -> None:
    """Wake the uploaders that are idle, as the driver does when evidence waits."""
    for place, uploader in enumerate(device.uploaders):
        if place not in device.uploading:
            device.uploading.add(place)
            plan.at(random.uniform(0, 1), partial(_step, device, plan, place, uploader, take_step))


def _step(device: DeviceProcess, plan: Plan, place: int, uploader: Uploader, take_step: TakeStep) -> None:
    if not device.is_open or uploader not in device.uploaders:
        return  # its process is gone
    report = take_step(uploader)
    if report is not None and report.phase is Phase.REST:
        device.uploading.discard(place)
    elif report is not None:
        plan.at(report.wait_s, partial(_step, device, plan, place, uploader, take_step))
