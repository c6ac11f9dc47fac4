"""Integer quotas: a rounding heuristic, with branch and bound as its fallback.

The heuristic rounds the quotas of the linear program down, fixes them and re-solves. If that is infeasible, it rounds up a set
of quotas with the smallest total increase. If that is infeasible too, depth-first branch and bound searches for feasible quotas.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solvers.algorithms.lexicographic import GoalCost, LexicographicResult, solve_lexicographic
from solvers.algorithms.run_state import SolveRun
from solvers.lp.linear_program import FloatArray, IntArray, Program, replace_column_bounds, replace_objective
from solvers.lp.solution import Basis

INTEGRALITY_TOLERANCE = 1e-6
"""Integrality tolerance, plus 1e-9 of the quota: the value 2.9999999 of a solver counts as 3."""

MAX_SEARCH_NODES = 200
"""Maximum number of nodes that branch and bound solves."""


@dataclass(frozen=True, slots=True)
class RoundingResult:
    """Result of rounding."""

    goals_result: LexicographicResult
    """Result of the goals with fixed quotas; its last solve is infeasible if no rounding was found."""
    is_search_exhausted: bool
    """Whether branch and bound proved that no integer quotas satisfy all constraints."""


def round_down(values: FloatArray) -> FloatArray:
    """Round down, within the integrality tolerance; same shape."""
    return np.floor(values + INTEGRALITY_TOLERANCE + 1e-9 * np.abs(values))


def round_quotas(
    program: Program,
    goals: Sequence[GoalCost],
    columns: IntArray,
    goals_result: LexicographicResult,
    run: SolveRun,
    stage: str,
    known_values: FloatArray | None = None,
) -> RoundingResult:
    """Fix quotas at integers and re-solve the goals.

    Parameters
    ----------
    columns
        Positions of the quotas in the program.
    before
        Result of the goals without integrality.
    known
        A feasible plan with integer quotas, (n,), if one is known; used before branch and bound.
    """
    attempt = goals_result.last_solve
    values, basis, bases = attempt.solution.values, attempt.solution.basis, goals_result.bases
    if values is None:
        raise ValueError("cannot round: the goals have no primal point")
    least = np.ceil(program.lp.column_lower[columns] - INTEGRALITY_TOLERANCE)
    most = np.floor(program.lp.column_upper[columns] + INTEGRALITY_TOLERANCE)
    if (least > most).any():  # no integer between the bounds of a quota: the crossed bounds are infeasible
        crossing = replace_column_bounds(program, columns, least, most)
        return RoundingResult(solve_lexicographic(crossing, goals, run, stage, bases), is_search_exhausted=True)
    down = np.clip(round_down(values[columns]), least, most)
    rounded_down = _solve_with_fixed_quotas(program, goals, columns, down, run, stage, bases)
    if rounded_down.last_solve.solution.termination.reason != "infeasible":
        return RoundingResult(rounded_down, is_search_exhausted=False)
    up = _minimize_round_up(program, columns, down, most, run, stage, basis)
    for quotas in (up, None if known_values is None else np.round(known_values[columns])):
        if quotas is not None:
            rounded = _solve_with_fixed_quotas(program, goals, columns, quotas, run, stage, bases)
            if rounded.last_solve.solution.termination.reason != "infeasible":
                return RoundingResult(rounded, is_search_exhausted=False)
    found, exhausted = _branch_and_bound(program, columns, least, most, run, stage, basis)
    if found is not None:
        return RoundingResult(
            _solve_with_fixed_quotas(program, goals, columns, found, run, stage, bases), is_search_exhausted=False
        )
    return RoundingResult(rounded_down, exhausted)


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
    rounded_down: FloatArray,
    upper_bounds: FloatArray,
    run: SolveRun,
    stage: str,
    basis: Basis | None,
) -> FloatArray | None:
    """Round up a set of quotas with the smallest total increase: each may exceed its rounded-down value by at most 1."""
    relaxed = replace_column_bounds(program, columns, rounded_down, np.minimum(rounded_down + 1, upper_bounds))
    cost = np.zeros(program.lp.column_count)
    cost[columns] = 1.0
    attempt = run.solve_stage(replace_objective(relaxed, cost), stage, basis, is_start_feasible=True)
    if attempt.solution.values is None or not attempt.is_feasible:
        return None
    return -round_down(-attempt.solution.values[columns])


def _branch_and_bound(
    program: Program,
    columns: IntArray,
    lower_bounds: FloatArray,
    upper_bounds: FloatArray,
    run: SolveRun,
    stage: str,
    basis: Basis | None,
) -> tuple[FloatArray | None, bool]:
    """Search by depth-first branch and bound on the most fractional quota, nearer branch first.

    Returns
    -------
    tuple[FloatArray | None, bool]
        Integer quotas, if found, and whether the search exhausted all nodes.
    """
    open_nodes = [(lower_bounds, upper_bounds)]
    for _ in range(MAX_SEARCH_NODES):
        if not open_nodes:
            return None, True
        lower, upper = open_nodes.pop()
        attempt = run.solve_stage(replace_column_bounds(program, columns, lower, upper), stage, basis)
        if attempt.solution.termination.reason == "infeasible":
            continue
        if attempt.solution.values is None or not attempt.is_feasible:
            return None, False
        quotas = attempt.solution.values[columns]
        fractionality = np.abs(quotas - np.round(quotas))
        k = int(np.argmax(fractionality))
        if fractionality[k] <= INTEGRALITY_TOLERANCE:
            return np.round(quotas), False
        below, above = upper.copy(), lower.copy()
        below[k], above[k] = np.floor(quotas[k]), np.ceil(quotas[k])
        branches = [(lower, below), (above, upper)]
        open_nodes += branches if quotas[k] % 1 > 0.5 else branches[::-1]
    return None, False
