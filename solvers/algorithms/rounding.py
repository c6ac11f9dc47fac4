"""Whole units: quotas counted in pieces are rounded down and fixed, and the rest is solved again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solvers.algorithms.lexicographic import GoalCost, LexicographicResult, solve_lexicographic
from solvers.algorithms.run_state import SolveRun
from solvers.algorithms.variants import replace_column_bounds, replace_objective
from solvers.lp.linear_program import FloatArray, IntArray, Program
from solvers.lp.solution import Basis

INTEGRALITY_TOLERANCE = 1e-6
"""A quota this close below a whole number (plus 1e-9 of itself) is that number: 2.9999999 is 3 with a solver's noise."""

MAX_SEARCH_NODES = 200
"""Programs that the search for a feasible rounding may solve."""


@dataclass(frozen=True, slots=True)
class RoundingResult:
    """What came of rounding."""

    goals_result: LexicographicResult
    """The goals with the quotas fixed; its last attempt is infeasible where no rounding was found."""
    search_exhausted: bool
    """Whether the search proved that no whole quotas keep every rule."""


def round_down(values: FloatArray) -> FloatArray:
    """Whole numbers not above the values, but for a solver's noise; same shape."""
    return np.floor(values + INTEGRALITY_TOLERANCE + 1e-9 * np.abs(values))


def round_quotas(
    program: Program,
    goals: Sequence[GoalCost],
    columns: IntArray,
    before: LexicographicResult,
    run: SolveRun,
    stage: str,
    known: FloatArray | None = None,
) -> RoundingResult:
    """Fix the quotas of `columns` at whole numbers and reach the goals again with the rest.

    First every quota is rounded down. Where that breaks a rule (a floor, a closing stock, a least quota) those that must rise
    by the least total are rounded up instead. Where that breaks another, the quotas of a `known` plan that keeps every rule, (n,),
    are taken, or, without one, a search by branching on one quota after another looks for some.
    """
    attempt = before.last_solve
    values, basis, bases = attempt.solution.values, attempt.solution.basis, before.bases
    if values is None:
        raise ValueError("nothing to round: the goals have no point")
    least = np.ceil(program.lp.column_lower[columns] - INTEGRALITY_TOLERANCE)
    most = np.floor(program.lp.column_upper[columns] + INTEGRALITY_TOLERANCE)
    if (least > most).any():  # between its least and its most a quota has no whole number: the crossing bounds say so
        crossing = replace_column_bounds(program, columns, least, most)
        return RoundingResult(solve_lexicographic(crossing, goals, run, stage, bases), search_exhausted=True)
    down = np.clip(round_down(values[columns]), least, most)
    reached = _solve_with_fixed_quotas(program, goals, columns, down, run, stage, bases)
    if reached.last_solve.solution.termination.reason != "infeasible":
        return RoundingResult(reached, search_exhausted=False)
    up = _minimize_round_up(program, columns, down, most, run, stage, basis)
    for quotas in (up, None if known is None else np.round(known[columns])):
        if quotas is not None:
            other = _solve_with_fixed_quotas(program, goals, columns, quotas, run, stage, bases)
            if other.last_solve.solution.termination.reason != "infeasible":
                return RoundingResult(other, search_exhausted=False)
    found, exhausted = _branch_and_bound(program, columns, least, most, run, stage, basis)
    if found is not None:
        return RoundingResult(
            _solve_with_fixed_quotas(program, goals, columns, found, run, stage, bases), search_exhausted=False
        )
    return RoundingResult(reached, exhausted)


def _solve_with_fixed_quotas(
    program: Program,
    goals: Sequence[GoalCost],
    columns: IntArray,
    quotas: FloatArray,
    run: SolveRun,
    stage: str,
    bases: Sequence[Basis | None],
) -> LexicographicResult:
    return solve_lexicographic(replace_column_bounds(program, columns, quotas, quotas), goals, run, stage, bases)


def _minimize_round_up(
    program: Program,
    columns: IntArray,
    down: FloatArray,
    most: FloatArray,
    run: SolveRun,
    stage: str,
    basis: Basis | None,
) -> FloatArray | None:
    """Round up the quotas that rise when the rounded-down quotas may each rise by one, by as little as possible in all."""
    boxed = replace_column_bounds(program, columns, down, np.minimum(down + 1, most))
    cost = np.zeros(program.lp.column_count)
    cost[columns] = 1.0
    attempt = run.solve_stage(replace_objective(boxed, cost), stage, basis, new_goal=True)
    if attempt.solution.values is None or not attempt.is_feasible:
        return None
    return -round_down(-attempt.solution.values[columns])


def _branch_and_bound(
    program: Program,
    columns: IntArray,
    least: FloatArray,
    most: FloatArray,
    run: SolveRun,
    stage: str,
    basis: Basis | None,
) -> tuple[FloatArray | None, bool]:
    """Depth-first branching on the most fractional quota, nearest side first: quotas, and whether all was looked at."""
    open_boxes = [(least, most)]
    for _ in range(MAX_SEARCH_NODES):
        if not open_boxes:
            return None, True
        lower, upper = open_boxes.pop()
        attempt = run.solve_stage(replace_column_bounds(program, columns, lower, upper), stage, basis)
        if attempt.solution.termination.reason == "infeasible":
            continue
        if attempt.solution.values is None or not attempt.is_feasible:
            return None, False
        quotas = attempt.solution.values[columns]
        off = np.abs(quotas - np.round(quotas))
        k = int(np.argmax(off))
        if off[k] <= INTEGRALITY_TOLERANCE:
            return np.round(quotas), False
        below, above = upper.copy(), lower.copy()
        below[k], above[k] = np.floor(quotas[k]), np.ceil(quotas[k])
        boxes = [(lower, below), (above, upper)]
        open_boxes += boxes if quotas[k] % 1 > 0.5 else boxes[::-1]
    return None, False
