"""Sobol indices of a function of independent factors, by the estimators of Saltelli (first order) and Jansen (total).

With two independent samples A and B, and A_k, which is A with column k of B, and f centred:

    first order of k = mean(f(B) (f(A_k) − f(A))) / variance        total of k = mean((f(A) − f(A_k))²) / (2 variance)

A. Saltelli and others: Variance based sensitivity analysis of model output, Computer Physics Communications 181 (2010) 259–270.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

Array = NDArray[np.float64]

RESAMPLES = 100
"""Bootstrap samples behind an error."""


@dataclass(frozen=True, slots=True)
class SobolIndices:
    """Sobol indices; the first axis is the factor, the others are those of one value of the function."""

    first_order: Array
    """Share of the variance that the factor alone explains."""
    total: Array
    """Share of the variance that remains as long as only this factor is unknown."""
    first_order_deviation: Array
    """Standard error of `first_order` from the size of the samples, by bootstrap."""
    total_deviation: Array
    """Standard error of `total`."""


def compute_sobol_indices(function: Callable[[Array], Array], factor_count: int, size: int, seed: int) -> SobolIndices:
    """Return the indices of a function of independent factors that are uniform between 0 and 1.

    `function` takes points of shape (n, factors) and returns values of shape (n, …). `size` is the size of both samples, a
    power of two; the function is evaluated at size × (factors + 2) points. A function that does not vary has indices of NaN.
    """
    draws = scipy.stats.qmc.Sobol(2 * factor_count, scramble=True, rng=seed).random(size)
    first, second = draws[:, :factor_count], draws[:, factor_count:]
    mixed = np.repeat(first[None], factor_count, axis=0)
    factors = np.arange(factor_count)
    mixed[factors, :, factors] = second.T
    values = function(np.concatenate([first, second, mixed.reshape(-1, factor_count)]))
    parts = values.reshape(factor_count + 2, size, *values.shape[1:])
    return estimate_sobol_indices(parts[0], parts[1], parts[2:], seed)


def estimate_sobol_indices(first: Array, second: Array, mixed: Array, seed: int) -> SobolIndices:
    """Estimate the indices from values at A and B (samples, …), and at A with each column of B (factors, samples, …)."""
    centre = (first.sum(0) + second.sum(0) + mixed.sum((0, 1))) / (len(first) * (len(mixed) + 2))
    first, second, mixed = first - centre, second - centre, mixed - centre
    size, factor_count, shape = len(first), len(mixed), first.shape[1:]
    terms = np.stack([second * (mixed - first), (first - mixed) ** 2 / 2])  # (2, factors, samples, …)
    moments = np.stack([(first + second) / 2, (first**2 + second**2) / 2])  # (2, samples, …)
    columns = np.concatenate(
        [np.moveaxis(terms, 2, 0).reshape(size, -1), np.moveaxis(moments, 1, 0).reshape(size, -1)], 1
    )
    weights = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=RESAMPLES)
    means = np.vstack([np.full((1, size), 1.0), weights]) @ columns / size
    split = 2 * factor_count * int(np.prod(shape))
    sums = means[:, :split].reshape(1 + RESAMPLES, 2, factor_count, *shape)
    mean, square = np.moveaxis(means[:, split:].reshape(1 + RESAMPLES, 2, *shape), 1, 0)
    variance = square - mean**2
    varies = variance > np.finfo(np.float64).eps * np.maximum(square, centre**2)
    indices = sums / np.where(varies, variance, np.nan)[:, None, None]
    deviations = indices[1:].std(0, ddof=1)
    return SobolIndices(indices[0, 0], indices[0, 1], deviations[0], deviations[1])
