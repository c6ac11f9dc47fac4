"""Drivers of a study: how much each factor drives each outcome, from the runs at hand.

The runs are a given sample, so that a response surface is fitted to them first; Sobol indices and elementary effects are
those of the surface. The indices are those of independent factors, each with the values that were drawn: for factors that are
correlated, they say what the outcome reacts to, and not what part of the variance comes with a factor together with those
that move with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.analyses.tables import DriverRow
from solvers.analyses.studies.elementary_effects import compute_elementary_effects
from solvers.analyses.studies.response_surface import GROUPS, ResponseSurface, fit_response_surfaces
from solvers.analyses.studies.sobol_indices import compute_sobol_indices

Array = NDArray[np.float64]

MAX_FITTED_RUNS = 1_024
"""Most runs to which a surface is fitted; of more runs, as many are drawn."""

MAX_POINTS = 2**15
"""Most points at which a surface is evaluated for Sobol indices."""

MAX_SAMPLE = 4_096
"""Largest size of a sample for Sobol indices."""

MAX_OUTCOMES = 8
"""Most outcomes that are evaluated at a time."""

TRAJECTORIES = 200
"""Trajectories for elementary effects."""

CONFIDENCE = 1.959963984540054
"""Half the width of a 95 % confidence interval in standard errors."""


@dataclass(frozen=True, slots=True)
class Drivers:
    """Drivers of outcomes. Arrays have the shape (outcomes, factors), `fit` has the shape (outcomes,); NaN is unknown."""

    first_order: Array
    """First-order Sobol indices."""
    total: Array
    """Total Sobol indices."""
    first_order_error: Array
    """Half the width of the 95 % confidence interval of `first_order`."""
    total_error: Array
    """Half the width of the 95 % confidence interval of `total`."""
    morris_mean: Array
    """Mean absolute elementary effects over the whole range of the factor."""
    morris_deviation: Array
    """Standard deviations of the elementary effects."""
    fit: Array
    """Shares of the variance of left-out runs that the surface explains."""


def compute_drivers(points: Array, outcomes: Array, *, seed: int) -> Drivers:
    """Return how much factors drive outcomes.

    `points` are the values of the factors, shape (runs, factors). `outcomes` have the shape (runs, outcomes), NaN where a run
    has no such outcome. Outcomes that do not vary have no drivers; those of which no surface explains anything have a fit of 0.
    Errors hold for the number of runs (jackknife over groups of runs) and the sample from the surface (bootstrap).
    """
    points, outcomes = np.asarray(points, np.float64), np.asarray(outcomes, np.float64)
    shape = (outcomes.shape[1], points.shape[1])
    found = _build_unknown_drivers(shape)
    known = np.isfinite(outcomes)
    for pattern in np.unique(known, axis=1).T:
        members = np.flatnonzero((known == pattern[:, None]).all(axis=0))
        rows = _choose_runs(np.flatnonzero(pattern), seed)
        values = outcomes[np.ix_(rows, members)]
        members, values = _keep_varying(members, values)
        if members.size:
            _fill_drivers(found, points[rows], values, members, seed)
    return found


def build_driver_rows(lever: str, factors: Sequence[str], outcomes: Sequence[str], found: Drivers) -> list[DriverRow]:
    """Return the rows of the table `drivers`, by outcome, then by factor."""
    names = [name for name in DriverRow.model_fields if name not in ("lever", "outcome", "factor", "fit")]
    return [
        DriverRow(
            lever=lever,
            outcome=outcome,
            factor=factor,
            **{name: _null_if_unknown(getattr(found, name)[at, column]) for name in names},
            fit=_null_if_unknown(found.fit[at]),
        )
        for at, outcome in enumerate(outcomes)
        for column, factor in enumerate(factors)
    ]


def _build_unknown_drivers(shape: tuple[int, int]) -> Drivers:
    arrays = {name: np.full(shape, np.nan) for name in Drivers.__slots__ if name != "fit"}
    return Drivers(**arrays, fit=np.full(shape[0], np.nan))


def _null_if_unknown(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _choose_runs(rows: NDArray[np.intp], seed: int) -> NDArray[np.intp]:
    if len(rows) <= MAX_FITTED_RUNS:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, MAX_FITTED_RUNS, replace=False))


def _keep_varying(members: NDArray[np.intp], values: Array) -> tuple[NDArray[np.intp], Array]:
    """Drop outcomes that are the same in all runs, apart from the accuracy of a solve."""
    if len(values) < 2:
        return members[:0], values[:, :0]
    varies = np.ptp(values, axis=0) > 1e-9 * np.abs(values).max(axis=0)
    return members[varies], values[:, varies]


def _fill_drivers(found: Drivers, points: Array, values: Array, members: NDArray[np.intp], seed: int) -> None:
    least, span = points.min(axis=0), np.ptp(points, axis=0)
    unit = (points - least) / np.where(span > 0, span, 1)
    centre, scale = values.mean(axis=0), values.std(axis=0)
    found.fit[members] = 0.0
    surfaces = fit_response_surfaces(unit, (values - centre) / scale, seed)
    for surface in (part for whole in surfaces for part in whole.split(MAX_OUTCOMES)):
        to = members[surface.outcomes]
        found.fit[to] = surface.fit
        _fill_indices(found, surface, np.sort(unit, axis=0), to, seed)
        effects = compute_elementary_effects(surface.evaluate, unit.shape[1], TRAJECTORIES, seed)
        found.morris_mean[to] = (effects.mean[:, 0] * scale[surface.outcomes]).T
        found.morris_deviation[to] = (effects.deviation[:, 0] * scale[surface.outcomes]).T


def _fill_indices(found: Drivers, surface: ResponseSurface, drawn: Array, to: NDArray[np.intp], seed: int) -> None:
    """Fill in Sobol indices of a surface; factors are drawn independently from the sorted values of the runs."""
    run_count, factor_count = drawn.shape

    def evaluate(shares: Array) -> Array:
        at = shares * (run_count - 1)
        below = at.astype(np.intp).clip(0, max(run_count - 2, 0))
        low, high = np.take_along_axis(drawn, below, 0), np.take_along_axis(drawn, below + 1, 0)
        return surface.evaluate(low + (at - below) * (high - low))

    size = min(MAX_SAMPLE, 2 ** int(np.log2(MAX_POINTS / (factor_count + 2))))
    indices = compute_sobol_indices(evaluate, factor_count, size, seed)
    for name in ("first_order", "total"):
        every, deviation = getattr(indices, name), getattr(indices, f"{name}_deviation")[:, 0]
        without = every[:, 1:]
        jackknife = (GROUPS - 1) / GROUPS * ((without - without.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
        getattr(found, name)[to] = every[:, 0].T
        getattr(found, f"{name}_error")[to] = CONFIDENCE * np.sqrt(deviation**2 + jackknife).T
