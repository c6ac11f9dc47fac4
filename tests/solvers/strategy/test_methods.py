"""Choosing how to solve: every path gives the optimum that a plain solve gives."""

import pytest
from hypothesis import given, settings

from models.options import PlanOptions
from models.problem import PlanningProblem
from solvers import backends
from solvers.backends.base import SolveOptions
from solvers.index import ProblemIndex
from solvers.program import LinearProgram, Program
from solvers.solution import Basis, Progress, Solution
from solvers.strategy import methods, solve
from solvers.strategy.stages import program_of
from tests.solvers.planning.two_counties import two_counties
from tests.strategies import problems


@pytest.fixture
def small_ones_race(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "LARGE", 0)


@pytest.fixture(scope="module")
def program() -> Program:
    return program_of(ProblemIndex.of(PlanningProblem.model_validate(two_counties())))


def objective(lp: LinearProgram, solution: Solution) -> float:
    assert solution.values is not None
    return float(lp.cost @ solution.values) + lp.offset


def plain(lp: LinearProgram) -> float:
    return objective(lp, backends.get("highs").solve(lp, SolveOptions()))


def test_small_programs_are_solved_one_way(program: Program) -> None:
    solution = solve(program, PlanOptions())
    assert solution.strategy == "dual simplex"
    assert objective(program.lp, solution) == pytest.approx(plain(program.lp), rel=1e-9)


@pytest.mark.usefixtures("small_ones_race")
def test_large_programs_are_raced(program: Program) -> None:
    solution = solve(program, PlanOptions())
    assert solution.strategy.startswith("dual simplex")
    assert objective(program.lp, solution) == pytest.approx(plain(program.lp), rel=1e-9)
    assert methods.proved(program.lp, solution, 1e-6)


@pytest.mark.usefixtures("small_ones_race")
def test_from_a_basis_simplex_answers_alone(program: Program) -> None:
    first = solve(program, PlanOptions())
    again = solve(program, PlanOptions(), start=first.basis)
    assert again.strategy == "dual simplex from a basis at hand"
    assert again.iterations == 0


@pytest.mark.usefixtures("small_ones_race")
def test_a_basis_that_does_not_help_is_overtaken(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "PATIENCE", 0.0)
    first = solve(program, PlanOptions())
    assert first.basis is not None
    slacks = Basis(first.basis.columns * 0, first.basis.rows * 0 + 1)
    again = solve(program, PlanOptions(), start=slacks)
    assert objective(program.lp, again) == pytest.approx(objective(program.lp, first), rel=1e-9)


@pytest.mark.usefixtures("small_ones_race")
def test_progress_of_both_ways_is_told(program: Program) -> None:
    told: list[Progress] = []
    solve(program, PlanOptions(), told.append)
    assert all(isinstance(progress, Progress) for progress in told)


@pytest.mark.parametrize("name", ["highs", "highs-ipm", "glop"])
def test_a_solver_asked_for_is_the_only_one_used(program: Program, name: str) -> None:
    solution = solve(program, PlanOptions.model_validate({"solver": name}))
    assert solution.strategy == {"highs": "dual simplex", "highs-ipm": "interior point"}.get(name, name)


@settings(max_examples=25)
@given(problems())
def test_a_race_finds_the_plain_optimum(problem: PlanningProblem) -> None:
    lp = program_of(ProblemIndex.of(problem)).lp
    raced = methods._race(lp, PlanOptions(), None, None)
    assert objective(lp, raced) == pytest.approx(plain(lp), rel=1e-9, abs=1e-9)
