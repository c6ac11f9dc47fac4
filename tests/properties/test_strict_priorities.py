"""Strict priorities: goals of selected needs, against programs that are solved one after another."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from scipy import sparse
from scipy.optimize import linprog

from models.problem.planning_problem import PlanningProblem
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program
from solvers.planning import make_plan
from solvers.sensitivity import compute_goal_tradeoffs
from tests.builders import Json, need, problem_json
from tests.properties.planned import bounded, planned
from tests.strategies import problems


def of(**selection: Any) -> Json:
    """The goal `shortage` of selected needs."""
    return {"goal": "shortage", "of": selection}


STRICT = [of(priority=[1]), of(priority=[2]), of(priority=[3])]


@bounded(13)
@given(problems(max_periods=2, goals=STRICT))
def test_strict_priorities_are_sequential_optima(problem: PlanningProblem) -> None:
    """Minimise the shortage of one priority after another with another solver, on costs from plain loops."""
    arrays = ProblemArrays.from_problem(problem)
    program = build_program(arrays)
    lp, short = program.lp, program.variables["short"]
    bands = problem.policy.list_effective_bands()
    weights = {"1": 4, "2": 2, "3": 1} | problem.policy.priority_weights
    matrix, upper = _to_upper_limits(lp.matrix, lp.row_lower, lp.row_upper)
    optima = []
    for priority in (1, 2, 3):
        cost = np.zeros(lp.column_count)
        for k, (i, t, band) in enumerate(zip(*(short.axes[a] for a in ("item", "period", "band")), strict=True)):
            item = problem.needs[i]
            importance = item.importance[t] if isinstance(item.importance, tuple) else item.importance
            if item.priority == priority:
                cost[short.start + k] = bands[band].weight * weights[str(priority)] * item.value * importance
        if not lp.column_count:
            optima.append(0.0)
            continue
        found = linprog(
            cost, matrix, upper, bounds=list(zip(lp.column_lower, lp.column_upper, strict=True)), method="highs"
        )
        assert found.status == 0, found.message
        optimum = float(found.fun or 0.0)
        optima.append(optimum)
        matrix = sparse.vstack([matrix, sparse.csr_array(cost[None, :])]).tocsr()
        upper = np.append(upper, optimum + 1e-6 * max(1.0, optimum))
    goals = planned(problem).objective
    assert goals is not None
    assert [goal.goal for goal in goals.goals] == [f"shortage of priority {p}" for p in (1, 2, 3)]
    assert [goal.value for goal in goals.goals] == pytest.approx(optima, rel=1e-5, abs=1e-5)


def _to_upper_limits(matrix: Any, lower: np.ndarray[Any, Any], upper: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """Write lower ≤ A x ≤ upper as one list of upper limits."""
    above, below = np.isfinite(upper), np.isfinite(lower)
    rows = matrix.tocsr()
    return sparse.vstack([rows[above], -rows[below]]).tocsr(), np.concatenate([upper[above], -lower[below]])


def infants(*goals: Any) -> PlanningProblem:
    """A dairy that can serve the infants of two counties or sell cream, of far more value, to everybody."""
    milk = {"id": "milk", "value": 1, "priority": 1, "category": "infants"}
    cream = {"id": "cream", "value": 1000, "priority": 3, "category": "food"}
    return PlanningProblem.model_validate(
        problem_json(
            items=[milk, cream],
            counties=[{"id": name, "power_area": "area"} for name in ("near", "far")],
            demand=[need(county, item, 10) for county in ("near", "far") for item in ("milk", "cream")],
            factories=[
                {
                    "id": "dairy",
                    "place": "near",
                    "machines": {"vat": 25},
                    "lines": [{"item": item, "hours_per_unit": {"vat": 1}} for item in ("milk", "cream")],
                }
            ],
            links=[{"id": "road", "from": "near", "to": "far", "cost_per_tonne": 1}],
            policy={
                "shortage_bands": [{"width": 1, "weight": 1}],
                "priority_weights": dict.fromkeys("123", 1),
                "goals": list(goals) or None,
            },
        )
    )


def served(problem: PlanningProblem) -> dict[tuple[str, str], float]:
    rows = make_plan(problem).tables["supply"].to_pylist()
    return {(row["county"], row["item"]): row["served"] for row in rows}


def test_infants_come_first_whatever_else_is_worth() -> None:
    by_value = served(infants())
    assert sum(units for (_, item), units in by_value.items() if item == "milk") == pytest.approx(5)
    strict = served(infants(of(priority=[1]), "shortage", "cost"))
    assert [strict[county, "milk"] for county in ("near", "far")] == pytest.approx([10, 10])
    assert strict["near", "cream"] + strict["far", "cream"] == pytest.approx(5)


@pytest.mark.parametrize(
    ("selection", "first"),
    [
        ({"category": ["infants"], "county": ["far"]}, ("far", "milk")),
        ({"item": ["cream"], "county": ["far"]}, ("far", "cream")),
        ({"priority": [1, 2], "item": ["milk", "cream"], "county": ["near"]}, ("near", "milk")),
    ],
)
def test_a_selection_serves_exactly_its_needs_first(selection: Json, first: tuple[str, str]) -> None:
    problem = infants(of(**selection), "shortage", "cost")
    assert served(problem)[first] == pytest.approx(10)
    result = make_plan(problem).plan.objective
    assert result is not None
    assert result.goals[0].value == pytest.approx(0, abs=1e-6)


def test_the_price_of_the_order_is_reported() -> None:
    """Milk first leaves 5 hours for cream: of 20,000 won of cream, 15,000 are short instead of 0."""
    first, second = compute_goal_tradeoffs(infants(of(priority=[1]), of(priority=[3])))
    assert (first.goal, second.goal) == ("shortage of priority 1", "shortage of priority 3")
    assert first.loss_to_earlier_goals == 0
    assert second.loss_to_earlier_goals == pytest.approx(15_000, rel=1e-3)
    assert second.shadow_prices == pytest.approx({"1 shortage of priority 1": 1000.0})
