"""The figures of an invented season, for every test of a rule that reads them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sync.domain.rules import Band, Priority, Rules, Severity


@pytest.fixture(scope="session")
def rules() -> Rules:
    return Rules(
        season=1447,
        weights={Severity.CRITICAL: 5, Severity.MAJOR: 3, Severity.MINOR: 1},
        partial_share=Decimal("0.5"),
        bands=(
            Band(min_percent=Decimal(90), result="conform"),
            Band(min_percent=Decimal(70), result="partial"),
            Band(min_percent=Decimal(0), result="nonconform"),
        ),
        correction_hours={Severity.CRITICAL: 4, Severity.MAJOR: 24, Severity.MINOR: 72},
        case_hours={Priority.P1: 1, Priority.P2: 4, Priority.P3: 24, Priority.P4: 72},
        near_minutes=30,
        duplicate_metres=300,
        duplicate_hours=24,
    )
