"""A plan after a change, reached the shortest way: by the session that holds the plan open, where only limits move."""

from dataclasses import replace

import numpy as np

from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import in_turns, program_of
from solvers.data.problem_arrays import ProblemIndex
from solvers.lp.certificate import certify
from solvers.lp.linear_program import LinearProgram
from solvers.lp.solution import Solution, Stop
from solvers.sensitivity.goal_stages import Turn
from solvers.sensitivity.reopening import restand
from solvers.sensitivity.session import Bounds, Standing

PATIENCE = 2.0
"""Seconds that the session may take before the change is solved as plans are, by two methods at once."""


def reached(standing: Standing, problem: PlanningProblem) -> tuple[Standing, bool] | None:
    """Another problem, solved from where a plan stands; None where no plan keeps every rule.

    The second value says whether the result has a session of its own. If not it is to be read, not solved with: it was found by
    the session of `standing`, which has its own bounds again. Opening another one takes longer than most such solves.
    """
    found = _by_its_session(standing, problem)
    if found is not None:
        return found, False
    following = restand(standing, problem)
    return None if following is None else (following, True)


def same_but_bounds(a: LinearProgram, b: LinearProgram) -> bool:
    """Whether two programs differ in bounds of rows and columns at most."""
    if (a.rows, a.columns, a.matrix.nnz) != (b.rows, b.columns, b.matrix.nnz):
        return False
    pairs = (
        (a.cost, b.cost),
        (a.matrix.indptr, b.matrix.indptr),
        (a.matrix.indices, b.matrix.indices),
        (a.matrix.data, b.matrix.data),
    )
    return all(np.array_equal(one, other) for one, other in pairs)


def _by_its_session(standing: Standing, problem: PlanningProblem) -> Standing | None:
    if in_turns(problem) or in_turns(standing.index.problem):
        return None
    index = ProblemIndex.of(problem)
    program = program_of(index)
    if not same_but_bounds(standing.lp, program.lp) or standing.lp.offset != program.lp.offset:
        return None
    point = standing.solve(Bounds.of(program.lp), seconds=PATIENCE)
    if point is None or not certify(program.lp, Solution(Stop("optimal"), point.values, point.row_price)).passed:
        return None
    return replace(
        standing, index=index, program=program, point=point, turns=(Turn("objective", None, 1.0, program, point),)
    )
