"""Choosing how to solve: every path gives the optimum that a plain solve gives."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from benchmarks.synthetic import synthetic
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers import backends
from solvers.algorithms import cold_start, progress_monitor, rolling_horizon, select
from solvers.algorithms.aggregation import aggregate_places
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.progress_monitor import BoundProgressMonitor
from solvers.algorithms.select import solve_program
from solvers.algorithms.solve_request import INTERIOR_POINT, SolveRequest, is_proved_optimal
from solvers.backends.base import SolveOptions
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import LinearProgram, Program
from solvers.lp.solution import Basis, Progress, Solution
from tests.solvers.planning.two_counties import two_counties
from tests.strategies import problems


@pytest.fixture
def small_ones_race(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small programs are gone about as large ones, on a machine whose cores are all in use."""
    monkeypatch.setattr(select, "LARGE_PROGRAM_COLUMNS", 0)
    monkeypatch.setattr(cold_start, "has_idle_core", lambda: False)


@pytest.fixture(scope="module")
def program() -> Program:
    return build_plan_program(ProblemArrays.from_problem(PlanningProblem.model_validate(two_counties())))


def objective(lp: LinearProgram, solution: Solution) -> float:
    assert solution.values is not None
    return float(lp.cost @ solution.values) + lp.offset


def plain(lp: LinearProgram) -> float:
    return objective(lp, backends.get_backend("highs").solve_program(lp, SolveOptions()))


def test_small_programs_are_solved_one_way(program: Program) -> None:
    solution = solve_program(program, PlanOptions())
    assert solution.strategy == "dual simplex"
    assert objective(program.lp, solution) == pytest.approx(plain(program.lp), rel=1e-9)


@pytest.mark.usefixtures("small_ones_race")
def test_large_programs_are_raced(program: Program) -> None:
    solution = solve_program(program, PlanOptions())
    assert solution.strategy.startswith("dual simplex")
    assert objective(program.lp, solution) == pytest.approx(plain(program.lp), rel=1e-9)
    assert is_proved_optimal(program.lp, solution, 1e-6)


@pytest.mark.usefixtures("small_ones_race")
def test_from_a_basis_simplex_answers_alone(program: Program) -> None:
    first = solve_program(program, PlanOptions())
    again = solve_program(program, PlanOptions(), start=first.basis)
    assert again.strategy == "dual simplex from a basis at hand"
    assert again.iterations == 0


@pytest.mark.usefixtures("small_ones_race")
def test_a_basis_that_does_not_help_is_overtaken(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "INTERIOR_POINT_DELAY_SECONDS", 0.0)
    first = solve_program(program, PlanOptions())
    assert first.basis is not None
    slacks = Basis(first.basis.columns * 0, first.basis.rows * 0 + 1)
    again = solve_program(program, PlanOptions(), start=slacks)
    assert objective(program.lp, again) == pytest.approx(objective(program.lp, first), rel=1e-9)


@pytest.mark.usefixtures("small_ones_race")
def test_progress_of_both_ways_is_told(program: Program) -> None:
    told: list[Progress] = []
    solve_program(program, PlanOptions(), told.append)
    assert all(isinstance(progress, Progress) for progress in told)


@pytest.mark.parametrize("name", ["highs", "highs-ipm", "glop"])
def test_a_solver_asked_for_is_the_only_one_used(program: Program, name: str) -> None:
    solution = solve_program(program, PlanOptions.model_validate({"solver": name}))
    assert solution.strategy == {"highs": "dual simplex", "highs-ipm": "interior point"}.get(name, name)


@settings(max_examples=25)
@given(problems())
def test_a_race_finds_the_plain_optimum(problem: PlanningProblem) -> None:
    program = build_plan_program(ProblemArrays.from_problem(problem))
    raced = select._solve_large(program, PlanOptions(), None, None)
    assert objective(program.lp, raced) == pytest.approx(plain(program.lp), rel=1e-9, abs=1e-9)


@settings(max_examples=25)
@given(problems())
def test_with_places_joined_no_plan_costs_less(problem: PlanningProblem) -> None:
    program = build_plan_program(ProblemArrays.from_problem(problem))
    smaller = aggregate_places(program)
    if smaller is None:
        return
    assert smaller.lp.row_count < program.lp.row_count
    bound = plain(smaller.lp)
    assert bound <= plain(program.lp) + 1e-9 * (1 + abs(bound))


@pytest.mark.usefixtures("small_ones_race")
def test_simplex_that_does_not_come_on_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program on which HiGHS' simplex is busy for longer than a question; nothing of the way is ever enough."""
    monkeypatch.setattr(progress_monitor, "PROGRESS_CHECKS", ((0.0, 2.0),))
    monkeypatch.setattr(rolling_horizon, "MAX_COST_DEVIATION", -1.0)
    program = build_plan_program(ProblemArrays.from_problem(synthetic(6, 30, 8, chain=4, stores=3.0)))
    solution = solve_program(program, PlanOptions())
    assert solution.strategy.startswith("dual simplex given up after 0.")
    assert "interior point" in solution.strategy
    assert objective(program.lp, solution) == pytest.approx(plain(program.lp), rel=1e-9)


