"""Studies of published and random problems agree with plans made one by one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from models.analyses.study import BoundsRequest
from models.changes.apply import apply_changes
from models.changes.change import Change
from models.examples import two_counties
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.run_state import SolveRun
from solvers.analyses.analysis import AnalysisBase
from solvers.analyses.opening import open_bounds
from solvers.data.problem_arrays import ProblemArrays
from tests.builders import make_problem, need
from tests.solvers.analyses.studying import DELIVERIES, POWER, open_base, run_study, state_request
from tests.strategies import has_power_limit, problems


def solve_cold(problem: PlanningProblem) -> float:
    """The optimum of the linear program of a problem, solved from nothing."""
    attempt = SolveRun(PlanOptions()).solve_stage(build_plan_program(ProblemArrays.from_problem(problem)), "solve")
    assert attempt.certificate is not None
    assert attempt.is_proved
    return attempt.certificate.primal_objective


def test_twenty_random_runs_and_bounds_agree_with_cold_solves() -> None:
    """Objectives of 20 drawn runs to 1e-6; bounds hold at 20 points that nobody solved."""
    problem = two_counties()
    _, _, conclusion = run_study(state_request(design={"kind": "sobol", "size": 64, "seed": 11}))
    runs = conclusion.tables["runs"].to_pylist()
    rng = np.random.default_rng(2)

    def solve_at(power: float, deliveries: float) -> float:
        changes = [
            {"what": "power_limit", "factor": power},
            {"what": "delivered", "factor": deliveries},
        ]
        return solve_cold(apply_changes(problem, [Change.model_validate(change) for change in changes]))

    for run in rng.choice(len(runs), 20, replace=False).tolist():
        row = runs[run]
        assert row["objective"] == pytest.approx(solve_at(row["power"], row["deliveries"]), rel=1e-6)
    points = [
        {"power": float(power), "deliveries": float(delivered)}
        for power, delivered in zip(rng.uniform(0.85, 1.15, 20), rng.uniform(0.75, 0.95, 20), strict=True)
    ]
    answer = open_bounds(conclusion.state).compute_bounds(BoundsRequest.model_validate({"points": points}))
    for point, bound in zip(points, answer.bounds, strict=True):
        objective = solve_at(**point)
        assert bound.lower_bound is not None
        assert bound.upper_bound is not None
        assert bound.lower_bound <= objective * (1 + 1e-6)
        assert bound.upper_bound >= objective * (1 - 1e-6)


def test_limits_that_are_rounded_to_nothing_keep_the_bounds() -> None:
    """Where deliveries are less than a unit, the program has no variables for them; bounds hold all the same."""
    problem = make_problem(
        periods=["p1", "p2"],
        items=[{"id": "soap", "whole_units": True, "value": 2}, {"id": "salt", "whole_units": True}],
        demand=[need("town", "soap", [3, 40]), need("town", "salt", [9, 2])],
        supply_shares={"central": 1.0, "delivered": 1.0, "gateways": ["town"]},
        policy={"shortage_bands": [{"width": 0.5, "weight": 1}, {"width": 0.5, "weight": 3}]},
    )
    factor = DELIVERIES | {"distribution": {"kind": "uniform", "low": 0.1, "high": 1.0}}
    request = {"factors": [factor], "design": {"kind": "sobol", "size": 16, "seed": 4}}
    _, _, conclusion = run_study(request, open_base(problem))
    head: Any = conclusion.head
    assert head.is_convex
    values = np.linspace(0.15, 0.95, 17).tolist()
    points = [{"deliveries": value} for value in values]
    runs = conclusion.tables["runs"].to_pylist()
    answer = open_bounds(conclusion.state).compute_bounds(BoundsRequest.model_validate({"points": points}))
    for value, lower in [(run["deliveries"], run["objective"]) for run in runs]:
        assert lower == pytest.approx(
            solve_cold(apply_changes(problem, [Change(what="delivered", factor=value)])), rel=1e-6
        )
    for value, bound in zip(values, answer.bounds, strict=True):
        objective = solve_cold(apply_changes(problem, [Change(what="delivered", factor=value)]))
        assert bound.lower_bound is not None
        assert bound.lower_bound <= objective * (1 + 1e-6)
        assert bound.upper_bound is None or bound.upper_bound >= objective * (1 - 1e-6)


def test_the_newsvendor_orders_31_25() -> None:
    """Newsvendor of Birge and Louveaux: an order costs 1 each, a shortage 1.5, what is left 0.1, and demand is uniform from 0 to 100.

    Orders are levers on the opening stock of a county, whose price is added here. The best one is 31.25, at 67.1875 on average.
    """
    problem = make_problem(
        items=[{"id": "paper", "value": 1, "holding_cost": 0.1, "norms": {"readers": 1}}],
        counties=[
            {
                "id": "town",
                "power_area": "area",
                "population": {"readers": 100},
                "stocks": {"paper": {"opening": 1}},
            }
        ],
        policy={"shortage_bands": [{"width": 1, "weight": 1.5}], "priority_weights": {"1": 1, "2": 1, "3": 1}},
    )
    orders = (25.0, 31.25, 37.5)
    count = 32
    request = {
        "factors": [
            {
                "name": "demand",
                "changes": [{"what": "population"}],
                "distribution": {"kind": "uniform", "low": 0.0, "high": 1.0},
            }
        ],
        "levers": [
            {"name": f"order-{order:g}", "changes": [{"what": "opening_stock", "factor": order}]} for order in orders
        ],
        "design": {"kind": "list", "points": [{"demand": (k + 0.5) / count} for k in range(count)]},
    }
    _, _, conclusion = run_study(request, open_base(problem))
    regret = conclusion.tables["regret"].to_pylist()
    cost = {
        order: order + float(np.mean([row["objective"] for row in regret if row["lever"] == f"order-{order:g}"]))
        for order in orders
    }
    assert cost[31.25] == pytest.approx(67.1875, rel=1e-3)
    assert min(cost, key=lambda order: cost[order]) == 31.25


@settings(max_examples=8, deadline=None)
@given(problem=problems(goals=None).filter(has_power_limit), low=st.sampled_from([0.5, 0.75, 0.9]))
def test_runs_of_random_problems_agree_with_cold_solves(problem: PlanningProblem, low: float) -> None:
    """Whatever a problem has: its runs have the optima of the changed problems, or none where these have none."""
    varied = POWER | {"distribution": {"kind": "uniform", "low": low, "high": 1.5}}
    points = [{"power": low}, {"power": 1.25}, {"power": 1.0}]
    base = AnalysisBase(problem, PlanOptions())
    _, _, conclusion = run_study({"factors": [varied], "design": {"kind": "list", "points": points}}, base)
    for run in conclusion.tables["runs"].to_pylist():
        changed = apply_changes(problem, [Change(what="power_limit", factor=run["power"])])
        plan = SolveRun(PlanOptions()).solve_stage(build_plan_program(ProblemArrays.from_problem(changed)), "solve")
        if plan.solution.termination.reason == "infeasible":
            assert run["outcome"] == "infeasible"
        else:
            assert plan.certificate is not None
            assert run["objective"] == pytest.approx(plan.certificate.primal_objective, rel=1e-6, abs=1e-6)
            assert run["lower_bound"] == pytest.approx(run["objective"], rel=1e-5, abs=1e-5)
            assert 0.0 <= run["served_share"] <= 1.0
