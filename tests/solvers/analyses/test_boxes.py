"""Boxes of failure against the EMA workbench (stored values, and live in the slow lane) and planted boxes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from solvers.analyses.studies.boxes import (
    build_box_rows,
    compute_quasi_p_values,
    find_boxes,
    trace_pasting,
    trace_peeling,
)

REFERENCES = Path(__file__).resolve().parents[2] / "data" / "ema_boxes.json"
"""Results of the EMA workbench for the runs of `draw_runs`, written by `peel_by_ema`."""

CASES: dict[str, tuple[int, int, int | None]] = {"400": (400, 1, None), "256": (256, 5, None), "levels": (400, 3, 8)}
"""Number of runs, seed, and steps between 0 and 1 to which factors are rounded."""


def draw_runs(count: int, seed: int, steps: int | None = None) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Runs with four factors that fail mostly where the first is low and the third high."""
    points = np.random.default_rng(seed).random((count, 4))
    chance = np.random.default_rng(seed + 1).random(count)
    if steps is not None:
        points = np.round(points * steps) / steps
    failed = ((points[:, 0] < 0.4) & (points[:, 2] > 0.55) & (chance < 0.93)) | (chance < 0.04)
    return points, failed


def peel_by_ema(name: str) -> dict[str, Any]:
    """Trajectory, last box and quasi-p-values of each side by the EMA workbench itself; skips without it."""
    prim = pytest.importorskip("ema_workbench.analysis.prim")
    pandas = pytest.importorskip("pandas")
    points, failed = draw_runs(*CASES[name])
    box = prim.Prim(pandas.DataFrame(points, columns=list("abcd")), failed, threshold=0.1).find_box()
    steps = box.peeling_trajectory
    return {
        "runs": steps["n"].tolist(),
        "failures": steps["k"].tolist(),
        "limits": [one.to_numpy().astype(float).tolist() for one in box.box_lims],
        "probabilities": box.qp[-1],
    }


def assert_agrees_with(reference: dict[str, Any], name: str) -> None:
    points, failed = draw_runs(*CASES[name])
    least_runs = int(np.ceil(0.05 * len(points)))
    frame = np.stack([points.min(0), points.max(0)])
    peeled = trace_peeling(points, failed, least_runs, frame, stops_at_loss=True)
    pasted = trace_pasting(points, failed, peeled.limits[-1], frame)
    assert [*peeled.run_counts, *pasted.run_counts[1:]] == reference["runs"]
    assert [*peeled.failure_counts, *pasted.failure_counts[1:]] == reference["failures"]
    np.testing.assert_allclose([*peeled.limits, *pasted.limits[1:]], reference["limits"], rtol=1e-12)
    chances = compute_quasi_p_values(points, failed, pasted.limits[-1])
    # The workbench states one value for each side; a factor with one side has only that.
    sides = {"abcd".index(key): [p for p in value if p >= 0] for key, value in reference["probabilities"].items()}
    assert set(np.flatnonzero(np.isfinite(chances))) == set(sides)
    one_sided = {factor: value[0] for factor, value in sides.items() if len(value) == 1}
    assert one_sided
    for factor, value in one_sided.items():
        assert chances[factor] == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_peeling_agrees_with_stored_results_of_the_ema_workbench(name: str) -> None:
    assert_agrees_with(json.loads(REFERENCES.read_text(encoding="utf-8"))["results"][name], name)


@pytest.mark.slow_lane
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_peeling_agrees_with_the_ema_workbench(name: str) -> None:
    assert_agrees_with(peel_by_ema(name), name)


@pytest.mark.parametrize(("count", "seed"), [(256, 2), (512, 3), (1024, 4)])
def test_a_planted_box_is_found(count: int, seed: int) -> None:
    points, _ = draw_runs(count, seed)
    planted = (points[:, 0] < 0.4) & (points[:, 2] > 0.55)
    boxes = find_boxes(points, planted)
    assert len(boxes) == 1
    assert boxes[0].coverage > 0.9
    assert boxes[0].density > 0.9
    assert np.isnan(boxes[0].probabilities).tolist() == [False, True, False, True]
    assert boxes[0].greatest[0] == pytest.approx(0.4, abs=0.05)
    assert boxes[0].least[2] == pytest.approx(0.55, abs=0.05)


def test_two_planted_boxes_are_found_one_after_the_other() -> None:
    points, _ = draw_runs(1024, 4)
    first, second = points[:, 0] < 0.2, (points[:, 1] < 0.3) & (points[:, 2] > 0.6)
    boxes = find_boxes(points, first | second)
    covered = np.zeros(len(points), bool)
    for box in boxes:
        covered |= ((points >= box.least) & (points <= box.greatest)).all(axis=1)
    assert [np.flatnonzero(np.isfinite(box.probabilities)).tolist() for box in boxes] == [[0], [1, 2]]
    assert (covered & (first | second)).sum() > 0.9 * (first | second).sum()
    assert min(box.density for box in boxes) > 0.9


def test_one_failure_elsewhere_does_not_end_the_search() -> None:
    points = np.random.default_rng(2).random((64, 2))
    failed = points[:, 0] < 0.25
    failed[np.argsort(points[:, 0])[40]] = True
    box = find_boxes(points, failed)[0]
    assert box.density > 0.9
    assert box.greatest[0] == pytest.approx(0.25, abs=0.06)


def test_shares_hold_for_all_runs() -> None:
    points, failed = draw_runs(512, 3)
    for box in find_boxes(points, failed):
        inside = ((points >= box.least) & (points <= box.greatest)).all(axis=1)
        assert box.mass == pytest.approx(inside.mean())
        assert box.density == pytest.approx(failed[inside].mean())
        assert box.coverage == pytest.approx(failed[inside].sum() / failed.sum())


def test_chance_alone_makes_no_box() -> None:
    random = np.random.default_rng(5)
    boxes = [find_boxes(random.random((200, 3)), random.random(200) < 0.2) for _ in range(5)]
    assert all(box.density < 0.75 for found in boxes for box in found)


@pytest.mark.parametrize("failed", [np.zeros(50, bool), np.ones(50, bool), np.zeros(0, bool)])
def test_without_a_difference_there_is_no_box(failed: NDArray[np.bool_]) -> None:
    assert find_boxes(np.random.default_rng(1).random((len(failed), 2)), failed) == []


def test_rows_name_only_factors_that_a_box_restricts() -> None:
    points, _ = draw_runs(256, 2)
    boxes = find_boxes(points, (points[:, 0] < 0.4) & (points[:, 2] > 0.55))
    rows = build_box_rows("base", "served_share < 0.6", ["power", "rail", "people", "cold"], boxes)
    assert [(row.box, row.factor) for row in rows] == [(1, "power"), (1, "people")]
    assert all(row.probability <= 0.05 for row in rows)
