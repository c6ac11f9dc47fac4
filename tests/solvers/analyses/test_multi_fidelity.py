"""Corrections of runs in long periods: exact where the difference is linear, and quantiles near those of runs in own periods."""

import numpy as np
import pytest

from solvers.analyses.studies.bound_model import BoundModel
from solvers.analyses.studies.multi_fidelity import (
    PairedRuns,
    choose_corrected_runs,
    correct_outcome,
    count_corrected_runs,
)
from solvers.analyses.studies.value_bounds import SolvedRuns, ValueBounds, find_directions
from solvers.analyses.studies.varied_problem import VariedProblem
from solvers.backends.highs_session import HighsSession
from solvers.lp.linear_program import FloatArray
from solvers.sensitivity.coarse_solver import CoarseSolver
from tests.solvers.analyses.test_bound_model import factor
from tests.solvers.replanning.year import year

QUANTILES = (0.1, 0.5, 0.9)


def draw(count: int, factors: int, seed: int = 3) -> FloatArray:
    return np.random.default_rng(seed).uniform(0.5, 1.5, (count, factors))


def test_a_linear_difference_is_corrected_exactly_also_for_further_levers() -> None:
    """A lever has its own constant; runs without an outcome stay without one."""
    points, lever = np.tile(draw(60, 2), (2, 1)), np.repeat([0, 1], 60)
    low = 100 / points[:, 0] + 10 * points[:, 1] + 5 * lever
    high = 1.2 * low + 7 * points[:, 1] + 20 + 11 * lever
    low[17] = np.nan
    chosen = np.concatenate(
        [choose_corrected_runs(low[:60], points[:60], 8), 60 + choose_corrected_runs(low[60:], points[60:], 3)]
    )
    found = correct_outcome(PairedRuns(points, lever, chosen), low, high[chosen])
    kept = np.isfinite(low)
    assert found.values[kept] == pytest.approx(high[kept], rel=1e-9)
    assert np.isnan(found.values[17])
    assert found.half_width < 1e-8
    assert found.corrected_by == 11


def test_slopes_replace_runs() -> None:
    """Three runs fit four coefficients with the slopes of each by two factors."""
    points, lever = draw(60, 2), np.zeros(60, dtype=np.int64)
    low = 100 / points[:, 0] + 10 * points[:, 1]
    high = 1.2 * low + 7 * points[:, 1] + 20
    chosen = choose_corrected_runs(low, points, 3)
    slope = np.column_stack([-100 / points[chosen, 0] ** 2, np.full(3, 10.0)])
    runs = PairedRuns(points, lever, chosen)
    assert correct_outcome(runs, low, high[chosen], (slope, 1.2 * slope + [0, 7])).values == pytest.approx(
        high, rel=1e-9
    )
    assert np.abs(correct_outcome(runs, low, high[chosen]).values - high).max() > 1


def test_few_runs_and_constant_outcomes_are_shifted_only() -> None:
    points, lever = draw(20, 3), np.zeros(20, dtype=np.int64)
    high = np.array([1.2, 1.2])
    found = correct_outcome(PairedRuns(points, lever, np.array([3, 5])), np.ones(20), high, limits=(0.0, 1.1))
    assert np.delete(found.values, [3, 5]) == pytest.approx(1.1)
    assert found.values[[3, 5]] == pytest.approx(high)
    failed = correct_outcome(PairedRuns(points, lever, np.array([3])), np.ones(20), np.array([np.nan]))
    assert failed.values == pytest.approx(1.0)
    assert failed.corrected_by == 0


def test_chosen_runs_cover_the_quantiles() -> None:
    points = draw(100, 2)
    low = points.sum(axis=1)
    low[4] = np.nan
    chosen = choose_corrected_runs(low, points, 10)
    ranks = np.argsort(np.argsort(np.delete(low, 4)))[[c - (c > 4) for c in chosen]] // 9.91
    assert sorted(ranks.astype(int)) == list(range(10))
    assert 4 not in chosen
    assert count_corrected_runs(3, 1000) == 6
    assert count_corrected_runs(3, 4) == 4
    assert count_corrected_runs(3, 1000, is_first_lever=False) == 3


def test_corrected_quantiles_of_a_problem_are_those_of_its_own_periods() -> None:
    """All 128 runs are solved in both; quantiles are within 0.5 and 1 %, and nearer than without correction."""
    factors = factor("power", 0.75, 1.25, what="power_limit"), factor("deliveries", 0.7, 1.0, what="delivered")
    varied = VariedProblem.from_base(year(smoothing=0.25), factors)
    model = BoundModel.from_problem(varied)
    points = varied.low + np.random.default_rng(5).uniform(size=(128, 2)) * (varied.high - varied.low)
    coarse, own = CoarseSolver.from_program(model.program, "year"), HighsSession(model.program.lp)
    low, high, slopes = np.empty(128), np.empty(128), np.empty((2, 128, 2))
    for r, point in enumerate(points):
        bounds = model.compute_bounds(point)
        lp = bounds.apply_to_program(model.program).lp
        own.change_row_bounds(np.arange(lp.row_count), lp.row_lower, lp.row_upper)
        own.change_column_bounds(np.arange(lp.column_count), lp.column_lower, lp.column_upper)
        solution, run = own.solve_program(with_basis=False), coarse.solve_run(bounds)
        assert solution.dual_values is not None
        assert run.dual_values is not None
        assert run.objective is not None
        low[r], high[r] = run.objective, own.objective_value
        for side, duals in enumerate((run.dual_values, solution.dual_values)):
            slopes[side, r] = model.compute_slopes(duals, lp.cost - lp.matrix.T @ duals)
    chosen = choose_corrected_runs(low, points, count_corrected_runs(2, 128))
    runs = PairedRuns(points, np.zeros(128, dtype=np.int64), chosen)
    solved = SolvedRuns(
        points[chosen], high[chosen], slopes[1, chosen], high[chosen], np.zeros(len(chosen)), find_directions(model)
    )
    bounds_of_runs = ValueBounds(solved)
    limits = bounds_of_runs.compute_lower_bounds(points), bounds_of_runs.compute_upper_bounds(points)
    found = correct_outcome(runs, low, high[chosen], (slopes[0, chosen], slopes[1, chosen]), limits)
    exact, corrected, plain = (np.quantile(values, QUANTILES) for values in (high, found.values, low))
    error = np.abs(corrected / exact - 1)
    assert (error <= [0.01, 0.005, 0.01]).all(), error
    assert (error < np.abs(plain / exact - 1) / 3).all()
    assert (np.abs(corrected - exact) <= found.half_width + 0.002 * exact).all()
    assert found.correlation > 0.99
