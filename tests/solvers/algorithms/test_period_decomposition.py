"""Temporal decomposition: subproblems agree with the whole program, and only stock links two periods."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given

from models.problem.planning_problem import PlanningProblem
from solvers import backends
from solvers.algorithms.aggregation import aggregate_places
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.rolling_horizon import LINKING, CrashBasis, PeriodDecomposition
from solvers.backends.base import SolveOptions
from solvers.backends.highs_session import HighsSession
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import Program
from solvers.lp.solution import AT_LOWER, BASIC
from tests.properties.planned import bounded
from tests.solvers.planning.two_counties import two_counties
from tests.solvers.replanning.year import year
from tests.strategies import problems


@pytest.fixture(scope="module")
def program() -> Program:
    raw = two_counties()
    raw["policy"] |= {"smoothing": 0}
    return build_plan_program(ProblemArrays.from_problem(PlanningProblem.model_validate(raw)))


@pytest.fixture(scope="module")
def smoothed() -> Program:
    return build_plan_program(ProblemArrays.from_problem(year(smoothing=0.25)))


def decompose(program: Program) -> PeriodDecomposition:
    periods = PeriodDecomposition.decompose_program(program, np.zeros(program.lp.row_count))
    assert periods is not None
    return periods


@bounded(15)
@given(problems(delays=False))
def test_plan_satisfies_all_subproblems_and_costs_add_up(problem: PlanningProblem) -> None:
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


def test_changes_of_output_are_constraints_inside_a_subproblem_and_costs_at_its_ends(smoothed: Program) -> None:
    program, rows, columns = smoothed, smoothed.constraints["rate_change"], smoothed.variables["rate_change"]
    dual_values = np.zeros(program.lp.row_count)
    dual_values[rows.block_slice] = np.linspace(-0.05, 0.05, rows.size)
    periods = PeriodDecomposition.decompose_program(program, dual_values)
    assert periods is not None
    subproblem = periods.build_subproblem(1, 2, np.zeros(program.lp.column_count))
    inside = rows.positions[rows.axes["period"] == 2]
    assert np.isin(rows.positions, subproblem.rows).tolist() == np.isin(rows.positions, inside).tolist()
    outside = np.where(rows.axes["period"] != 2, dual_values[rows.block_slice], 0.0)
    expected = program.lp.cost - program.lp.matrix[rows.block_slice].T @ outside
    np.testing.assert_allclose(subproblem.lp.cost, expected[subproblem.columns], atol=1e-12)
    assert (expected[columns.block_slice] >= 0).all()
    beyond = PeriodDecomposition.decompose_program(program, 100 * dual_values)
    assert beyond is not None
    assert (beyond.cost[columns.block_slice] >= 0).all(), "a subproblem would be unbounded"


def test_entering_changes_of_output_is_primal_feasible(smoothed: Program) -> None:
    program = smoothed
    periods = decompose(program)
    rows, size = program.constraints["rate_change"], program.lp.column_count
    rng = np.random.default_rng(1)
    values = np.where(periods.output_columns, rng.integers(0, 9, size), 0).astype(np.float64)
    crash_basis = CrashBasis(
        values, np.zeros(size, np.int8), np.full(program.lp.row_count, BASIC, np.int8), np.zeros(size, dtype=bool)
    )
    crash_basis.enter_rate_changes(periods, periods.build_whole_program())
    assert (crash_basis.rows[rows.block_slice] == AT_LOWER).all()
    entered = np.flatnonzero(crash_basis.columns == BASIC)
    assert len(entered) == rows.size
    basic = program.lp.matrix[rows.block_slice][:, entered].toarray()
    amounts = np.linalg.solve(basic, -(program.lp.matrix[rows.block_slice] @ values))
    assert (amounts >= 0).all()
    assert amounts.max() > 0


def test_relaxation_without_changes_of_output_is_a_lower_bound(smoothed: Program) -> None:
    models = [aggregate_places(smoothed), aggregate_places(smoothed, drops_rate_changes=True)]
    objectives = []
    for model in models:
        assert model is not None
        solution = HighsSession(model.lp).solve_program()
        assert solution.values is not None
        objectives.append(float(model.lp.cost @ solution.values))
    exact = HighsSession(smoothed.lp).solve_program()
    assert exact.values is not None
    assert objectives[1] < objectives[0] < smoothed.lp.cost @ exact.values
