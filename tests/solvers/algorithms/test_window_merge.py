"""Rolling horizon and window merging: where the forward pass succeeds, merging reaches the optimum of a direct solve."""

from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from benchmarks.synthetic import synthetic
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers import backends
from solvers.algorithms import cold_start, rolling_horizon, select, window_merge
from solvers.algorithms.aggregation import AggregateSolution, aggregate_places
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.portfolio import INTERIOR_POINT, CancelCheck, SolveRequest
from solvers.algorithms.rolling_horizon import CrashBasis, PeriodDecomposition, run_forward_pass
from solvers.algorithms.select import solve_program
from solvers.algorithms.window_merge import compute_window_lengths, merge_windows
from solvers.backends.base import SolveOptions
from solvers.backends.highs_session import HighsSession, Method
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import Program
from solvers.lp.solution import AT_UPPER, Basis, Solution, Termination
from tests.properties.planned import bounded
from tests.strategies import problems

KINDS: dict[str, dict[str, Any]] = {
    "short chains": {"chain": 2},
    "long chains, ample stores": {"chain": 4, "stores": 3.0},
    "long chains, scarce stores": {"chain": 4, "stores": 0.1},
    "ample machines": {"scarcity": 1.2},
}
"""Structures of the synthetic provinces."""


def never() -> bool:
    return False


def solve_aggregate(program: Program) -> AggregateSolution | None:
    model = aggregate_places(program)
    if model is None:
        return None
    return model.disaggregate_solution(backends.get_backend("highs").solve_program(model.lp, SolveOptions()))


def decompose_and_run_forward_pass(program: Program) -> tuple[PeriodDecomposition, CrashBasis] | None:
    aggregate = solve_aggregate(program)
    periods = None if aggregate is None else PeriodDecomposition.decompose_program(program, aggregate.dual_values)
    if aggregate is None or periods is None:
        return None
    crash_basis = run_forward_pass(periods, aggregate, 100_000, never)
    return None if crash_basis is None else (periods, crash_basis)


def assert_optimal(program: Program, solution: Solution | None) -> None:
    direct = backends.get_backend("highs").solve_program(program.lp, SolveOptions())
    assert solution is not None
    assert solution.values is not None
    assert direct.values is not None
    ours, theirs = (float(program.lp.cost @ each) for each in (solution.values, direct.values))
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)
    assert certify_solution(program.lp, solution, 1e-6).passed
    again = backends.get_backend("highs").solve_program(program.lp, SolveOptions(), start=solution.basis)
    assert again.iterations == 0, "the basis must be optimal"


@pytest.mark.parametrize("kind", KINDS)
def test_merging_solves_synthetic_provinces(kind: str) -> None:
    program = build_plan_program(ProblemArrays.from_problem(synthetic(4, 20, 7, **KINDS[kind])))
    found = decompose_and_run_forward_pass(program)
    assert found is not None, "the aggregated relaxation predicts this province"
    assert found[1].fixed_stock.any(), "the forward pass carries stock"
    assert_optimal(program, merge_windows(*found, never))


def test_merging_solves_random_problems_despite_bad_predictions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rolling_horizon, "MAX_COST_DEVIATION", 1e9)
    merged = []

    @bounded(30)
    @given(problems(min_periods=2, delays=False))
    def check(problem: PlanningProblem) -> None:
        program = build_plan_program(ProblemArrays.from_problem(problem))
        found = decompose_and_run_forward_pass(program)
        if found is None:
            return  # without shipments there is no prediction
        solution = merge_windows(*found, never)
        if solution is not None:
            merged.append(problem)
            assert_optimal(program, solution)

    check()
    assert len(merged) > 10


def test_forward_pass_gives_a_feasible_plan() -> None:
    program = build_plan_program(ProblemArrays.from_problem(synthetic(3, 15, 6, chain=3)))
    found = decompose_and_run_forward_pass(program)
    assert found is not None
    periods, crash_basis = found
    stock = np.flatnonzero(periods.stock_columns)
    lower, upper = program.lp.column_lower.copy(), program.lp.column_upper.copy()
    lower[stock] = upper[stock] = crash_basis.values[stock]
    lp = replace(program.lp, column_lower=lower, column_upper=upper)
    fixed = backends.get_backend("highs").solve_program(lp, SolveOptions())
    assert fixed.termination.reason == "optimal"
    aggregate = solve_aggregate(program)
    assert aggregate is not None
    assert fixed.values is not None
    cost = float(program.lp.cost @ fixed.values) + program.lp.offset
    assert aggregate.lower_bound <= cost * (1 + 1e-9)
    assert cost <= aggregate.lower_bound * (1 + 1e-3)


@pytest.fixture
def portfolio_program(monkeypatch: pytest.MonkeyPatch) -> Program:
    """A small program that is treated as a large program, on a machine without an idle core."""
    monkeypatch.setattr(select, "LARGE_PROGRAM_COLUMNS", 0)
    monkeypatch.setattr(cold_start, "has_idle_core", lambda: False)
    return build_plan_program(ProblemArrays.from_problem(synthetic(4, 20, 7, chain=3)))


