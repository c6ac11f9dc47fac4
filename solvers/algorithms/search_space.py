"""Smaller search spaces of a mixed-integer program: near to a point, and without points that cost too much."""

from dataclasses import replace

import numpy as np

from solvers.backends.highs_mip import INTEGRALITY_TOLERANCE, MixedIntegerProgram
from solvers.lp.certificate import compute_dual_bound
from solvers.lp.linear_program import FloatArray

LEAST_REDUCED_COST = 1e-9
"""A reduced cost up to this, relative to 1 + the greatest cost, may be a rounding error and limits nothing."""

COST_TOLERANCE = 1e-7
"""Share of the cost by which a point that is kept may exceed the limit, for rounding errors."""


def limit_to_near_steps(program: MixedIntegerProgram, values: FloatArray, steps: float) -> MixedIntegerProgram:
    """Limit discrete variables to some steps below and above the multiples of their step around a point, (n,).

    A variable with a least run may be 0 or the run as well.
    """
    lp, is_step = program.lp, program.step > 0
    step = np.where(is_step, program.step, 1.0)
    least = (np.floor(values / step + INTEGRALITY_TOLERANCE) - steps) * step
    most = (np.ceil(values / step - INTEGRALITY_TOLERANCE) + steps) * step
    has_run = program.least_run > 0
    least, most = np.where(has_run, np.minimum(least, 0.0), least), np.where(has_run, most + program.least_run, most)
    lower = np.where(is_step, np.maximum(lp.column_lower, least), lp.column_lower)
    upper = np.where(is_step, np.minimum(lp.column_upper, most), lp.column_upper)
    return replace(program, lp=replace(lp, column_lower=lower, column_upper=upper))


def exclude_dear_points(
    program: MixedIntegerProgram, cost: FloatArray, dual_values: FloatArray, most: float
) -> MixedIntegerProgram:
    """Limit discrete variables to values with which a point may cost `most` or less, by reduced costs.

    Weak duality proves it from the arrays: a point costs at least the bound of the dual values, plus for each variable its reduced
    cost times its distance from the bound of that sign.

    Parameters
    ----------
    cost
        Cost of each variable, which need not be the one that the program minimises, (n,).
    dual_values
        Any dual value of each constraint; those of the optimum exclude most, (m,).
    most
        Cost, without a constant term.
    """
    lp = program.lp
    slack = (
        most
        + COST_TOLERANCE * max(1.0, abs(most))
        - compute_dual_bound(replace(lp, cost=cost, offset=0.0), dual_values)
    )
    if not np.isfinite(slack):
        return program
    reduced_costs = cost - lp.matrix.T @ dual_values
    least_reduced_cost = LEAST_REDUCED_COST * (1 + np.abs(cost).max(initial=0.0))
    upper, lower = lp.column_upper.copy(), lp.column_lower.copy()
    high = np.flatnonzero((program.step > 0) & (reduced_costs > least_reduced_cost) & np.isfinite(lp.column_lower))
    low = np.flatnonzero((program.step > 0) & (reduced_costs < -least_reduced_cost) & np.isfinite(lp.column_upper))
    upper[high] = np.minimum(upper[high], lp.column_lower[high] + max(slack, 0.0) / reduced_costs[high])
    lower[low] = np.maximum(lower[low], lp.column_upper[low] + max(slack, 0.0) / reduced_costs[low])
    return replace(program, lp=replace(lp, column_lower=lower, column_upper=upper))
