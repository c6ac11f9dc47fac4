"""Transit periods: examples computed by hand, and agreement with a linear program written out in loops."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import linprog

from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.aggregation import aggregate_places
from solvers.algorithms.rolling_horizon import PeriodDecomposition
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program
from solvers.planning import make_plan
from solvers.replanning import build_replan_problem
from tests.builders import Json, make_problem, need
from tests.invariants import assert_plan_invariants


def road(hours: list[float], needed: list[float], transit: int, **parts: Any) -> PlanningProblem:
    """A town that makes a unit an hour, and a village that needs them at the other end of a road."""
    stated: Json = {
        "periods": [f"p{t}" for t in range(1, len(hours) + 1)],
        "items": [{"id": "soap", "kg_per_unit": 1000, "value": 3}],
        "counties": [{"id": name, "power_area": "area"} for name in ("town", "village")],
        "links": [{"id": "road", "from": "town", "to": "village", "transit_periods": transit, "cost_per_tonne": 0.125}],
        "factories": [
            {
                "id": "works",
                "place": "town",
                "machines": {"kettle": hours},
                "lines": [{"item": "soap", "hours_per_unit": {"kettle": 1}}],
            }
        ],
        "demand": [need("village", "soap", needed)],
        "policy": {"shortage_bands": [{"width": 1, "weight": 1}]},
    }
    return make_problem(**(stated | parts))


def solve(problem: PlanningProblem) -> tuple[Any, dict[str, list[Json]]]:
    """Plan a problem, and check the plan."""
    result = make_plan(problem)
    rows = {name: table.to_pylist() for name, table in result.tables.items()}
    assert result.plan.outcome == "optimal"
    assert_plan_invariants(problem, result.plan, rows)
    return result.plan, rows


def of_village(rows: dict[str, list[Json]], column: str) -> list[float]:
    """Return a column of the village by period."""
    found = {row["period"]: row[column] for row in rows["supply"] if row["county"] == "village"}
    return [found.get(f"p{t}", 0.0) for t in (1, 2, 3)]


def test_what_leaves_in_a_period_arrives_later() -> None:
    plan, rows = solve(road([4, 4, 4], [4, 4, 4], 1))
    assert of_village(rows, "arrived") == pytest.approx([0, 4, 4])
    assert of_village(rows, "shortage") == pytest.approx([4, 0, 0])
    assert [(row["period"], row["arrives"]) for row in rows["shipments"]] == [("p1", "p2"), ("p2", "p3")]
    assert plan.summary.tonnes_under_way == 0


def test_goods_under_way_when_the_plan_begins_arrive() -> None:
    coming = [{"link": "road", "to": "village", "item": "soap", "quantity": [3, 0, 0]}]
    counties: list[Json] = [
        {"id": "town", "power_area": "area"},
        {"id": "village", "power_area": "area", "handling_tonnes": [3, 4, 4]},
    ]
    _, rows = solve(road([5, 5, 5], [4, 4, 4], 1, in_transit=coming, counties=counties))
    assert of_village(rows, "arrived") == pytest.approx([3, 4, 4])
    assert of_village(rows, "shortage") == pytest.approx([1, 0, 0])
    used = {row["period"]: row["used"] for row in rows["capacity"] if row["rule"] == "handling"}
    assert used == pytest.approx({"p1": 3, "p2": 4, "p3": 4})
    delivered = {(row["source"], row["period"]): row["quantity"] for row in rows["deliveries"]}
    assert delivered == pytest.approx({("before", "p1"): 3, ("factory", "p2"): 4, ("factory", "p3"): 4})


def test_a_link_is_limited_at_departure_and_handling_at_arrival() -> None:
    links = [{"id": "road", "from": "town", "to": "village", "transit_periods": 1, "tonnes": [2, 4, 9]}]
    _, rows = solve(road([4, 4, 4], [4, 4, 4], 1, links=links))
    assert of_village(rows, "arrived") == pytest.approx([0, 2, 4])
    counties: list[Json] = [
        {"id": "town", "power_area": "area"},
        {"id": "village", "power_area": "area", "handling_tonnes": [9, 9, 1]},
    ]
    _, rows = solve(road([9, 9, 9], [4, 4, 4], 1, counties=counties))
    assert sum(of_village(rows, "arrived")) == pytest.approx(8)
    assert of_village(rows, "arrived")[2] == pytest.approx(1)


def test_what_is_under_way_at_the_end_is_counted() -> None:
    lines = [{"item": "soap", "hours_per_unit": {"kettle": 1}, "least": 2}]
    works = {"id": "works", "place": "town", "machines": {"kettle": 5}, "lines": lines}
    counties = [{"id": name, "power_area": "area", "store_tonnes": 0} for name in ("town", "village")]
    plan, rows = solve(road([5, 5], [0, 2], 1, factories=[works], counties=counties))
    assert rows["shipments"][-1]["arrives"] == ""
    assert plan.summary.tonnes_under_way == pytest.approx(2)
    assert plan.summary.value_under_way == pytest.approx(6)
    assert [row["use"] for row in rows["deliveries"]] == ["under_way", "people"]


def test_a_plan_again_counts_what_left_before() -> None:
    problem = road([4, 4, 4], [0, 4, 4], 1)
    plan = make_plan(problem)
    made = build_replan_problem(problem, plan.tables, {("works", "soap", "p1"): 3.0}, "p2")
    _, rows = solve(made.problem)
    assert of_village(rows, "arrived") == pytest.approx([0, 3, 4])
    assert of_village(rows, "shortage") == pytest.approx([0, 1, 0])
    made = build_replan_problem(problem, plan.tables, {("works", "soap", "p1"): 3.0}, "p3")
    assert made.reconciled.past.short[1, 0].tolist() == pytest.approx([0, 1])


def test_places_are_not_merged_nor_periods_split_with_goods_under_way() -> None:
    program = build_program(ProblemArrays.from_problem(road([5, 5], [4, 4], 1)))
    assert aggregate_places(program) is None
    assert PeriodDecomposition.decompose_program(program, np.zeros(program.lp.row_count)) is None


amounts = st.lists(st.integers(0, 9).map(float), min_size=4, max_size=4)


@settings(max_examples=40, deadline=None)
@given(hours=amounts, needed=amounts, transit=st.integers(0, 3), storable=st.booleans())
def test_plans_agree_with_a_program_written_out(
    hours: list[float], needed: list[float], transit: int, storable: bool
) -> None:
    items = [{"id": "soap", "kg_per_unit": 1000, "value": 3, "storable": storable}]
    plan, _ = solve(road(hours, needed, transit, items=items))
    assert plan.objective.value == pytest.approx(solve_by_hand(hours, needed, transit, storable), abs=1e-6)


def solve_by_hand(hours: list[float], needed: list[float], transit: int, storable: bool) -> float:
    """Return the least cost with forward, back, two stocks and shortage by period; a shortage costs 6, a tonne 0.125."""
    count = len(hours)
    cost = np.array([0.0, 0.125, 0.125, 0.0, 0.0, 6.0] * count)
    bounds: list[tuple[float, float | None]] = []
    matrix, right = np.zeros((2 * count, 6 * count)), np.zeros(2 * count)
    for t in range(count):
        most = None if storable else 0.0
        bounds += [(0, hours[t]), (0, None), (0, None), (0, most), (0, most), (0, needed[t])]
        town, village, first = 2 * t, 2 * t + 1, 6 * t
        matrix[town, [first, first + 1, first + 3]] = 1, -1, -1
        matrix[village, [first + 2, first + 4, first + 5]] = -1, -1, 1
        right[village] = needed[t]
        if t:
            matrix[town, first - 6 + 3] = matrix[village, first - 6 + 4] = 1
        if t >= transit:
            matrix[village, first - 6 * transit + 1] += 1
            matrix[town, first - 6 * transit + 2] += 1
    found = linprog(cost, A_eq=matrix, b_eq=right, bounds=bounds)
    assert found.fun is not None
    return float(found.fun)
