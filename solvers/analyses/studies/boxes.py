"""Boxes of factors in which a plan fails, by the patient rule induction method (PRIM).

From all runs, peeling removes the lowest or highest values of one factor at a time, wherever this raises the share of failures
most for each run removed. Among the boxes on the way, the one with the highest harmonic mean of coverage and density is taken.
Pasting puts values back while that raises the share, restrictions that may be chance are dropped, and the search goes on with
the runs outside of the box (covering).

J. H. Friedman and N. I. Fisher: Bump hunting in high-dimensional data, Statistics and Computing 9 (1999) 123–143.
B. P. Bryant and R. J. Lempert: Thinking inside the box, Technological Forecasting and Social Change 77 (2010) 34–49.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from models.analyses.tables import BoxRow

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

ALPHA = 0.05
"""Share of the runs in a box that one step of peeling removes, and of those beside it that one step of pasting returns."""

LEAST_MASS = 0.05
"""Least share of all runs in a box; half the share of failures, if that is less."""

LEAST_RUNS = 10
"""Least number of runs in a box."""

MAX_BOXES = 5
"""Most boxes for a threshold."""

MAX_PROBABILITY = 0.05
"""A restriction stays if its quasi-p-value is at most this."""


@dataclass(frozen=True, slots=True)
class BoxTrajectory:
    """The boxes on the way of peeling or pasting, from the first to the last."""

    limits: Array
    """Lower and upper ends, shape (boxes, 2, factors)."""
    run_counts: NDArray[np.int64]
    """Runs in each box."""
    failure_counts: NDArray[np.int64]
    """Failures in each box."""


@dataclass(frozen=True, slots=True)
class FailureBox:
    """A box of factors in which many runs fail. Arrays have the shape (factors,)."""

    least: Array
    """Lower ends; the least drawn value where a factor has no lower end."""
    greatest: Array
    """Upper ends."""
    probabilities: Array
    """Quasi-p-values of the restrictions; NaN for factors without one."""
    coverage: float
    """Share of all failures that lie in the box."""
    density: float
    """Share of the runs in the box that fail."""
    mass: float
    """Share of all runs that lie in the box."""


def find_boxes(points: Array, failed: Flags, *, max_boxes: int = MAX_BOXES) -> list[FailureBox]:
    """Return boxes in which runs fail, in the order in which they were found.

    `points` are the values of the factors, shape (runs, factors); `failed` tells which runs fail. Coverage, density and mass
    refer to all runs, also where boxes overlap. Each box adds runs that fail more often than
    all runs do. There are no boxes if no run
    fails or every run fails, and none of fewer than ten runs.
    """
    points, failed = np.asarray(points, np.float64), np.asarray(failed, bool)
    boxes: list[FailureBox] = []
    remaining = np.ones(len(points), bool)
    least_runs = max(LEAST_RUNS, int(np.ceil(min(LEAST_MASS, failed.mean() / 2) * len(points)))) if len(points) else 1
    while len(boxes) < max_boxes and failed[remaining].any() and not failed[remaining].all():
        limits, probabilities = _choose_box(points[remaining], failed[remaining], least_runs, _frame(points))
        if not np.isfinite(probabilities).any():
            break
        inside = _lie_inside(points, limits)
        if failed[inside & remaining].mean() <= failed.mean():
            break
        boxes.append(_describe_box(limits, probabilities, failed, inside))
        remaining &= ~inside
    return boxes


def build_box_rows(lever: str, threshold: str, factors: Sequence[str], boxes: Sequence[FailureBox]) -> list[BoxRow]:
    """Return the rows of the table `boxes`: one for each box and factor that it restricts."""
    return [
        BoxRow(
            lever=lever,
            threshold=threshold,
            box=number,
            factor=factor,
            least=float(box.least[at]),
            greatest=float(box.greatest[at]),
            coverage=box.coverage,
            density=box.density,
            mass=box.mass,
            probability=float(box.probabilities[at]),
        )
        for number, box in enumerate(boxes, start=1)
        for at, factor in enumerate(factors)
        if np.isfinite(box.probabilities[at])
    ]


def trace_peeling(
    points: Array, failed: Flags, least_runs: int, frame: Array, *, stops_at_loss: bool = False
) -> BoxTrajectory:
    """Peel from the first box `frame`, shape (2, factors), to the least number of runs, and return every box on the way.

    A step that lowers the share of failures may lead to a better box; `stops_at_loss` ends before the first of them.
    """
    limits, inside = frame, np.ones(len(points), bool)
    trajectory = [(limits, inside)]
    least_gain = 0.0 if stops_at_loss else -np.inf
    while (peeled := _peel(points, failed, limits, inside, frame, least_runs, least_gain)) is not None:
        limits, inside = peeled
        trajectory.append(peeled)
    return _collect_trajectory(failed, trajectory)


def trace_pasting(points: Array, failed: Flags, limits: Array, frame: Array) -> BoxTrajectory:
    """Paste to a box, shape (2, factors), as long as this raises the share of failures, and return every box on the way."""
    trajectory = [(limits, _lie_inside(points, limits))]
    while (pasted := _paste(points, failed, *trajectory[-1], frame)) is not None:
        trajectory.append(pasted)
    return _collect_trajectory(failed, trajectory)


def _collect_trajectory(failed: Flags, trajectory: Sequence[tuple[Array, Flags]]) -> BoxTrajectory:
    return BoxTrajectory(
        np.stack([limits for limits, _ in trajectory]),
        np.array([inside.sum() for _, inside in trajectory]),
        np.array([failed[inside].sum() for _, inside in trajectory]),
    )


def compute_quasi_p_values(points: Array, failed: Flags, limits: Array) -> Array:
    """Return how likely the failures of a box are if a factor is not restricted, for each factor; NaN without restriction."""
    within = (points >= limits[0]) & (points <= limits[1])
    inside = within.all(axis=1)
    others = within.sum(axis=1, keepdims=True) - within == points.shape[1] - 1  # inside, but for this factor
    wider, failures = others.sum(axis=0), failed.astype(np.float64) @ others
    chance = scipy.stats.binom.sf(failed[inside].sum() - 1, inside.sum(), failures / np.maximum(wider, 1))
    return np.where(wider > inside.sum(), chance, np.nan)


def _frame(points: Array) -> Array:
    return np.stack([points.min(axis=0), points.max(axis=0)])


def _lie_inside(points: Array, limits: Array) -> Flags:
    inside: Flags = ((points >= limits[0]) & (points <= limits[1])).all(axis=1)
    return inside


def _find_middle(values: Array, share: float) -> Array:
    """Return the middle between the two values of each column around a quantile, apart by passing over equal values."""
    at = (len(values) - 1) * share
    low, high = int(np.floor(at)), int(np.ceil(at))
    ordered = np.partition(values, (low, high), axis=0)
    below, above = ordered[low], ordered[high]
    tied = below == above
    if tied.any():
        if share > 0.5:
            next_below = np.where(values < above, values, -np.inf).max(axis=0)
            below = np.where(tied & np.isfinite(next_below), next_below, below)
        else:
            next_above = np.where(values > below, values, np.inf).min(axis=0)
            above = np.where(tied & np.isfinite(next_above), next_above, above)
    middle: Array = (below + above) / 2
    return middle


def _peel(
    points: Array,
    failed: Flags,
    limits: Array,
    inside: Flags,
    frame: Array,
    least_runs: int,
    least_gain: float,
) -> tuple[Array, Flags] | None:
    """Return the next box, or None if it has too few runs or its gain is not above the least."""
    values, fails = points[inside], failed[inside].astype(np.float64)
    ends = np.stack([_find_middle(values, 1 - ALPHA), _find_middle(values, ALPHA)])  # upper, then lower
    kept = np.stack([values <= ends[0], values >= ends[1]])
    counts = kept.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        gains = ((fails @ kept) / counts - fails.mean()) / (len(values) - counts)
    gains = np.where((counts > 0) & (counts < len(values)), gains, -np.inf)
    factor, side = _choose_step(gains, limits, frame)
    if gains[side, factor] <= least_gain or counts[side, factor] < least_runs:
        return None
    changed = limits.copy()
    changed[1 - side, factor] = ends[side, factor]
    rest = inside.copy()
    rest[inside] = kept[side, :, factor]
    return changed, rest


def _paste(points: Array, failed: Flags, limits: Array, inside: Flags, frame: Array) -> tuple[Array, Flags] | None:
    """Return a box with values put back, or None if no step raises the share of failures."""
    within = (points >= limits[0]) & (points <= limits[1])
    others = within.sum(axis=1, keepdims=True) - within == points.shape[1] - 1
    count, share = inside.sum(), failed[inside].mean()
    best: tuple[float, Array, Flags] | None = None
    for factor in np.flatnonzero((limits != frame).any(axis=0)):
        column = points[:, factor]
        for side in (0, 1):
            beside = others[:, factor] & (column <= limits[0, factor] if side == 0 else column >= limits[1, factor])
            end = frame[side, factor]
            if beside.any():
                end = _find_middle(column[beside, None], 1 - ALPHA if side == 0 else ALPHA)[0]
            changed = limits.copy()
            changed[side, factor] = end
            wider = others[:, factor] & (column >= changed[0, factor]) & (column <= changed[1, factor])
            added = wider.sum() - count
            gain = (failed[wider].mean() - share) / added if added > 0 else 0.0
            if gain > (0.0 if best is None else best[0]):
                best = gain, changed, wider
    return None if best is None else best[1:]


def _choose_step(gains: Array, limits: Array, frame: Array) -> tuple[int, int]:
    """Return factor and side of the highest gain; of equal ones, the first that restricts no further factor."""
    tied = np.argwhere((gains == gains.max()).T)
    is_restricted = (limits != frame).any(axis=0)
    factor, side = next((pair for pair in tied if is_restricted[pair[0]]), tied[0])
    return int(factor), int(side)


def _choose_box(points: Array, failed: Flags, least_runs: int, frame: Array) -> tuple[Array, Array]:
    """Return the box with the best balance, without restrictions that may be chance, and their quasi-p-values."""
    found = trace_peeling(points, failed, least_runs, frame)
    coverage, density = found.failure_counts / failed.sum(), found.failure_counts / found.run_counts
    balance = 2 * coverage * density / np.maximum(coverage + density, np.finfo(np.float64).tiny)
    limits = trace_pasting(points, failed, found.limits[int(balance.argmax())], frame).limits[-1].copy()
    while True:
        probabilities = compute_quasi_p_values(points, failed, limits)
        worst = np.where(np.isnan(probabilities), -1.0, probabilities)
        if worst.max() <= MAX_PROBABILITY:
            return limits, probabilities
        limits[:, worst.argmax()] = frame[:, worst.argmax()]


def _describe_box(limits: Array, probabilities: Array, failed: Flags, inside: Flags) -> FailureBox:
    failures = float(failed[inside].sum())
    return FailureBox(
        least=limits[0],
        greatest=limits[1],
        probabilities=probabilities,
        coverage=failures / float(failed.sum()),
        density=failures / float(inside.sum()),
        mass=float(inside.mean()),
    )
