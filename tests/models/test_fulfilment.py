"""Fulfilment of hand-calculated examples."""

import pytest

from models.examples import two_counties
from models.fulfilment import FulfilmentGrouping, FulfilmentRow, compute_fulfilment

SOAP, NOTEBOOK = ("hyesan-daily", "soap"), ("hyesan-daily", "notebook")
STARCH = ("kapsan-food", "starch")
QUOTAS = {
    (*SOAP, "2002-01"): 100.0,
    (*NOTEBOOK, "2002-01"): 200.0,
    (*STARCH, "2002-01"): 1000.0,
    (*SOAP, "2002-02"): 50.0,
}


def rows(
    outputs: dict[tuple[str, str, str], float], by: FulfilmentGrouping = "factory"
) -> tuple[dict[str, FulfilmentRow], FulfilmentRow]:
    found, total = compute_fulfilment(two_counties(), QUOTAS, outputs, by, "2002-01")
    return {row.id: row for row in found}, total


def test_surplus_of_one_good_does_not_offset_another() -> None:
    """Values are 1 for soap and 0.5 for notebooks: 100 + 100 won due, 150 + 50 made, 100 + 50 counted."""
    found, total = rows({(*SOAP, "2002-01"): 150.0, (*NOTEBOOK, "2002-01"): 100.0})
    row = found["hyesan-daily"]
    assert (row.planned_value, row.made_value, row.counted_value) == (200.0, 200.0, 150.0)
    assert (row.fulfilment, row.fulfilment_uncapped) == (0.75, 1.0)
    assert (row.lines, row.unreported, row.rank) == (2, 0, 1)
    assert total.planned_value == 1000.0
    assert total.unreported_value == 800.0
    assert total.fulfilment == 0.75


def test_unreported_output_is_not_counted_as_zero() -> None:
    silent, _ = rows({(*SOAP, "2002-01"): 100.0})
    zero, _ = rows({(*SOAP, "2002-01"): 100.0, (*NOTEBOOK, "2002-01"): 0.0})
    assert (silent["hyesan-daily"].fulfilment, silent["hyesan-daily"].unreported) == (1.0, 1)
    assert (zero["hyesan-daily"].fulfilment, zero["hyesan-daily"].unreported) == (0.5, 0)
    assert (silent["kapsan-food"].fulfilment, silent["kapsan-food"].rank) == (None, None)


def test_worst_groups_come_first_and_unreported_groups_last() -> None:
    found, _ = compute_fulfilment(
        two_counties(), QUOTAS, {(*SOAP, "2002-01"): 90.0, (*NOTEBOOK, "2002-01"): 20.0}, "item", "2002-01"
    )
    assert [(row.id, row.rank) for row in found] == [("notebook", 1), ("soap", 2), ("starch", None)]
    assert [(row.planned, row.made, row.unit) for row in found[:2]] == [(200.0, 20.0, "piece"), (100.0, 90.0, "piece")]


def test_output_without_a_quota_is_made_but_not_counted() -> None:
    found, _ = compute_fulfilment(two_counties(), {}, {(*SOAP, "2002-01"): 5.0}, "county", "2002-01")
    assert [(row.id, row.lines, row.made_value, row.counted_value, row.fulfilment) for row in found] == [
        ("hyesan", 0, 5.0, 0.0, None)
    ]


def test_unknown_period_raises_key_error() -> None:
    with pytest.raises(KeyError):
        compute_fulfilment(two_counties(), QUOTAS, {}, "item", "2003-01")
