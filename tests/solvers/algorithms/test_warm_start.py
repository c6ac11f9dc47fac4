"""Plans from the basis of another plan are the plans that a cold solve gives."""

import numpy as np
import pytest
from hypothesis import given, settings

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from models.validation.parsing import parse_problem
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.select import solve_program
from solvers.algorithms.solve_request import is_proved_optimal
from solvers.algorithms.warm_start import WarmStart
from solvers.data.problem_arrays import ProblemArrays
from solvers.planning import build_warm_start, make_plan
from tests.builders import Json
from tests.solvers.planning.two_counties import two_counties
from tests.strategies import problems


def value(problem: PlanningProblem, start: WarmStart | None = None) -> float:
    plan = make_plan(problem, start=start).plan
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


def steps(problem: PlanningProblem, start: WarmStart) -> int:
    """Iterations that the program takes from a start."""
    program = build_plan_program(ProblemArrays.from_problem(problem))
    solution = solve_program(program, PlanOptions(), start=start.map_basis_to(program))
    assert is_proved_optimal(program.lp, solution, 1e-6)
    return solution.iterations


def test_the_same_problem_takes_no_iterations() -> None:
    assert steps(parse_problem(two_counties()), solved(two_counties())) == 0


def test_a_plan_says_that_it_began_from_another() -> None:
    again = make_plan(parse_problem(two_counties()), start=solved(two_counties())).plan
    assert again.solver.strategy.startswith("solve: dual simplex from a basis at hand")


@pytest.mark.parametrize("part", ["factories", "links", "partners"])
def test_with_something_gone_the_plan_is_that_of_a_cold_solve(part: str) -> None:
    less = parse_problem(without_last(two_counties(), part))
    assert value(less, solved(two_counties())) == pytest.approx(value(less), rel=1e-9)


@pytest.mark.parametrize("part", ["factories", "links", "partners"])
def test_with_something_new_the_plan_is_that_of_a_cold_solve(part: str) -> None:
    start = solved(without_last(two_counties(), part))
    problem = parse_problem(two_counties())
    assert value(problem, start) == pytest.approx(value(problem), rel=1e-9)


def test_statuses_follow_their_labels() -> None:
    """The factories in another order: the same vertex, so nothing to do."""
    raw = two_counties()
    start = solved(raw)
    turned = parse_problem({**raw, "factories": raw["factories"][::-1], "items": raw["items"][::-1]})
    assert steps(turned, start) == 0


def test_a_status_at_a_bound_that_is_gone_is_moved_to_one_that_is_there() -> None:
    problem = parse_problem(two_counties())
    program = build_plan_program(ProblemArrays.from_problem(problem))
    basis = solved(two_counties()).basis
    start = WarmStart.from_program(program, type(basis)(np.full_like(basis.columns, 2), np.full_like(basis.rows, 2)))
    fitted = start.map_basis_to(program)
    assert (np.isfinite(program.lp.column_upper[fitted.columns == 2])).all()
    assert (np.isfinite(program.lp.row_upper[fitted.rows == 2])).all()


@settings(max_examples=25)
@given(problems(), problems())
def test_from_any_other_problem_the_plan_is_that_of_a_cold_solve(one: PlanningProblem, two: PlanningProblem) -> None:
    basis = make_plan(one).basis
    start = None if basis is None else build_warm_start(one, basis)
    assert value(two, start) == pytest.approx(value(two), rel=1e-9, abs=1e-9)


def test_a_basis_of_another_shape_is_not_sound() -> None:
    start = solved(two_counties())
    assert start.is_compatible
    less = build_plan_program(ProblemArrays.from_problem(parse_problem(without_last(two_counties(), "factories"))))
    assert not WarmStart.from_program(less, start.basis).is_compatible
