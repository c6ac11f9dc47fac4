"""Diving: a whole point of a program in a few linear programs, where branch and bound finds none in time.

Quotas and other sources are rounded down, so that capacities have room. What remains is close to a network of whole flows, whose
linear program has a whole optimum but for capacities that are not whole. There, a flow is limited to the whole number below, and the
program is solved again.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from solvers.backends.highs_mip import (
    INTEGRALITY_TOLERANCE,
    MixedIntegerProgram,
    SearchLimits,
    solve_mixed_integer,
)
from solvers.backends.highs_session import HighsSession
from solvers.data.item_arrays import BoolArray
from solvers.lp.linear_program import FloatArray

MAX_SOLVES = 12
"""Linear programs of one dive; then a search ends it."""

NEAR_STEPS, NEAR_GAP, NEAR_WORK = 3.0, 0.05, 15_000
"""The search that ends a dive: steps around the point, relative gap, and work in simplex iterations."""

FIX_WORK = 50_000
"""Work to make sums whole where all other discrete values are fixed, in simplex iterations."""


def dive_to_whole_point(
    program: MixedIntegerProgram,
    values: FloatArray,
    upper: FloatArray,
    is_source: BoolArray,
    is_shipment: BoolArray,
    get_remaining_seconds: Callable[[], float],
) -> FloatArray | None:
    """Find a whole point of a program near to a point of its linear program; None if the dive ends without one.

    Parameters
    ----------
    values
        A point of the linear program, (n,).
    upper
        Upper bounds for the dive, with bands between whole units, which leave the linear program no reason for fractions, (n,).
    is_source
        Which variables bring units in or take them out, such as quotas and swaps; they are rounded down, (n,).
    is_shipment
        Which variables are shipments, whose capacities may be no whole numbers, (n,).
    get_remaining_seconds
        Returns the wall time until the time limit of the plan.
    """
    lp = program.lp
    step = np.where(program.step > 0, program.step, 1.0)
    is_whole, is_run = program.step > 0, program.least_run > 0
    lower = np.where(is_whole, np.ceil(lp.column_lower / step - INTEGRALITY_TOLERANCE) * step, lp.column_lower)
    upper = np.where(is_whole, np.floor(upper / step + INTEGRALITY_TOLERANCE) * step, upper)
    rounded = np.where(is_whole, np.floor(values / step + INTEGRALITY_TOLERANCE) * step, values)
    rounded = np.where(is_run & (rounded < program.least_run), 0.0, rounded)
    upper = np.where((is_whole & is_source) | is_run, np.clip(rounded, lower, upper), upper)
    lower = np.where(is_run, upper, lower)
    session = HighsSession(replace(lp, column_lower=lower, column_upper=np.maximum(lower, upper)))
    nearest = values
    for _ in range(MAX_SOLVES):
        found = session.solve_program(time_limit_seconds=max(get_remaining_seconds(), 1e-2), with_basis=False)
        if found.termination.reason != "optimal" or found.values is None:
            break
        nearest, count = found.values, found.values / step
        broken = np.flatnonzero(is_whole & (np.abs(count - np.round(count)) > INTEGRALITY_TOLERANCE))
        if not len(broken):
            exact = np.where(is_whole, np.round(count) * step, found.values)
            return _fix_discrete_values(program, exact, get_remaining_seconds())
        is_first = (is_source | is_shipment)[broken]
        broken = broken[is_first] if is_first.any() else broken[:1]
        most = np.maximum(np.floor(count[broken]) * step[broken], lower[broken])
        session.change_column_bounds(broken, lower[broken], most)
    return _search_near(program, nearest, get_remaining_seconds())


def _search_near(program: MixedIntegerProgram, values: FloatArray, remaining_seconds: float) -> FloatArray | None:
    """Search for a whole point within a few steps of a point that is nearly whole; None if the search finds none."""
    lp, is_whole = program.lp, program.step > 0
    near = replace(
        lp,
        column_lower=np.where(
            is_whole, np.maximum(lp.column_lower, values - NEAR_STEPS * program.step), lp.column_lower
        ),
        column_upper=np.where(
            is_whole, np.minimum(lp.column_upper, values + NEAR_STEPS * program.step), lp.column_upper
        ),
    )
    limits = SearchLimits(NEAR_GAP, NEAR_WORK, remaining_seconds)
    return solve_mixed_integer(replace(program, lp=near), limits).values


def _fix_discrete_values(
    program: MixedIntegerProgram, values: FloatArray, remaining_seconds: float
) -> FloatArray | None:
    """Return a point with these discrete values, in which sums are whole as well; None if there is none."""
    lp, is_discrete = program.lp, (program.step > 0) | (program.least_run > 0)
    fixed = replace(
        lp,
        column_lower=np.where(is_discrete, values, lp.column_lower),
        column_upper=np.where(is_discrete, values, lp.column_upper),
    )
    limits = SearchLimits(INTEGRALITY_TOLERANCE, FIX_WORK, remaining_seconds)
    return solve_mixed_integer(replace(program, lp=fixed), limits).values
