"""A plan to fall back on when a limit came before any point: nothing is made, moved or swapped beyond what must be."""

from dataclasses import replace

import numpy as np

from solvers import backends
from solvers.algorithms.pipeline import PipelineResult
from solvers.algorithms.run_state import SolveAttempt, SolveRun
from solvers.algorithms.variants import replace_column_bounds
from solvers.backends.base import SolveOptions
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import Program
from solvers.lp.solution import Solution

FIXED_VARIABLES = ("make", "ship", "central", "give", "take")
"""Decisions that rest at their lower bounds."""

TIME_LIMIT_SECONDS = 10.0
"""Time it may take beyond the limit; what is left falls apart by county and item and takes far less."""


def with_fallback_solution(result: PipelineResult, run: SolveRun) -> PipelineResult:
    """The stages as they are, but where a limit left them without a point, with the resting plan if there is one.

    Its bound comes from the prices of the solver that was stopped, where they are of use, else from prices of zero.
    """
    if result.values is not None or result.last_solve.solution.termination.reason != "limit":
        return result
    attempt = _build_fallback_point(result.last_solve, run.options.tolerance)
    if attempt is None:
        return result
    return replace(result, pricing_solve=attempt, values=attempt.solution.values, certificate=attempt.certificate)


def _build_fallback_point(ended: SolveAttempt, tolerance: float) -> SolveAttempt | None:
    program = ended.program
    still = np.concatenate([program.variables[name].positions for name in FIXED_VARIABLES])
    lower = program.lp.column_lower[still]
    found = backends.get_backend("highs").solve_program(
        replace_column_bounds(program, still, lower, lower).lp, SolveOptions(time_limit_seconds=TIME_LIMIT_SECONDS)
    )
    if found.termination.reason != "optimal" or found.values is None:
        return None
    prices = [np.zeros(program.lp.row_count)]
    if ended.solution.dual_values is not None:
        prices.append(ended.solution.dual_values)
    points = [replace(found, termination=ended.solution.termination, dual_values=price, basis=None) for price in prices]
    attempts = [_certify_point(program, point, tolerance) for point in points]
    usable = [a for a in attempts if a.certificate is not None and a.certificate.dual_residual <= tolerance]
    return min(usable or attempts, key=lambda a: a.certificate.gap if a.certificate else np.inf)


def _certify_point(program: Program, point: Solution, tolerance: float) -> SolveAttempt:
    return SolveAttempt(program, point, certify_solution(program.lp, point, tolerance))
