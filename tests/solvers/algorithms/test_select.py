"""Algorithm selection: every path reaches the optimum of a direct solve."""

from dataclasses import replace
from threading import Event

import numpy as np
import pytest
from hypothesis import given, settings

from benchmarks.synthetic import synthetic
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers import backends
from solvers.algorithms import cold_start, rolling_horizon, select
from solvers.algorithms.aggregation import AggregatedModel, aggregate_places
from solvers.algorithms.cold_start import BoundProgressMonitor
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.portfolio import (
    INTERIOR_POINT,
    MOST_REFACTORIZATIONS,
    RefactorizationLimit,
    SolveRequest,
    is_proved_optimal,
)
from solvers.algorithms.select import solve_program
from solvers.backends.base import SolveOptions
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import LinearProgram, Program
from solvers.lp.solution import Basis, Progress, Solution
from tests.solvers.planning.two_counties import two_counties
from tests.strategies import problems


@pytest.fixture
def portfolio_for_all_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat small programs as large programs, on a machine without an idle core."""
    monkeypatch.setattr(select, "LARGE_PROGRAM_COLUMNS", 0)
    monkeypatch.setattr(cold_start, "has_idle_core", lambda: False)


@pytest.fixture(scope="module")
def program() -> Program:
    return build_plan_program(ProblemArrays.from_problem(PlanningProblem.model_validate(two_counties())))


def objective(lp: LinearProgram, solution: Solution) -> float:
    assert solution.values is not None
    return float(lp.cost @ solution.values) + lp.offset


def list_steps(solution: Solution) -> list[tuple[str, str, bool]]:
    """Algorithm, outcome and warm start of each step."""
    return [(step.algorithm, step.outcome, step.warm_start) for step in solution.strategy]


def direct_optimum(lp: LinearProgram) -> float:
    return objective(lp, backends.get_backend("highs").solve_program(lp, SolveOptions()))


def test_small_program_is_solved_by_dual_simplex(program: Program) -> None:
    solution = solve_program(program, PlanOptions())
    assert list_steps(solution) == [("highs", "optimal", False)]
    assert objective(program.lp, solution) == pytest.approx(direct_optimum(program.lp), rel=1e-9)


@pytest.mark.usefixtures("portfolio_for_all_programs")
def test_large_program_starts_with_the_aggregated_relaxation(program: Program) -> None:
    solution = solve_program(program, PlanOptions())
    assert list_steps(solution)[0] == ("aggregated-relaxation", "optimal", False)
    assert list_steps(solution)[-1][1] == "optimal"
    assert objective(program.lp, solution) == pytest.approx(direct_optimum(program.lp), rel=1e-9)
    assert is_proved_optimal(program.lp, solution, 1e-6)


@pytest.mark.usefixtures("portfolio_for_all_programs")
def test_warm_start_uses_dual_simplex_alone(program: Program) -> None:
    first = solve_program(program, PlanOptions())
    again = solve_program(program, PlanOptions(), start=first.basis)
    assert list_steps(again) == [("highs-dual-devex", "optimal", True)]
    assert again.iterations == 0


@pytest.mark.usefixtures("portfolio_for_all_programs")
def test_interior_point_joins_a_slow_warm_start(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "INTERIOR_POINT_DELAY_SECONDS", 0.0)
    monkeypatch.setattr(select, "RefactorizationLimit", lambda *_: RefactorizationLimit(0))
    first = solve_program(program, PlanOptions())
    assert first.basis is not None
    slacks = Basis(first.basis.columns * 0, first.basis.rows * 0 + 1)
    again = solve_program(program, PlanOptions(), start=slacks)
    assert list_steps(again)[-1] == (INTERIOR_POINT, "optimal", False)
    assert objective(program.lp, again) == pytest.approx(objective(program.lp, first), rel=1e-9)


@pytest.mark.usefixtures("portfolio_for_all_programs")
def test_progress_of_the_portfolio_is_reported(program: Program) -> None:
    reports: list[Progress] = []
    solve_program(program, PlanOptions(), reports.append)
    assert "presolve" in {progress.stage for progress in reports}


@pytest.mark.parametrize("name", ["highs", "highs-ipm", "glop"])
def test_named_solver_is_the_only_one_used(program: Program, name: str) -> None:
    solution = solve_program(program, PlanOptions.model_validate({"solver": name}))
    assert list_steps(solution) == [(name, "optimal", False)]


@settings(max_examples=25)
@given(problems())
def test_portfolio_finds_the_direct_optimum(problem: PlanningProblem) -> None:
    program = build_plan_program(ProblemArrays.from_problem(problem))
    solution = select._solve_large(SolveRequest(program, PlanOptions(), None), None)
    assert objective(program.lp, solution) == pytest.approx(direct_optimum(program.lp), rel=1e-9, abs=1e-9)


@settings(max_examples=25)
@given(problems())
def test_aggregated_relaxation_is_a_lower_bound(problem: PlanningProblem) -> None:
    program = build_plan_program(ProblemArrays.from_problem(problem))
    aggregated = aggregate_places(program)
    if aggregated is None:
        return
    assert aggregated.lp.row_count < program.lp.row_count
    bound = direct_optimum(aggregated.lp)
    assert bound <= direct_optimum(program.lp) + 1e-9 * (1 + abs(bound))


@pytest.mark.usefixtures("portfolio_for_all_programs")
def test_stalled_simplex_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """No share of the distance is sufficient."""
    monkeypatch.setattr(cold_start, "PROGRESS_CHECKS", ((1, 2.0),))
    monkeypatch.setattr(rolling_horizon, "MAX_COST_DEVIATION", -1.0)
    program = build_plan_program(ProblemArrays.from_problem(synthetic(6, 30, 8, chain=4, stores=3.0)))
    solution = solve_program(program, PlanOptions())
    assert list_steps(solution) == [
        ("aggregated-relaxation", "optimal", False),
        ("rolling-horizon", "rejected", False),
        ("highs", "stalled", False),
        (INTERIOR_POINT, "optimal", False),
    ]
    assert objective(program.lp, solution) == pytest.approx(direct_optimum(program.lp), rel=1e-9)


@pytest.mark.usefixtures("portfolio_for_all_programs")
@pytest.mark.parametrize("idle", [True, False])
def test_interior_point_starts_at_once_only_with_an_idle_core(idle: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an idle core, simplex waits here until interior point has started; a slow machine changes nothing."""
    monkeypatch.setattr(cold_start, "has_idle_core", lambda: idle)
    monkeypatch.setattr(cold_start, "INTERIOR_POINT_DELAY_SECONDS", 600.0)
    program = build_plan_program(ProblemArrays.from_problem(synthetic(3, 10, 4)))
    interior_point_started = Event()
    run = SolveRequest.run_backend

    def aggregate_later(original: Program, **_: bool) -> AggregatedModel | None:
        assert not idle or interior_point_started.wait(20)
        return aggregate_places(original)

    def record_start(request: SolveRequest, name: str, *args: object, **more: object) -> Solution:
        if name == INTERIOR_POINT:
            interior_point_started.set()
        return run(request, name, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(cold_start, "aggregate_places", aggregate_later)
    monkeypatch.setattr(SolveRequest, "run_backend", record_start)
    solution = solve_program(program, PlanOptions())
    assert interior_point_started.is_set() is idle
    assert (INTERIOR_POINT in {step.algorithm for step in solution.strategy}) is idle
    assert objective(program.lp, solution) == pytest.approx(direct_optimum(program.lp), rel=1e-9)


@pytest.mark.usefixtures("portfolio_for_all_programs")
def test_uncertified_solution_is_recomputed_from_its_basis(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after 455 pivots from the basis of the crisis year: the solver claims an optimum, but the certificate fails."""
    get = backends.get_backend

    class InaccurateBackend:
        def solve_program(self, lp: LinearProgram, *args: object, **named: object) -> Solution:
            solution = get("highs").solve_program(lp, *args, **named)  # type: ignore[arg-type]
            assert solution.values is not None
            return replace(solution, values=solution.values + 1e-3)

    monkeypatch.setattr(backends, "get_backend", lambda name: InaccurateBackend() if name == "highs" else get(name))
    solution = solve_program(program, PlanOptions())
    assert list_steps(solution)[-2:] == [("highs", "uncertified", False), ("highs-dual-devex", "optimal", True)]
    assert is_proved_optimal(program.lp, solution, 1e-6)


@pytest.mark.usefixtures("portfolio_for_all_programs")
def test_changed_bound_is_solved_from_the_basis(program: Program) -> None:
    first = solve_program(program, PlanOptions())
    upper = program.lp.row_upper.copy()
    upper[program.constraints["power"].block_slice] *= 0.9
    changed = replace(program, lp=replace(program.lp, row_upper=upper))
    calls: list[str] = []
    again = solve_program(changed, PlanOptions(), start=first.basis, on_quick_path_left=lambda: calls.append("left"))
    assert list_steps(again) == [("highs-dual-devex", "optimal", True)]
    assert calls == []
    assert objective(changed.lp, again) == pytest.approx(direct_optimum(changed.lp), rel=1e-9)


@pytest.mark.usefixtures("portfolio_for_all_programs")
def test_devex_weights_are_followed_by_steepest_edge(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "DEVEX_REFACTORIZATIONS", 0)
    calls: list[str] = []
    first = solve_program(program, PlanOptions(), on_quick_path_left=lambda: calls.append("cold"))
    assert first.basis is not None
    slacks = Basis(first.basis.columns * 0, first.basis.rows * 0 + 1)
    again = solve_program(program, PlanOptions(), start=slacks, on_quick_path_left=lambda: calls.append("left"))
    assert calls == ["left"]
    assert [step[:2] for step in list_steps(again)] == [
        ("highs-dual-devex", "limit"),
        ("highs-dual-steepest-edge", "optimal"),
    ]
    assert objective(program.lp, again) == pytest.approx(objective(program.lp, first), rel=1e-9)


def test_monitor_stops_a_stalled_run() -> None:
    fast, slow = BoundProgressMonitor(100.0), BoundProgressMonitor(100.0)
    stops = [
        [monitor.watch(Progress("solve", k, last * min(k, 1))) for k in range(11)]
        for monitor, last in ((fast, 50.0), (slow, 0.5))
    ]
    assert stops == [[False] * 11, [False] * 10 + [True]]
    assert (fast.share_of_gap_closed, slow.share_of_gap_closed) == (0.5, 0.005)


def test_monitor_gives_a_run_that_is_close_more_work() -> None:
    far, close = BoundProgressMonitor(100.0), BoundProgressMonitor(100.0)
    for monitor, last in ((far, 50.0), (close, 90.0)):
        for k in range(MOST_REFACTORIZATIONS + 2):
            monitor.watch(Progress("solve", k, last * min(k, 1)))
    assert (far.was_stopped, close.was_stopped) == (True, False)


def test_program_without_shipments_has_no_aggregated_relaxation(program: Program) -> None:
    variables = {name: block for name, block in program.variables.items() if name != "ship"}
    assert aggregate_places(replace(program, variables=variables)) is None


def test_profitable_shipments_exclude_the_aggregated_relaxation(program: Program) -> None:
    cost = program.lp.cost.copy()
    cost[program.variables["ship"].start] = -1.0
    assert aggregate_places(replace(program, lp=replace(program.lp, cost=cost))) is None


@pytest.mark.usefixtures("portfolio_for_all_programs")
def test_new_goal_uses_primal_simplex_from_the_basis(program: Program) -> None:
    first = solve_program(program, PlanOptions())
    cost = program.lp.cost.copy()
    cost[program.variables["make"].block_slice] += 0.5
    changed = replace(program, lp=replace(program.lp, cost=cost))
    again = solve_program(changed, PlanOptions(), start=first.basis, is_start_feasible=True)
    assert list_steps(again) == [("highs-primal", "optimal", True)]
    assert objective(changed.lp, again) == pytest.approx(direct_optimum(changed.lp), rel=1e-9)


@pytest.mark.usefixtures("portfolio_for_all_programs")
def test_interior_point_joins_a_slow_new_goal(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "INTERIOR_POINT_DELAY_SECONDS", -1.0)
    slacks = Basis(np.zeros(program.lp.column_count, np.int8), np.ones(program.lp.row_count, np.int8))
    again = solve_program(program, PlanOptions(), start=slacks, is_start_feasible=True)
    assert objective(program.lp, again) == pytest.approx(direct_optimum(program.lp), rel=1e-9)
