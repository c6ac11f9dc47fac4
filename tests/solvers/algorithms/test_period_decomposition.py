"""Temporal decomposition: subproblems agree with the whole program, and only stock links two periods."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given

from models.problem.planning_problem import PlanningProblem
from solvers import backends
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.rolling_horizon import LINKING, PeriodDecomposition
from solvers.backends.base import SolveOptions
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import Program
from tests.properties.planned import bounded
from tests.solvers.planning.two_counties import two_counties
from tests.strategies import problems


@pytest.fixture(scope="module")
def program() -> Program:
    return build_plan_program(ProblemArrays.from_problem(PlanningProblem.model_validate(two_counties())))


def decompose(program: Program) -> PeriodDecomposition:
    periods = PeriodDecomposition.decompose_program(program, np.zeros(program.lp.row_count))
    assert periods is not None
    return periods


@bounded(30)
@given(problems())
def test_plan_satisfies_all_subproblems_and_costs_add_up(problem: PlanningProblem) -> None:
    assume(not problem.policy.expand_ordered_goals())
    policy = problem.policy.model_copy(update={"smoothing": 0.0})  # changes of output link periods
    problem = problem.model_copy(update={"policy": policy})
    program = build_plan_program(ProblemArrays.from_problem(problem))
    solution = backends.get_backend("highs").solve_program(program.lp, SolveOptions())
    assume(solution.values is not None and program.lp.column_count > 0)
    values, periods = np.asarray(solution.values), decompose(program)
    cost = 0.0
    for first in range(0, periods.period_count, 2):
        subproblem = periods.build_subproblem(first, min(first + 1, periods.period_count - 1), values)
        activity = subproblem.lp.matrix @ values[subproblem.columns]
        assert (activity >= subproblem.lp.row_lower - 1e-6).all()
        assert (activity <= subproblem.lp.row_upper + 1e-6).all()
        cost += float(subproblem.lp.cost @ values[subproblem.columns])
    assert cost + program.lp.offset == pytest.approx(float(program.lp.cost @ values) + program.lp.offset, rel=1e-9)


def test_subproblems_partition_variables_and_constraints(program: Program) -> None:
    periods = decompose(program)
    subproblems = [
        periods.build_subproblem(t, t, np.zeros(program.lp.column_count)) for t in range(periods.period_count)
    ]
    assert sorted(np.concatenate([subproblem.columns for subproblem in subproblems])) == list(
        range(program.lp.column_count)
    )
    inside = np.flatnonzero(periods.row_period != LINKING)
    assert sorted(np.concatenate([subproblem.rows for subproblem in subproblems])) == inside.tolist()


def test_opening_stock_is_on_the_right_hand_side(program: Program) -> None:
    periods = decompose(program)
    carried = np.where(periods.stock_columns, 7.0, 0.0)
    subproblem, bare = (periods.build_subproblem(1, 1, stock) for stock in (carried, np.zeros(program.lp.column_count)))
    opening = np.flatnonzero(periods.stock_columns & (periods.column_period == 0))
    opening_stock = program.lp.matrix[:, opening].tocsr()[subproblem.rows] @ carried[opening]
    assert np.abs(opening_stock).max() > 0
    bounded_below = np.isfinite(bare.lp.row_lower)
    assert np.abs(opening_stock[~bounded_below]).max(initial=0.0) == 0
    difference = bare.lp.row_lower[bounded_below] - subproblem.lp.row_lower[bounded_below]
    np.testing.assert_allclose(difference, opening_stock[bounded_below], atol=1e-9)


def test_program_with_other_links_is_not_decomposed(program: Program) -> None:
    make = program.variables["make"]
    second_period = np.flatnonzero(decompose(program).row_period[program.constraints["power"].positions] == 1)[0]
    matrix = program.lp.matrix.tolil()
    matrix[program.constraints["power"].start + second_period, make.start] = 1.0  # the first line in the first period
    linked = replace(program, lp=replace(program.lp, matrix=matrix.tocsc()))
    assert PeriodDecomposition.decompose_program(linked, np.zeros(program.lp.row_count)) is None


def test_program_with_variables_without_period_is_not_decomposed() -> None:
    raw = two_counties()
    raw["policy"] = {"goals": ["worst_fulfilment", "shortage"]}
    program = build_plan_program(ProblemArrays.from_problem(PlanningProblem.model_validate(raw)))
    assert PeriodDecomposition.decompose_program(program, np.zeros(program.lp.row_count)) is None


def test_linking_constraints_are_replaced_by_their_dual_values(program: Program) -> None:
    dual_values = np.linspace(-1.0, 2.0, program.lp.row_count)
    periods = PeriodDecomposition.decompose_program(program, dual_values)
    assert periods is not None
    linking = np.flatnonzero(periods.row_period == LINKING)
    assert len(linking), "swaps are balanced over the whole plan"
    expected = program.lp.cost - dual_values[linking] @ program.lp.matrix.tocsr()[linking]
    assert np.abs(expected - program.lp.cost).max() > 0
    np.testing.assert_allclose(periods.cost, expected)
