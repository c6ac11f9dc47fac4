"""Fallback solution: a feasible plan with activities at their lower bounds, if a limit stopped the solve without a point."""

from dataclasses import replace

import numpy as np

from solvers import backends
from solvers.algorithms.pipeline import PipelineResult
from solvers.algorithms.run_state import SolveAttempt, SolveRun
from solvers.backends.base import SolveOptions
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import Program, replace_column_bounds
from solvers.lp.solution import Solution

FIXED_VARIABLES = ("make", "ship", "central", "give", "take")
"""Variables fixed at their lower bounds."""

MOST_ITERATIONS = 200_000
"""Simplex iterations, beyond the time limit of the plan. The program decomposes by county and item and takes far fewer."""


def apply_fallback_solution(result: PipelineResult, run: SolveRun) -> PipelineResult:
    """Return the result, with the fallback solution if a limit stopped the stages before a primal point was found.

    The lower bound of its certificate uses the dual values of the stopped solver if they are dual feasible, else zeros.
    """
    if result.values is not None or result.last_solve.solution.termination.reason != "limit":
        return result
    attempt = _build_fallback_point(result.last_solve, run.options.tolerance)
    if attempt is None:
        return result
    return replace(result, pricing_solve=attempt, values=attempt.solution.values, certificate=attempt.certificate)


def _build_fallback_point(last_solve: SolveAttempt, tolerance: float) -> SolveAttempt | None:
    program = last_solve.program
    fixed = np.concatenate([program.variables[name].positions for name in FIXED_VARIABLES])
    lower = program.lp.column_lower[fixed]
    solution = backends.get_backend("highs").solve_program(
        replace_column_bounds(program, fixed, lower, lower).lp, SolveOptions(max_iterations=MOST_ITERATIONS)
    )
    if solution.termination.reason != "optimal" or solution.values is None:
        return None
    candidates = [np.zeros(program.lp.row_count)]
    if last_solve.solution.dual_values is not None:
        candidates.append(last_solve.solution.dual_values)
    points = [
        replace(solution, termination=last_solve.solution.termination, dual_values=duals, basis=None)
        for duals in candidates
    ]
    attempts = [_certify_point(program, point, tolerance) for point in points]
    usable = [a for a in attempts if a.certificate is not None and a.certificate.dual_residual <= tolerance]
    return min(usable or attempts, key=lambda a: a.certificate.gap if a.certificate else np.inf)


def _certify_point(program: Program, point: Solution, tolerance: float) -> SolveAttempt:
    return SolveAttempt(program, point, certify_solution(program.lp, point, tolerance))