def test_solution_lists_the_merging_steps(portfolio_program: Program) -> None:
    solution = solve_program(portfolio_program, PlanOptions())
    assert [(step.algorithm, step.outcome) for step in solution.strategy] == [
        ("aggregated-relaxation", "optimal"),
        ("rolling-horizon", "optimal"),
        ("window-merge", "optimal"),
    ]
    assert solution.iterations == sum(step.iterations for step in solution.strategy)
    assert_optimal(portfolio_program, solution)


def test_deviation_from_the_prediction_leads_to_dual_simplex(
    portfolio_program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolling_horizon, "MAX_COST_DEVIATION", -1.0)
    solution = solve_program(portfolio_program, PlanOptions())
    assert [step.algorithm for step in solution.strategy] == ["aggregated-relaxation", "rolling-horizon", "highs"]
    assert solution.strategy[1].outcome == "rejected"
    assert_optimal(portfolio_program, solution)


def test_forward_pass_stops_when_the_first_period_takes_too_many_iterations() -> None:
    program = build_plan_program(ProblemArrays.from_problem(synthetic(6, 30, 8, chain=4, stores=3.0)))
    aggregate = solve_aggregate(program)
    assert aggregate is not None
    periods = PeriodDecomposition.decompose_program(program, aggregate.dual_values)
    assert periods is not None
    assert run_forward_pass(periods, aggregate, 1, never) is None
    assert run_forward_pass(periods, aggregate, 100_000, never) is not None


def test_each_merging_step_starts_primal_feasible(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stock is fixed at the values of the forward pass, so primal simplex needs no phase 1."""
    infeasibilities: list[float] = []

    class CheckedSession(HighsSession):
        def set_basis(self, basis: Basis) -> None:
            lp = self._highs.getLp()
            assert np.isfinite(np.asarray(lp.col_upper_)[basis.columns == AT_UPPER]).all(), (
                "nonbasic at an infinite bound"
            )
            super().set_basis(basis)

        def solve_program(self, method: Method = "dual", **more: Any) -> Solution:
            if method == "primal":
                super().solve_program(method, **more | {"max_iterations": 0})
                infeasibilities.append(self._highs.getInfo().max_primal_infeasibility)
            return super().solve_program(method, **more)

    program = build_plan_program(ProblemArrays.from_problem(synthetic(4, 20, 10, chain=3, stores=3.0)))
    found = decompose_and_run_forward_pass(program)
    assert found is not None
    monkeypatch.setattr(window_merge, "HighsSession", CheckedSession)
    assert_optimal(program, merge_windows(*found, never))
    assert len(infeasibilities) == 2 * (4 + 2 + 1)
    assert max(infeasibilities) < 1e-6


def test_interior_point_stops_when_merging_starts(portfolio_program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cold_start, "has_idle_core", lambda: True)
    started, stopped, abandoned = Event(), Event(), Event()
    run = SolveRequest.run_backend

    def wait_for_cancellation(
        self: SolveRequest, name: str, start: Basis | None, cancelled: CancelCheck, **more: Any
    ) -> Solution:
        if name != INTERIOR_POINT:
            return run(self, name, start, cancelled, **more)
        started.set()
        while not cancelled():
            abandoned.wait(0.01)
        stopped.set()
        return Solution(Termination("cancelled"), None, None)

    def merge_after_cancellation(*args: Any) -> Solution | None:
        assert started.wait(20)
        assert stopped.wait(20), "interior point must stop before merging"
        return merge_windows(*args)

    monkeypatch.setattr(SolveRequest, "run_backend", wait_for_cancellation)
    monkeypatch.setattr(cold_start, "merge_windows", merge_after_cancellation)
    assert_optimal(portfolio_program, solve_program(portfolio_program, PlanOptions()))


def test_interior_point_replaces_merging_that_takes_too_many_iterations(
    portfolio_program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cold_start, "MERGE_ITERATIONS", (1, 0))
    solution = solve_program(portfolio_program, PlanOptions())
    assert [(step.algorithm, step.outcome) for step in solution.strategy] == [
        ("aggregated-relaxation", "optimal"),
        ("rolling-horizon", "optimal"),
        ("window-merge", "limit"),
        (INTERIOR_POINT, "optimal"),
    ]
    assert_optimal(portfolio_program, solution)


@pytest.mark.parametrize(
    ("count", "levels"),
    [(1, ()), (2, (2,)), (3, (2, 3)), (4, (2, 4)), (6, (2, 4, 6)), (7, (2, 4, 7)), (10, (3, 6, 10)), (12, (3, 6, 12))],
)
def test_window_lengths_double_up_to_the_whole_program(count: int, levels: tuple[int, ...]) -> None:
    assert compute_window_lengths(count) == levels
