"""A plan to fall back on when a limit came before any point: nothing is made, moved or swapped beyond what must be."""

from dataclasses import replace

import numpy as np

from solvers import backends
from solvers.algorithms.pipeline import Staged
from solvers.algorithms.run_state import Attempt, Run
from solvers.algorithms.variants import with_column_bounds
from solvers.backends.base import SolveOptions
from solvers.lp.certificate import certify
from solvers.lp.linear_program import Program
from solvers.lp.solution import Solution

STILL = ("make", "ship", "central", "give", "take")
"""Decisions that rest at their lower bounds."""

SECONDS = 10.0
"""Time it may take beyond the limit; what is left falls apart by county and item and takes far less."""


def with_resting_plan(staged: Staged, run: Run) -> Staged:
    """The stages as they are, but where a limit left them without a point, with the resting plan if there is one.

    Its bound comes from the prices of the solver that was stopped, where they are of use, else from prices of zero.
    """
    if staged.values is not None or staged.ended.solution.stop.reason != "limit":
        return staged
    attempt = _rest(staged.ended, run.options.tolerance)
    if attempt is None:
        return staged
    return replace(staged, priced=attempt, values=attempt.solution.values, certificate=attempt.certificate)


def _rest(ended: Attempt, tolerance: float) -> Attempt | None:
    program = ended.program
    still = np.concatenate([program.decisions[name].positions for name in STILL])
    lower = program.lp.column_lower[still]
    found = backends.get("highs").solve(
        with_column_bounds(program, still, lower, lower).lp, SolveOptions(time_limit_seconds=SECONDS)
    )
    if found.stop.reason != "optimal" or found.values is None:
        return None
    prices = [np.zeros(program.lp.rows)]
    if ended.solution.row_price is not None:
        prices.append(ended.solution.row_price)
    points = [replace(found, stop=ended.solution.stop, row_price=price, basis=None) for price in prices]
    attempts = [_attempt(program, point, tolerance) for point in points]
    usable = [a for a in attempts if a.certificate is not None and a.certificate.dual_residual <= tolerance]
    return min(usable or attempts, key=lambda a: a.certificate.gap if a.certificate else np.inf)


def _attempt(program: Program, point: Solution, tolerance: float) -> Attempt:
    return Attempt(program, point, certify(program.lp, point, tolerance))
