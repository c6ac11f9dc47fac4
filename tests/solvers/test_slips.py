"""Slips of shops: whole units by largest remainder."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from solvers.planning import make_plan
from solvers.results.slips import apportion_by_largest_remainder, divide_among_shops
from tests.builders import make_problem, need

weights = st.lists(st.integers(1, 50), min_size=1, max_size=9).map(lambda parts: np.array(parts) / sum(parts))


def test_the_largest_remainders_get_the_rest() -> None:
    """7 units by 0.5, 0.3, 0.2 are 3.5, 2.1 and 1.4: the rest of one unit goes to the remainder 0.5."""
    assert apportion_by_largest_remainder(np.array([[3.5, 2.1, 1.4]]), np.array([7.0])).tolist() == [[4, 2, 1]]
    assert apportion_by_largest_remainder(np.array([[2.7, -0.9, 0.2]]), np.array([2.0])).tolist() == [[2, 0, 0]]


@given(weights, st.integers(0, 10_000))
def test_shops_get_whole_units_within_one_of_their_share(shares: np.ndarray, total: int) -> None:
    part = apportion_by_largest_remainder(total * shares[None, :], np.array([float(total)]))[0]
    assert part.sum() == total
    assert np.all(part == np.round(part))
    assert np.all(part >= 0)
    assert np.all(np.abs(part - total * shares) < 1)


@given(weights, st.lists(st.integers(0, 60), min_size=1, max_size=12))
def test_what_a_shop_lacks_is_made_up(shares: np.ndarray, months: list[int]) -> None:
    units = np.array([months], dtype=np.float64)
    divided = divide_among_shops(units, shares, np.array([True]))
    assert np.all(divided.sum(axis=2) == units)
    assert np.all(divided == np.round(divided))
    assert np.all(divided >= 0)
    apart = np.abs(np.cumsum(divided[0], axis=0) - np.cumsum(units[0])[:, None] * shares)
    assert np.all(apart < len(shares))


@given(weights, st.lists(st.floats(0, 60), min_size=1, max_size=12))
def test_other_goods_are_divided_exactly(shares: np.ndarray, months: list[float]) -> None:
    divided = divide_among_shops(np.array([months]), shares, np.array([False]))
    assert divided[0] == pytest.approx(np.array(months)[:, None] * shares)


def test_a_shop_of_a_tenth_gets_a_tenth_over_the_year() -> None:
    divided = divide_among_shops(np.full((1, 10), 3.0), np.array([0.9, 0.1]), np.array([True]))
    assert divided[0].sum(axis=0).tolist() == [27, 3]


def test_slips_of_a_plan_add_up_to_what_people_get() -> None:
    shops = [{"id": "works-gate", "share": 0.3}, {"id": "housing", "share": 0.5}, {"id": "hall", "share": 0.2}]
    problem = make_problem(
        periods=["p1", "p2"],
        items=[{"id": "soap", "whole_units": True}, {"id": "oil"}],
        counties=[{"id": "town", "power_area": "area", "shops": shops}, {"id": "village", "power_area": "area"}],
        factories=[{"id": "works", "place": "town", "lines": [{"item": "soap", "most": 7}, {"item": "oil", "most": 2.5}]}],
        demand=[need("town", "soap", 9), need("town", "oil", 3), need("village", "oil", 0)],
    )  # fmt: skip
    result = make_plan(problem)
    rows = result.tables["slips"].to_pylist()
    assert {row["county"] for row in rows} == {"town"}
    found = {(row["shop"], row["item"], row["period"]): row["quantity"] for row in rows}
    assert [found[shop["id"], "soap", "p1"] for shop in shops] == [2, 4, 1]
    assert sum(found[shop["id"], "soap", "p2"] for shop in shops) == 7
    assert found["hall", "oil", "p1"] == pytest.approx(0.5)
    assert make_plan(make_problem()).tables["slips"].num_rows == 0
