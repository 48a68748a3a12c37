"""Deadlines: when a case or a finding is due, and how it stands against the clock.

Every moment carries its zone, and every deadline is given in UTC: a screen shows it in the zone of its reader.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sync.domain.rules import Priority, Rules, Severity


class Standing(StrEnum):
    """How something with a deadline stands."""

    OPEN = "open"
    NEAR = "near"
    OVERDUE = "overdue"
    MET = "met"
    MISSED = "missed"


def due_at(opened_at: datetime, priority: Priority, rules: Rules) -> datetime:
    """When a case has to be settled.

    Raises:
        ValueError: The moment has no zone.
    """
    return _utc(opened_at) + timedelta(hours=rules.case_hours[priority])


def correct_by(submitted_at: datetime, severity: Severity, rules: Rules) -> datetime:
    """When a finding has to be mended.

    Raises:
        ValueError: The moment has no zone.
    """
    return _utc(submitted_at) + timedelta(hours=rules.correction_hours[severity])


def standing(due: datetime, now: datetime, rules: Rules, *, done_at: datetime | None = None) -> Standing:
    """How something due stands at ``now``; the last instant of a deadline still keeps it.

    Args:
        due: The deadline.
        now: The clock.
        rules: Say how long before its end a deadline is near.
        done_at: When it was settled or mended, if it was; from then on the clock no longer matters.

    Raises:
        ValueError: A moment has no zone.
    """
    end = _utc(due)
    if done_at is not None:
        return Standing.MET if _utc(done_at) <= end else Standing.MISSED
    left = end - _utc(now)
    if left < timedelta(0):
        return Standing.OVERDUE
    return Standing.NEAR if left <= timedelta(minutes=rules.near_minutes) else Standing.OPEN


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a zone: {moment.isoformat()}")
    return moment.astimezone(UTC)
