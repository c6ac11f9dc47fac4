"""Statistics of a sample with 95 % confidence intervals: quantiles, mean, conditional value at risk, and probability of failure.

Quantiles have distribution-free intervals from order statistics: the number of draws below a quantile is binomial. Probabilities
have Wilson's interval. Both hold for independent draws; draws of a Sobol design or a Latin hypercube are spread more evenly, so that the
intervals are wider than they need to be.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy

from models.analyses.study import Quantiles
from solvers.lp.linear_program import FloatArray

CONFIDENCE = 0.95
"""Confidence of every interval."""

WORST_SHARE = 0.1
"""Share of the draws over which the conditional value at risk is the mean."""

Interval = tuple[float, float]


def summarize_sample(
    lever: str, outcome: str, values: FloatArray, *, high_is_good: bool, half_width: float = 0.0
) -> Quantiles:
    """Return quantiles, mean and conditional value at risk of values, (n,), n > 0; `half_width` widens each interval on both sides."""
    ordered = np.sort(values)
    p10, p50, p90 = (float(q) for q in np.quantile(ordered, (0.1, 0.5, 0.9)))
    return Quantiles(
        lever=lever,
        outcome=outcome,
        count=len(ordered),
        mean=float(ordered.mean()),
        p10=p10,
        p50=p50,
        p90=p90,
        mean_interval=_widen(find_mean_interval(ordered), half_width),
        p10_interval=_widen(find_quantile_interval(ordered, 0.1), half_width),
        p50_interval=_widen(find_quantile_interval(ordered, 0.5), half_width),
        p90_interval=_widen(find_quantile_interval(ordered, 0.9), half_width),
        cvar90=compute_worst_mean(ordered if high_is_good else ordered[::-1]),
    )


def find_quantile_interval(ordered: FloatArray, probability: float) -> Interval:
    """Return the interval of a quantile from ascending values, (n,): the order statistics that enclose it with 95 % confidence.

    Few values enclose it with less; then the interval is from the least to the greatest value.
    """
    count = len(ordered)
    low, high = (
        int(scipy.stats.binom.ppf(tail, count, probability)) for tail in ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)
    )
    return float(ordered[max(low - 1, 0)]), float(ordered[min(high, count - 1)])


def find_mean_interval(values: FloatArray) -> Interval:
    """Return the interval of the mean by Student's distribution; a single value has no width."""
    mean, count = float(values.mean()), len(values)
    if count == 1:
        return mean, mean
    half = float(scipy.stats.t.ppf((1 + CONFIDENCE) / 2, count - 1)) * float(values.std(ddof=1)) / math.sqrt(count)
    return mean - half, mean + half


def compute_worst_mean(worst_first: FloatArray) -> float:
    """Return the mean of the worst tenth of values, (n,), the worst first; a draw at the edge counts in part."""
    weight = np.clip(WORST_SHARE * len(worst_first) - np.arange(len(worst_first)), 0.0, 1.0)
    return float(weight @ worst_first / weight.sum())


def estimate_probability(failed: npt.NDArray[np.bool_] | Sequence[bool]) -> tuple[float, Interval]:
    """Return the share of failures and Wilson's interval; n > 0."""
    found = scipy.stats.binomtest(int(np.sum(failed)), len(failed)).proportion_ci(CONFIDENCE, method="wilson")
    return float(np.mean(failed)), (float(found.low), float(found.high))


def _widen(interval: Interval, half_width: float) -> Interval:
    return interval[0] - half_width, interval[1] + half_width