@pytest.mark.usefixtures("small_ones_race")
@pytest.mark.parametrize("idle", [True, False])
def test_interior_point_waits_for_the_yardstick_unless_a_core_idles(
    idle: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Simplex is held up until interior point has had every chance to begin."""
    monkeypatch.setattr(cold_start, "has_idle_core", lambda: idle)
    program = build_plan_program(ProblemArrays.from_problem(synthetic(3, 10, 4)))
    begun: list[str] = []
    run = SolveRequest.run_backend

    def noted(asked: SolveRequest, name: str, *args: object) -> Solution:
        begun.append(name)
        if name == "highs":
            time.sleep(0.3)
        return run(asked, name, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(SolveRequest, "run_backend", noted)
    solution = solve_program(program, PlanOptions())
    assert (INTERIOR_POINT in begun) is idle
    assert "bound of the joined places" in solution.strategy or idle
    assert objective(program.lp, solution) == pytest.approx(plain(program.lp), rel=1e-9)


@pytest.mark.usefixtures("small_ones_race")
def test_values_that_drifted_are_computed_anew_from_their_basis(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after 455 pivots from the crisis year's basis: optimal by the solver's word, 3e-6 off by the certificate."""
    get = backends.get_backend

    class Drifting:
        def solve(self, lp: LinearProgram, *args: object, **named: object) -> Solution:
            found = get("highs").solve_program(lp, *args, **named)  # type: ignore[arg-type]
            assert found.values is not None
            return replace(found, values=found.values + 1e-3)

    monkeypatch.setattr(backends, "get_backend", lambda name: Drifting() if name == "highs" else get(name))
    solution = solve_program(program, PlanOptions())
    assert solution.strategy.startswith("dual simplex (")
    assert is_proved_optimal(program.lp, solution, 1e-6)


@pytest.mark.usefixtures("small_ones_race")
def test_a_changed_limit_is_answered_from_the_basis_at_the_plain_optimum(program: Program) -> None:
    first = solve_program(program, PlanOptions())
    upper = program.lp.row_upper.copy()
    upper[program.constraints["power"].block_slice] *= 0.9
    changed = replace(program, lp=replace(program.lp, row_upper=upper))
    again = solve_program(changed, PlanOptions(), start=first.basis)
    assert again.strategy == "dual simplex from a basis at hand"
    assert objective(changed.lp, again) == pytest.approx(plain(changed.lp), rel=1e-9)


@pytest.mark.usefixtures("small_ones_race")
def test_quick_edge_weights_are_followed_by_exact_ones(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "WARM_START_SECONDS", -1.0)
    first = solve_program(program, PlanOptions())
    assert first.basis is not None
    slacks = Basis(first.basis.columns * 0, first.basis.rows * 0 + 1)
    again = solve_program(program, PlanOptions(), start=slacks)
    assert objective(program.lp, again) == pytest.approx(objective(program.lp, first), rel=1e-9)


def test_the_watch_gives_up_only_on_a_run_that_stays_behind() -> None:
    keen, slow = (BoundProgressMonitor(lower_bound=100.0, columns=1_000) for _ in range(2))
    for run in (keen, slow):
        run.record_progress(Progress("solve", 1, 0.0))
        assert not run.is_stalled()
    end = time.thread_time() + 0.45
    while time.thread_time() < end:
        pass
    keen.record_progress(Progress("solve", 2, 50.0))
    slow.record_progress(Progress("solve", 2, 0.5))
    assert (keen.is_stalled(), slow.is_stalled()) == (False, True)
    assert (keen.share, slow.share) == (0.5, 0.005)


def test_programs_without_shipments_have_no_yardstick(program: Program) -> None:
    decisions = {name: block for name, block in program.variables.items() if name != "ship"}
    assert aggregate_places(replace(program, variables=decisions)) is None


def test_where_shipping_pays_there_is_no_yardstick(program: Program) -> None:
    cost = program.lp.cost.copy()
    cost[program.variables["ship"].start] = -1.0
    assert aggregate_places(replace(program, lp=replace(program.lp, cost=cost))) is None


@pytest.mark.usefixtures("small_ones_race")
def test_a_new_goal_is_reached_from_the_plan_at_hand(program: Program) -> None:
    first = solve_program(program, PlanOptions())
    cost = program.lp.cost.copy()
    cost[program.variables["make"].block_slice] += 0.5
    dearer = replace(program, lp=replace(program.lp, cost=cost))
    again = solve_program(dearer, PlanOptions(), start=first.basis, new_goal=True)
    assert again.strategy == "primal simplex from the plan at hand"
    assert objective(dearer.lp, again) == pytest.approx(plain(dearer.lp), rel=1e-9)


@pytest.mark.usefixtures("small_ones_race")
def test_interior_point_joins_a_new_goal_that_takes_long(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "INTERIOR_POINT_DELAY_SECONDS", -1.0)
    slacks = Basis(np.zeros(program.lp.column_count, np.int8), np.ones(program.lp.row_count, np.int8))
    again = solve_program(program, PlanOptions(), start=slacks, new_goal=True)
    assert objective(program.lp, again) == pytest.approx(plain(program.lp), rel=1e-9)
