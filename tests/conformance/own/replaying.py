"""Replays the walks that JavaRosa took through our own forms."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

import xforms
from tests.conformance.outcome import Outcome, Tally
from tests.conformance.own import workbooks
from tests.conformance.walks import Walk

TRACES = workbooks.FOLDER / "traces.jsonl.gz"


def read_walks() -> Iterator[dict[str, Any]]:
    with gzip.open(TRACES, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


@cache
def load(name: str) -> xforms.Form:
    """A form as it was walked."""
    return xforms.load((workbooks.FOLDER / name).read_text("utf-8"), workbooks.RESOURCES)


def replayed(walk: dict[str, Any], tally: Tally | None = None, *, hasty: bool = False) -> list[str]:
    """Everything that goes otherwise than recorded; who is ``hasty`` gets no more than the first difference."""
    counted = Counter() if tally is None else tally
    try:
        return Walk(walk, load(walk["form"]), lambda: datetime.now().astimezone(), counted, hasty=hasty).replay()
    except xforms.AnswerError as error:  # what was answered there is not there
        counted["properties"] += len(walk["init"])
        return [f"{type(error).__name__}: {error}"]


def run() -> Outcome:
    load.cache_clear()
    outcome = Outcome()
    for walk in read_walks():
        tally = outcome.areas[walk["form"]]
        reasons = replayed(walk, tally)
        tally["cases"] += 1
        tally["passed"] += not reasons
        if reasons:
            outcome.failures.append((walk["id"], f"{len(reasons)} differ", reasons[0]))
    return outcome
