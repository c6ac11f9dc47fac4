"""Whole units: quotas counted in pieces are rounded down and fixed, and the rest is solved again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solvers.algorithms.lexicographic import GoalCost, Reached, reach
from solvers.algorithms.run_state import Run
from solvers.algorithms.variants import with_column_bounds, with_cost
from solvers.lp.linear_program import FloatArray, IntArray, Program
from solvers.lp.solution import Basis

NEARLY = 1e-6
"""A quota this close below a whole number (plus 1e-9 of itself) is that number: 2.9999999 is 3 with a solver's noise."""

SEARCH_LIMIT = 200
"""Programs that the search for a feasible rounding may solve."""


@dataclass(frozen=True, slots=True)
class Rounded:
    """What came of rounding."""

    reached: Reached
    """The goals with the quotas fixed; its last attempt is infeasible where no rounding was found."""
    exhausted: bool
    """Whether the search proved that no whole quotas keep every rule."""


def round_down(values: FloatArray) -> FloatArray:
    """Whole numbers not above the values, but for a solver's noise; same shape."""
    return np.floor(values + NEARLY + 1e-9 * np.abs(values))


def round_quotas(
    program: Program,
    goals: Sequence[GoalCost],
    columns: IntArray,
    before: Reached,
    run: Run,
    stage: str,
    known: FloatArray | None = None,
) -> Rounded:
    """Fix the quotas of `columns` at whole numbers and reach the goals again with the rest.

    First every quota is rounded down. Where that breaks a rule (a floor, a closing stock, a least quota) those that must rise
    by the least total are rounded up instead. Where that breaks another, the quotas of a `known` plan that keeps every rule, (n,),
    are taken, or, without one, a search by branching on one quota after another looks for some.
    """
    attempt = before.last
    values, basis, bases = attempt.solution.values, attempt.solution.basis, before.bases
    if values is None:
        raise ValueError("nothing to round: the goals have no point")
    least = np.ceil(program.lp.column_lower[columns] - NEARLY)
    most = np.floor(program.lp.column_upper[columns] + NEARLY)
    if (least > most).any():  # between its least and its most a quota has no whole number: the crossing bounds say so
        crossing = with_column_bounds(program, columns, least, most)
        return Rounded(reach(crossing, goals, run, stage, bases), exhausted=True)
    down = np.clip(round_down(values[columns]), least, most)
    reached = _fixed(program, goals, columns, down, run, stage, bases)
    if reached.last.solution.stop.reason != "infeasible":
        return Rounded(reached, exhausted=False)
    up = _least_rise(program, columns, down, most, run, stage, basis)
    for quotas in (up, None if known is None else np.round(known[columns])):
        if quotas is not None:
            other = _fixed(program, goals, columns, quotas, run, stage, bases)
            if other.last.solution.stop.reason != "infeasible":
                return Rounded(other, exhausted=False)
    found, exhausted = _search(program, columns, least, most, run, stage, basis)
    if found is not None:
        return Rounded(_fixed(program, goals, columns, found, run, stage, bases), exhausted=False)
    return Rounded(reached, exhausted)


def _fixed(
    program: Program,
    goals: Sequence[GoalCost],
    columns: IntArray,
    quotas: FloatArray,
    run: Run,
    stage: str,
    bases: Sequence[Basis | None],
) -> Reached:
    return reach(with_column_bounds(program, columns, quotas, quotas), goals, run, stage, bases)


def _least_rise(
    program: Program, columns: IntArray, down: FloatArray, most: FloatArray, run: Run, stage: str, basis: Basis | None
) -> FloatArray | None:
    """Round up the quotas that rise when the rounded-down quotas may each rise by one, by as little as possible in all."""
    boxed = with_column_bounds(program, columns, down, np.minimum(down + 1, most))
    cost = np.zeros(program.lp.columns)
    cost[columns] = 1.0
    attempt = run.solve(with_cost(boxed, cost), stage, basis, new_goal=True)
    if attempt.solution.values is None or not attempt.feasible:
        return None
    return -round_down(-attempt.solution.values[columns])


def _search(
    program: Program, columns: IntArray, least: FloatArray, most: FloatArray, run: Run, stage: str, basis: Basis | None
) -> tuple[FloatArray | None, bool]:
    """Depth-first branching on the most fractional quota, nearest side first: quotas, and whether all was looked at."""
    open_boxes = [(least, most)]
    for _ in range(SEARCH_LIMIT):
        if not open_boxes:
            return None, True
        lower, upper = open_boxes.pop()
        attempt = run.solve(with_column_bounds(program, columns, lower, upper), stage, basis)
        if attempt.solution.stop.reason == "infeasible":
            continue
        if attempt.solution.values is None or not attempt.feasible:
            return None, False
        quotas = attempt.solution.values[columns]
        off = np.abs(quotas - np.round(quotas))
        k = int(np.argmax(off))
        if off[k] <= NEARLY:
            return np.round(quotas), False
        below, above = upper.copy(), lower.copy()
        below[k], above[k] = np.floor(quotas[k]), np.ceil(quotas[k])
        boxes = [(lower, below), (above, upper)]
        open_boxes += boxes if quotas[k] % 1 > 0.5 else boxes[::-1]
    return None, False
