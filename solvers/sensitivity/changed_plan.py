"""Plans of a changed problem, solved from an open session."""

from dataclasses import replace

import numpy as np

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_plan_program, is_multi_stage
from solvers.algorithms.warm_start import WarmStart
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import LinearProgram
from solvers.lp.solution import Solution, Termination
from solvers.sensitivity.bounds import Bounds
from solvers.sensitivity.errors import InfeasibleError
from solvers.sensitivity.goal_stages import GoalStage
from solvers.sensitivity.session import SensitivitySession

MAX_WARM_SECONDS = 2.0
"""Seconds that the session may take before the change is solved as plans are, by two methods at once."""


def open_changed(
    session: SensitivitySession, problem: PlanningProblem, seconds: float = 600.0
) -> SensitivitySession | None:
    """Another problem, opened from the basis of this one; None where no plan keeps every rule.

    Raises NothingToAsk where its plan was not found within about so many seconds (each goal's, where goals are ordered).
    """
    basis, options = session.point.basis, PlanOptions(time_limit_seconds=max(seconds, 0.1))
    try:
        if basis is None:
            return SensitivitySession.from_problem(problem, options=options)
        near = WarmStart.from_program(session.program, basis)
        if is_multi_stage(problem):
            return SensitivitySession.from_problem(problem, options=options, start=near)
        arrays = ProblemArrays.from_problem(problem)
        program = build_plan_program(arrays)
        return SensitivitySession.from_nearby_basis(
            arrays, program, near.map_basis_to(program), options.time_limit_seconds
        )
    except InfeasibleError:
        return None


def solve_changed_problem(
    session: SensitivitySession, problem: PlanningProblem
) -> tuple[SensitivitySession, bool] | None:
    """Another problem, solved from where a plan stands; None where no plan keeps every rule.

    The second value says whether the result has a session of its own. If not it is to be read, not solved with: it was found by
    the session of `standing`, which has its own bounds again. Opening another one takes longer than most such solves.
    """
    found = _solve_in_session(session, problem)
    if found is not None:
        return found, False
    following = open_changed(session, problem)
    return None if following is None else (following, True)


def differs_only_in_bounds(a: LinearProgram, b: LinearProgram) -> bool:
    """Whether two programs differ in bounds of rows and columns at most."""
    if (a.row_count, a.column_count, a.matrix.nnz) != (b.row_count, b.column_count, b.matrix.nnz):
        return False
    pairs = (
        (a.cost, b.cost),
        (a.matrix.indptr, b.matrix.indptr),
        (a.matrix.indices, b.matrix.indices),
        (a.matrix.data, b.matrix.data),
    )
    return all(np.array_equal(one, other) for one, other in pairs)


def _solve_in_session(session: SensitivitySession, problem: PlanningProblem) -> SensitivitySession | None:
    if is_multi_stage(problem) or is_multi_stage(session.arrays.problem):
        return None
    arrays = ProblemArrays.from_problem(problem)
    program = build_plan_program(arrays)
    if not differs_only_in_bounds(session.lp, program.lp) or session.lp.offset != program.lp.offset:
        return None
    point = session.solve_change(Bounds.from_program(program.lp), seconds=MAX_WARM_SECONDS)
    if (
        point is None
        or not certify_solution(program.lp, Solution(Termination("optimal"), point.values, point.dual_values)).passed
    ):
        return None
    return replace(
        session,
        arrays=arrays,
        program=program,
        point=point,
        goal_stages=(GoalStage("objective", None, 1.0, program, point),),
    )
