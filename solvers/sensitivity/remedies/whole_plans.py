"""Plans in whole units: what is short in the finished plan, and whether a plan in whole units exists with a remedy."""

from dataclasses import replace

import numpy as np

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.rounding import SMALL_PROGRAM_COLUMNS, SMALL_PROGRAM_DISCRETE
from solvers.backends.highs_mip import MixedIntegerProgram, SearchLimits, solve_mixed_integer
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import find_whole_units
from solvers.lp.linear_program import Program, replace_row_bounds
from solvers.planning import make_plan

MAX_PLANNED_COLUMNS = 2_000
"""Number of variables up to which a problem is planned again to learn what is short in whole units, where nobody tells."""

SEARCH_SECONDS = 5.0
"""CPU time to find some plan in whole units, in seconds."""


def plan_shortage(problem: PlanningProblem, location: tuple[str, str, str], time_limit_seconds: float) -> float | None:
    """Plan a problem, and return the units short of an item in a county in a period; None without an optimal plan."""
    result = make_plan(problem, PlanOptions(time_limit_seconds=max(time_limit_seconds, 0.1)))
    if result.plan.outcome != "optimal":
        return None
    rows = result.tables["supply"].to_pylist()
    here = (row["shortage"] for row in rows if (row["county"], row["item"], row["period"]) == location)
    return next(here, 0.0)


def has_whole_plan(arrays: ProblemArrays, program: Program, time_limit_seconds: float) -> bool | None:
    """Return whether a plan in whole units exists; None if the problem is too large to tell, or time was short.

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
    found = solve_mixed_integer(mixed, SearchLimits(0.0, SEARCH_SECONDS, max(time_limit_seconds, 0.01)))
    return False if found.is_infeasible else None if found.values is None else True
