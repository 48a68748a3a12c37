"""The committee's laptop: what the centre gave it, and how it is unlocked."""

from __future__ import annotations

from inspector_app.storage import device
from inspector_app.storage.keyslots import Cost
from tests.support.season import COMMITTEE

QUICK = Cost(passes=1, memory=8192)
"""A key slot that costs next to nothing; what a real one costs has its own test."""
PASSPHRASE = "نخلة على الطريق"
DEVICE = device.Device(
    url="http://127.0.0.1:9",
    server_id="centre",
    seed=bytes(range(32)),
    name="حاسوب اللجنة",
    device_id="d1",
    number=3,
    committee=COMMITTEE,
)
