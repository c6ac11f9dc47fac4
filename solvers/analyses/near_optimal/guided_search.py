"""Plans near an end of a range, by interior point on the variables that matter, guided by the dual values that bound the end.

With dual values y of the set, those −μ of its limits included, every plan at the end has variables of small reduced cost only. So the
others are fixed at the bounds at which the optimum has them, and the limits go into the objective, at a share σ of their prices:

    min dᵀx + σ·μᵀCx    over the other constraints of the program, and over the variables that are free

C are the rows of the limits. With σ < 1 the plan is beyond the tangent of the bound, so it uses more of the slack; where it exceeds
the slack, a second plan is sought at a greater σ. The set is convex: mixtures of plans and of the optimum that keep a slack are within
it. Whatever is found is a plan only if the arrays say so.
"""

from collections.abc import Sequence
from dataclasses import replace
from time import monotonic

import numpy as np
from scipy import sparse

from solvers.analyses.near_optimal.near_optimal_set import NearOptimalSet
from solvers.backends.highs_session import HighsSession
from solvers.lp.certificate import measure_primal_residual
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.lp.scaling import Scaling
from solvers.lp.solution import AT_LOWER, AT_UPPER, BASIC

FREE_SHARE = 0.25
"""Share of the variables that are free: 77,000 in a year of Ryanggang, of which 59,000 are basic at the optimum. With 0.3, interior
point takes 12 instead of 5 seconds for plans that are somewhat farther (decision 0100)."""

PRICE_SHARES = (0.3, 0.5)
"""σ, in turn while the plan exceeds the slack: with 1, the plan uses a tenth of a slack; with 0.1, the solver has numerical trouble."""


def find_guided_plans(
    near: NearOptimalSet,
    cost: FloatArray,
    dual_values: FloatArray,
    slacks: Sequence[float],
    tolerance: float,
    deadline: float,
) -> list[FloatArray]:
    """Return values, (n,), with a low cost, (n,), which satisfy all constraints but the limits; those of the greatest slack first.

    Parameters
    ----------
    dual_values
        Dual values of the set, (s, m), that bound the cost from below within each slack; those of the limits are at most 0.
    deadline
        Time until which plans are sought, by `time.monotonic`.
    """
    plans: list[FloatArray] = []
    without_limits = near.limit_to(np.inf)
    for slack, duals in zip(reversed(slacks), dual_values[::-1], strict=True):
        for share in PRICE_SHARES:
            seconds = deadline - monotonic()
            plan = _find_guided_plan(near, cost, duals, share, seconds) if seconds > 0 else None
            if plan is None or measure_primal_residual(without_limits, plan) > tolerance:
                break
            plans.append(plan)
            if (near.measure(plan) - near.offset <= near.compute_limits(slack)).all():
                break
    return plans


def _find_guided_plan(
    near: NearOptimalSet, cost: FloatArray, dual_values: FloatArray, price_share: float, time_limit_seconds: float
) -> FloatArray | None:
    """Return values, (n,), with a low cost, (n,), as far as the solver knows, at a share σ of the prices; None without any."""
    lp, limits = near.program.lp, near.rows
    free = _choose_free(near, cost, dual_values)
    fixed = near.values.copy()
    fixed[free] = 0.0
    used = lp.matrix @ fixed
    priced = cost - price_share * (dual_values[limits] @ lp.matrix.tocsr()[limits])
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


def mix_within_slack(near: NearOptimalSet, cost: FloatArray, plans: Sequence[FloatArray], slack: float) -> FloatArray:
    """Return the mixture of two plans, or of one and the optimum, of the least cost, (n,), that keeps a slack; each plan is (n,)."""
    known = [near.values, *plans]
    rows, limits = near.program.lp.matrix.tocsr()[near.rows], near.compute_limits(slack)
    used, costs = [rows @ values for values in known], [float(cost @ values) for values in known]
    best, best_cost = near.values, costs[0]
    for start in range(len(known)):
        if (used[start] > limits).any():
            continue
        for end in range(len(known)):
            share = _find_greatest_share(used[start], used[end], limits)
            mixed_cost = costs[start] + share * (costs[end] - costs[start])
            if mixed_cost < best_cost:
                best, best_cost = known[start] + share * (known[end] - known[start]), mixed_cost
    return best


def _find_greatest_share(start: FloatArray, end: FloatArray, limits: FloatArray) -> float:
    """Return how far one can go from what one plan uses of limits, all (k,), to what another one uses, from 0 to 1."""
    is_above = end > limits
    shares = (limits - start)[is_above] / (end - start)[is_above]
    return float(np.clip(shares.min(initial=1.0), 0.0, 1.0))


def _choose_free(near: NearOptimalSet, cost: FloatArray, dual_values: FloatArray) -> IntArray:
    """Return the variables of the least reduced cost in won, from the bound at which each is, ascending; basic ones come first."""
    lp, status = near.program.lp, near.basis.columns
    reduced = (cost - lp.matrix.T @ dual_values) / Scaling.from_unit_values(near.program).columns
    loss = np.where(status == AT_LOWER, reduced, np.where(status == AT_UPPER, -reduced, np.abs(reduced)))
    loss[lp.column_lower == lp.column_upper] = np.inf
    loss[status == BASIC] = -np.inf
    count = max(int(FREE_SHARE * len(loss)), int((status == BASIC).sum()))
    return np.sort(np.argsort(loss, kind="stable")[:count])
