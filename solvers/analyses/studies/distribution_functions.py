"""Distributions of factors as functions of arrays: ends, quantiles (inverse distribution functions) and means."""

from typing import TYPE_CHECKING

import numpy as np
import scipy

from models.analyses.distributions import Distribution, Empirical, Triangular, TruncatedNormal, Uniform, ValueList
from solvers.lp.linear_program import FloatArray

if TYPE_CHECKING:
    from scipy.stats.distributions import rv_frozen


def find_ends(distribution: Distribution) -> tuple[float, float]:
    """Return the least and the greatest value."""
    if isinstance(distribution, Empirical | ValueList):
        return min(distribution.values), max(distribution.values)
    return distribution.low, distribution.high


def compute_quantiles(distribution: Distribution, probability: FloatArray) -> FloatArray:
    """Return the values whose distribution function is `probability`, elementwise: the inverse distribution function."""
    low, high = find_ends(distribution)
    if low == high:
        return np.full(probability.shape, low)
    match distribution:
        case Uniform():
            values = low + probability * (high - low)
        case Triangular():
            values = scipy.stats.triang.ppf(probability, (distribution.mode - low) / (high - low), low, high - low)
        case TruncatedNormal():
            values = _build_normal(distribution).ppf(probability)
        case Empirical():
            values = np.quantile(np.array(distribution.values), probability)
        case ValueList():
            values = _select_values(distribution, probability)
    return np.clip(np.asarray(values, dtype=np.float64), low, high)


def compute_mean(distribution: Distribution) -> float:
    """Return the mean."""
    match distribution:
        case Uniform():
            return (distribution.low + distribution.high) / 2
        case Triangular():
            return (distribution.low + distribution.mode + distribution.high) / 3
        case TruncatedNormal():
            return float(_build_normal(distribution).mean())
        case Empirical():
            ordered = np.sort(np.array(distribution.values))
            return float(((ordered[1:] + ordered[:-1]) / 2).mean()) if len(ordered) > 1 else float(ordered[0])
        case ValueList():
            return float(_list_probabilities(distribution) @ np.array(distribution.values))


def _build_normal(distribution: TruncatedNormal) -> "rv_frozen":
    mean, deviation = distribution.mean, distribution.deviation
    low, high = ((end - mean) / deviation for end in (distribution.low, distribution.high))
    return scipy.stats.truncnorm(low, high, loc=mean, scale=deviation)


def _select_values(distribution: ValueList, probability: FloatArray) -> FloatArray:
    """Return the first value, in ascending order, whose distribution function reaches the probability."""
    order = np.argsort(np.array(distribution.values), kind="stable")
    reached = np.cumsum(_list_probabilities(distribution)[order])
    position = np.searchsorted(reached, probability, side="left")
    return np.asarray(np.array(distribution.values)[order[np.minimum(position, len(order) - 1)]])


def _list_probabilities(distribution: ValueList) -> FloatArray:
    if distribution.probabilities is None:
        return np.full(len(distribution.values), 1 / len(distribution.values))
    return np.array(distribution.probabilities)
