"""The goal quotas_close: how far quotas are from those of the plan before."""

from collections.abc import Sequence

import numpy as np

from models.problem.policy import Goal
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import add_coefficients, find_variable_block
from solvers.lp.linear_program import ProgramBuilder


def add_quota_distance_constraints(arrays: ProblemArrays, program: ProgramBuilder, goals: Sequence[Goal]) -> None:
    """A quota is what it was in the plan before, or the difference is counted.

    make − above + below  =  former quota        in periods that are not past
    ↔  won of distance per unit, by goal, line and period

    Adds the columns `quota_distance` (above, below), in units, for each such goal; their cost is 0 until the goal is sought.
    """
    which = np.array([k for k, goal in enumerate(goals) if goal.goal == "quotas_close"], dtype=np.int64)
    make = find_variable_block(program, "make")
    ahead = np.flatnonzero(make.axes["period"] >= arrays.past.period_count)
    goal = np.repeat(which, len(ahead))
    line, period = (np.tile(make.axes[axis][ahead], len(which)) for axis in ("line", "period"))
    axes = {"goal": np.repeat(goal, 2), "line": np.repeat(line, 2), "period": np.repeat(period, 2)}
    sides = np.tile(np.arange(2, dtype=np.int64), len(goal))
    distance = program.add_variables("quota_distance", {**axes, "side": sides})
    former = arrays.former_quotas[line, period]
    rows = program.add_constraints(
        "quota_distance", {"goal": goal, "line": line, "period": period}, lower=former, upper=former
    )
    add_coefficients(program, rows.positions, np.tile(make.positions[ahead], len(which)), 1.0)
    add_coefficients(program, np.repeat(rows.positions, 2), distance.positions, np.where(sides == 0, -1.0, 1.0))
