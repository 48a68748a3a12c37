"""The recorded cases as tests, where they are at hand: no figure may fall below what was reached before."""

from __future__ import annotations

import pytest

from tests.conformance.cases import folder, recorded_zone
from tests.conformance.floors import below
from tests.conformance.run import RECORDED


@pytest.mark.skipif(not folder().is_dir(), reason=f"there are no recorded cases in {folder()}: set XFORMS_CASES")
@pytest.mark.parametrize("part", RECORDED)
def test_no_figure_falls_below_what_was_reached_before(part: str) -> None:
    with recorded_zone():
        assert below(part, RECORDED[part]()) == []
