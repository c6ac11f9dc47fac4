"""Bounds of a cost over the plans within a slack, proved in the arrays from any dual values.

For any dual values y of the constraints, those of the limits included, weak duality bounds dᵀx from below over the set:

    Σ_{y>0} y·r + Σ_{y<0} y·r̄ + Σ_{z>0} z·l + Σ_{z<0} z·u,      z = d − Aᵀy

With −μ for the limit cᵀx ≤ z* + ε, this is the Lagrangian bound of d + μc less μ(z* + ε). Where a variable has no upper bound of its
own, u is one that the constraints imply. Where they imply none, and one constraint only has the variable, the dual value of this
constraint is moved until the reduced cost is 0 or more. So the bound holds whatever solver found the dual values, and however well.
"""

from collections.abc import Sequence

import numpy as np

from solvers.analyses.near_optimal.near_optimal_set import NearOptimalSet
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram

MOST_SWEEPS = 20
"""Sweeps over all constraints that look for implied bounds: a shortage that carries over is bounded by that of the period before."""

ROUNDING_SHARE = 1e-13
"""What is taken off a bound for rounding errors, relative to the sum of the absolute terms."""


class BoundProver:
    """Proofs of bounds over one set; n variables, m constraints."""

    def __init__(self, near: NearOptimalSet) -> None:
        """Find upper bounds of all variables that the constraints imply, whatever the slack."""
        self._near, lp = near, near.program.lp
        self._magnitude = abs(lp.matrix)
        is_own = np.ones(lp.row_count, dtype=bool)
        is_own[near.rows] = False
        own = lp.matrix.tocoo()
        kept = is_own[own.row]
        self._row, self._column = own.row[kept].astype(np.int64), own.col[kept].astype(np.int64)
        self._entry: FloatArray = own.data[kept]
        self._upper = self._imply_upper_bounds(lp)
        entries = np.bincount(self._column, minlength=lp.column_count)
        is_single = np.isinf(self._upper) & (entries == 1)
        self._is_single = is_single
        of_single = is_single[self._column]
        self._single = self._row[of_single], self._column[of_single], self._entry[of_single]

    def _imply_upper_bounds(self, lp: LinearProgram) -> FloatArray:
        """Return upper bounds, (n,): own ones, else those that a constraint implies by the lower bounds of its other variables."""
        row, column, entry, lower = self._row, self._column, self._entry, lp.column_lower
        upper = lp.column_upper.copy()
        for _ in range(MOST_SWEEPS):
            least = np.where(entry > 0, entry * lower[column], entry * upper[column])
            most = np.where(entry > 0, entry * upper[column], entry * lower[column])
            above = lp.row_upper[row] - _sum_others(least, row, lp.row_count, -np.inf)
            below = lp.row_lower[row] - _sum_others(most, row, lp.row_count, np.inf)
            implied = upper.copy()
            np.minimum.at(implied, column, np.where(entry > 0, above, below) / entry)
            implied = np.where(np.isinf(upper), np.maximum(implied, lower), upper)
            if (np.isinf(implied) == np.isinf(upper)).all():
                break
            upper = implied
        return upper

    def bound_least(self, cost: FloatArray, dual_values: FloatArray, slacks: Sequence[float]) -> FloatArray:
        """Return a lower bound of a cost, (n,), over all plans within each slack; −∞ where the dual values prove none.

        Parameters
        ----------
        dual_values
            Any dual values, (m,), with respect to this cost; those of the limits are at most 0.
        """
        lp, limits = self._near.program.lp, self._near.rows
        y = drop_unbounded(dual_values, lp.row_lower, lp.row_upper)
        y[limits] = np.minimum(dual_values[limits], 0.0)
        y = self._move_to_bounds(cost, y)
        z = cost - lp.matrix.T @ y
        # moving leaves rounding errors at 0; what is more is a ray along which nothing bounds the cost
        noise = ROUNDING_SHARE * (np.abs(cost) + self._magnitude.T @ np.abs(y))
        z[self._is_single & (z < 0) & (z >= -noise)] = 0.0
        own = y.copy()
        own[limits] = 0.0
        terms = _multiply(own, lp.row_lower, lp.row_upper), _multiply(z, lp.column_lower, self._upper)
        proved = sum(float(term.sum()) for term in terms)
        size = sum(float(np.abs(term).sum()) for term in terms)
        ends = np.array([float(y[limits] @ self._near.compute_limits(slack)) for slack in slacks])
        found = proved + ends - ROUNDING_SHARE * (size + np.abs(ends))
        return np.where(np.isfinite(found), found, -np.inf)

    def _move_to_bounds(self, cost: FloatArray, dual_values: FloatArray) -> FloatArray:
        """Return dual values, (m,), with which no unbounded variable of a single constraint has a negative reduced cost."""
        lp, limits = self._near.program.lp, self._near.rows
        only_limits = np.zeros_like(dual_values)
        only_limits[limits] = dual_values[limits]
        row, column, entry = self._single
        allowed = (cost - lp.matrix.T @ only_limits)[column] / entry
        moved = dual_values.copy()
        np.minimum.at(moved, row[entry > 0], allowed[entry > 0])
        np.maximum.at(moved, row[entry < 0], allowed[entry < 0])
        return moved


def _sum_others(terms: FloatArray, row: IntArray, row_count: int, infinity: float) -> FloatArray:
    """Return for each entry the sum of the terms of the other entries of its row; `infinity` if one of them is infinite."""
    is_infinite = np.isinf(terms)
    finite = np.where(is_infinite, 0.0, terms)
    total = np.bincount(row, weights=finite, minlength=row_count)[row] - finite
    infinite = is_infinite.astype(np.float64)
    others = np.bincount(row, weights=infinite, minlength=row_count)[row] - infinite
    return np.where(others > 0, infinity, total)


def drop_unbounded(dual_values: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
    """Return dual values with 0 where the bound that they price is infinite."""
    bound = np.where(dual_values > 0, lower, np.where(dual_values < 0, upper, 0.0))
    return np.where(np.isfinite(bound), dual_values, 0.0)


def _multiply(dual_values: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
    """Return each dual value times the bound that it prices; −∞ where that is infinite."""
    bound = np.where(dual_values > 0, lower, np.where(dual_values < 0, upper, 0.0))
    return np.multiply(dual_values, bound, where=dual_values != 0, out=np.zeros_like(bound))
