"""The program with rules that give way at a price: its optimum is the least total relaxation.

    minimise    Σ weight · r
    subject to  lower − scale·r ≤ A x ≤ upper + scale·r   for rows and, as rows of their own, for column bounds;   r ≥ 0

It always has a point, and its certificate proves the conflict: a dual objective above 0 bounds what every plan must break.
"""

from dataclasses import replace

import numpy as np
from scipy import sparse

from solvers.infeasibility.relaxable_limits import RelaxableLimits
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram


def build_relaxation(lp: LinearProgram, limits: RelaxableLimits) -> LinearProgram:
    """The relaxed program: columns x (n) then r (s); rows those of `lp` (m), then one for each soft column bound."""
    bounds = np.flatnonzero(limits.is_column)
    rows = np.flatnonzero(limits.is_column == 0)
    count, bound_count = len(limits.position), len(bounds)
    row_relaxation = sparse.csc_array(
        (-(limits.sign * limits.scale)[rows], (limits.position[rows], rows)), shape=(lp.row_count, count)
    )
    picked = sparse.csc_array(
        (np.ones(bound_count), (np.arange(bound_count), limits.position[bounds])), shape=(bound_count, lp.column_count)
    )
    bound_relaxation = sparse.csc_array(
        (-(limits.sign * limits.scale)[bounds], (np.arange(bound_count), bounds)), shape=(bound_count, count)
    )
    old = sparse.hstack([lp.matrix, row_relaxation], format="csr")
    new = sparse.hstack([picked, bound_relaxation], format="csr")
    matrix = sparse.csc_array(sparse.vstack([old, new], format="csc"))
    matrix.sort_indices()
    lower, upper = drop_column_bounds(lp, limits.position[bounds])
    return LinearProgram(
        cost=np.concatenate([np.zeros(lp.column_count), limits.weight]),
        column_lower=np.concatenate([lower, np.zeros(count)]),
        column_upper=np.concatenate([upper, np.full(count, np.inf)]),
        row_lower=np.concatenate([lp.row_lower, np.where(limits.sign[bounds] < 0, limits.bound[bounds], -np.inf)]),
        row_upper=np.concatenate([lp.row_upper, np.where(limits.sign[bounds] > 0, limits.bound[bounds], np.inf)]),
        matrix=matrix,
    )


def drop_column_bounds(lp: LinearProgram, columns: IntArray) -> tuple[FloatArray, FloatArray]:
    """Column bounds with those of some columns given up, but for 0, which no quantity goes below."""
    lower, upper = lp.column_lower.copy(), lp.column_upper.copy()
    lower[columns] = np.minimum(lower[columns], 0.0)
    upper[columns] = np.inf
    return lower, upper


def find_supporting_limits(limits: RelaxableLimits, row_duals: FloatArray, rows: int) -> IntArray:
    """Positions in `soft` of what the relaxed program's prices, (m + bounds,), lean on."""
    duals = np.empty(len(limits.position))
    is_row = limits.is_column == 0
    duals[is_row] = row_duals[limits.position[is_row]]
    duals[~is_row] = row_duals[rows:]
    return np.flatnonzero(-duals * limits.sign * limits.scale > 1e-9 * limits.weight)


def apply_relaxation(lp: LinearProgram, limits: RelaxableLimits, amounts: FloatArray) -> LinearProgram:
    """The program with each soft limit moved out by `give`, (s,), and a hair more."""
    extra = amounts * (1 + 1e-6) + np.where(amounts > 0, 1e-6 * limits.scale, 0.0)
    bounds = {name: getattr(lp, name).copy() for name in ("column_lower", "column_upper", "row_lower", "row_upper")}
    for is_column, kind in ((1, "column"), (0, "row")):
        for sign, side in ((-1.0, "lower"), (1.0, "upper")):
            which = (limits.is_column == is_column) & (limits.sign == sign)
            bounds[f"{kind}_{side}"][limits.position[which]] += sign * extra[which]
    return replace(lp, cost=np.zeros(lp.column_count), **bounds)


def restrict_to_limits(
    lp: LinearProgram, limits: RelaxableLimits, positions: IntArray, row_duals: FloatArray | None = None
) -> LinearProgram:
    """The program with the soft limits in `kept` alone: all others are given up. No costs.

    `background`: prices by row, (m,); rows of other rules priced 0 are given up as well.
    """
    removed_positions = np.setdiff1d(np.arange(len(limits.position)), positions)
    removed = limits.select_limits(removed_positions)
    lower, upper = lp.column_lower.copy(), lp.column_upper.copy()
    row_lower, row_upper = lp.row_lower.copy(), lp.row_upper.copy()
    for arrays, is_column, floor in (((lower, upper), 1, 0.0), ((row_lower, row_upper), 0, -np.inf)):
        mask = removed.is_column == is_column
        arrays[0][removed.position[mask & (removed.sign < 0)]] = floor
        arrays[1][removed.position[mask & (removed.sign > 0)]] = np.inf
    if row_duals is not None:
        kept = limits.select_limits(positions)
        is_idle = row_duals == 0
        is_idle[kept.position[kept.is_column == 0]] = False
        row_lower[is_idle], row_upper[is_idle] = -np.inf, np.inf
    cost = np.zeros(lp.column_count)
    return replace(
        lp, cost=cost, column_lower=lower, column_upper=upper, row_lower=row_lower, row_upper=row_upper, offset=0.0
    )
