"""Periods chained and merged: the optimum of a plain solve, at a vertex, wherever a chain is found at all."""

import time
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given

from benchmarks.synthetic import synthetic
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers import backends
from solvers.algorithms import cold_start, rolling_horizon, select, window_merge
from solvers.algorithms.aggregation import AggregateSolution, aggregate_places
from solvers.algorithms.period_decomposition import PeriodDecomposition
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.portfolio import Cancelled
from solvers.algorithms.rolling_horizon import CrashBasis, forward_pass
from solvers.algorithms.select import solve_program
from solvers.algorithms.solve_request import INTERIOR_POINT, SolveRequest
from solvers.algorithms.window_merge import compute_window_lengths, merge_windows
from solvers.backends.base import SolveOptions
from solvers.backends.highs_session import HighsSession, Method
from solvers.backends.trivial_cases import AT_UPPER
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import Program
from solvers.lp.solution import Basis, Solution, Termination
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


def foretold(program: Program) -> AggregateSolution | None:
    smaller = aggregate_places(program)
    return (
        None
        if smaller is None
        else smaller.predict_solution(backends.get_backend("highs").solve_program(smaller.lp, SolveOptions()))
    )


def chain_of(program: Program) -> tuple[PeriodDecomposition, CrashBasis] | None:
    guide = foretold(program)
    periods = None if guide is None else PeriodDecomposition.decompose(program, guide.dual_values)
    if guide is None or periods is None:
        return None
    vertex = forward_pass(periods, guide, 60.0, never)
    return None if vertex is None else (periods, vertex)


def assert_the_optimum(program: Program, solution: Solution | None) -> None:
    plain = backends.get_backend("highs").solve_program(program.lp, SolveOptions())
    assert solution is not None
    assert solution.values is not None
    assert plain.values is not None
    ours, theirs = (float(program.lp.cost @ each) for each in (solution.values, plain.values))
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)
    assert certify_solution(program.lp, solution, 1e-6).passed
    again = backends.get_backend("highs").solve_program(program.lp, SolveOptions(), start=solution.basis)
    assert again.iterations == 0, "the basis is that of the optimum"


@pytest.mark.parametrize("kind", KINDS)
def test_synthetic_provinces_are_merged_to_the_plain_optimum(kind: str) -> None:
    program = build_plan_program(ProblemArrays.from_problem(synthetic(4, 20, 7, **KINDS[kind])))
    found = chain_of(program)
    assert found is not None, "the joined places foretell such a province"
    assert found[1].fixed_stock.any(), "stock is handed on"
    assert_the_optimum(program, merge_windows(*found, never))


def test_random_problems_are_merged_to_the_plain_optimum_however_badly_foretold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rolling_horizon, "MAX_COST_DEVIATION", 1e9)
    chained_ones = []

    @bounded(60)
    @given(problems())
    def holds(problem: PlanningProblem) -> None:
        program = build_plan_program(ProblemArrays.from_problem(problem))
        found = chain_of(program)
        assume(found is not None and found[0].period_count > 1)
        assert found is not None
        solution = merge_windows(*found, never)
        if solution is not None:
            chained_ones.append(problem)
            assert_the_optimum(program, solution)

    holds()
    assert len(chained_ones) > 10


def test_the_chain_is_a_plan_that_keeps_all_rules() -> None:
    program = build_plan_program(ProblemArrays.from_problem(synthetic(3, 15, 6, chain=3)))
    found = chain_of(program)
    assert found is not None
    periods, vertex = found
    stock = np.flatnonzero(periods.stock_columns)
    lower, upper = program.lp.column_lower.copy(), program.lp.column_upper.copy()
    lower[stock] = upper[stock] = vertex.values[stock]
    lp = replace(program.lp, column_lower=lower, column_upper=upper)
    held = backends.get_backend("highs").solve_program(lp, SolveOptions())
    assert held.termination.reason == "optimal"
    guide = foretold(program)
    assert guide is not None
    assert held.values is not None
    cost = float(program.lp.cost @ held.values) + program.lp.offset
    assert guide.lower_bound <= cost * (1 + 1e-9)
    assert cost <= guide.lower_bound * (1 + 1e-3)


@pytest.fixture
def small_ones_compete(monkeypatch: pytest.MonkeyPatch) -> Program:
    """A small province gone about as a large one, on a machine whose cores are all in use."""
    monkeypatch.setattr(select, "LARGE_PROGRAM_COLUMNS", 0)
    monkeypatch.setattr(cold_start, "has_idle_core", lambda: False)
    return build_plan_program(ProblemArrays.from_problem(synthetic(4, 20, 7, chain=3)))


