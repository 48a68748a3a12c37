"""``make simulate``: many seeds on all cores, a table of the faults, and every seed that broke something."""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.simulation import template as templates
from tests.simulation.mutants import MUTANTS
from tests.simulation.template import Template
from tests.simulation.world import Outcome, run

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - runs are short-lived and belong to whoever started them
_TRACE_LINES: Final = 40
_WIDE: Final = 90


@contextmanager
def workshop() -> Iterator[Path]:
    """A folder for templates and runs, in memory where the system has it."""
    with tempfile.TemporaryDirectory(prefix="midan-simulation-", dir=_MEMORY if _MEMORY.is_dir() else None) as name:
        yield Path(name)


def one(seed: int, template: Template, shop: Path) -> Outcome:
    """A run in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="run-", dir=shop) as folder:
        return run(seed, template, Path(folder))


@contextmanager
def prepared() -> Iterator[tuple[Template, Path]]:
    """The template, and a folder for runs."""
    with workshop() as shop:
        for name in ("template", "runs"):
            (shop / name).mkdir()
        yield templates.build(shop / "template"), shop / "runs"


def many(seeds: range, processes: int, template: Template, shop: Path) -> Iterator[Outcome]:
    """All of them in their order; whoever has seen enough may stop asking."""
    work = ((seed, template, shop) for seed in seeds)
    if processes == 1:
        yield from map(_one, work)
        return
    pool = multiprocessing.get_context("fork").Pool(processes)
    try:
        yield from pool.imap(_one, work, chunksize=2)
        pool.close()
    except BaseException:
        pool.terminate()
        raise
    finally:
        pool.join()


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
    """Run the seeds, or find the mutants; 1 where a seed broke something, or a mutant was not found."""
    parser = argparse.ArgumentParser(prog="make simulate")
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--from", type=int, default=1, dest="first")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--trace", action="store_true", help="of the seeds that broke nothing too")
    parser.add_argument("--mutants", action="store_true", help="how many seeds each bug of mutants.py needs")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    seeds = range(options.first, options.first + options.seeds)
    with prepared() as (template, shop):
        if options.mutants:
            return find_mutants(seeds, options.processes, template, shop)
        return simulate(many(seeds, min(options.processes, len(seeds)), template, shop), options.trace)


def simulate(outcomes: Iterator[Outcome], with_traces: bool) -> int:
    """Say what came of every run; 1 where any broke something."""
    begun, cpu_before, broken, runs, requests, actions = time.monotonic(), _cpu_s(), 0, 0, 0, 0
    faults: Counter[str] = Counter()
    for outcome in outcomes:
        runs, requests, actions = runs + 1, requests + outcome.requests, actions + outcome.actions
        faults += outcome.faults
        if outcome.problem:
            broken += 1
            tell(outcome)
        elif with_traces:
            say("\n".join(outcome.trace))
    for kind, count in faults.most_common():
        say(f"{count:>9,}  {kind}")
    took = time.monotonic() - begun
    say(f"{runs:,} runs with {actions:,} actions, {requests:,} requests, {faults.total():,} faults")
    a_core = runs / max(_cpu_s() - cpu_before, 0.01) * 60
    say(f"{took:.0f} s, {runs / took * 60:.0f} runs a minute ({a_core:.0f} of a core's own time); {broken} broken")
    return 1 if broken else 0


def _cpu_s() -> float:
    """What this process and those it has waited for have used."""
    return sum(os.times()[:4])


def find_mutants(seeds: range, processes: int, template: Template, shop: Path) -> int:
    """Say for each mutant which seed finds it; 1 where none does."""
    missed = 0
    for mutant in MUTANTS:
        with mutant():
            found = next((one for one in many(seeds, processes, template, shop) if one.problem), None)
        missed += found is None
        after = "not found" if found is None else f"{found.seed - seeds.start + 1:>9}"
        why = "" if found is None else found.problem.strip().splitlines()[0 if "Traceback" not in found.problem else -1]
        say(f"{after}  {mutant.__name__.replace('_', ' '):<50} {why[:_WIDE]}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
