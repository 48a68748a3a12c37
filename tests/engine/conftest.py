"""What every test of the engine begins with."""

from __future__ import annotations

import pytest

from tests.engine.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()
