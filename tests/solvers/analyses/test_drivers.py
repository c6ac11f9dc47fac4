"""Drivers of studies against SALib (stored values, and live in the slow lane) and exact indices of published functions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import qmc

from solvers.analyses.studies.drivers import build_driver_rows, compute_drivers
from solvers.analyses.studies.elementary_effects import (
    compute_elementary_effects,
    draw_trajectories,
    estimate_elementary_effects,
)
from solvers.analyses.studies.sobol_indices import compute_sobol_indices, estimate_sobol_indices

Array = NDArray[np.float64]

REFERENCES = Path(__file__).resolve().parents[2] / "data" / "salib_indices.json"
"""Results of SALib for the samples of `draw_samples` and `draw_trajectories` with seed 1, written by `analyze_by_salib`."""

SAMPLE, TRAJECTORIES = 512, 50


def evaluate_ishigami(points: Array) -> Array:
    """Ishigami and Homma 1990, with a = 7 and b = 0.1, on the unit cube."""
    x = np.pi * (2 * points - 1)
    values: Array = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    return values


ISHIGAMI_FIRST_ORDER, ISHIGAMI_TOTAL = [0.3139, 0.4424, 0.0], [0.5576, 0.4424, 0.2437]
WEIGHTS_OF_G = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])


def evaluate_sobol_g(points: Array) -> Array:
    """Saltelli and Sobol 1995; only as many weights as there are factors."""
    weights = WEIGHTS_OF_G[: points.shape[1]]
    values: Array = np.prod((np.abs(4 * points - 2) + weights) / (1 + weights), axis=1)
    return values


CASES: dict[str, tuple[Callable[[Array], Array], int]] = {
    "ishigami": (evaluate_ishigami, 3),
    "g": (evaluate_sobol_g, 8),
}


def draw_samples(factor_count: int) -> tuple[Array, Array, Array]:
    """Two samples, and the first with each column of the second, as all estimators use them."""
    random = np.random.default_rng(1)
    first, second = random.random((SAMPLE, factor_count)), random.random((SAMPLE, factor_count))
    mixed = np.repeat(first[None], factor_count, axis=0)
    for factor in range(factor_count):
        mixed[factor, :, factor] = second[:, factor]
    return first, second, mixed


def analyze_by_salib(name: str) -> dict[str, list[float]]:
    """Indices and effects by SALib itself; skips without it."""
    sobol = pytest.importorskip("SALib.analyze.sobol")
    morris = pytest.importorskip("SALib.analyze.morris")
    function, count = CASES[name]
    problem: dict[str, Any] = {"num_vars": count, "names": [str(i) for i in range(count)], "bounds": [[0, 1]] * count}
    first, second, mixed = draw_samples(count)
    values = np.stack([function(one) for one in (first, *mixed, second)], axis=1).ravel()
    indices = sobol.analyze(problem, values, calc_second_order=False, seed=1)
    points = draw_trajectories(count, TRAJECTORIES, 1).reshape(-1, count)
    effects = morris.analyze(problem, points, function(points), num_levels=4, seed=1)
    found = {"S1": indices["S1"], "ST": indices["ST"], "S1_conf": indices["S1_conf"], "ST_conf": indices["ST_conf"]}
    found |= {"mu_star": effects["mu_star"], "sigma": effects["sigma"]}
    return {key: [float(value) for value in values] for key, values in found.items()}


def assert_agrees_with(reference: dict[str, list[float]], name: str) -> None:
    function, count = CASES[name]
    first, second, mixed = draw_samples(count)
    found = estimate_sobol_indices(function(first), function(second), np.stack([function(one) for one in mixed]), 1)
    np.testing.assert_allclose(found.first_order, reference["S1"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.total, reference["ST"], rtol=1e-9, atol=1e-12)
    # Both errors are drawn; those of 100 resamples differ by some 7 %.
    np.testing.assert_allclose(1.96 * found.first_order_deviation, reference["S1_conf"], rtol=0.35, atol=1e-3)
    np.testing.assert_allclose(1.96 * found.total_deviation, reference["ST_conf"], rtol=0.35, atol=1e-3)
    trajectories = draw_trajectories(count, TRAJECTORIES, 1)
    values = function(trajectories.reshape(-1, count)).reshape(TRAJECTORIES, count + 1)
    effects = estimate_elementary_effects(trajectories, values)
    np.testing.assert_allclose(effects.mean, reference["mu_star"], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(effects.deviation, reference["sigma"], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_estimators_agree_with_stored_results_of_salib(name: str) -> None:
    assert_agrees_with(json.loads(REFERENCES.read_text(encoding="utf-8"))["results"][name], name)


@pytest.mark.slow_lane
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_estimators_agree_with_salib(name: str) -> None:
    assert_agrees_with(analyze_by_salib(name), name)


def test_indices_of_a_function_are_exact() -> None:
    found = compute_sobol_indices(evaluate_ishigami, 3, 4096, seed=1)
    np.testing.assert_allclose(found.first_order, ISHIGAMI_FIRST_ORDER, atol=0.015)
    np.testing.assert_allclose(found.total, ISHIGAMI_TOTAL, atol=0.015)


def test_elementary_effects_of_a_plane_are_its_slopes() -> None:
    found = compute_elementary_effects(lambda points: points @ np.array([3.0, -2.0, 0.0]), 3, 20, seed=1)
    np.testing.assert_allclose(found.mean, [3, 2, 0], atol=1e-12)
    np.testing.assert_allclose(found.deviation, 0, atol=1e-12)


def test_indices_follow_from_given_runs() -> None:
    points = qmc.Sobol(3, rng=1).random(256)
    found = compute_drivers(points * 4 + 1, evaluate_ishigami(points)[:, None], seed=1)
    assert found.fit[0] > 0.9
    for estimate, error, exact in (
        (found.first_order[0], found.first_order_error[0], ISHIGAMI_FIRST_ORDER),
        (found.total[0], found.total_error[0], ISHIGAMI_TOTAL),
    ):
        np.testing.assert_allclose(estimate, exact, atol=0.05)
        assert (np.abs(estimate - exact) <= error).all()
    assert found.first_order_error.max() < 0.08
    plane = compute_drivers(points * 4 + 1, (points @ np.array([3.0, -2.0, 0.0]))[:, None], seed=1)
    np.testing.assert_allclose(plane.morris_mean[0], [3, 2, 0], atol=0.02)  # per range of the drawn values


def test_indices_follow_from_given_runs_of_a_function_with_corners() -> None:
    points = qmc.Sobol(4, rng=1).random(256)
    found = compute_drivers(points, evaluate_sobol_g(points)[:, None], seed=1)
    np.testing.assert_allclose(found.first_order[0], [0.7165, 0.1791, 0.0237, 0.0072], atol=0.03)
    np.testing.assert_allclose(found.total[0], [0.7874, 0.2423, 0.0343, 0.0105], atol=0.03)


def test_what_does_not_vary_has_no_drivers() -> None:
    points = np.random.default_rng(1).random((40, 2))
    rows = build_driver_rows(
        "base", ["power", "rail"], ["served_share"], compute_drivers(points, np.ones((40, 1)), seed=1)
    )
    assert [row.factor for row in rows] == ["power", "rail"]
    assert {value for row in rows for key, value in row if key not in ("lever", "outcome", "factor")} == {None}


def test_noise_has_no_drivers_and_a_fit_of_zero() -> None:
    random = np.random.default_rng(3)
    found = compute_drivers(random.random((60, 3)), random.random((60, 1)), seed=1)
    assert found.fit[0] < 0.1
    assert np.isnan(found.total).all() or found.total_error.max() > 0.2


def test_runs_without_an_outcome_are_left_out() -> None:
    points = np.random.default_rng(1).random((80, 2))
    outcomes = np.stack([points[:, 0], points[:, 1], points[:, 0]], axis=1)
    outcomes[::4, 0] = np.nan
    outcomes[:, 2] = np.nan
    found = compute_drivers(points, outcomes, seed=1)
    np.testing.assert_allclose(found.total[:2], [[1, 0], [0, 1]], atol=1e-3)
    assert np.isnan(found.total[2]).all()
    assert np.isnan(found.fit[2])


def test_a_factor_that_only_moves_along_drives_nothing() -> None:
    random = np.random.default_rng(1)
    cause = random.random(200)
    points = np.stack([cause, np.clip(cause + random.normal(0, 0.1, 200), 0, 1), np.full(200, 0.5)], axis=1)
    found = compute_drivers(points, np.sqrt(cause)[:, None], seed=1)
    assert found.fit[0] > 0.98
    np.testing.assert_allclose(found.total[0], [1, 0, 0], atol=0.03)


@pytest.mark.parametrize("run_count", [0, 1, 2, 5])
def test_few_runs_are_no_error(run_count: int) -> None:
    points = np.random.default_rng(1).random((run_count, 2))
    found = compute_drivers(points, points[:, :1], seed=1)
    assert found.total.shape == (1, 2)


def test_the_same_seed_gives_the_same_drivers() -> None:
    points = np.random.default_rng(1).random((50, 3))
    first, second = (compute_drivers(points, evaluate_ishigami(points)[:, None], seed=7) for _ in range(2))
    assert first.total.tobytes() == second.total.tobytes()
    assert first.first_order_error.tobytes() == second.first_order_error.tobytes()
