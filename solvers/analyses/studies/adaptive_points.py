"""Adaptive design: which points to solve next, from the bounds that solved runs give."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
import scipy

from models.analyses.study import AdaptiveDesign
from solvers.analyses.studies.value_bounds import ValueBounds
from solvers.lp.linear_program import FloatArray

CANDIDATE_COUNT = 256
"""Points at which bounds are compared, beside the corners of the range."""

MOST_CORNER_FACTORS = 6
"""Most factors of which all corners are compared."""


@dataclass(frozen=True, slots=True)
class FactorRange:
    """The range of the factors; k of them."""

    low: FloatArray
    """Least values, (k,)."""
    high: FloatArray
    """Greatest values, (k,)."""

    def list_candidates(self) -> FloatArray:
        """Return the corners of the range, and points spread evenly over it, (c, k)."""
        count = len(self.low)
        shares = scipy.stats.qmc.Sobol(count, rng=0).random(CANDIDATE_COUNT)
        if count <= MOST_CORNER_FACTORS:
            shares = np.vstack([np.array(list(product((0.0, 1.0), repeat=count))), shares])
        return np.asarray(self.low + shares * (self.high - self.low))

    def scale_points(self, points: FloatArray) -> FloatArray:
        """Return points as shares of the range, (c, k); 0 for a factor with one value."""
        width = self.high - self.low
        return np.divide(points - self.low, width, out=np.zeros_like(points), where=width > 0)


def choose_next_points(
    bounds: ValueBounds, factor_range: FactorRange, adaptive: AdaptiveDesign, count: int
) -> FloatArray:
    """Return at most `count` points to solve next, (c, k); none once the bounds are as narrow as asked.

    First come points outside of the hull of the runs, the tightest ones before, since plans there are plans elsewhere; then points with
    wide bounds, each away from the runs and from those already chosen. With a threshold, only points whose bounds straddle it count.
    """
    candidates = factor_range.list_candidates()
    lower, upper = bounds.compute_lower_bounds(candidates), bounds.compute_upper_bounds(candidates)
    scaled = factor_range.scale_points(candidates)
    nearest = _measure_distance(scaled, factor_range.scale_points(bounds.runs.points))
    is_open = _find_open_points(lower, upper, adaptive) & (nearest > 1e-9)
    score = _score_points(lower, upper, -scaled @ bounds.runs.directions)
    chosen: list[int] = []
    while len(chosen) < count and is_open.any():
        best = int(np.argmax(np.where(is_open, score * nearest, -np.inf)))
        chosen.append(best)
        nearest = np.minimum(nearest, np.linalg.norm(scaled - scaled[best], axis=1))
        is_open &= nearest > 1e-9
    return candidates[chosen]


def _find_open_points(lower: FloatArray, upper: FloatArray, adaptive: AdaptiveDesign) -> npt.NDArray[np.bool_]:
    """Return at which points the bounds are wider than asked and, with a threshold, straddle it."""
    with np.errstate(invalid="ignore"):
        is_wide = ~(upper - lower <= adaptive.width * np.abs(upper))
    if adaptive.threshold is None:
        return is_wide
    return is_wide & (lower <= adaptive.threshold) & (upper > adaptive.threshold)


def _score_points(lower: FloatArray, upper: FloatArray, tightness: FloatArray) -> FloatArray:
    """Return how much a run at each point is worth, (c,): the width of its bounds, or more outside of the hull."""
    width = upper - lower
    is_known = np.isfinite(width)
    widest = float(width[is_known].max(initial=0.0)) or 1.0
    rank = 1.0 + tightness - tightness.min(initial=0.0)
    return np.where(is_known, np.where(is_known, width, 0.0) / widest, 10.0 * rank)


def _measure_distance(points: FloatArray, others: FloatArray) -> FloatArray:
    """Return the distance of each point, (c,), from the nearest of the others; inf without others."""
    distance = np.full(len(points), np.inf)
    for other in others:
        distance = np.minimum(distance, np.linalg.norm(points - other, axis=1))
    return np.asarray(np.minimum(distance, np.sqrt(points.shape[1]) + 1.0))
