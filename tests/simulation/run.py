"""``make simulate``: many seeds on all cores, a table of the faults, and every seed that broke something."""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.simulation import template as templates
from tests.simulation.template import Template
from tests.simulation.world import Outcome, run

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - runs are short-lived and belong to whoever started them
_TRACE_LINES: Final = 40


@contextmanager
def workshop() -> Iterator[Path]:
    """A folder for templates and runs, in memory where the system has it."""
    with tempfile.TemporaryDirectory(prefix="midan-simulation-", dir=_MEMORY if _MEMORY.is_dir() else None) as name:
        yield Path(name)


def one(seed: int, template: Template, shop: Path) -> Outcome:
    """A run in a folder that is gone afterwards."""
    folder = shop / f"run-{seed}"
    folder.mkdir()
    try:
        return run(seed, template, folder)
    finally:
        shutil.rmtree(folder)


def many(seeds: range, processes: int) -> Iterator[Outcome]:
    """All of them, as they finish."""
    with workshop() as shop:
        for name in ("template", "runs"):
            (shop / name).mkdir()
        template = templates.build(shop / "template")
        if processes == 1:
            for seed in seeds:
                yield one(seed, template, shop / "runs")
            return
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            work = ((seed, template, shop / "runs") for seed in seeds)
            yield from pool.imap_unordered(_one, work, chunksize=4)


def _one(work: tuple[int, Template, Path]) -> Outcome:
    return one(*work)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tell(outcome: Outcome) -> None:
    """What a seed has broken, and the last of what happened before."""
    say(f"seed {outcome.seed} BROKEN: {outcome.problem}")
    for line in outcome.trace[-_TRACE_LINES:]:
        say(f"    {line}")
    say(f"    again: make simulate SEEDS=1 FROM={outcome.seed}")


def main() -> int:
    """Run the seeds; 1 where any broke something."""
    parser = argparse.ArgumentParser(prog="make simulate")
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--from", type=int, default=1, dest="first")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--trace", action="store_true", help="also of seeds that broke nothing")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    begun, broken, runs, requests, actions = time.monotonic(), 0, 0, 0, 0
    faults: Counter[str] = Counter()
    for outcome in many(range(options.first, options.first + options.seeds), min(options.processes, options.seeds)):
        runs, requests, actions = runs + 1, requests + outcome.requests, actions + outcome.actions
        faults += outcome.faults
        if outcome.problem:
            broken += 1
            tell(outcome)
        elif options.trace:
            say("\n".join(outcome.trace))
    for kind, count in faults.most_common():
        say(f"{count:>9,}  {kind}")
    took = time.monotonic() - begun
    say(
        f"{runs:,} runs, {actions:,} actions, {requests:,} requests, {faults.total():,} faults in {took:.0f} s: "
        f"{runs / took * 60:.0f} runs a minute; {broken} broken"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
