"""Plans of a changed problem, solved from an open session."""

from dataclasses import replace

import numpy as np

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_plan_program, is_multi_stage
from solvers.algorithms.warm_start import WarmStart
from solvers.backends.work import WORK_PER_SECOND
from solvers.data.problem_arrays import ProblemArrays
from solvers.errors import InfeasibleError
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import LinearProgram, Program
from solvers.lp.solution import Solution, Termination
from solvers.sensitivity.bounds import Bounds
from solvers.sensitivity.goal_stages import GoalStage
from solvers.sensitivity.infeasible_changes import has_unsatisfiable_row
from solvers.sensitivity.session import SensitivitySession

WARM_WORK = 2 * WORK_PER_SECOND
"""Work of a solve in the session; a change that takes more is solved by the algorithm portfolio."""


def open_changed(
    session: SensitivitySession, problem: PlanningProblem, time_limit_seconds: float = 600.0
) -> SensitivitySession | None:
    """Open a session for another problem from the basis of this one; return None if the problem is infeasible.

    Raises
    ------
    SensitivityUnavailableError
        No plan was found within the time limit, which applies to each goal.
    """
    basis, options = session.point.basis, PlanOptions(time_limit_seconds=max(time_limit_seconds, 0.1))
    try:
        if basis is None:
            return SensitivitySession.from_problem(problem, options=options)
        start = WarmStart.from_program(session.program, basis)
        if is_multi_stage(problem):
            return SensitivitySession.from_problem(problem, options=options, warm_start=start)
        arrays = ProblemArrays.from_problem(problem)
        program = build_plan_program(arrays)
        return SensitivitySession.from_nearby_basis(
            arrays, program, start.map_basis_to(program), options.time_limit_seconds
        )
    except InfeasibleError:
        return None


def solve_changed_problem(
    session: SensitivitySession, problem: PlanningProblem
) -> tuple[SensitivitySession, bool] | None:
    """Solve another problem from this session; return None if the problem is infeasible.

    The second value tells whether the result has its own solver session. Without one, the result can be read but not solved again:
    the given session found it and has its original bounds again. Opening another session takes longer than most such solves.
    """
    arrays = ProblemArrays.from_problem(problem)
    program = build_plan_program(arrays)
    if has_unsatisfiable_row(program.lp):
        return None  # a solve of a province would take minutes to find this
    found = _solve_in_session(session, arrays, program)
    if found is not None:
        return found, False
    opened = open_changed(session, problem)
    return None if opened is None else (opened, True)


def differs_only_in_bounds(a: LinearProgram, b: LinearProgram) -> bool:
    """Return whether two programs differ only in the bounds of constraints and variables."""
    if (a.row_count, a.column_count, a.matrix.nnz) != (b.row_count, b.column_count, b.matrix.nnz):
        return False
    pairs = (
        (a.cost, b.cost),
        (a.matrix.indptr, b.matrix.indptr),
        (a.matrix.indices, b.matrix.indices),
        (a.matrix.data, b.matrix.data),
    )
    return all(np.array_equal(first, second) for first, second in pairs)


def _solve_in_session(
    session: SensitivitySession, arrays: ProblemArrays, program: Program
) -> SensitivitySession | None:
    if is_multi_stage(arrays.problem) or is_multi_stage(session.arrays.problem):
        return None
    if not differs_only_in_bounds(session.lp, program.lp) or session.lp.offset != program.lp.offset:
        return None
    bounds = Bounds.from_program(program.lp)
    point = session.solve_change(bounds, with_basis=True, most_work=WARM_WORK)
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
        settled_point=None,
        goal_stages=(GoalStage("objective", None, 1.0, program, point),),
    )
