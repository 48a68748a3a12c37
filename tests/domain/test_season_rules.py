"""The figures of a season: read as data, and refused by the name of the field that is wrong."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from sync.domain.rules import InvalidRules, Priority, Rules, Severity, read


@pytest.fixture
def plain(rules: Rules) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(msgspec.json.encode(rules))
    return plain


def test_rules_read_back_as_they_were_written(rules: Rules) -> None:
    assert read(msgspec.json.encode(rules)) == rules


def test_a_share_written_as_a_plain_number_is_exact(plain: dict[str, Any]) -> None:
    plain["partial_share"] = 0.3
    assert read(json.dumps(plain)).partial_share == Decimal("0.3")


def test_a_figure_this_version_does_not_know_yet_is_no_obstacle(plain: dict[str, Any], rules: Rules) -> None:
    plain["colour"] = "green"
    assert read(json.dumps(plain)) == rules


@pytest.mark.parametrize(
    ("field", "value", "named", "problem"),
    [
        ("season", 1342, "season", "out_of_range"),
        ("season", "soon", "season", "malformed"),
        ("partial_share", 1.5, "partial_share", "out_of_range"),
        ("partial_share", "NaN", "partial_share", "out_of_range"),
        ("weights", {"critical": 5, "major": 3}, "weights.minor", "missing"),
        ("weights", {"critical": 5, "major": 0, "minor": 1}, "weights.major", "not_positive"),
        ("weights", {"deadly": 9}, "weights", "malformed"),
        ("correction_hours", {"critical": 4, "major": 24}, "correction_hours.minor", "missing"),
        ("case_hours", {"P1": -1, "P2": 4, "P3": 24, "P4": 72}, "case_hours.P1", "not_positive"),
        ("near_minutes", 0, "near_minutes", "not_positive"),
        ("duplicate_metres", -5, "duplicate_metres", "not_positive"),
        ("duplicate_hours", 0, "duplicate_hours", "not_positive"),
        ("bands", [], "bands", "missing"),
        ("bands", [{"min_percent": 101, "result": "conform"}], "bands[0].min_percent", "out_of_range"),
        ("bands", [{"min_percent": "x", "result": "conform"}], "bands[0].min_percent", "malformed"),
        ("bands", [{"min_percent": 0, "result": ""}], "bands[0].result", "missing"),
        ("bands", [{"min_percent": 10, "result": "nonconform"}], "bands[0].min_percent", "not_zero"),
        ("bands", [{"min_percent": 0, "result": "good"}], "bands[0].result", "not_the_lowest_result"),
        (
            "bands",
            [{"min_percent": 70, "result": "a"}, {"min_percent": 70, "result": "nonconform"}],
            "bands[1].min_percent",
            "not_descending",
        ),
        (
            "bands",
            [{"min_percent": 70, "result": "nonconform"}, {"min_percent": 0, "result": "nonconform"}],
            "bands[1].result",
            "repeated",
        ),
    ],
)
def test_a_wrong_figure_is_refused_by_name(
    plain: dict[str, Any], field: str, value: object, named: str, problem: str
) -> None:
    plain[field] = value
    with pytest.raises(InvalidRules) as refusal:
        read(json.dumps(plain))
    assert refusal.value.code == "invalid_rules"
    assert refusal.value.params == {"field": named, "problem": problem}


@pytest.mark.parametrize("field", Rules.__struct_fields__)
def test_no_figure_has_a_default_in_the_code(plain: dict[str, Any], field: str) -> None:
    del plain[field]
    with pytest.raises(InvalidRules) as refusal:
        read(json.dumps(plain))
    assert refusal.value.params["field"] == field


@pytest.mark.parametrize("data", [b"", b"[", b"\xff\xfe", b'{"season": "\xff"}', b"[]"])
def test_what_is_not_even_json_is_refused_as_a_whole(data: bytes) -> None:
    with pytest.raises(InvalidRules):
        read(data)


def test_every_severity_and_priority_has_its_figures(rules: Rules) -> None:
    assert set(rules.weights) == set(rules.correction_hours) == set(Severity)
    assert set(rules.case_hours) == set(Priority)
