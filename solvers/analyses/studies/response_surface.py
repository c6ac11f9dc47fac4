"""Response surfaces: outcomes of a study as functions of its factors, fitted to its runs.

Candidates are polynomials (Legendre, of rising degree, with and without products of factors) and radial basis functions
(linear and cubic, with a linear polynomial and several degrees of smoothing). Each outcome gets the candidate whose forecasts
of left-out runs have the least squared error. Both kinds are linear in the outcomes, so the error of every left-out run
follows from one factorization (for radial basis functions by the identity of Rippa, 1999), and so do the surfaces that are
fitted without one group of runs, from which errors are estimated.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from math import comb

import numpy as np
import scipy
from numpy.polynomial.legendre import legvander
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

DEGREES = range(1, 9)
"""Degrees of polynomials."""

RUNS_PER_TERM = 3
"""A polynomial has at most one term for this number of runs."""

MAX_TERMS = 400
"""Most terms of a polynomial."""

SMOOTHING = (1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
"""Smoothing of radial basis functions, relative to the mean eigenvalue of their matrix."""

GROUPS = 10
"""Groups of runs, each left out once."""

_CHUNK = 4_000_000
"""Largest number of feature values at a time."""


@dataclass(frozen=True, slots=True)
class ResponseSurface:
    """A surface for some outcomes, fitted to all runs and without each group of runs."""

    outcomes: Integers
    """Positions of the outcomes, shape (outcomes,)."""
    fit: Array
    """Share of the variance of left-out runs that the surface explains, shape (outcomes,)."""
    build_features: Callable[[Array], Array]
    """Values of the basis functions, shape (n, functions), at points in the unit cube."""
    coefficients: Array
    """Shape (functions, 1 + groups, outcomes): from all runs, then without each group."""

    def split(self, most: int) -> "list[ResponseSurface]":
        """Return the same surfaces with at most this number of outcomes each, so that less memory is needed at a time."""
        parts = [slice(at, at + most) for at in range(0, len(self.outcomes), most)]
        return [
            replace(self, outcomes=self.outcomes[part], fit=self.fit[part], coefficients=self.coefficients[:, :, part])
            for part in parts
        ]

    def evaluate(self, points: Array) -> Array:
        """Return values of shape (n, 1 + groups, outcomes) at points of shape (n, factors) in the unit cube."""
        functions, *shape = self.coefficients.shape
        flat = self.coefficients.reshape(functions, -1)
        step = max(1, _CHUNK // max(functions, 1))
        parts = [self.build_features(points[at : at + step]) @ flat for at in range(0, len(points), step)]
        return np.concatenate(parts).reshape(len(points), *shape)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A family of surfaces, factorized for the runs."""

    left_out_errors: Array
    """Squared errors of left-out runs, summed, shape (outcomes,); infinite where they are not defined."""
    build_features: Callable[[Array], Array]
    fit_coefficients: Callable[[Array, list[Integers]], Array]


def fit_response_surfaces(points: Array, outcomes: Array, seed: int) -> list[ResponseSurface]:
    """Fit the best surface to each outcome.

    `points` have the shape (runs, factors) and lie in the unit cube; `outcomes` have the shape (runs, outcomes), and each of
    them varies. The surfaces together hold every outcome once, except those of which no surface explains anything.
    """
    candidates = [*_list_polynomials(points, outcomes), *_list_radial_functions(points, outcomes)]
    if not candidates:
        return []
    errors = np.stack([one.left_out_errors for one in candidates])
    best = errors.argmin(axis=0)
    fit = 1 - errors.min(axis=0) / ((outcomes - outcomes.mean(0)) ** 2).sum(0)
    order = np.random.default_rng(seed).permutation(len(points))
    groups = [np.sort(order[start::GROUPS]) for start in range(GROUPS)]
    surfaces = []
    for position, candidate in enumerate(candidates):
        chosen = np.flatnonzero((best == position) & (fit > 0))
        if chosen.size:
            coefficients = candidate.fit_coefficients(outcomes[:, chosen], groups)
            surfaces.append(ResponseSurface(chosen, fit[chosen], candidate.build_features, coefficients))
    return surfaces


