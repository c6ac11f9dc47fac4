"""Certificates: what the arrays themselves say about a claim. Knows no backend and no factory.

For  minimise c·x + c₀,  r ≤ Ax ≤ r̄,  l ≤ x ≤ l̄  and any prices y with z = c − Aᵀy, every feasible x costs at least

    c₀ + Σ_{y>0} y·r + Σ_{y<0} y·r̄ + Σ_{z>0} z·l + Σ_{z<0} z·l̄

so a point that keeps all bounds, prices whose signs fit the bounds there are, and the two objectives together prove an
optimum, whoever found them.
"""

import numpy as np

from models.plan import Certificate
from solvers.errors import NoSolutionError
from solvers.lp.linear_program import FloatArray, LinearProgram
from solvers.lp.solution import Solution

LARGE = 1e300
"""Stands for any residual too large to name, such as one of a point that is not a number."""


def certify_solution(lp: LinearProgram, solution: Solution, tolerance: float = 1e-6) -> Certificate:
    """Hold a solution to the arrays; a solution without prices is held to prices of zero.

    `passed` iff the primal residual, the dual residual and the gap are all within `tolerance`; the solver's claim plays no
    part. Numbers that are not finite count as BEYOND. Raises NothingToCertify if there is no point.
    """
    if solution.values is None:
        raise NoSolutionError("the solution holds no point")
    x = solution.values
    y = np.zeros(lp.row_count) if solution.dual_values is None else solution.dual_values
    with np.errstate(invalid="ignore", over="ignore"):
        z = lp.cost - lp.matrix.T @ y
        primal = _clamp_finite(float(lp.cost @ x) + lp.offset)
        dual = _clamp_finite(
            _sum_bound_terms(y, lp.row_lower, lp.row_upper)
            + _sum_bound_terms(z, lp.column_lower, lp.column_upper)
            + lp.offset
        )
        primal_residual = max(
            _measure_bound_violation(lp.matrix @ x, lp.row_lower, lp.row_upper),
            _measure_bound_violation(x, lp.column_lower, lp.column_upper),
        )
        dual_residual = max(
            _measure_dual_infeasibility(y, lp.row_lower, lp.row_upper, np.zeros(lp.row_count)),
            _measure_dual_infeasibility(z, lp.column_lower, lp.column_upper, lp.cost),
        )
        gap = _clamp_finite(abs(primal - dual) / (1 + abs(primal) + abs(dual)))
    return Certificate(
        passed=max(primal_residual, dual_residual, gap) <= tolerance,
        primal_residual=primal_residual,
        dual_residual=dual_residual,
        gap=gap,
        primal_objective=primal,
        dual_objective=dual,
        tolerance=tolerance,
    )


def _compute_bound_terms(price: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
    """price times the bound it leans on (lower if positive, upper if negative); 0 where that bound is infinite."""
    bound = np.where(price > 0, lower, np.where(price < 0, upper, 0.0))
    return np.where(np.isfinite(bound), price, 0.0) * np.where(np.isfinite(bound), bound, 0.0)


def _sum_bound_terms(price: FloatArray, lower: FloatArray, upper: FloatArray) -> float:
    return float(_compute_bound_terms(price, lower, upper).sum())


def _measure_bound_violation(amount: FloatArray, lower: FloatArray, upper: FloatArray) -> float:
    """Largest distance of an amount from its interval, relative to 1 + the bound it breaks."""
    below = (lower - amount) / (1 + np.where(np.isfinite(lower), np.abs(lower), 0.0))
    above = (amount - upper) / (1 + np.where(np.isfinite(upper), np.abs(upper), 0.0))
    return _clamp_finite(np.maximum(below, above).max(initial=0.0))


def _measure_dual_infeasibility(price: FloatArray, lower: FloatArray, upper: FloatArray, size: FloatArray) -> float:
    """Largest price that leans on an infinite bound, relative to 1 + |size|."""
    bound = np.where(price > 0, lower, np.where(price < 0, upper, 0.0))
    wrong = np.where(np.isfinite(bound) & np.isfinite(price), 0.0, np.abs(price))
    return _clamp_finite((wrong / (1 + np.abs(size))).max(initial=0.0))


def _clamp_finite(number: float) -> float:
    """The number itself, or ±BEYOND where it is not finite or too large."""
    return float(np.clip(np.nan_to_num(number, nan=LARGE, posinf=LARGE, neginf=-LARGE), -LARGE, LARGE))
