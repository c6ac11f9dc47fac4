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


def build_relaxation(lp: LinearProgram, soft: RelaxableLimits) -> LinearProgram:
    """The relaxed program: columns x (n) then r (s); rows those of `lp` (m), then one for each soft column bound."""
    bounds = np.flatnonzero(soft.of_column)
    rows = np.flatnonzero(soft.of_column == 0)
    count, own = len(soft.position), len(bounds)
    give_way = sparse.csc_array(
        (-(soft.sign * soft.scale)[rows], (soft.position[rows], rows)), shape=(lp.row_count, count)
    )
    picked = sparse.csc_array((np.ones(own), (np.arange(own), soft.position[bounds])), shape=(own, lp.column_count))
    give_bound = sparse.csc_array((-(soft.sign * soft.scale)[bounds], (np.arange(own), bounds)), shape=(own, count))
    old = sparse.hstack([lp.matrix, give_way], format="csr")
    new = sparse.hstack([picked, give_bound], format="csr")
    matrix = sparse.csc_array(sparse.vstack([old, new], format="csc"))
    matrix.sort_indices()
    lower, upper = drop_column_bounds(lp, soft.position[bounds])
    return LinearProgram(
        cost=np.concatenate([np.zeros(lp.column_count), soft.weight]),
        column_lower=np.concatenate([lower, np.zeros(count)]),
        column_upper=np.concatenate([upper, np.full(count, np.inf)]),
        row_lower=np.concatenate([lp.row_lower, np.where(soft.sign[bounds] < 0, soft.bound[bounds], -np.inf)]),
        row_upper=np.concatenate([lp.row_upper, np.where(soft.sign[bounds] > 0, soft.bound[bounds], np.inf)]),
        matrix=matrix,
    )


def drop_column_bounds(lp: LinearProgram, columns: IntArray) -> tuple[FloatArray, FloatArray]:
    """Column bounds with those of some columns given up, but for 0, which no quantity goes below."""
    lower, upper = lp.column_lower.copy(), lp.column_upper.copy()
    lower[columns] = np.minimum(lower[columns], 0.0)
    upper[columns] = np.inf
    return lower, upper


def find_supporting_limits(soft: RelaxableLimits, row_price: FloatArray, rows: int) -> IntArray:
    """Positions in `soft` of what the relaxed program's prices, (m + bounds,), lean on."""
    price = np.empty(len(soft.position))
    of_row = soft.of_column == 0
    price[of_row] = row_price[soft.position[of_row]]
    price[~of_row] = row_price[rows:]
    return np.flatnonzero(-price * soft.sign * soft.scale > 1e-9 * soft.weight)


def apply_relaxation(lp: LinearProgram, soft: RelaxableLimits, amounts: FloatArray) -> LinearProgram:
    """The program with each soft limit moved out by `give`, (s,), and a hair more."""
    room = amounts * (1 + 1e-6) + np.where(amounts > 0, 1e-6 * soft.scale, 0.0)
    moved = {name: getattr(lp, name).copy() for name in ("column_lower", "column_upper", "row_lower", "row_upper")}
    for of_column, kind in ((1, "column"), (0, "row")):
        for sign, side in ((-1.0, "lower"), (1.0, "upper")):
            which = (soft.of_column == of_column) & (soft.sign == sign)
            moved[f"{kind}_{side}"][soft.position[which]] += sign * room[which]
    return replace(lp, cost=np.zeros(lp.column_count), **moved)


def restrict_to_limits(
    lp: LinearProgram, soft: RelaxableLimits, positions: IntArray, background: FloatArray | None = None
) -> LinearProgram:
    """The program with the soft limits in `kept` alone: all others are given up. No costs.

    `background`: prices by row, (m,); rows of other rules priced 0 are given up as well.
    """
    given_up = np.setdiff1d(np.arange(len(soft.position)), positions)
    lost = soft.select_limits(given_up)
    lower, upper = lp.column_lower.copy(), lp.column_upper.copy()
    row_lower, row_upper = lp.row_lower.copy(), lp.row_upper.copy()
    for arrays, of_column, floor in (((lower, upper), 1, 0.0), ((row_lower, row_upper), 0, -np.inf)):
        mine = lost.of_column == of_column
        arrays[0][lost.position[mine & (lost.sign < 0)]] = floor
        arrays[1][lost.position[mine & (lost.sign > 0)]] = np.inf
    if background is not None:
        held = soft.select_limits(positions)
        idle = background == 0
        idle[held.position[held.of_column == 0]] = False
        row_lower[idle], row_upper[idle] = -np.inf, np.inf
    cost = np.zeros(lp.column_count)
    return replace(
        lp, cost=cost, column_lower=lower, column_upper=upper, row_lower=row_lower, row_upper=row_upper, offset=0.0
    )
