"""The warning that a case may already be open: same company, same category, near in place and time.

Source: domain catalogue, "What is recorded on site", cases. It warns before saving and never forbids.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from sync.domain.geo import Position, distance
from sync.domain.rules import Rules


class CaseOutline(msgspec.Struct, frozen=True, kw_only=True):
    """What the warning looks at.

    Attributes:
        company: The company's id; empty where none is known.
        category: The category's code.
        at: When it was opened, with its zone.
        position: Where; ``None`` where no position could be had.
    """

    company: str
    category: str
    at: datetime
    position: Position | None = None


def possible_duplicate(one: CaseOutline, other: CaseOutline, rules: Rules) -> bool:
    """Whether the two may be the same case; the same answer whichever comes first.

    A missing position does not tell two cases apart, so company, category and time then decide.

    Raises:
        ValueError: A moment has no zone.
    """
    for case in (one, other):
        if case.at.tzinfo is None:
            raise ValueError(f"a moment without a zone: {case.at.isoformat()}")
    if not one.company or one.company != other.company or one.category != other.category:
        return False
    if abs(one.at - other.at) > timedelta(hours=rules.duplicate_hours):
        return False
    if one.position is None or other.position is None:
        return True
    return distance(one.position, other.position) <= rules.duplicate_metres
