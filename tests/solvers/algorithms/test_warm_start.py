"""Warm starts from the basis of another plan reach the same optimum as a cold start."""

import numpy as np
import pytest
from hypothesis import given, settings

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from models.validation.parsing import parse_problem
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.portfolio import is_proved_optimal
from solvers.algorithms.select import solve_program
from solvers.algorithms.warm_start import WarmStart
from solvers.data.problem_arrays import ProblemArrays
from solvers.planning import build_warm_start, make_plan
from tests.builders import Json
from tests.solvers.planning.two_counties import two_counties
from tests.strategies import problems


def value(problem: PlanningProblem, start: WarmStart | None = None) -> float:
    plan = make_plan(problem, warm_start=start).plan
    assert plan.outcome == "optimal"
    assert plan.objective is not None
    return plan.objective.value


def solved(raw: Json) -> WarmStart:
    problem = parse_problem(raw)
    basis = make_plan(problem).basis
    assert basis is not None
    return build_warm_start(problem, basis)


def without_last(raw: Json, part: str) -> Json:
    raw[part] = raw[part][:-1]
    return raw


def count_iterations(problem: PlanningProblem, start: WarmStart) -> int:
    """Count the iterations from a warm start."""
    program = build_plan_program(ProblemArrays.from_problem(problem))
    solution = solve_program(program, PlanOptions(), start=start.map_basis_to(program))
    assert is_proved_optimal(program.lp, solution, 1e-6)
    return solution.iterations


def test_same_problem_needs_no_iterations() -> None:
    assert count_iterations(parse_problem(two_counties()), solved(two_counties())) == 0


def test_plan_reports_its_warm_start() -> None:
    again = make_plan(parse_problem(two_counties()), warm_start=solved(two_counties())).plan
    first = again.solver.strategy[0]
    assert (first.stage, first.algorithm, first.warm_start) == ("solve", "highs", True)


@pytest.mark.parametrize("part", ["factories", "links", "partners"])
def test_plan_without_an_entity_is_that_of_a_cold_start(part: str) -> None:
    less = parse_problem(without_last(two_counties(), part))
    assert value(less, solved(two_counties())) == pytest.approx(value(less), rel=1e-9)


@pytest.mark.parametrize("part", ["factories", "links", "partners"])
def test_plan_with_a_new_entity_is_that_of_a_cold_start(part: str) -> None:
    start = solved(without_last(two_counties(), part))
    problem = parse_problem(two_counties())
    assert value(problem, start) == pytest.approx(value(problem), rel=1e-9)


def test_statuses_are_mapped_by_label() -> None:
    """Factories in another order give the same vertex and no iterations."""
    raw = two_counties()
    start = solved(raw)
    reordered = parse_problem({**raw, "factories": raw["factories"][::-1], "items": raw["items"][::-1]})
    assert count_iterations(reordered, start) == 0


def test_status_at_an_infinite_bound_moves_to_a_finite_bound() -> None:
    problem = parse_problem(two_counties())
    program = build_plan_program(ProblemArrays.from_problem(problem))
    basis = solved(two_counties()).basis
    start = WarmStart.from_program(program, type(basis)(np.full_like(basis.columns, 2), np.full_like(basis.rows, 2)))
    fitted = start.map_basis_to(program)
    assert (np.isfinite(program.lp.column_upper[fitted.columns == 2])).all()
    assert (np.isfinite(program.lp.row_upper[fitted.rows == 2])).all()


@settings(max_examples=25)
@given(problems(), problems())
def test_warm_start_from_any_problem_gives_the_plan_of_a_cold_start(one: PlanningProblem, two: PlanningProblem) -> None:
    basis = make_plan(one).basis
    start = None if basis is None else build_warm_start(one, basis)
    assert value(two, start) == pytest.approx(value(two), rel=1e-9, abs=1e-9)


def test_basis_of_another_shape_is_not_compatible() -> None:
    start = solved(two_counties())
    assert start.is_compatible
    less = build_plan_program(ProblemArrays.from_problem(parse_problem(without_last(two_counties(), "factories"))))
    assert not WarmStart.from_program(less, start.basis).is_compatible
