"""A program cut by periods: parts say of a plan what the whole says, and nothing but stock crosses a cut."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given

from models.problem.planning_problem import PlanningProblem
from solvers import backends
from solvers.algorithms.period_decomposition import LINKING, PeriodDecomposition
from solvers.algorithms.pipeline import build_plan_program
from solvers.backends.base import SolveOptions
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import Program
from tests.properties.planned import bounded
from tests.solvers.planning.two_counties import two_counties
from tests.strategies import problems


@pytest.fixture(scope="module")
def program() -> Program:
    return build_plan_program(ProblemArrays.from_problem(PlanningProblem.model_validate(two_counties())))


def cut(program: Program) -> PeriodDecomposition:
    periods = PeriodDecomposition.decompose(program, np.zeros(program.lp.row_count))
    assert periods is not None
    return periods


@bounded(30)
@given(problems())
def test_a_plan_keeps_the_rows_of_every_part_and_costs_what_they_cost_together(problem: PlanningProblem) -> None:
    assume(not problem.policy.expand_ordered_goals())
    program = build_plan_program(ProblemArrays.from_problem(problem))
    solution = backends.get_backend("highs").solve_program(program.lp, SolveOptions())
    assume(solution.values is not None and program.lp.column_count > 0)
    values, periods = np.asarray(solution.values), cut(program)
    cost = 0.0
    for first in range(0, periods.period_count, 2):
        part = periods.build_subproblem(first, min(first + 1, periods.period_count - 1), values)
        activity = part.lp.matrix @ values[part.columns]
        assert (activity >= part.lp.row_lower - 1e-6).all()
        assert (activity <= part.lp.row_upper + 1e-6).all()
        cost += float(part.lp.cost @ values[part.columns])
    assert cost + program.lp.offset == pytest.approx(float(program.lp.cost @ values) + program.lp.offset, rel=1e-9)


def test_every_row_of_one_period_and_every_column_lies_in_one_part(program: Program) -> None:
    periods = cut(program)
    parts = [periods.build_subproblem(t, t, np.zeros(program.lp.column_count)) for t in range(periods.period_count)]
    assert sorted(np.concatenate([part.columns for part in parts])) == list(range(program.lp.column_count))
    inside = np.flatnonzero(periods.row_period != LINKING)
    assert sorted(np.concatenate([part.rows for part in parts])) == inside.tolist()


def test_the_stock_of_the_part_before_is_on_the_right_hand_side(program: Program) -> None:
    periods = cut(program)
    carried = np.where(periods.stock_columns, 7.0, 0.0)
    part, bare = (periods.build_subproblem(1, 1, given_) for given_ in (carried, np.zeros(program.lp.column_count)))
    opening = np.flatnonzero(periods.stock_columns & (periods.column_period == 0))
    brought = program.lp.matrix[:, opening].tocsr()[part.rows] @ carried[opening]
    assert np.abs(brought).max() > 0
    bounded_below = np.isfinite(bare.lp.row_lower)
    assert np.abs(brought[~bounded_below]).max(initial=0.0) == 0
    difference = bare.lp.row_lower[bounded_below] - part.lp.row_lower[bounded_below]
    np.testing.assert_allclose(difference, brought[bounded_below], atol=1e-9)


def test_a_program_that_more_than_stock_ties_together_is_not_cut(program: Program) -> None:
    make = program.variables["make"]
    elsewhere = np.flatnonzero(cut(program).row_period[program.constraints["power"].positions] == 1)[0]
    matrix = program.lp.matrix.tolil()
    matrix[program.constraints["power"].start + elsewhere, make.start] = 1.0  # the first line in the first period
    tied = replace(program, lp=replace(program.lp, matrix=matrix.tocsc()))
    assert PeriodDecomposition.decompose(tied, np.zeros(program.lp.row_count)) is None


def test_a_program_with_columns_of_no_period_is_not_cut() -> None:
    raw = two_counties()
    raw["policy"] = {"goals": ["worst_fulfilment", "shortage"]}
    program = build_plan_program(ProblemArrays.from_problem(PlanningProblem.model_validate(raw)))
    assert PeriodDecomposition.decompose(program, np.zeros(program.lp.row_count)) is None


def test_rows_of_several_periods_are_replaced_by_their_prices(program: Program) -> None:
    prices = np.linspace(-1.0, 2.0, program.lp.row_count)
    periods = PeriodDecomposition.decompose(program, prices)
    assert periods is not None
    wide = np.flatnonzero(periods.row_period == LINKING)
    assert len(wide), "a swap is settled over the whole plan"
    expected = program.lp.cost - prices[wide] @ program.lp.matrix.tocsr()[wide]
    assert np.abs(expected - program.lp.cost).max() > 0
    np.testing.assert_allclose(periods.cost, expected)
