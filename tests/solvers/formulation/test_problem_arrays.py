"""Conversion of a problem to arrays, with demand equal to the estimate of `models.demand`."""

import numpy as np
import pytest
from hypothesis import given, settings

from models.demand import calculate_demand
from models.problem.planning_problem import PlanningProblem
from models.provinces import load_builtin_province
from solvers.data.problem_arrays import ProblemArrays
from tests.builders import make_problem, need
from tests.solvers.formulation.two_towns import two_towns
from tests.strategies import problems


@settings(max_examples=50, deadline=None)
@given(problems())
def test_demand_is_the_estimate(problem: PlanningProblem) -> None:
    assert_demand_is_the_estimate(problem)


def test_demand_of_ryanggang_is_the_estimate() -> None:
    assert_demand_is_the_estimate(load_builtin_province("ryanggang").problem)


def assert_demand_is_the_estimate(problem: PlanningProblem) -> None:
    arrays = ProblemArrays.from_problem(problem)
    expected = np.zeros(arrays.demand.shape)
    for row in calculate_demand(problem):
        where = arrays.labels["county"].index(row.county), arrays.labels["item"].index(row.item)
        expected[where] = row.quantity
    np.testing.assert_allclose(arrays.demand, expected, rtol=1e-12, atol=0)


def test_demand_is_population_times_norm_times_years_by_calendar() -> None:
    item = {"id": "soap", "norms": {"people": 6, "nobody": 5}, "calendar": "spring"}
    county = {"id": "town", "power_area": "area", "population": {"people": 100, "infants": 7}}
    problem = make_problem(
        periods=["p1", "p2"], years=0.5, items=[item], counties=[county], calendars={"spring": [0.25, 0.75]}
    )
    assert ProblemArrays.from_problem(problem).demand.tolist() == [[[75.0, 225.0]]]


def test_even_demand_follows_the_days() -> None:
    item = {"id": "soap", "norms": {"people": 1}}
    county = {"id": "town", "power_area": "area", "population": {"people": 59}}
    problem = make_problem(periods=["p1", "p2"], period_days=[31, 28], items=[item], counties=[county])
    assert ProblemArrays.from_problem(problem).demand.ravel() == pytest.approx([31, 28])


def test_numbers_are_converted_to_the_units_of_the_program() -> None:
    arrays = ProblemArrays.from_problem(two_towns())
    assert arrays.labels["line"] == ("works/soda", "mill/soap")
    assert arrays.labels["arc"] == ("railway/hills", "railway/plain", "river/hills")
    assert arrays.lines.kwh_per_unit.tolist() == [4.0, 3.0]  # overhead included
    assert arrays.machines.available_hours.tolist() == [[60.0, 60.0], [20.0, 16.0]]  # condition included
    assert arrays.lines.quality.tolist() == [1.0, 0.75]
    assert arrays.lines.made_quality.tolist() == [1.0, 0.5625]  # half of the condition's loss
    assert arrays.arcs.capacity_tonnes.tolist() == [[12.0, 6.0], [12.0, 6.0], [np.inf, np.inf]]
    assert arrays.arcs.transit_periods.tolist() == [0, 0, 1]
    assert arrays.arriving[0, 0].tolist() == [2.0, 0.0]
    assert arrays.arcs.kwh_per_tonne.tolist() == [2.5, 2.5, 0.0]
    assert arrays.arcs.cost_per_tonne.tolist() == [1.125, 1.125, 0.0]
    assert arrays.power_limits.tolist() == [[105.0, 85.0], [np.inf, np.inf]]
    assert arrays.centre.supply_limit.tolist() == [
        [60.0, 5.0],
        [4.0, 2.0],
    ]  # share of all need, three quarters of p2's due early; allotment; both delivered
    assert arrays.items.shortage_weight.tolist() == [[8.0, 16.0], [6.0, 6.0]]
    assert arrays.places.stock_least[0, 0].tolist() == [1.0, 4.0]
    assert arrays.places.stock_most[0, 0].tolist() == [30.0, 12.0]


def test_most_specific_share_applies() -> None:
    items = [
        {"id": name, "category": category} for name, category in (("soap", "care"), ("comb", "care"), ("pot", "home"))
    ]
    shares = {"central": 0.1, "by_category": {"care": 0.2}, "by_item": {"comb": 0.3}}
    assert ProblemArrays.from_problem(
        make_problem(items=items, supply_shares=shares)
    ).centre.promised_share.tolist() == [
        0.2,
        0.3,
        0.1,
    ]


def test_windows_are_periods_quarters_or_the_plan() -> None:
    partners = [{"id": kind, "at": "town", "settlement": kind} for kind in ("period", "quarter", "plan")]
    arrays = ProblemArrays.from_problem(make_problem(periods=["a", "b", "c", "d"], partners=partners))
    named = [[arrays.labels["window"][w] for w in row] for row in arrays.partners.window]
    assert named == [["a", "b", "c", "d"], ["a..c", "a..c", "a..c", "d..d"], ["plan"] * 4]


def test_stated_demand_replaces_the_estimate() -> None:
    county = {"id": "town", "power_area": "area", "population": {"people": 10}}
    items = [{"id": "soap", "norms": {"people": 1}}, {"id": "comb", "norms": {"people": 2}}]
    arrays = ProblemArrays.from_problem(make_problem(items=items, counties=[county], demand=[need("town", "soap", 3)]))
    assert arrays.demand.ravel().tolist() == [3.0, 20.0]
