r"""Drawn years: a value of every factor in every period, by a Gaussian copula.

    z_t = a · z_{t−1} + √(1 − a²) · L · ε_t        u_t = Φ(z_t)        ξ_t = F⁻¹(u_t)

ε are independent standard normal numbers, and L·Lᵀ is the correlation of the factors within a period. A rank correlation r of two
normal numbers is a correlation of 2·sin(π·r/6) (Pearson 1907); so a and L follow from the persistence and from the stated rank
correlations. Correlations that contradict each other are replaced by the nearest possible ones.
"""

from collections.abc import Sequence

import numpy as np
import scipy

from models.analyses.backtest import BacktestRequest
from models.analyses.study import RankCorrelation
from solvers.analyses.studies.distribution_functions import compute_quantiles
from solvers.lp.linear_program import FloatArray


def draw_paths(request: BacktestRequest, period_count: int) -> FloatArray:
    """Return the values of the factors, (paths, periods, factors); the same seed gives the same values."""
    paths, factors = request.paths, request.factors
    mixing = _compute_mixing([factor.name for factor in factors], request.rank_correlation)
    kept = float(_convert_rank_correlation(np.array(paths.persistence)))
    generator = np.random.default_rng(paths.seed)
    shocks = generator.standard_normal((int(paths.count), period_count, len(factors))) @ mixing.T
    normal = shocks.copy()
    for t in range(1, period_count):
        normal[:, t] = kept * normal[:, t - 1] + np.sqrt(1.0 - kept**2) * shocks[:, t]
    probability = np.asarray(scipy.stats.norm.cdf(normal))
    drawn = [compute_quantiles(factor.distribution, probability[..., k]) for k, factor in enumerate(factors)]
    return np.stack(drawn, axis=-1)


def _compute_mixing(names: Sequence[str], stated: Sequence[RankCorrelation]) -> FloatArray:
    """Return L, (k, k), with which L·ε has the stated rank correlations."""
    correlation = np.eye(len(names))
    for pair in stated:
        first, second = (names.index(name) for name in pair.factors)
        correlation[first, second] = correlation[second, first] = pair.value
    values, vectors = np.linalg.eigh(_convert_rank_correlation(correlation))
    mixing = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(mixing / np.linalg.norm(mixing, axis=1, keepdims=True))


def _convert_rank_correlation(rank: FloatArray) -> FloatArray:
    """Return the correlations of normal numbers with these rank correlations."""
    return np.asarray(2.0 * np.sin(np.pi * rank / 6.0))
