"""Validation of an output report returns all findings at once, with their locations."""

from typing import Any

import pytest

from models.examples import two_counties
from models.outputs import read_output_report

GOOD = {"factory": "hyesan-daily", "item": "soap", "period": "2002-01", "quantity": 5.0}


def codes(*rows: Any, reported: int = 0) -> list[tuple[str, str]]:
    report = read_output_report(rows, two_counties(), reported, lambda k: f"/outputs/{k}")
    assert all(one.message and one.remedy for one in report.findings)
    return [(one.path, one.code) for one in report.findings]


def test_valid_report_has_no_findings() -> None:
    assert codes(GOOD, {**GOOD, "item": "notebook", "quantity": 0}) == []


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"factory": "hyesan-dayly"}, "/outputs/0/factory", "unknown_factory"),
        ({"item": "starch"}, "/outputs/0/item", "unknown_line"),
        ({"period": "2003-01"}, "/outputs/0/period", "unknown_period"),
        ({"period": "2002-02"}, "/outputs/0/period", "period_not_yet"),
        ({"quantity": -1.0}, "/outputs/0/quantity", "negative"),
        ({"quantity": float("nan")}, "/outputs/0/quantity", "not_finite"),
        ({"quantity": "many"}, "/outputs/0/quantity", "wrong_type"),
        ({"more": 1}, "/outputs/0/more", "unknown_field"),
    ],
)
def test_each_mistake_has_a_path_and_a_code(change: dict[str, Any], path: str, code: str) -> None:
    assert (path, code) in codes({**GOOD, **change})


def test_all_mistakes_are_reported_together() -> None:
    found = codes({**GOOD, "factory": "x"}, GOOD, GOOD, {**GOOD, "quantity": -2}, 7, {})
    assert {code for _, code in found} >= {"unknown_factory", "reported_twice", "negative", "missing", "wrong_type"}
    assert ("/outputs/2", "reported_twice") in found


def test_periods_are_reported_in_order() -> None:
    later = {**GOOD, "period": "2002-02"}
    assert codes(later, reported=1) == []
    assert codes(GOOD, later) == []
    assert codes(later, reported=2) == []
