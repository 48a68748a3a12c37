"""The window while its device syncs: it never stands still for as long as an eye would notice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.bench.frames import Gaps, Order
from tests.bench.grounds import Ground
from tests.bench.measuring import promise, say
from tests.support import register
from tests.support.desks import INSPECTOR

ROWS = 20_000
MOST_MS = 100.0


@pytest.mark.timeout(300)
def test_the_window_never_stands_still_while_its_device_syncs(grounds: Callable[[int], Ground], tmp_path: Path) -> None:
    ground = grounds(ROWS)
    order = Order(
        profile=str(tmp_path / "window"),
        url=ground.url,
        code=register.CODE.format(29),
        username=INSPECTOR.id,
        password=register.PASSWORD.format(INSPECTOR.id),
        rows=ROWS - 500,
    )
    command = [sys.executable, "-m", "tests.bench.frames"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as beside:
        done = subprocess.run(
            [*command, msgspec.json.encode(order).decode()],
            capture_output=True,
            timeout=200,
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        )
        machine = msgspec.json.decode(beside.communicate()[0], type=dict[str, Gaps])
    assert done.returncode == 0, done.stderr.decode()[-4000:]
    found = msgspec.json.decode(done.stdout, type=dict[str, Gaps])
    [stalls] = machine.values()
    say(
        "Gaps between heartbeats of the window, one due every 5 ms",
        {
            name: f"p99 {gaps.p99:7.2f} ms, longest {gaps.longest:7.2f} ms, {gaps.beats:6} in {gaps.seconds:.1f} s"
            for name, gaps in (found | machine).items()
        },
    )
    longest = max(gaps.longest for gaps in found.values())
    promise("longest gap of the window, beyond the machine's own", longest - stalls.longest, MOST_MS, " ms")
