"""Whether a plan in whole units exists, where only the linear program before rounding is solved."""

from dataclasses import replace

import numpy as np

from solvers.algorithms.rounding import SMALL_PROGRAM_COLUMNS, SMALL_PROGRAM_DISCRETE
from solvers.backends.highs_mip import MixedIntegerProgram, SearchLimits, solve_mixed_integer
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import find_whole_units
from solvers.lp.linear_program import Program, replace_row_bounds

SEARCH_WORK = 25_000
"""Work to find some plan in whole units, in simplex iterations."""


def has_whole_plan(arrays: ProblemArrays, program: Program, time_limit_seconds: float) -> bool | None:
    """Return whether a plan in whole units exists; None if the problem is too large to tell, or the search found none.

    Such a plan need not be good: planning finds the best one. Limits of ordered goals do not count.
    """
    if "goal" in program.constraints:
        program = replace_row_bounds(program, "goal")
    whole = find_whole_units(arrays, program)
    discrete = int(np.count_nonzero(whole.is_discrete))
    if not discrete:
        return True
    if program.lp.column_count > SMALL_PROGRAM_COLUMNS or discrete > SMALL_PROGRAM_DISCRETE:
        return None
    any_plan = replace(program.lp, cost=np.zeros(program.lp.column_count), offset=0.0)
    mixed = MixedIntegerProgram(any_plan, whole.step, whole.least_run, whole.sums, np.zeros(whole.sums.shape[0]))
    found = solve_mixed_integer(mixed, SearchLimits(0.0, SEARCH_WORK, max(time_limit_seconds, 0.01)))
    return False if found.is_infeasible else None if found.values is None else True
