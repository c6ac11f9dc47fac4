"""Draws of a study: inverse distribution functions, designs, rank correlation and clipping."""

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy import stats

from models.analyses.distributions import Distribution
from models.analyses.study import StudyRequest
from solvers.analyses.studies.distribution_functions import compute_mean, compute_quantiles, find_ends
from solvers.analyses.studies.draws import draw_points
from solvers.analyses.studies.run_order import order_by_nearness, split_into_chunks

DISTRIBUTIONS: list[dict[str, Any]] = [
    {"kind": "uniform", "low": 0.5, "high": 1.5},
    {"kind": "triangular", "low": 0.6, "mode": 0.9, "high": 1.0},
    {"kind": "normal", "mean": 1.0, "deviation": 0.2, "low": 0.5, "high": 1.2},
    {"kind": "empirical", "values": [0.7, 0.9, 0.8, 1.3]},
    {"kind": "list", "values": [1.2, 0.6, 0.9], "probabilities": [0.2, 0.5, 0.3]},
    {"kind": "uniform", "low": 1.0, "high": 1.0},
]


def state(count: int = 2, **parts: Any) -> StudyRequest:
    """A request with factors of different distributions."""
    factors = [
        {"name": f"f{k}", "changes": [{"what": "power_limit"}], "distribution": DISTRIBUTIONS[k]} for k in range(count)
    ]
    return StudyRequest.model_validate({"factors": factors, **parts})


@pytest.mark.parametrize("stated", DISTRIBUTIONS, ids=lambda one: str(one["kind"]))
def test_quantiles_ascend_between_the_ends_and_have_the_mean(stated: dict[str, Any]) -> None:
    """The inverse distribution function rises from one end to the other, and its integral is the mean."""
    distribution = TypeAdapter(Distribution).validate_python(stated)
    probability = (np.arange(20_000) + 0.5) / 20_000
    values = compute_quantiles(distribution, probability)
    low, high = find_ends(distribution)
    assert (np.diff(values) >= 0).all()
    assert low <= values[0] <= values[-1] <= high
    assert values.mean() == pytest.approx(compute_mean(distribution), rel=1e-4)


def test_known_quantiles() -> None:
    """Quantiles by hand: triangular at its mode, normal at its median, and a list by its probabilities."""
    triangular, normal, listed = (TypeAdapter(Distribution).validate_python(DISTRIBUTIONS[k]) for k in (1, 2, 4))
    assert compute_quantiles(triangular, np.array([0.75]))[0] == pytest.approx(0.9)
    inside = stats.norm.cdf(1.0) - stats.norm.cdf(-2.5)
    middle = (stats.norm.cdf(0.0) - stats.norm.cdf(-2.5)) / inside
    assert compute_quantiles(normal, np.array([middle]))[0] == pytest.approx(1.0, abs=1e-9)
    found = compute_quantiles(listed, np.array([0.01, 0.49, 0.51, 0.79, 0.81, 0.99]))
    assert found.tolist() == [0.6, 0.6, 0.9, 0.9, 1.2, 1.2]


def test_designs_fill_the_ranges_and_depend_on_the_seed_only() -> None:
    """Every design has its size; a Latin hypercube has one draw in each interval; another seed gives other draws."""
    for kind in ("sobol", "latin_hypercube"):
        design = {"kind": kind, "size": 48, "seed": 5}
        points = draw_points(state(design=design))
        assert points.shape == (48, 2)
        assert points.tobytes() == draw_points(state(design=design)).tobytes()
        assert points.tobytes() != draw_points(state(design=design | {"seed": 6})).tobytes()
    assert sorted(np.floor((points[:, 0] - 0.5) * 48).astype(int).tolist()) == list(range(48))


def test_grids_and_lists() -> None:
    """A grid has all combinations, the last factor first, and the middle with one level; a list has its points."""
    assert draw_points(state(design={"kind": "grid", "levels": 2})).tolist() == [
        [0.5, 0.6],
        [0.5, 1.0],
        [1.5, 0.6],
        [1.5, 1.0],
    ]
    assert draw_points(state(design={"kind": "grid", "levels": 1})).tolist() == [[1.0, 0.8]]
    listed = [{"f1": 0.7, "f0": 2.0}, {"f0": 0.1, "f1": 0.9}]
    assert draw_points(state(design={"kind": "list", "points": listed})).tolist() == [[2.0, 0.7], [0.1, 0.9]]


@pytest.mark.parametrize("kind", ["sobol", "latin_hypercube"])
@pytest.mark.parametrize("wanted", [0.8, -0.5, 1.0])
def test_rank_correlation_keeps_the_draws_of_each_factor(kind: str, wanted: float) -> None:
    """The order gives the rank correlation; the values are those of independent draws."""
    design = {"kind": kind, "size": 256, "seed": 3}
    pairs = [{"factors": ["f0", "f1"], "value": wanted}]
    free, tied = draw_points(state(3, design=design)), draw_points(state(3, design=design, rank_correlation=pairs))
    assert np.array_equal(np.sort(free, axis=0), np.sort(tied, axis=0))
    found = np.atleast_2d(np.corrcoef(stats.rankdata(tied, axis=0), rowvar=False))
    assert found[0, 1] == pytest.approx(wanted, abs=0.05)
    assert found[0, 2] == pytest.approx(0.0, abs=0.05)


def test_the_order_of_runs_is_short_and_whole() -> None:
    """Nearest neighbours visit each point once, on a path much shorter than the drawn order; tasks have 10 to 50 runs."""
    points = draw_points(state(design={"kind": "sobol", "size": 256, "seed": 1}))
    scale = np.ptp(points, axis=0)
    order = order_by_nearness(points, scale, np.ones(2))
    assert sorted(order.tolist()) == list(range(256))

    def measure_length(path: Any) -> float:
        return float(np.linalg.norm(np.diff(points[path] / scale, axis=0), axis=1).sum())

    assert measure_length(order) < 0.25 * measure_length(np.arange(256))
    assert {len(chunk) for chunk in split_into_chunks(order)} == {16}
    assert [len(chunk) for chunk in split_into_chunks(order[:7])] == [7]
    assert {len(chunk) for chunk in split_into_chunks(np.arange(5_000))} == {50}


def test_many_points_are_ordered_in_parts() -> None:
    """Thousands of points are visited once each, still on a short path."""
    points = np.random.default_rng(1).random((6_000, 3))
    order = order_by_nearness(points, np.ones(3), np.zeros(3))
    assert sorted(order.tolist()) == list(range(6_000))
    assert np.linalg.norm(np.diff(points[order], axis=0), axis=1).mean() < 0.1