def test_a_plan_says_that_its_periods_were_merged(small_ones_compete: Program) -> None:
    solution = solve_program(small_ones_compete, PlanOptions())
    assert solution.strategy.startswith("periods 1, 2, 4 and 7 at a time, merged by simplex (bound of the joined")
    assert_the_optimum(small_ones_compete, solution)


def test_periods_that_are_not_as_foretold_are_left_to_dual_simplex(
    small_ones_compete: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolling_horizon, "MAX_COST_DEVIATION", -1.0)
    solution = solve_program(small_ones_compete, PlanOptions())
    assert solution.strategy.startswith("dual simplex (bound")
    assert_the_optimum(small_ones_compete, solution)


def test_a_chain_whose_first_period_takes_too_long_is_given_up() -> None:
    program = build_plan_program(ProblemArrays.from_problem(synthetic(6, 30, 8, chain=4, stores=3.0)))
    guide = foretold(program)
    assert guide is not None
    periods = PeriodDecomposition.decompose(program, guide.dual_values)
    assert periods is not None
    assert forward_pass(periods, guide, -1.0, never) is None
    assert forward_pass(periods, guide, 60.0, never) is not None


def test_every_step_begins_with_a_plan_that_keeps_its_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stock rests where the chain left it until it is free: primal simplex never has to look for a first plan."""
    worst: list[float] = []

    class Checked(HighsSession):
        def set_basis(self, basis: Basis) -> None:
            lp = self._highs.getLp()
            assert np.isfinite(np.asarray(lp.col_upper_)[basis.columns == AT_UPPER]).all(), "rests where nothing is"
            super().set_basis(basis)

        def run(self, method: Method = "dual", **more: Any) -> Solution:
            if method == "primal":
                self.set_option("simplex_iteration_limit", 0)
                super().solve_program(method, **more)
                worst.append(self._highs.getInfo().max_primal_infeasibility)
                self.set_option("simplex_iteration_limit", 2**31 - 1)
            return super().solve_program(method, **more)

    program = build_plan_program(ProblemArrays.from_problem(synthetic(4, 20, 10, chain=3, stores=3.0)))
    found = chain_of(program)
    assert found is not None
    monkeypatch.setattr(window_merge, "HighsSession", Checked)
    assert_the_optimum(program, merge_windows(*found, never))
    assert len(worst) == 2 * (4 + 2 + 1)
    assert max(worst) < 1e-6


def test_interior_point_stops_as_soon_as_periods_are_merged(
    small_ones_compete: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cold_start, "has_idle_core", lambda: True)
    begun, stopped = Event(), Event()
    run = SolveRequest.run_backend

    def waiting(self: SolveRequest, name: str, start: Basis | None, cancelled: Cancelled, *more: Any) -> Solution:
        if name != INTERIOR_POINT:
            return run(self, name, start, cancelled, *more)
        begun.set()
        end = time.monotonic() + 20
        while not cancelled() and time.monotonic() < end:
            time.sleep(0.01)
        stopped.set()
        return Solution(Termination("cancelled"), None, None)

    def after_it(*args: Any) -> Solution | None:
        assert begun.wait(10)
        assert stopped.wait(10), "it still runs while periods are merged"
        return merge_windows(*args)

    monkeypatch.setattr(SolveRequest, "run_backend", waiting)
    monkeypatch.setattr(cold_start, "merge_windows", after_it)
    assert_the_optimum(small_ones_compete, solve_program(small_ones_compete, PlanOptions()))


def test_merging_that_takes_too_long_is_left_to_interior_point(
    small_ones_compete: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cold_start, "MERGING", (-1.0, 0.0))
    asked = []
    run = SolveRequest.run_backend

    def noted(self: SolveRequest, name: str, *args: object) -> Solution:
        asked.append(name)
        return run(self, name, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(SolveRequest, "run_backend", noted)
    solution = solve_program(small_ones_compete, PlanOptions())
    assert asked == [INTERIOR_POINT]
    assert solution.strategy.startswith("interior point")
    assert_the_optimum(small_ones_compete, solution)


@pytest.mark.parametrize(
    ("count", "levels"),
    [(1, ()), (2, (2,)), (3, (2, 3)), (4, (2, 4)), (6, (2, 4, 6)), (7, (2, 4, 7)), (10, (3, 6, 10)), (12, (3, 6, 12))],
)
def test_stretches_double_until_they_are_the_whole(count: int, levels: tuple[int, ...]) -> None:
    assert compute_window_lengths(count) == levels
