"""How short one need is in the best plans, found by solving the whole problem anew with SciPy: plans are many, the range is one."""

import numpy as np
from scipy.optimize import linprog

from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_plan_program
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, Program

Where = tuple[str, str, str]
"""County, item, period."""

SLACK = 1e-7
"""Relative to 1 + the optimum: a plan no dearer than this is as good."""


def best_value(problem: PlanningProblem) -> float:
    """The optimum of a problem without ordered goals, won."""
    program = build_plan_program(ProblemArrays.from_problem(problem))
    return _solved(program, program.lp.cost) + program.lp.offset


def least_short(problem: PlanningProblem, where: Where, value: float | None = None) -> float:
    """Units short at least in a plan whose objective is no worse than `value`; of the best plans where that is not given."""
    return _short(problem, where, value, 1.0)


def most_short(problem: PlanningProblem, where: Where, value: float | None = None) -> float:
    """The same at most."""
    return -_short(problem, where, value, -1.0)


def _short(problem: PlanningProblem, where: Where, value: float | None, sign: float) -> float:
    program = build_plan_program(ProblemArrays.from_problem(problem))
    best = best_value(problem) if value is None else value
    short, labels = program.variables["short"], program.labels
    codes = (labels["place"].index(where[0]), labels["item"].index(where[1]), labels["period"].index(where[2]))
    axes = ("place", "item", "period")
    mine = np.logical_and.reduce([short.axes[axis] == code for axis, code in zip(axes, codes, strict=True)])
    wanted = np.zeros(program.lp.column_count)
    wanted[short.start + np.flatnonzero(mine)] = sign
    return _solved(program, wanted, best - program.lp.offset + SLACK * (1 + abs(best)))


def _solved(program: Program, cost: FloatArray, at_most: float | None = None) -> float:
    """The least cost, (n,), of a plan whose own cost is at most so much."""
    lp = program.lp
    rows = lp.matrix.tocsr()
    upper, lower = np.isfinite(lp.row_upper), np.isfinite(lp.row_lower)
    parts = [rows[np.flatnonzero(upper)].toarray(), -rows[np.flatnonzero(lower)].toarray()]
    sides = [lp.row_upper[upper], -lp.row_lower[lower]]
    if at_most is not None:
        parts.append(lp.cost[None, :])
        sides.append(np.array([at_most]))
    bounds = list(zip(lp.column_lower.tolist(), lp.column_upper.tolist(), strict=True))
    found = linprog(cost, A_ub=np.vstack(parts), b_ub=np.concatenate(sides), bounds=bounds)
    assert found.status == 0, found.message
    assert found.fun is not None
    return float(found.fun)
