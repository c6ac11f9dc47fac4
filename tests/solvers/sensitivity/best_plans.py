"""Range of one shortage over all optimal plans, found by cold solves with SciPy."""

import numpy as np
from scipy.optimize import linprog

from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_plan_program
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, Program

Where = tuple[str, str, str]
"""County, item, period."""

SLACK = 1e-7
"""Tolerance for an optimal plan, relative to 1 + the optimum."""


def best_value(problem: PlanningProblem) -> float:
    """Return the optimum of a problem without ordered goals, in won."""
    program = build_plan_program(ProblemArrays.from_problem(problem))
    return _solved(program, program.lp.cost) + program.lp.offset


def least_short(problem: PlanningProblem, where: Where, value: float | None = None) -> float:
    """Return the smallest shortage in plans with an objective of at most `value`; by default in optimal plans."""
    return _short(problem, where, value, 1.0)


def most_short(problem: PlanningProblem, where: Where, value: float | None = None) -> float:
    """Return the largest shortage in plans with an objective of at most `value`; by default in optimal plans."""
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
    """Return the smallest value of `cost`, (n,), in plans with an objective of at most `at_most`."""
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
