"""Plans near an end of a range, by interior point on the variables that matter, guided by the dual values that bound the end.

With dual values y of the set, those −μ of its limits included, every plan at the end has variables of small reduced cost only. So the
others are fixed at the bounds at which the optimum has them, and the limits go into the objective, at a share σ of their prices:

    min dᵀx + σ·μᵀCx    over the other constraints of the program, and over the variables that are free

C are the rows of the limits. With σ < 1 the plan is beyond the tangent of the bound, so it uses more of the slack. The set is convex:
where a plan exceeds a slack, the mixture with the optimum that just keeps it is within it. Whatever is found is a plan only if the
arrays say so.
"""

from dataclasses import replace

import numpy as np
from scipy import sparse

from solvers.analyses.near_optimal.near_optimal_set import NearOptimalSet
from solvers.backends.highs_session import HighsSession
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.lp.scaling import Scaling
from solvers.lp.solution import AT_LOWER, AT_UPPER, BASIC

FREE_SHARE = 0.3
"""Share of the variables that are free: 93,000 in a year of Ryanggang, of which 59,000 are basic at the optimum."""

PRICE_SHARE = 0.3
"""σ: with 1, the plan found uses a tenth of a slack; with 0.1, interior point has numerical trouble."""


def find_guided_plan(
    near: NearOptimalSet, cost: FloatArray, dual_values: FloatArray, time_limit_seconds: float
) -> FloatArray | None:
    """Return values, (n,), with a low cost, (n,), which are within the constraints as far as the solver knows; None without any.

    Parameters
    ----------
    dual_values
        Dual values of the set, (m,), that bound the cost from below; those of the limits are at most 0.
    """
    lp, limits = near.program.lp, near.rows
    free = _choose_free(near, cost, dual_values)
    fixed = near.values.copy()
    fixed[free] = 0.0
    used = lp.matrix @ fixed
    priced = cost - PRICE_SHARE * (dual_values[limits] @ lp.matrix.tocsr()[limits])
    size = np.abs(cost[cost != 0])
    unit = float(np.exp(np.log(size).mean())) if len(size) else 1.0
    upper = lp.row_upper - used
    upper[limits] = np.inf
    restricted = replace(
        lp,
        cost=priced[free] / unit,
        column_lower=lp.column_lower[free],
        column_upper=lp.column_upper[free],
        row_lower=lp.row_lower - used,
        row_upper=upper,
        matrix=sparse.csc_array(lp.matrix[:, free]),
        offset=0.0,
    )
    solved = HighsSession(restricted).solve_program(
        "ipm-without-crossover", time_limit_seconds=time_limit_seconds, with_basis=False
    )
    if solved.values is None:
        return None
    fixed[free] = solved.values
    return fixed


def mix_within_slack(near: NearOptimalSet, values: FloatArray, slack: float) -> FloatArray:
    """Return the mixture of values, (n,), and of the optimum that just keeps a slack; the values themselves if they keep it."""
    rows, limits = near.program.lp.matrix.tocsr()[near.rows], near.compute_limits(slack)
    start, end = rows @ near.values, rows @ values
    is_above = end > limits
    shares = (limits - start)[is_above] / (end - start)[is_above]
    share = float(np.clip(shares.min(initial=1.0), 0.0, 1.0))
    return np.asarray(near.values + share * (values - near.values))


def _choose_free(near: NearOptimalSet, cost: FloatArray, dual_values: FloatArray) -> IntArray:
    """Return the variables of the least reduced cost in won, from the bound at which each is, ascending; basic ones come first."""
    lp, status = near.program.lp, near.basis.columns
    reduced = (cost - lp.matrix.T @ dual_values) / Scaling.from_unit_values(near.program).columns
    loss = np.where(status == AT_LOWER, reduced, np.where(status == AT_UPPER, -reduced, np.abs(reduced)))
    loss[lp.column_lower == lp.column_upper] = np.inf
    loss[status == BASIC] = -np.inf
    count = max(int(FREE_SHARE * len(loss)), int((status == BASIC).sum()))
    return np.sort(np.argsort(loss, kind="stable")[:count])