def _list_polynomials(points: Array, outcomes: Array) -> Iterator[_Candidate]:
    """Yield polynomials of rising degree: all products up to the degree, and sums of functions of one factor."""
    run_count, factor_count = points.shape
    most = min(MAX_TERMS, run_count // RUNS_PER_TERM)
    for degree in DEGREES:
        if comb(factor_count + degree, degree) <= most:
            yield _build_polynomial(points, outcomes, _list_exponents(factor_count, degree))
        if factor_count > 1 and degree > 1 and 1 + factor_count * degree <= most:
            alone = np.eye(factor_count, dtype=np.int64)
            powers = np.arange(1, degree + 1)[:, None, None]
            exponents = np.vstack([np.zeros((1, factor_count), np.int64), (powers * alone).reshape(-1, factor_count)])
            yield _build_polynomial(points, outcomes, exponents)


def _list_exponents(factor_count: int, degree: int) -> Integers:
    """Return the exponents of all products up to a total degree, shape (terms, factors)."""
    chosen = np.array(list(combinations_with_replacement(range(factor_count + 1), degree)))
    counts: Integers = (chosen[:, :, None] == np.arange(1, factor_count + 1)).sum(axis=1)
    return counts


def _build_polynomial(points: Array, outcomes: Array, exponents: Integers) -> _Candidate:
    def build_features(at: Array) -> Array:
        powers = legvander(2 * at - 1, int(exponents.max()))
        features: Array = np.ones((len(at), len(exponents)))
        for factor in range(at.shape[1]):
            features *= powers[:, factor, exponents[:, factor]]
        return features

    left, sizes, right = np.linalg.svd(build_features(points), full_matrices=False)
    kept = sizes > sizes[0] * 1e-10
    basis, back = left[:, kept], (right[kept] / sizes[kept, None]).T
    free = 1 - (basis**2).sum(axis=1)
    residuals = outcomes - basis @ (basis.T @ outcomes)
    errors = ((residuals / np.maximum(free, 1e-8)[:, None]) ** 2).sum(axis=0)

    def fit_coefficients(chosen: Array, groups: list[Integers]) -> Array:
        target = basis.T @ chosen
        parts = [target]
        for group in groups:
            rows = basis[group]
            system = np.eye(basis.shape[1]) - rows.T @ rows
            parts.append(np.linalg.lstsq(system, target - rows.T @ chosen[group])[0])
        return np.stack([back @ part for part in parts], axis=1)

    return _Candidate(errors if free.min() > 1e-8 else np.full_like(errors, np.inf), build_features, fit_coefficients)


def _list_radial_functions(points: Array, outcomes: Array) -> Iterator[_Candidate]:
    """Yield linear and cubic radial basis functions with a linear polynomial."""
    run_count, factor_count = points.shape
    if run_count < 2 * (factor_count + 1):
        return
    for power, sign in ((1, -1.0), (3, 1.0)):
        yield from _list_smoothed(points, outcomes, power, sign)


def _list_smoothed(points: Array, outcomes: Array, power: int, sign: float) -> Iterator[_Candidate]:
    """Yield one candidate for each degree of smoothing, from one eigenvalue decomposition."""

    def build_features(at: Array) -> Array:
        return np.hstack([sign * scipy.spatial.distance.cdist(at, points) ** power, np.ones((len(at), 1)), at])

    features = build_features(points)
    matrix, tail = features[:, : len(points)], features[:, len(points) :]
    complement = np.linalg.qr(tail, mode="complete")[0][:, np.linalg.matrix_rank(tail) :]
    values, vectors = np.linalg.eigh(complement.T @ matrix @ complement)
    vectors = complement @ vectors
    scale = max(float(values.mean()), np.finfo(np.float64).tiny)
    parts = vectors.T @ outcomes
    for share in SMOOTHING:
        weights = 1 / (np.maximum(values, 0) + share * scale)
        diagonal = vectors**2 @ weights
        errors = (((vectors @ (weights[:, None] * parts)) / diagonal[:, None]) ** 2).sum(axis=0)

        def fit_coefficients(
            chosen: Array, groups: list[Integers], weights: Array = weights, smoothing: float = share * scale
        ) -> Array:
            inverse = (vectors * weights) @ vectors.T
            centres = inverse @ chosen
            parts = []
            for group in [np.array([], np.int64), *groups]:
                left = np.linalg.solve(inverse[np.ix_(group, group)], centres[group])
                moved = centres - inverse[:, group] @ left
                rest = np.delete(np.arange(len(chosen)), group)
                remainder = (chosen - matrix @ moved - smoothing * moved)[rest]
                parts.append(np.vstack([moved, np.linalg.lstsq(tail[rest], remainder)[0]]))
            return np.stack(parts, axis=1)

        yield _Candidate(errors, build_features, fit_coefficients)
