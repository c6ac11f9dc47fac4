"""The points of a study: draws from the distributions of the factors, grids and lists.

A design gives independent probabilities in the unit cube. Rank correlation turns them into correlated ones by a Gaussian copula:
normal scores of the ranks are decorrelated, multiplied by the Cholesky factor of the wanted correlation, and give each factor the order
of its draws (Iman and Conover), so that every factor keeps the values that its distribution gave it. For a rank correlation ρ, the
normal correlation is 2·sin(π·ρ/6).
"""

from collections.abc import Sequence

import numpy as np
import scipy

from models.analyses.study import Factor, GridDesign, ListDesign, RankCorrelation, SampledDesign, StudyRequest
from models.validation.finding import InvalidProblemError
from models.validation.finding_codes import make_finding
from solvers.analyses.studies.distribution_functions import compute_quantiles, find_ends
from solvers.lp.linear_program import FloatArray

LEAST_PROBABILITY = 2.0**-40
"""Least distance of a probability from 0 and 1, at which distributions without a density at their ends stay finite."""

LEAST_EIGENVALUE = 1e-8
"""Least eigenvalue of a correlation matrix; below it, the stated correlations contradict each other."""


def draw_points(request: StudyRequest) -> FloatArray:
    """Return the points of a study, (r, k), one column for each factor. Equal requests give equal points.

    Raises
    ------
    InvalidProblemError
        The rank correlations contradict each other.
    """
    correlation = build_correlation_matrix(request.factors, request.rank_correlation)
    match request.design:
        case ListDesign():
            return np.array([[point[factor.name] for factor in request.factors] for point in request.design.points])
        case GridDesign():
            return _build_grid(request.factors, request.design.levels)
        case SampledDesign():
            return sample_points(request.factors, correlation, request.design)


def sample_points(factors: Sequence[Factor], correlation: FloatArray, design: SampledDesign) -> FloatArray:
    """Return sampled points, (r, k), with a rank correlation, (k, k)."""
    probability = correlate_ranks(_sample_unit_cube(design, len(factors)), correlation)
    return np.column_stack(
        [compute_quantiles(factor.distribution, probability[:, k]) for k, factor in enumerate(factors)]
    )


def build_correlation_matrix(factors: Sequence[Factor], pairs: Sequence[RankCorrelation]) -> FloatArray:
    """Return the matrix of rank correlations, (k, k).

    Raises
    ------
    InvalidProblemError
        No numbers can have these correlations, as with A like B, B like C, and A against C.
    """
    position = {factor.name: k for k, factor in enumerate(factors)}
    matrix = np.eye(len(factors))
    for pair in pairs:
        first, second = (position[name] for name in pair.factors)
        matrix[first, second] = matrix[second, first] = pair.value
    if pairs and np.linalg.eigvalsh(_to_normal_correlation(matrix)).min() < -LEAST_EIGENVALUE:
        message = "The rank correlations contradict each other: no factors can have all of them."
        remedy = "Bring correlations nearer to 0, or state those that follow from others."
        raise InvalidProblemError((make_finding("invalid", ("rank_correlation",), message, remedy),))
    return matrix


def correlate_ranks(probability: FloatArray, correlation: FloatArray) -> FloatArray:
    """Return the same numbers by column, (r, k), in an order that gives them a rank correlation, (k, k)."""
    count, factors = probability.shape
    if count < 2 or np.array_equal(correlation, np.eye(factors)):
        return probability
    ranks = scipy.stats.rankdata(probability, method="ordinal", axis=0)
    scores = scipy.special.ndtri(ranks / (count + 1))
    if count > factors:
        scores = (
            scores @ np.linalg.inv(np.linalg.cholesky(np.corrcoef(scores, rowvar=False).reshape(factors, factors))).T
        )
    wanted = _to_normal_correlation(correlation)
    values, vectors = np.linalg.eigh(wanted)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    correlated = scores @ root.T if values.min() < LEAST_EIGENVALUE else scores @ np.linalg.cholesky(wanted).T
    order = scipy.stats.rankdata(correlated, method="ordinal", axis=0).astype(np.int64) - 1
    return np.take_along_axis(np.sort(probability, axis=0), order, axis=0)


def _to_normal_correlation(rank_correlation: FloatArray) -> FloatArray:
    return np.asarray(2.0 * np.sin(np.pi * rank_correlation / 6.0))


def _sample_unit_cube(design: SampledDesign, factors: int) -> FloatArray:
    """Return probabilities strictly between 0 and 1, (r, k)."""
    rng = np.random.default_rng(design.seed)
    if design.kind == "latin_hypercube":
        sample = scipy.stats.qmc.LatinHypercube(factors, rng=rng).random(design.size)
    else:
        # Whole powers of two keep the balance of the sequence; the first points of a longer one are the same.
        sample = scipy.stats.qmc.Sobol(factors, scramble=True, rng=rng).random_base2(
            max(design.size - 1, 0).bit_length()
        )[: design.size]
    return np.clip(sample, LEAST_PROBABILITY, 1.0 - LEAST_PROBABILITY)


def _build_grid(factors: Sequence[Factor], levels: int) -> FloatArray:
    """Return all combinations of evenly spaced values between the ends, the last factor first; the middle with one level."""
    ends = [find_ends(factor.distribution) for factor in factors]
    values = [np.linspace(low, high, levels) if levels > 1 else np.array([(low + high) / 2]) for low, high in ends]
    return np.stack(np.meshgrid(*values, indexing="ij"), axis=-1).reshape(-1, len(factors))
