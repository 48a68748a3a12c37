"""What the centre publishes as data: weights, result bands, deadlines and the other figures of one season.

Source: domain catalogue, "What is recorded on site": every severity, score and deadline is data, the steps of a
workflow are code. So no figure has a default here; a season without one is refused by the name of the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from sync.domain.errors import DomainError
from sync.domain.hijri import FIRST_YEAR, LAST_YEAR


class Severity(StrEnum):
    """How grave a checklist item is, gravest first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Priority(StrEnum):
    """How soon a case must be settled, soonest first."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


_Key = TypeVar("_Key", bound=StrEnum)

CAPPED_RESULT: Final = "nonconform"
"""The result that one critical non-conformity leads to, whatever the percentage; it is always the lowest band."""


class InvalidRules(DomainError):
    """A season's figures cannot be used; ``params`` has ``field`` (which one) and ``problem`` (a stable word)."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__("invalid_rules", field=field, problem=problem)


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """One result band: ``result`` is reached from ``min_percent`` (0 to 100, inclusive) upwards."""

    min_percent: Decimal
    result: str


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one season, checked as a whole when they are made.

    Attributes:
        season: The Umm al-Qura year the figures hold for.
        weights: Points of a checklist item by severity.
        partial_share: The share of an item's points that a partial answer earns, 0 to 1.
        bands: Result bands, highest first; the last one starts at 0 and is ``CAPPED_RESULT``.
        correction_hours: Hours to mend a finding, by severity, counted from submission.
        case_hours: Hours to settle a case, by priority, counted from its opening.
        near_minutes: How long before its end a deadline counts as near.
        duplicate_metres: Within this distance two like cases may be one.
        duplicate_hours: Within this time two like cases may be one.

    Raises:
        InvalidRules: A figure is missing, impossible or contradicts another.
    """

    season: int
    weights: dict[Severity, int]
    partial_share: Decimal
    bands: tuple[Band, ...]
    correction_hours: dict[Severity, int]
    case_hours: dict[Priority, int]
    near_minutes: int
    duplicate_metres: int
    duplicate_hours: int

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.season <= LAST_YEAR:
            raise InvalidRules("season", "out_of_range")
        if not (self.partial_share.is_finite() and 0 <= self.partial_share <= 1):
            raise InvalidRules("partial_share", "out_of_range")
        _check_table("weights", self.weights, Severity)
        _check_table("correction_hours", self.correction_hours, Severity)
        _check_table("case_hours", self.case_hours, Priority)
        for field in ("near_minutes", "duplicate_metres", "duplicate_hours"):
            if getattr(self, field) <= 0:
                raise InvalidRules(field, "not_positive")
        _check_bands(self.bands)


def read(data: bytes | str) -> Rules:
    """Rules from JSON.

    Raises:
        InvalidRules: The text is not JSON, or a figure is missing, of the wrong type or impossible.
    """
    try:
        return msgspec.json.decode(data, type=Rules)
    except msgspec.ValidationError as error:
        # The library's sentence names the place, as in "... - at `$.bands[0].min_percent`".
        raise InvalidRules(_place(str(error)), "malformed") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRules("$", "malformed") from error


def _place(message: str) -> str:
    parts = message.split("`")
    if " - at `" in message:
        return parts[-2].removeprefix("$.")
    return parts[1] if len(parts) > 1 else "$"


def _check_table(field: str, table: Mapping[_Key, int], keys: type[_Key]) -> None:
    for key in keys:
        if key not in table:
            raise InvalidRules(f"{field}.{key}", "missing")
        if table[key] <= 0:
            raise InvalidRules(f"{field}.{key}", "not_positive")


def _check_bands(bands: tuple[Band, ...]) -> None:
    if not bands:
        raise InvalidRules("bands", "missing")
    for place, band in enumerate(bands):
        if not (band.min_percent.is_finite() and 0 <= band.min_percent <= 100):
            raise InvalidRules(f"bands[{place}].min_percent", "out_of_range")
        if not band.result:
            raise InvalidRules(f"bands[{place}].result", "missing")
        if place and band.min_percent >= bands[place - 1].min_percent:
            raise InvalidRules(f"bands[{place}].min_percent", "not_descending")
        if band.result in {other.result for other in bands[:place]}:
            raise InvalidRules(f"bands[{place}].result", "repeated")
    last = len(bands) - 1
    if bands[last].min_percent != 0:
        raise InvalidRules(f"bands[{last}].min_percent", "not_zero")
    if bands[last].result != CAPPED_RESULT:
        raise InvalidRules(f"bands[{last}].result", "not_the_lowest_result")
