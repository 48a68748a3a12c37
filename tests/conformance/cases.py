"""Where the recorded cases are, and when two recorded values are the same."""

from __future__ import annotations

import gzip
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lxml import etree

ROOT = Path(__file__).parents[2]
ZONE = "America/Phoenix"
"""The zone in which the reference engines ran."""
DAY = date(2026, 11, 21)
"""The day on which they ran: what a form dates by itself carries it."""

_BOOLEANS = {"true": "1", "false": "0"}
_MOMENT = re.compile(r"^20\d\d-\d\d-\d\dT")
_UNIQUE = re.compile(r"uuid:|^[0-9a-f]{8}-[0-9a-f-]{27}$")


def recorded_clock() -> datetime:
    """The time of day now, on the day of the recording."""
    return datetime.now().astimezone().replace(year=DAY.year, month=DAY.month, day=DAY.day)


def folder() -> Path:
    """The folder of cases: ``XFORMS_CASES``, by default beside the project."""
    return (ROOT / os.environ.get("XFORMS_CASES", "../shared/forms")).resolve()


def read_json(name: str) -> Any:
    return json.loads((folder() / name).read_text("utf-8"))


def read_traces() -> Iterator[dict[str, Any]]:
    with gzip.open(folder() / "real" / "traces.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


@contextmanager
def recorded_zone() -> Iterator[None]:
    """Runs the block in the zone of the recording."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = ZONE
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


def same(one: object, other: object) -> bool:
    """Whether two values are the same: booleans and numbers by value, lists in any order, identifiers by shape."""
    left, right = ("" if each is None else str(each) for each in (one, other))
    if left == right or _BOOLEANS.get(left, left) == _BOOLEANS.get(right, right):
        return True
    if _UNIQUE.search(left) and _UNIQUE.search(right):
        return True
    if _MOMENT.match(left) and _MOMENT.match(right):
        return True
    if " " in left and sorted(left.split()) == sorted(right.split()):
        return True
    if ";" in left and re.sub(r";\s+", ";", left) == re.sub(r";\s+", ";", right):
        return True
    try:
        return abs(float(left) - float(right)) < 1e-9
    except ValueError:
        return False


def same_xml(one: str, other: str, *, grouped: bool = False) -> str:
    """Where two documents first differ; ``""`` when they are the same.

    Args:
        one: A document.
        other: Another.
        grouped: Whether only namesakes must stand in the same order: JavaRosa puts the first instance of a repeat that
            stands in a repeat behind everything else.
    """
    roots = [etree.fromstring(each.encode()) for each in (one, other)]
    if grouped:
        for element in [each for root in roots for each in root.iter()]:
            element[:] = sorted(element, key=lambda child: str(child.tag))
    return _difference(roots[0], roots[1])


def _difference(one: etree._Element, other: etree._Element) -> str:
    if one.tag != other.tag:
        return f"<{one.tag}> for <{other.tag}>"
    mine = {str(name): str(value) for name, value in one.attrib.items()}
    theirs = {str(name): str(value) for name, value in other.attrib.items()}
    if set(mine) != set(theirs) or not all(same(mine[name], theirs[name]) for name in mine):
        return f"attributes of <{one.tag}>: {mine} for {theirs}"
    if len(one) != len(other):
        return f"children of <{one.tag}>: {[child.tag for child in one]} for {[child.tag for child in other]}"
    if not len(one) and not same(one.text, other.text):
        return f"text of <{one.tag}>: {one.text!r} for {other.text!r}"
    return next((found for pair in zip(one, other, strict=True) if (found := _difference(*pair))), "")
