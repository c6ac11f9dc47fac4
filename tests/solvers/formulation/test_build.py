"""The whole program: optima computed by hand, parts of the objective, and column reduction."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from models.problem.planning_problem import PlanningProblem
from models.problem.policy import Goal
from models.provinces import load_builtin_province
from solvers.backends import SolveOptions, get_backend
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program, compute_goal_costs, compute_objective_parts, sum_shortage_units
from solvers.formulation.reachability import ActiveArcs
from solvers.lp.linear_program import Program
from solvers.lp.solution import Solution
from tests.builders import make_problem, need
from tests.solvers.formulation.two_towns import GOALS, two_towns
from tests.strategies import problems


def solve(program: Program) -> Solution:
    return get_backend("highs").solve_program(program.lp, SolveOptions(tolerance=1e-9))


def optimum(program: Program) -> float:
    solution = solve(program)
    assert solution.termination.reason == "optimal"
    assert solution.values is not None
    return float(program.lp.cost @ solution.values)


def price(program: Program, rule: str) -> list[float]:
    """Return the gain of one more unit of a limit, by row."""
    prices = solve(program).dual_values
    assert prices is not None
    return [-float(each) for each in prices[program.constraints[rule].block_slice]]


def soap_works(kwh: float, need_of_soap: float, **parts: Any) -> PlanningProblem:
    """Return one county that makes soap for 2 kWh and 0.5 won a unit, with limited power."""
    line = {"item": "soap", "kwh_per_unit": 2, "cost_per_unit": 0.5}
    stated: dict[str, Any] = {
        "items": [{"id": "soap", "value": 3}],
        "power_areas": [{"id": "area", "limit_kwh": kwh}],
        "factories": [{"id": "works", "place": "town", "lines": [line]}],
        "demand": [need("town", "soap", need_of_soap)],
    }
    return make_problem(**(stated | parts))


def test_shortage_follows_from_limited_power() -> None:
    program = build_program(ProblemArrays.from_problem(soap_works(kwh=10, need_of_soap=8)))
    assert optimum(program) == pytest.approx(3 * 3 + 5 * 0.5)  # 5 made of 8
    assert price(program, "power") == pytest.approx([(3 - 0.5) / 2])


def test_bands_distribute_a_shortage() -> None:
    bands = [{"width": 0.5, "weight": 4}, {"width": 0.5, "weight": 1}]
    counties = [{"id": name, "power_area": "area"} for name in ("town", "village")]
    problem = soap_works(
        10,
        0,
        counties=counties,
        demand=[need("town", "soap", 6), need("village", "soap", 4)],
        links=[{"id": "road", "from": "town", "to": "village"}],
        policy={"shortage_bands": bands, "priority_weights": {"1": 1, "2": 1, "3": 1}},
    )
    program = build_program(ProblemArrays.from_problem(problem))
    assert optimum(program) == pytest.approx(5 * 3 + 5 * 0.5)  # half of each need short, all in the light bands
    values = solve(program).values
    assert values is not None
    short = program.variables["short"]
    assert values[short.block_slice][short.axes["band"] == 0] == pytest.approx([0, 0])


def test_stock_carries_over_with_a_loss() -> None:
    item = {"id": "soap", "value": 3, "loss": 0.25, "holding_cost": 0.125}
    county = {"id": "town", "power_area": "area", "stocks": {"soap": {"opening": 16}}}
    problem = make_problem(
        periods=["p1", "p2"], items=[item], counties=[county], demand=[need("town", "soap", [4, 10])]
    )
    # 16 → 12 at hand, 4 needed, 8 kept, 6 left of it: 4 short
    assert optimum(build_program(ProblemArrays.from_problem(problem))) == pytest.approx(8 * 0.125 + 4 * 3)


def test_swaps_balance_by_value() -> None:
    items = [{"id": "soap", "value": 3}, {"id": "starch", "value": 1}]
    county = {"id": "town", "power_area": "area", "stocks": {"starch": {"opening": 12}}}
    partner = {"id": "coast", "at": "town", "offers": {"soap": 9}, "wants": {"starch": 20}, "rate": 0.5, "credit": 3}
    problem = make_problem(items=items, counties=[county], demand=[need("town", "soap", 5)], partners=[partner])
    program = build_program(ProblemArrays.from_problem(problem))
    assert optimum(program) == pytest.approx((5 - 3) * 3)  # 12 × 1 × 0.5 + 3 = 9 won of soap
    assert price(program, "swap_balance") == pytest.approx([1.0])
    assert optimum(build_program(ProblemArrays.from_problem(problem), include_swaps=False)) == pytest.approx(15)


def test_own_needs_come_first() -> None:
    items = [{"id": "soap", "value": 4}, {"id": "starch", "value": 1}]
    county = {"id": "town", "power_area": "area", "stocks": {"starch": {"opening": 10}}}
    partner = {"id": "coast", "at": "town", "offers": {"soap": 9}, "wants": {"starch": 20}, "rate": 2}
    demand = [need("town", "soap", 5), need("town", "starch", 8)]
    arrays = ProblemArrays.from_problem(make_problem(items=items, counties=[county], demand=demand, partners=[partner]))
    assert optimum(build_program(arrays)) == pytest.approx(8)  # all starch goes out for soap
    alone = build_program(arrays, include_swaps=False)
    values = solve(alone).values
    assert values is not None
    short = sum_shortage_units(arrays, alone, values)
    assert short.ravel() == pytest.approx([5, 0])
    kept = build_program(arrays, shortage_without_swaps=short)
    assert optimum(kept) == pytest.approx((5 - 1) * 4)  # only the 2 to spare go out, for 4 won of soap
    assert set(kept.constraints) - set(alone.constraints) == {"own_needs_first"}


def barter(**parts: Any) -> PlanningProblem:
    """Return a town with 4.5 beers from the centre and 2 of its own, whose partners give salt for beer."""
    stated: dict[str, Any] = {
        "periods": ["p1", "p2"],
        "items": [{"id": "beer", "value": 1}, {"id": "salt", "value": 2, "importance": 2}],
        "factories": [{"id": "brewery", "place": "town", "lines": [{"item": "beer", "least": [2, 0], "most": [2, 0]}]}],
        "supply_shares": {"by_item": {"beer": 0.75}, "gateways": ["town"]},
        "demand": [need("town", "beer", [3, 3]), need("town", "salt", [0, 10])],
        "partners": [
            {"id": name, "at": "town", "offers": {"salt": 9}, "wants": {"beer": 9}} for name in ("coast", "plain")
        ],
        "policy": {"shortage_bands": [{"width": 1, "weight": 1}], "own_surplus": True},
    }
    return make_problem(**(stated | parts))


def test_what_the_centre_hands_over_is_no_means_of_payment() -> None:
    program = build_program(ProblemArrays.from_problem(barter()))
    assert optimum(program) == pytest.approx(4 * (20 - 2) + 2 * 1.5)  # two own beers pay for 2 won of salt
    assert sum(price(program, "own_surplus")) == pytest.approx(4 - 2)
    plain = {"shortage_bands": [{"width": 1, "weight": 1}], "own_surplus": False}
    freely = build_program(ProblemArrays.from_problem(barter(policy=plain)))
    assert optimum(freely) == pytest.approx(4 * (20 - 6.5) + 2 * 6)  # all beer goes out


def test_own_surplus_counts_local_factories_and_the_opening_stock() -> None:
    central = {"id": "brewery", "level": "central", "place": "town", "lines": [{"item": "beer", "most": [2, 0]}]}
    county = {"id": "town", "power_area": "area", "stocks": {"beer": {"opening": 1}}}
    for parts, paid in (({"factories": [central]}, 0), ({"factories": [central], "counties": [county]}, 1)):
        program = build_program(ProblemArrays.from_problem(barter(**parts)))
        assert optimum(program) == pytest.approx(4 * (20 - paid))


def test_own_surplus_of_later_production_cannot_be_given_before() -> None:
    late = {"id": "brewery", "place": "town", "lines": [{"item": "beer", "least": [0, 2], "most": [0, 2]}]}
    salt = [need("town", "beer", [3, 3]), need("town", "salt", [10, 0])]
    coast = {"id": "coast", "at": "town", "offers": {"salt": [9, 0]}, "wants": {"beer": [9, 0]}}
    assert optimum(
        build_program(ProblemArrays.from_problem(barter(factories=[late], demand=salt, partners=[coast])))
    ) == pytest.approx(4 * 20 + 2 * 0.75)


@pytest.mark.parametrize(("given", "left"), [(0.0, 2.0), (1.5, 0.5), (5.0, 0.0)])
def test_past_swaps_count_and_never_make_a_plan_infeasible(given: float, left: float) -> None:
    past = {
        "periods": ["p1"],
        "outputs": [{"factory": "brewery", "item": "beer", "quantity": [2]}],
        "supply": [{"place": "town", "item": "beer", "central": [6], "stock": [5 - given], "shortage": [0]}],
        "swaps": [{"partner": "coast", "item": "beer", "given": [given], "taken": [0]}],
    }
    program = build_program(ProblemArrays.from_problem(barter(past=past)))
    block, values = program.variables["give"], solve(program).values
    assert values is not None
    assert values[block.block_slice][block.axes["period"] == 1].sum() == pytest.approx(left)


def purse(carries_over: bool, needs: list[float], past: Any = None) -> PlanningProblem:
    """Return a town that makes soap for 0.5 won a unit, paid from a budget of 2 won in each of three periods."""
    return soap_works(
        100,
        0,
        items=[{"id": "soap", "value": 3, "importance": [3, 2, 1], "storable": False}],
        periods=["p1", "p2", "p3"],
        demand=[need("town", "soap", needs)],
        budgets=[{"id": "wages", "won": 2, "covers": ["making"], "carries_over": carries_over}],
        past=past,
    )


@pytest.mark.parametrize(("carries_over", "made"), [(False, [2, 3, 4]), (True, [2, 3, 7])])
def test_money_left_over_pays_later_only_if_it_carries_over(carries_over: bool, made: list[float]) -> None:
    program = build_program(ProblemArrays.from_problem(purse(carries_over, [2, 3, 8])))
    values = solve(program).values
    assert values is not None
    assert values[program.variables["make"].block_slice] == pytest.approx(made)
    assert price(program, "budget") == pytest.approx([0, 0, (3 - 0.5) / 0.5])


@pytest.mark.parametrize(
    ("carries_over", "spent", "made"), [(False, 9.0, 8), (True, 0.5, 11), (True, 2.5, 7), (True, 9.0, 0)]
)
def test_past_spending_counts_where_money_carries_over(carries_over: bool, spent: float, made: float) -> None:
    past = {
        "periods": ["p1"],
        "outputs": [{"factory": "works", "item": "soap", "quantity": [spent / 0.5]}],
        "supply": [{"place": "town", "item": "soap", "central": [0], "stock": [0], "shortage": [0]}],
    }
    program = build_program(ProblemArrays.from_problem(purse(carries_over, [spent / 0.5, 4, 8], past)))
    values = solve(program).values
    assert values is not None
    assert sum(values[program.variables["make"].block_slice][1:]) == pytest.approx(made)


def test_local_floor_limits_central_deliveries() -> None:
    problem = soap_works(10, 20, supply_shares={"central": 1, "gateways": ["town"], "local_floor": {"soap": 0.5}})
    assert optimum(build_program(ProblemArrays.from_problem(problem))) == pytest.approx(
        10 * 3 + 5 * 0.5
    )  # 5 made allow 5 central


def test_worst_fulfilment_raises_the_smallest_share() -> None:
    counties = [{"id": name, "power_area": "area"} for name in ("town", "village")]
    problem = soap_works(
        10,
        0,
        counties=counties,
        demand=[need("town", "soap", 15), need("village", "soap", 5)],
        links=[{"id": "road", "from": "town", "to": "village"}],
        policy={"goals": [{"goal": "worst_fulfilment", "over": "county"}, "shortage"]},
    )
    arrays, goals = ProblemArrays.from_problem(problem), problem.policy.expand_ordered_goals()
    program = build_program(arrays, goals=goals)
    program.lp.cost[:] = compute_goal_costs(arrays, program, goals)[0]
    assert optimum(program) == pytest.approx(-0.25)  # 5 of 20 served, evenly


def test_central_distance_counts_deviations_in_both_directions() -> None:
    shares = {"central": 1, "gateways": ["town"]}
    goals = (Goal(goal="central_share", target=0.5),)
    for kwh, least, most, distance in ((10, 5, 5, 0.0), (4, 2, 2, 0.0), (40, 20, 20, 10 * 3.0)):
        line = {"item": "soap", "kwh_per_unit": 2, "least": least, "most": most}
        works = {"id": "works", "place": "town", "lines": [line]}
        demand = [need("town", "soap", 20)]
        soap = {"id": "soap", "value": 3, "storable": False}
        problem = soap_works(
            kwh,
            0,
            items=[soap],
            factories=[works],
            demand=demand,
            supply_shares=shares,
            policy={"goals": ["central_share"]},
        )
        arrays = ProblemArrays.from_problem(problem)
        program = build_program(arrays, goals=goals)
        program.lp.cost[:] = compute_goal_costs(arrays, program, goals)[0]
        assert optimum(program) == pytest.approx(distance, rel=1e-9, abs=1e-9)


def test_parts_sum_to_the_costs() -> None:
    arrays = ProblemArrays.from_problem(two_towns())
    program = build_program(arrays, goals=GOALS)
    parts = compute_objective_parts(arrays, program)
    assert list(parts) == ["shortage", "making", "haulage", "holding", "quality", "rate_changes", "left_over"]
    assert all(part.any() for part in parts.values())
    np.testing.assert_allclose(sum(parts.values()), program.lp.cost)


def test_unlimited_constraints_have_no_rows() -> None:
    program = build_program(ProblemArrays.from_problem(make_problem(demand=[need("town", "soap", 1)])))
    assert {name for name, rule in program.constraints.items() if rule.size} == {"balance"}


@settings(max_examples=60, deadline=None)
@given(problems(max_periods=3))
def test_column_reduction_keeps_the_optimum(problem: PlanningProblem) -> None:
    arrays = ProblemArrays.from_problem(problem)
    places, items, arcs = (len(arrays.labels[axis]) for axis in ("place", "item", "arc"))
    moves, counties = arrays.items.is_transportable, arrays.places.county_count
    every = ActiveArcs(
        place=np.ones((places, items), dtype=bool),
        arc=np.broadcast_to(moves, (arcs, items)),
        store=np.broadcast_to(arrays.items.is_storable, (counties, items)),
    )
    few, all_ = build_program(arrays), build_program(arrays, active_arcs=every)
    assert few.lp.column_count <= all_.lp.column_count
    assert optimum(few) == pytest.approx(optimum(all_), rel=1e-9, abs=1e-9)


def test_a_year_of_ryanggang_has_the_size_that_strategies_are_made_for() -> None:
    lp = build_program(ProblemArrays.from_problem(load_builtin_province("ryanggang").problem)).lp
    assert 240_000 < lp.column_count < 330_000
    assert 50_000 < lp.row_count < 80_000
    assert 550_000 < lp.matrix.nnz < 900_000
    assert lp.matrix.has_canonical_format
    assert np.isfinite(lp.cost).all()
