"""Certificates: verify a claimed optimum from the arrays alone, without trust in the solver.

For the program  minimise c·x + c₀,  r ≤ Ax ≤ r̄,  l ≤ x ≤ l̄  and any dual values y with reduced costs z = c − Aᵀy, weak duality
gives a lower bound on the cost of every feasible x:

    c₀ + Σ_{y>0} y·r + Σ_{y<0} y·r̄ + Σ_{z>0} z·l + Σ_{z<0} z·l̄

A point is optimal if it satisfies all constraints and bounds (primal residual), if y and z have the signs that finite bounds
allow (dual residual), and if its cost equals the lower bound (duality gap). This proof is independent of the solver.
"""

import numpy as np

from models.plan import Certificate
from solvers.errors import NoSolutionError
from solvers.lp.linear_program import FloatArray, LinearProgram
from solvers.lp.solution import Solution

LARGE = 1e300
"""Replaces infinite residuals and residuals of NaN."""


def certify_solution(lp: LinearProgram, solution: Solution, tolerance: float = 1e-6) -> Certificate:
    """Compute the certificate of a solution; missing dual values count as zero.

    `passed` is true if the primal residual, the dual residual and the gap are all within `tolerance`. The termination reason
    of the solver has no influence.

    Raises
    ------
    NoSolutionError
        If the solution has no primal point.
    """
    if solution.values is None:
        raise NoSolutionError("the solution has no primal point")
    x = solution.values
    y = np.zeros(lp.row_count) if solution.dual_values is None else solution.dual_values
    with np.errstate(invalid="ignore", over="ignore"):
        primal = _clamp_finite(float(lp.cost @ x) + lp.offset)
        bound, dual_residual = _evaluate_dual_point(lp, y)
        dual = _clamp_finite(bound)
        primal_residual = measure_primal_residual(lp, x)
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


def compute_dual_bound(lp: LinearProgram, dual_values: FloatArray, tolerance: float = 1e-6) -> float:
    """Return the lower bound on the cost of every feasible point that dual values, (m,), prove; −inf if they prove none.

    They prove none where their dual residual exceeds the tolerance.
    """
    bound, dual_residual = _evaluate_dual_point(lp, dual_values)
    return bound if dual_residual <= tolerance else -np.inf


def _evaluate_dual_point(lp: LinearProgram, dual_values: FloatArray) -> tuple[float, float]:
    """Return the objective of dual values, (m,), and their dual residual."""
    with np.errstate(invalid="ignore", over="ignore"):
        z = lp.cost - lp.matrix.T @ dual_values
        of_rows = _sum_bound_terms(dual_values, lp.row_lower, lp.row_upper)
        objective = of_rows + _sum_bound_terms(z, lp.column_lower, lp.column_upper) + lp.offset
        residual = max(
            _measure_dual_infeasibility(dual_values, lp.row_lower, lp.row_upper, np.zeros(lp.row_count)),
            _measure_dual_infeasibility(z, lp.column_lower, lp.column_upper, lp.cost),
        )
    return objective, residual


def measure_primal_residual(lp: LinearProgram, values: FloatArray) -> float:
    """Return the largest violation of a constraint or bound by a point, (n,), relative to 1 + its right-hand side."""
    return max(
        _measure_bound_violation(lp.matrix @ values, lp.row_lower, lp.row_upper),
        _measure_bound_violation(values, lp.column_lower, lp.column_upper),
    )


def _compute_bound_terms(dual: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
    """Return each dual value times its active bound (lower if positive, upper if negative); 0 if that bound is infinite."""
    bound = np.where(dual > 0, lower, np.where(dual < 0, upper, 0.0))
    return np.where(np.isfinite(bound), dual, 0.0) * np.where(np.isfinite(bound), bound, 0.0)


def _sum_bound_terms(dual: FloatArray, lower: FloatArray, upper: FloatArray) -> float:
    return float(_compute_bound_terms(dual, lower, upper).sum())


def _measure_bound_violation(activity: FloatArray, lower: FloatArray, upper: FloatArray) -> float:
    """Return the largest bound violation, relative to 1 + |bound|."""
    below = (lower - activity) / (1 + np.where(np.isfinite(lower), np.abs(lower), 0.0))
    above = (activity - upper) / (1 + np.where(np.isfinite(upper), np.abs(upper), 0.0))
    return _clamp_finite(np.maximum(below, above).max(initial=0.0))


def _measure_dual_infeasibility(dual: FloatArray, lower: FloatArray, upper: FloatArray, scale: FloatArray) -> float:
    """Return the largest dual value whose active bound is infinite, relative to 1 + |scale|."""
    bound = np.where(dual > 0, lower, np.where(dual < 0, upper, 0.0))
    wrong = np.where(np.isfinite(bound) & np.isfinite(dual), 0.0, np.abs(dual))
    return _clamp_finite((wrong / (1 + np.abs(scale))).max(initial=0.0))


def _clamp_finite(number: float) -> float:
    """Return the number, limited to ±LARGE; NaN becomes LARGE."""
    return float(np.clip(np.nan_to_num(number, nan=LARGE, posinf=LARGE, neginf=-LARGE), -LARGE, LARGE))
