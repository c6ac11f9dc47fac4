"""Period aggregation: a relaxation whose bound is proved in the arrays of the program, and exact where periods are alike."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st

from models.problem.planning_problem import PlanningProblem
from solvers import backends
from solvers.algorithms.period_aggregation import PeriodAggregation, aggregate_periods, build_period_groups
from solvers.algorithms.pipeline import build_plan_program
from solvers.backends.base import SolveOptions
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, Program
from solvers.lp.solution import Solution
from tests.properties.planned import bounded
from tests.solvers.planning.two_counties import two_counties
from tests.solvers.replanning.year import year
from tests.strategies import problems


def build(problem: PlanningProblem) -> Program:
    return build_plan_program(ProblemArrays.from_problem(problem))


def join(program: Program, group_size: int) -> PeriodAggregation:
    return aggregate_periods(program, build_period_groups(len(program.labels["period"]), group_size))


def solve(program: Program) -> Solution:
    return backends.get_backend("highs").solve_program(program.lp, SolveOptions())


def solve_joined(program: Program, group_size: int) -> tuple[PeriodAggregation, float, FloatArray, FloatArray]:
    """The aggregation, its optimum, and its values and duals."""
    joined = join(program, group_size)
    lp = joined.aggregate_bounds(program.lp)
    solution = backends.get_backend("highs").solve_program(lp, SolveOptions())
    assert solution.termination.reason == "optimal", solution.termination
    assert solution.values is not None
    assert solution.dual_values is not None
    return joined, float(lp.cost @ solution.values) + lp.offset, solution.values, solution.dual_values


@bounded(30)
@given(problems(), st.integers(2, 12))
def test_optimum_is_a_lower_bound_proved_in_the_arrays_of_the_program(problem: PlanningProblem, size: int) -> None:
    program = build(problem)
    solution = solve(program)
    assume(solution.values is not None and program.lp.column_count > 0)
    optimum = float(program.lp.cost @ np.asarray(solution.values)) + program.lp.offset
    joined, value, values, duals = solve_joined(program, size)
    tolerance = 1e-6 * max(1.0, abs(optimum))
    assert value <= optimum + tolerance
    proof = joined.certify_lower_bound(program.lp, duals)
    assert proof.lower_bound == pytest.approx(value, abs=tolerance)
    assert proof.dual_residual <= 1e-6
    split = joined.disaggregate_values(program.lp, values)
    assert (split >= program.lp.column_lower - 1e-6).all()
    assert (split <= program.lp.column_upper + 1e-6).all()
    assert float(program.lp.cost @ split) + program.lp.offset == pytest.approx(value, abs=tolerance)


@bounded(30)
@given(problems(), st.integers(2, 12))
def test_every_plan_satisfies_the_sums(problem: PlanningProblem, size: int) -> None:
    program = build(problem)
    solution = solve(program)
    assume(solution.values is not None and program.lp.column_count > 0)
    joined = join(program, size)
    lp = joined.aggregate_bounds(program.lp)
    kept = joined.column_class >= 0
    summed = np.bincount(
        joined.column_class[kept], weights=np.asarray(solution.values)[kept], minlength=lp.column_count
    )
    activity = lp.matrix @ summed
    room = 1e-6 * (1 + np.abs(activity))
    assert (activity >= lp.row_lower - room).all()
    assert (activity <= lp.row_upper + room).all()
    assert (summed >= lp.column_lower - 1e-6).all()
    assert (summed <= lp.column_upper + 1e-6).all()


@bounded(10)
@given(problems())
def test_groups_of_one_period_without_dropped_constraints_lose_nothing(problem: PlanningProblem) -> None:
    raw = problem.model_dump()
    raw["policy"]["smoothing"] = 0.0
    raw["items"], raw["requirements"] = ([row | {"due": {}} for row in raw[name]] for name in ("items", "requirements"))
    program = build(PlanningProblem.model_validate(raw))
    solution = solve(program)
    assume(solution.values is not None and program.lp.column_count > 0)
    optimum = float(program.lp.cost @ np.asarray(solution.values)) + program.lp.offset
    _, value, _, _ = solve_joined(program, 1)
    assert value == pytest.approx(optimum, rel=1e-7, abs=1e-6)


def equal_months() -> PlanningProblem:
    """Four equal months, without opening stock and without limits of stock."""
    raw = two_counties()
    raw |= {"periods": ["1", "2", "3", "4"], "period_days": 30, "years": 1 / 3, "calendars": {"school": [0.25] * 4}}
    raw["policy"] |= {"smoothing": 0.25}
    for item in raw["items"]:
        item["importance"] = 1.0
    for county in raw["counties"]:
        county.pop("stocks", None)
    raw["factories"][0]["machines"]["press"] = 300
    raw["power_areas"][0]["limit_kwh"] = 13000
    raw["power_areas"][1]["limit_kwh"] = 41000
    raw["supply_shares"]["delivered"] = 0.9
    return PlanningProblem.model_validate(raw)


def test_equal_periods_without_limits_of_stocks_are_exact() -> None:
    program = build(equal_months())
    solution = solve(program)
    assert solution.values is not None
    joined, value, values, _ = solve_joined(program, 4)
    assert value > 0
    assert value == pytest.approx(float(program.lp.cost @ solution.values) + program.lp.offset, rel=1e-9)
    short = program.variables["short"]
    split = joined.disaggregate_values(program.lp, values)[short.block_slice]
    assert split.sum() == pytest.approx(solution.values[short.block_slice].sum(), rel=1e-6)


def test_bounds_of_another_problem_with_the_same_coefficients_need_no_new_aggregation() -> None:
    program = build(year(smoothing=0.25))
    joined = join(program, 3)
    tighter = replace(program, lp=replace(program.lp, row_upper=program.lp.row_upper * 0.9))
    fresh = join(tighter, 3).aggregate_bounds(tighter.lp)
    reused = joined.aggregate_bounds(tighter.lp)
    for name in ("cost", "column_lower", "column_upper", "row_lower", "row_upper"):
        np.testing.assert_array_equal(getattr(reused, name), getattr(fresh, name))


def test_a_year_has_one_column_for_all_periods_of_a_line() -> None:
    program = build(year(smoothing=0.25))
    joined = join(program, len(program.labels["period"]))
    make = program.variables["make"]
    classes = joined.column_class[make.block_slice]
    assert len(set(classes)) == len(set(make.axes["line"]))
    assert joined.matrix.shape[1] < program.lp.column_count / 3
