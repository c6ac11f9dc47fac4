r"""Multi-fidelity Monte Carlo: outcomes of many runs in long periods, corrected by a few runs in the problem's own periods.

Outcomes L of all runs come from long periods, outcomes H of a few of them from their own periods as well. The difference is
fitted by least squares, and added to all runs:

    H − L ≈ aₗ + b·L + c·ξ,        Ĥ = L + aₗ + b·L + c·ξ        ξ: the factors; one constant aₗ for each lever

The slopes of both optima by the factors, which their dual values give, add k equations for each run of the objective:
∂(H − L)/∂ξ = b·∂L/∂ξ + c. The factors are fitted only where there are enough equations.

The residuals of runs that were left out of the fit measure its error. Over the runs in the fit, the mean square error of a least-squares
prediction with p coefficients from M equations is σ²·p/M; quantiles get error bars of that size beside those of the draws.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from solvers.lp.linear_program import FloatArray, IntArray

FEWEST_CORRECTED = 6
"""Fewest runs in own periods of the lever with most of them."""

EXTRA_CORRECTED = 3
"""Runs in own periods beyond the number of factors."""

MOST_CORRECTED = 16
"""Most runs in own periods of a lever."""

CORRECTED_PER_FURTHER_LEVER = 3
"""Runs in own periods of each lever after the first, which only need their own constant."""

SPARE_EQUATIONS = 3
"""Equations beyond the coefficients with which the factors are fitted."""


@dataclass(frozen=True, slots=True)
class Correction:
    """Corrected outcomes of n runs."""

    values: FloatArray
    """Corrected outcome of each run, (n,); NaN where a run has none in long periods."""
    half_width: float
    """Half the width of the 95 % confidence interval that the fit adds to a quantile."""
    correlation: float
    """Correlation of the outcome in long and own periods, over the runs solved in both; 1 if either is constant."""
    corrected_by: int
    """Number of runs solved in both."""
    largest_correction: float
    """Largest correction of a run, relative to its corrected outcome."""


@dataclass(frozen=True, slots=True)
class PairedRuns:
    """The runs that a correction is fitted from: n runs in long periods, of which M were solved in own periods; k factors."""

    points: FloatArray
    """Factors of all runs, (n, k)."""
    lever: IntArray
    """Lever of each run, (n,), from 0."""
    corrected: IntArray
    """Positions of the runs that were solved in own periods, (M,)."""


def count_corrected_runs(factor_count: int, run_count: int, *, is_first_lever: bool = True) -> int:
    """Return how many runs of a lever to solve in own periods."""
    wanted = min(max(FEWEST_CORRECTED, factor_count + EXTRA_CORRECTED), MOST_CORRECTED)
    return min(wanted if is_first_lever else CORRECTED_PER_FURTHER_LEVER, run_count)


def choose_corrected_runs(low: FloatArray, points: FloatArray, count: int) -> IntArray:
    """Return positions of the runs to solve in own periods, (count,), ascending, given outcomes, (n,), and points, (n, k).

    One run comes from each of `count` equally likely intervals of the outcome, so that all quantiles are corrected, and from each interval
    the run whose factors are farthest from those already chosen. Runs without an outcome (NaN) are left out.
    """
    order = np.argsort(low, kind="stable")[: int(np.isfinite(low).sum())]
    deviation = points.std(axis=0)
    scaled = np.divide(points - points.mean(axis=0), deviation, out=np.zeros_like(points), where=deviation > 0)
    nearest = np.full(len(low), np.inf)
    chosen: list[int] = []
    for stratum in np.array_split(order, min(count, len(order))) if len(order) else ():
        middle = len(stratum) // 2
        best = int(stratum[int(np.argmax(nearest[stratum]))] if chosen else stratum[middle])
        chosen.append(best)
        nearest = np.minimum(nearest, np.linalg.norm(scaled - scaled[best], axis=1))
    return np.sort(np.array(chosen, dtype=np.int64))


def correct_outcome(
    runs: PairedRuns,
    low: FloatArray,
    high: FloatArray,
    slopes: tuple[FloatArray, FloatArray] | None = None,
    limits: tuple[FloatArray | float, FloatArray | float] = (-np.inf, np.inf),
) -> Correction:
    """Correct an outcome in long periods, (n,), by the same outcome in own periods of some runs, (M,).

    Parameters
    ----------
    slopes
        Slopes of the outcome by the factors in long and in own periods of these runs, (M, k) each; None if unknown.
    limits
        Least and greatest value of the outcome of each run, such as bounds proved elsewhere.
    """
    known = np.isfinite(high) & np.isfinite(low[runs.corrected])
    at, high = runs.corrected[known], high[known]
    if not len(at):
        return Correction(low.copy(), 0.0, 1.0, 0, 0.0)
    pair = None if slopes is None else (slopes[0][known], slopes[1][known])
    fit = _fit_difference(runs, at, low, high, pair)
    values = np.clip(low + fit.predicted, *limits)
    values[at] = high
    correction = np.abs(values - low) / np.maximum(np.abs(values), 1e-12)
    return Correction(
        values,
        fit.half_width,
        _correlate(low[at], high),
        len(at),
        float(np.nanmax(np.where(np.abs(values) > 0, correction, 0.0), initial=0.0)),
    )


@dataclass(frozen=True, slots=True)
class _Fit:
    predicted: FloatArray
    """Predicted difference of each run, (n,)."""
    half_width: float
    """See `Correction`."""


def _fit_difference(
    runs: PairedRuns, at: IntArray, low: FloatArray, high: FloatArray, slopes: tuple[FloatArray, FloatArray] | None
) -> _Fit:
    """Fit high − low by the lever, the outcome in long periods and the factors."""
    features, scale, spread = _build_features(runs, at, low)
    levers = features.shape[1] - 1 - len(spread)
    extra = 0 if slopes is None else slopes[0].size
    uses_factors = len(at) + extra >= features.shape[1] + SPARE_EQUATIONS
    used = features if uses_factors else features[:, : levers + 1]
    if len(at) < levers + 1 + SPARE_EQUATIONS and not extra:
        used = features[:, :levers]
    used = used[:, np.abs(used[at]).max(axis=0) > 0]
    equations, target = used[at], high - low[at]
    if slopes is not None and used.shape[1] == features.shape[1]:
        rows, values = _build_slope_equations(slopes, scale, spread, levers)
        equations, target = np.vstack([equations, rows]), np.concatenate([target, values])
    coefficients = np.linalg.lstsq(equations, target, rcond=1e-10)[0]
    residual = (target - equations @ coefficients) / np.maximum(1.0 - _compute_leverage(equations), 0.1)
    freedom = max(1, len(target) - used.shape[1])
    error = float(np.sqrt(np.mean(residual[: len(at)] ** 2) * used.shape[1] / len(target)))
    return _Fit(np.asarray(used @ coefficients), float(scipy.stats.t.ppf(0.975, freedom)) * error)


def _build_features(runs: PairedRuns, at: IntArray, low: FloatArray) -> tuple[FloatArray, float, FloatArray]:
    """Return the features of each run: one of each lever, the standardised outcome, the standardised factors; and both scales.

    A lever without a run in own periods has the constant of the first lever. A factor that does not vary has the feature 0.
    """
    present = np.unique(runs.lever[at])
    lever = np.where(np.isin(runs.lever, present), runs.lever, present[0])
    indicators = (lever[:, None] == present[None, :]).astype(np.float64)
    centre, scale = float(np.mean(low[at])), float(np.std(low[at]))
    outcome = (low - centre) / scale if scale > 0 else np.zeros(len(low))
    spread = runs.points[at].std(axis=0)
    factors = np.divide(
        runs.points - runs.points[at].mean(axis=0), spread, out=np.zeros_like(runs.points), where=spread > 0
    )
    return np.column_stack([indicators, outcome, factors]), scale, spread


def _build_slope_equations(
    slopes: tuple[FloatArray, FloatArray], scale: float, spread: FloatArray, levers: int
) -> tuple[FloatArray, FloatArray]:
    """Return the equations of the slopes, per standard deviation of each factor, and their right-hand sides."""
    low, high = slopes
    count, factors = low.shape
    rows = np.zeros((count, factors, levers + 1 + factors))
    rows[:, :, levers] = low * spread / scale if scale > 0 else 0.0
    rows[:, np.arange(factors), levers + 1 + np.arange(factors)] = spread > 0
    return rows.reshape(count * factors, -1), ((high - low) * spread).reshape(-1)


def _compute_leverage(equations: FloatArray) -> FloatArray:
    """Return the share of each equation in its own prediction, (e,): a residual over 1 − it is that of a fit without the equation."""
    left, size, _ = np.linalg.svd(equations, full_matrices=False)
    return np.asarray((left[:, size > 1e-10 * size.max(initial=1.0)] ** 2).sum(axis=1))


def _correlate(first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> float:
    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return 1.0
    return float(np.corrcoef(first, second)[0, 1])
